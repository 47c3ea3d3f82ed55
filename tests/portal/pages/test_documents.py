"""Papers to take away from the portal: what is offered can be had, and what cannot is said in words."""

import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from sqlmodel import col, select

from models.keeping.opening import Store
from models.store.audit_event import AuditEvent
from models.store.database import reading_session
from tests.support.cast import at, begin
from tests.support.certificates import PASSWORD, certificate
from tests.support.doorstep import Portal
from tests.support.people import House


def words_in(content: bytes) -> str:
    document = Document(BytesIO(content))
    return " ".join(paragraph.text for paragraph in document.paragraphs)


@pytest.mark.sqlite_only
@pytest.mark.later
def test_every_paper_that_is_offered_can_be_had(house: House) -> None:
    house.clock.now = at("2023-09-20")
    manager = house.manager()
    page = manager.web.get("/documents").text
    offered = sorted(set(re.findall(r'href="(/documents/[a-z]+/[A-Z0-9]+)"', page)))
    assert {path.split("/")[2] for path in offered} == {"slip", "reminder"}
    for path in offered:
        answer = manager.web.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-disposition"].endswith('.docx"')
    periods = dict(re.findall(r'<option value="(20[\w-]+)"[^>]*>([^<]+)<', page))
    assert (periods["2023-Q3"], periods["2023-H2"]) == ("quý III/2023", "6 tháng cuối năm 2023")
    assert '<option value="2023-09" selected>' in page, "the last month that is over"
    for period, words in periods.items():
        report = manager.web.get(f"/documents/report?period={period}")
        assert words.lower() in words_in(report.content).lower(), period


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/documents/report?period=2023-Q9", "Kỳ «2023-Q9» không có"),
        ("/documents/report", "Kỳ «» không có"),
        ("/documents/report?period=2023-Q3&form=odt", "Dạng «odt» không có"),
        ("/documents/slip/SYTX", "SYTX"),
        ("/documents/poem/SYT", "Văn bản «poem» không có"),
        ("/documents/slip/BCHQS", "không có việc nào đang thực hiện"),
    ],
)
def test_what_there_is_not_is_told(house: House, path: str, said: str) -> None:
    answer = house.coordinator().web.get(path)
    assert 400 <= answer.status_code < 500
    assert said in answer.text


@pytest.mark.sqlite_only
def test_an_office_takes_its_own_slip(house: House) -> None:
    answer = house.office("SYT").web.get("/slip")
    assert "Sở Y tế" in words_in(answer.content)


@pytest.mark.sqlite_only
@pytest.mark.later
def test_what_is_signed_is_on_record_with_who_had_it_signed(store: Store, tmp_path: Path) -> None:
    begin(store, "p1", at("2023-08-18"))
    path, _ = certificate(tmp_path, at("2023-09-01"))
    portal = Portal(store, signing_certificate=path, signing_password=PASSWORD)
    user = portal.account()
    browser = portal.signed_in(user)
    code = store.plan.main_directive.code
    for paper, subject in (
        ("report?period=2023-09&", f"directive:{code}"),
        ("slip/SYT?", "office:SYT"),
    ):
        signed = browser.get(f"/documents/{paper}form=signed")
        assert signed.status_code == 200 and signed.content.startswith(b"%PDF")
        assert browser.get(f"/documents/{paper}form=docx").status_code == 200
        with reading_session(store.engine) as session:
            event = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq).desc())).first()
        assert event is not None
        assert (event.verb, event.subject, event.actor) == ("sign_paper", subject, f"coordinator:{user.id}")
        assert event.details == {"directive": code, "sha256": sha256(signed.content).hexdigest()}
    assert "ký số văn bản" in browser.get("/desk/trail").text
