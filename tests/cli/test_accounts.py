"""`dondoc user|token|door`: from nobody to a first coordinator, and back."""

import json
import os
import stat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlmodel import col, select

from cli.main import main
from config import clock
from config.settings import PLAN_0_1_DIR, load_settings
from hosting.processes.supervisor import Supervisor
from models.access.accounts import find_token
from models.access.office_links import LinkRevoked, office_links
from models.access.signed_links import SignInRefused
from models.access.signing_in import user_of_link
from models.keeping.opening import Store, open_store
from models.store.audit_event import AuditEvent
from models.store.database import reading_session

EMAIL = "tonghop@tinh.example"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_PLAN_DIR", str(PLAN_0_1_DIR))
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path))
    for name in ("DONDOC_DATABASE_URL", "DONDOC_CONTACTS", "DONDOC_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def dondoc(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command as a shell would: its output when it succeeds, its errors when it does not."""

    def run(*arguments: str, refused: bool = False) -> str:
        monkeypatch.setattr("sys.argv", ["dondoc", *arguments])
        try:
            main()
            code: Any = 0
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        assert code == (1 if refused else 0), err
        return str(err if refused else out)

    return run


def token_in(output: str) -> str:
    link = next(word for word in output.split() if word.startswith("http"))
    return urlsplit(link).path.rpartition("/")[2]


def who_signs_in(store: Store, token: str) -> str:
    with reading_session(store.engine) as session:
        return user_of_link(session, store.settings, token, now=clock.now()).email


def test_the_first_coordinator_comes_in_before_mail_works(dondoc: Any, tmp_path: Path) -> None:
    made = dondoc("user", "add", "TongHop@Tinh.example", "--post", "Phòng Tổng hợp")
    again = dondoc("user", "link", EMAIL)
    with open_store(load_settings()) as store:
        assert {who_signs_in(store, token_in(said)) for said in (made, again)} == {EMAIL}
    assert stat.S_IMODE((tmp_path / "portal.key").stat().st_mode) == 0o600


def test_every_link_that_is_printed_is_on_record(dondoc: Any) -> None:
    for _ in range(3):
        dondoc("user", "add", EMAIL, "--post", "Phòng Tổng hợp")
    dondoc("user", "link", EMAIL)
    dondoc("door", "link", "CAT")
    with open_store(load_settings()) as store, reading_session(store.engine) as session:
        links = select(AuditEvent.verb, AuditEvent.subject).where(col(AuditEvent.verb).endswith("_link"))
        recorded = session.exec(links.order_by(col(AuditEvent.seq))).all()
    assert recorded == [*[("make_sign_in_link", "user:1")] * 4, ("make_office_link", "office:CAT")]


def test_an_account_is_limited_to_directives(dondoc: Any) -> None:
    code = "CD-2023-08-17"
    dondoc("user", "add", EMAIL, "--post", "Phòng Tổng hợp", "--directive", code)
    assert [each["directives"] for each in json.loads(dondoc("user", "list", "--json"))] == [[code]]
    assert code in dondoc("user", "list")
    assert "xem và làm mọi chỉ đạo" in dondoc("user", "limit", EMAIL)
    assert [each["directives"] for each in json.loads(dondoc("user", "list", "--json"))] == [None]
    assert f"chỉ xem và làm {code}" in dondoc("user", "limit", EMAIL, "--directive", code)
    assert "không có" in dondoc("user", "limit", EMAIL, "--directive", "CD-KHAC", refused=True)


def test_an_account_is_changed(dondoc: Any) -> None:
    dondoc("user", "add", EMAIL, "--post", "Phòng Tổng hợp", "--directive", "CD-2023-08-17")
    said = dondoc("user", "change", EMAIL, "--role", "manager", "--email", "lanhdao@tinh.example")
    assert said == "lanhdao@tinh.example: Phòng Tổng hợp, manager.\n"
    (account,) = json.loads(dondoc("user", "list", "--json"))
    assert (account["email"], account["role"], account["directives"]) == (
        *("lanhdao@tinh.example", "manager"),
        ["CD-2023-08-17"],
    )


def test_accounts_are_listed_closed_and_opened_again(dondoc: Any) -> None:
    assert "Chưa có tài khoản" in dondoc("user", "list")
    link = token_in(dondoc("user", "add", EMAIL, "--post", "Phòng Tổng hợp"))
    dondoc("user", "add", "lanhdao@tinh.example", "--post", "Lãnh đạo", "--role", "manager")
    dondoc("user", "disable", EMAIL.upper())
    assert "đã khóa" in dondoc("user", "link", EMAIL, refused=True)
    listed = json.loads(dondoc("user", "list", "--json"))
    assert [(each["email"], each["role"], bool(each["disabled_at"])) for each in listed] == [
        (EMAIL, "coordinator", True),
        ("lanhdao@tinh.example", "manager", False),
    ]
    dondoc("user", "enable", EMAIL)
    with open_store(load_settings()) as store, pytest.raises(SignInRefused):
        who_signs_in(store, link)


def test_what_is_written_is_for_nobody_else_on_the_machine(
    dondoc: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path / "data"))
    before = os.umask(0o022)
    try:
        dondoc("channels", "test", "CAT")
    finally:
        os.umask(before)
    written = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert {path.suffix for path in written} >= {".sqlite", ".eml"}
    assert not [path for path in [tmp_path / "data", *written] if path.stat().st_mode & 0o077]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["user", "add", "tonghop", "--post", "Phòng Tổng hợp"], "«tonghop»"),
        (["user", "add", EMAIL, "--post", "ông Nguyễn Văn Nam"], "Chức danh"),
        (["user", "disable", "ai-do@tinh.example"], "ai-do@tinh.example"),
        (["user", "link", "ai-do@tinh.example"], "ai-do@tinh.example"),
        (["token", "add", "Phần mềm"], "vai trò"),
        (["token", "add", "Phần mềm", "--office", "SXX"], "SXX"),
        (["token", "add", "Phần mềm", "--office", "SYT", "--days", "1000"], "1000"),
        (["token", "revoke", "7"], "7"),
        (["door", "link", "SXX"], "SXX"),
        (["door", "revoke", "SXX"], "SXX"),
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_refused_by_its_name(dondoc: Any, arguments: list[str], named: str) -> None:
    said = dondoc(*arguments, refused=True)
    assert said.startswith("Lỗi: ") and named in said and "Nguyễn Văn Nam" not in said


def test_a_token_is_shown_once_and_can_be_revoked(dondoc: Any) -> None:
    plain = dondoc("token", "add", "Phần mềm văn bản", "--office", "SYT", "--days", "30").strip()
    assert plain.startswith("dd_") and len(plain) == 46
    with open_store(load_settings()) as store, reading_session(store.engine) as session:
        bearer = find_token(session, plain, now=clock.now())
        assert bearer is not None and bearer.office == "SYT"
    listed = dondoc("token", "list", "--json")
    assert plain not in listed and "sha256" not in listed
    dondoc("token", "revoke", "1")
    with open_store(load_settings()) as store, reading_session(store.engine) as session:
        assert find_token(session, plain, now=clock.now()) is None


def test_a_door_s_link_is_printed_and_revoked(dondoc: Any) -> None:
    # CAT is there at any time the clock may tell.
    token = token_in(dondoc("door", "link", "CAT"))
    with open_store(load_settings()) as store:
        with reading_session(store.engine) as session:
            assert office_links(store.settings).open(session, token, plan=store.plan, now=clock.now()) == "CAT"
        dondoc("door", "revoke", "CAT")
        with reading_session(store.engine) as session, pytest.raises(LinkRevoked):
            office_links(store.settings).open(session, token, plan=store.plan, now=clock.now())


def test_the_first_start_says_how_to_make_a_coordinator_until_there_is_one(dondoc: Any) -> None:
    def said() -> str:
        settings = load_settings()
        with open_store(settings) as store:
            return Supervisor(settings, store, None, print)._addresses(1, False)  # type: ignore[arg-type]

    assert "dondoc user add EMAIL" in said()
    dondoc("user", "add", "lanhdao@tinh.example", "--post", "Lãnh đạo", "--role", "manager")
    assert "dondoc user add EMAIL" in said()
    dondoc("user", "add", EMAIL, "--post", "Phòng Tổng hợp")
    assert "dondoc user add EMAIL" not in said()
    dondoc("user", "disable", EMAIL)
    assert "dondoc user add EMAIL" in said()
