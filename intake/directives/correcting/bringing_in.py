"""A file becomes a draft that is kept: read in a sandbox, its tasks drafted, until it is launched or dropped."""

from typing import BinaryIO

from config.boundary import Strength, pieces, refuse_personal_or_secret
from config.errors import Refused
from intake.directives.correcting.passages import draft_or_text, names_of, place_of
from intake.directives.correcting.rows import as_json, sheet_of
from intake.directives.reading.process import read_directive
from models.keeping.opening import Store
from models.plans.directive_drafts import keep_directive, spellings
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope

LONGEST_DIRECTIVE = 300_000
"""Characters: about a hundred pages. Looking for what may not be kept takes a second for every 50,000."""


def bring_in(store: Store, name: str, file: BinaryIO, context: ActorContext) -> tuple[int, int]:
    """Keep the draft of a file; returns its number and how many tasks were drafted.

    Raises ``Refused`` for a file that cannot be read or holds what the store must never hold.
    """
    document = read_directive(name, file)
    _refuse_unfit(name, document.text)
    with reading_session(store.engine) as session:
        names = names_of(store.plan, spellings(session))
    draft = draft_or_text(document, names, place_of(store.plan))
    layout = document.as_json()
    layout["notes"] = draft.notes
    del layout["text"]
    rows = as_json(sheet_of(document, draft).rows)
    with session_scope(store.engine) as session:
        kept = keep_directive(session, name=name, text=document.text, layout=layout, tasks=rows, context=context)
        assert kept.id is not None
        return kept.id, len(rows)


def _refuse_unfit(name: str, text: str) -> None:
    if len(text) > LONGEST_DIRECTIVE:
        raise Refused(
            f"Văn bản «{name}»: dài {len(text):,} ký tự; tối đa {LONGEST_DIRECTIVE:,} (khoảng 100 trang). Đưa vào phần"
            " giao việc hoặc từng phụ lục một.",
            f"The text '{name}' has {len(text):,} characters; at most {LONGEST_DIRECTIVE:,}, about 100 pages. Bring in"
            " the part that assigns work, or one annex at a time.",
        )
    for piece in pieces(text):
        refuse_personal_or_secret(piece, f"Văn bản «{name}»", f"The text '{name}'", Strength.EVIDENCE)
