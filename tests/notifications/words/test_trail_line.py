"""The end of the audit trail in letters to coordinators, and in nobody else's."""

from sqlmodel import select

from config.contacts.desks import Desk
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from models.tables.outbox import Message
from models.work.verbs import acknowledge, report
from notifications.courier.courier import deliver
from notifications.words.render import Digest
from notifications.words.trail_line import with_trail
from tests.support.cast import at, begin, number_of, t0_report

TRAIL = "12 · 9f3a 2c1b 0000 0000 0000 0000 0000 0000"


def test_it_stands_at_the_foot_in_the_language_of_the_letter() -> None:
    plain = Digest("s", "Nội dung.\n", "<div>\n</div>\n</body>", "short")
    vi, en = (with_trail(plain, TRAIL, language) for language in ("vi", "en"))
    assert vi.text.endswith(
        f"\n\nNhật ký đến sự kiện số {TRAIL}. Giữ thư này: mã ấy cho biết nhật ký có bị sửa về sau không.\n"
    )
    assert en.text.endswith(
        f"\n\nAudit trail up to event {TRAIL}. Keep this letter: by it a later change of the trail is found.\n"
    )
    assert TRAIL in vi.html
    assert vi.html.endswith("</div>\n</body>")
    assert with_trail(plain, "", "vi") == plain


def test_letters_to_a_coordinator_hold_it(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    now = at("2023-08-21")
    with session_scope(store.engine) as session:
        context, number = store.actor_context(now=now, actor="office:SYT"), number_of(store, "T0.1")
        acknowledge(session, number, context)
        report(session, number, t0_report(), context)
    deliver(store, now=now)
    with reading_session(store.engine) as session:
        letters = session.exec(select(Message)).all()
    holds = {message.desk for message in letters if "Nhật ký đến sự kiện số" in message.body_text}
    assert holds == {Desk.COORDINATOR}
