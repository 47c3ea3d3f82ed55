"""What is entered once more: the same is known again, what differs is another entry or refused, never dropped."""

from datetime import date

import pytest
from sqlmodel import col, select

from config.errors import Refused
from config.rules.periods import period_in_words
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from models.tables.anchor import Anchor, AnchorKind
from models.tables.errors import AlreadyEntered
from models.tables.lifecycle import Urgency
from models.work.deeds.anchors import correct_anchor, undo_anchor
from models.work.deeds.undo import undoing
from models.work.directives import register_document, register_event
from tests.support.cast import at, issue
from tests.support.deeds import WHY, acting, done

DAY = date(2023, 10, 20)
LONG = "Hội nghị sơ kết công tác phối hợp bảo đảm an ninh, trật tự và phòng, chống tội phạm trên địa bàn tỉnh, khu vực "


@pytest.fixture
def issued(store: Store) -> Store:
    issue(store)
    return store


def event(store: Store, title: str = "Lễ hội mùa thu", host: str | None = "SYT", **more: object) -> int:
    with session_scope(store.engine) as session:
        made = register_event(
            session,
            subtask="T3.6",
            title=title,
            on_date=DAY,
            host_office=host,
            context=acting(store),
            **more,  # type: ignore[arg-type]
        )
        session.flush()
        return made.id or 0


def document(
    store: Store, on: str = "2023-09-18", title: str = "Quy chế phối hợp", urgency: Urgency = Urgency.NORMAL
) -> int:
    day = date.fromisoformat(on)
    with session_scope(store.engine) as session:
        made = register_document(
            session,
            number="12/CV-UBND",
            on_date=day,
            title=title,
            urgency=urgency,
            context=acting(store, at(max(day, date(2023, 9, 20)), 9)),
            may_be_late=True,
        )
        session.flush()
        return made.id or 0


def entered(store: Store) -> list[Anchor]:
    with reading_session(store.engine) as session:
        of_kinds = col(Anchor.kind) != AnchorKind.ISSUE, col(Anchor.undone_at).is_(None)
        return list(session.exec(select(Anchor).where(*of_kinds).order_by(col(Anchor.id))))


def test_two_events_of_a_day_are_two_whatever_their_titles_begin_with(issued: Store) -> None:
    north, south = (event(issued, LONG + end) for end in ("phía Bắc", "phía Nam"))
    assert north != south
    assert [each.title for each in entered(issued)] == [LONG + "phía Bắc", LONG + "phía Nam"]
    assert all(len(each.key) + len("~2147483647") <= 100 for each in entered(issued))


def test_one_title_and_day_at_two_hosts_are_two_events(issued: Store) -> None:
    at_syt, at_stc = event(issued), event(issued, host="STC")
    assert at_syt != at_stc
    assert (event(issued), event(issued, host="STC")) == (at_syt, at_stc)
    assert [each.host_office for each in entered(issued)] == ["SYT", "STC"]


@pytest.mark.parametrize(
    ("otherwise", "told"),
    [({"urgency": Urgency.EXPRESS}, "độ khẩn"), ({"title": "LỄ HỘI mùa thu"}, "trích yếu")],
)
def test_an_event_that_is_told_otherwise_is_refused_with_what_differs(
    issued: Store, otherwise: dict[str, object], told: str
) -> None:
    number = event(issued)
    with pytest.raises(AlreadyEntered, match=rf"mục số {number}\), khác với lần này ở: {told}\."):
        event(issued, **otherwise)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("otherwise", "told"),
    [
        ({"title": "Quy chế khác"}, "trích yếu"),
        ({"urgency": Urgency.EXPRESS}, "độ khẩn"),
        ({"on": "2023-09-19"}, "ngày"),
    ],
)
def test_a_document_that_is_told_otherwise_is_refused_with_what_differs(
    issued: Store, otherwise: dict[str, str], told: str
) -> None:
    number = document(issued)
    assert document(issued) == number
    with pytest.raises(AlreadyEntered, match=rf"mục số {number}\), khác với lần này ở: {told}\."):
        document(issued, **otherwise)  # type: ignore[arg-type]


def test_numbers_of_documents_begin_again_each_year(issued: Store) -> None:
    first, next_year = document(issued), document(issued, "2024-01-18", "Văn bản của năm sau")
    assert first != next_year
    assert (document(issued), document(issued, "2024-01-18", "Văn bản của năm sau")) == (first, next_year)
    assert [each.number for each in entered(issued)] == ["12/CV-UBND", "12/CV-UBND"]
    assert period_in_words(entered(issued)[1].key, "vi") == "văn bản 12/CV-UBND"


def of_an_earlier_version(store: Store) -> None:
    """The keys as they were made before: no year, no host, cut."""
    with session_scope(store.engine) as session:
        for each in session.exec(select(Anchor).where(col(Anchor.kind) != AnchorKind.ISSUE)):
            is_document = each.kind is AnchorKind.DOCUMENT
            each.key = "doc:12/CV-UBND" if is_document else "event:t3-6-2023-10-20-le-hoi-mua-thu"


def test_what_an_earlier_version_entered_is_known_again(issued: Store) -> None:
    numbers = event(issued), document(issued)
    of_an_earlier_version(issued)
    assert (event(issued), document(issued)) == numbers
    assert document(issued, "2024-01-18", "Văn bản của năm sau") not in numbers
    with pytest.raises(AlreadyEntered):
        document(issued, title="Quy chế khác")


def test_nothing_is_corrected_into_a_twin(issued: Store) -> None:
    event(issued)
    second = event(issued, host="STC")
    document(issued)
    later = document(issued, "2024-01-18")
    now = at("2024-01-19")
    for number, otherwise in ((second, {"host_office": "SYT"}), (later, {"on_date": date(2023, 9, 18)})):
        with reading_session(issued.engine) as session, pytest.raises(Refused, match="đã được ghi ở mục số"):
            change = correct_anchor(session, number, provenance=WHY, context=acting(issued, now), **otherwise)  # type: ignore[arg-type]
            done(issued, change, may_be_late=True)


def test_a_corrected_document_leaves_its_number_to_the_right_year(issued: Store) -> None:
    wrong, now = document(issued, "2024-01-18"), at("2024-01-19")
    with reading_session(issued.engine) as session:
        change = correct_anchor(session, wrong, on_date=date(2023, 9, 18), provenance=WHY, context=acting(issued, now))
    done(issued, change, may_be_late=True)
    assert document(issued, "2024-01-18") != wrong


def test_what_was_undone_and_entered_again_does_not_come_back_as_a_twin(issued: Store) -> None:
    number = document(issued)
    of_an_earlier_version(issued)
    with reading_session(issued.engine) as session:
        change = undo_anchor(session, number, provenance=WHY, context=acting(issued))
    deed = done(issued, change).deed
    assert document(issued) != number
    with reading_session(issued.engine) as session, pytest.raises(Refused, match="đã được ghi ở mục số"):
        done(issued, undoing(session, deed, "Hoàn tác nhầm.", acting(issued)))
