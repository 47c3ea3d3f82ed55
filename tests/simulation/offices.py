"""What offices do: acknowledge, report, ask for more time; rightly, twice, too late, or for what was withdrawn."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from config.clock import HANOI
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.report import ReportContent
from models.work import verbs
from models.work.attachments import ExaminedFile, add_attachment
from tests.simulation.act import Act, Stage
from tests.simulation.seen import WAITING_FOR_OFFICE, Row
from tests.simulation.witness import Claim


def acknowledge(stage: Stage) -> Act | None:
    if (row := stage.some(*_mostly(stage, "assigned"))) is None:
        return None

    def do(store: Store) -> None:
        with session_scope(store.engine) as session:
            verbs.acknowledge(session, row["id"], stage.context(store, f"office:{row['office']}"))

    right = row["state"] == "assigned"
    return _of_office(stage, "acknowledge", row, do, right, state="acknowledged")


def report(stage: Stage) -> Act | None:
    """A report; now and then the button is pressed twice, which is one report."""
    if (row := stage.some(*_mostly(stage, *WAITING_FOR_OFFICE))) is None:
        return None
    number, twice = stage.next_serial(), stage.chance.random() < 0.2
    submission, with_file = f"s{number}", stage.chance.random() < 0.3

    def do(store: Store) -> list[int]:
        versions: list[int] = []
        for _ in range(2 if twice else 1):
            with session_scope(store.engine) as session:
                context = stage.context(store, f"office:{row['office']}")
                content = _content(row, number, context.today)
                if with_file and not versions:
                    add_attachment(session, store.settings, row["id"], _file(number), context)
                given = verbs.report(session, row["id"], content, context, submission=submission)
                versions.append(given.version)
        assert len(set(versions)) == 1, "one form, two reports"
        return versions

    right = row["state"] in WAITING_FOR_OFFICE
    act = _of_office(stage, "report twice" if twice else "report", row, do, right, state="reported")
    return replace(act, told=("report_received",) if right else ())


def ask_for_time(stage: Stage) -> Act | None:
    if (row := stage.some(*_mostly(stage, *WAITING_FOR_OFFICE))) is None:
        return None
    due = date.fromisoformat(row["due_date"]) if row["timing"] == "dated" else stage.today
    until = due + timedelta(days=stage.chance.randint(1, 12))

    def do(store: Store) -> None:
        with session_scope(store.engine) as session:
            context = stage.context(store, f"office:{row['office']}")
            verbs.request_extension(session, row["id"], until, "Cần thêm thời gian tổng hợp số liệu.", context)

    asked = any(
        each["assignment_id"] == row["id"] and each["state"] == "requested"
        for each in stage.seen.tables["extension"].values()
    )
    is_late = stage.machine.now() >= datetime.fromisoformat(f"{row['due_at']}+00:00").astimezone(HANOI)
    right = row["state"] in WAITING_FOR_OFFICE and row["timing"] == "dated" and not asked and not is_late
    act = _of_office(stage, "ask for time", row, do, right)
    return replace(act, told=("extension_requested",) if right else ())


def _mostly(stage: Stage, *states: str) -> tuple[str, ...]:
    """These states, or now and then any: somebody acts on what is done, withdrawn, or not his turn."""
    return () if stage.chance.random() < 0.1 else states


def _of_office(stage: Stage, name: str, row: Row, do: Callable[[Store], object], right: bool, **changes: str) -> Act:
    expected = stage.expected(row, **(changes if right else {}))
    return Act(Claim(f"{name} {row['id']}", expected=expected), stage.portal, do, must_succeed=right)


def _file(number: int) -> ExaminedFile:
    content = f"Tệp kèm báo cáo lần {number}. ".encode() * 100
    digest = hashlib.sha256(content).hexdigest()
    return ExaminedFile(f"bao-cao-{number}.txt", "text/plain", content, digest, readable=True)


def _content(row: Row, number: int, day: date) -> ReportContent:
    """To be told from every other."""
    document = f"{number}/BC-{row['office']}"
    return ReportContent(counts={}, document_number=document, document_date=day, text=f"Báo cáo lần {number}.")
