"""A command that reads answers at once while another process writes, from whichever shell; one that writes says that
the store is busy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from typer.main import get_command

from cli.main import app, main
from config.settings import PLAN_0_1_DIR, load_settings
from flows.forms import fill_in
from flows.steps import assign_due
from models.keeping.opening import open_store
from tests.support.cast import at, issue
from tests.support.command import Command

AS_OF = ("--as-of", "2023-08-21")
DIRECTIVE = str(Path(__file__).parents[1] / "fixtures" / "directives" / "made-council.txt")
FILE = "FILE"
"""Where a command may write a file of its own."""

READING = [
    ("plan", "check"),
    ("plan", "show"),
    ("plan", "export", FILE),
    ("plan", "editions"),
    ("plan", "drafts"),
    ("due", "ISSUE+15", "--from", "2023-08-17"),
    ("intake", DIRECTIVE),
    ("directive", "list"),
    ("assignment", "list", "--office", "SYT", "--json"),
    ("assignment", "list", *AS_OF),
    ("assignment", "show", "1"),
    ("assignment", "move", "1", "--to", "2023-12-01", "--reason", "Lùi hạn", "--preview"),
    ("office", "list"),
    ("office", "show", "SYT"),
    ("holidays", "list"),
    ("board",),
    ("board", *AS_OF),
    ("review", "2023"),
    ("calendar", "SYT"),
    ("notices",),
    ("messages",),
    ("mailbox",),
    ("channels", "list"),
    ("silence", "list"),
    ("workbook", "export", "assignments", "-o", FILE),
    ("workbook", "template", "assignments", "-o", FILE),
    ("document", "report", "2023-Q3", "-o", FILE),
    ("document", "slip", "SYT", "-o", FILE),
    ("document", "reminder", "SYT", "-o", FILE),
    ("document", "templates", FILE),
    ("user", "list"),
    ("token", "list"),
    ("audit", "verify"),
    ("audit", "anchor", "--out", FILE),
    ("audit", "followup", "--as-of", "2023-08-18"),
    ("clock", "show"),
    ("clock", "repair", "--preview"),
    ("backup", FILE),
]

WRITES_OR_SERVES = {
    "plan": "import amend drop-draft",
    "directive": "issue document event correct undo close reopen",
    "assignment": "ack report contribute accept return extend decide add delegate suspend resume reassign coordinate"
    " release retitle withdraw undo take-back withdraw-request ask answer",
    "office": "add rename merge split end",
    "holidays": "notice recompute",
    "channels": "test",
    "silence": "add lift",
    "workbook": "import",
    "document": "urged",
    "user": "add change link limit disable enable",
    "token": "add revoke",
    "door": "link revoke",
    "audit": "acknowledge rotate-key",
    "clock": "confirm",
    "db": "copy",
    "part": "upgrade deploy api services worker watch courier",
    "": "run deliver restore up portal rehearse demo",
}
OPENS_NO_STORE = {"mcp", "boundary check"}

CONTACTS = """
accounts: mailto://dondoc:mat-khau@mail.example.vn
offices:
  SYT: {focal: [vanthu@syt.example]}
"""


@dataclass(frozen=True)
class Shell:
    """A shell that differs from the service's.

    of_service, here  what contacts.yaml says there and here; None without the file
    """

    of_service: str | None = CONTACTS
    here: str | None = CONTACTS
    environment: dict[str, str] = field(default_factory=dict)


SHELLS = {
    "the same": Shell(),
    "another language, no contacts": Shell(here=None, environment={"DONDOC_LANGUAGE": "en"}),
    "contacts that nothing has taken in": Shell(of_service=None),
}


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> Shell:
    return SHELLS[request.param]


@pytest.fixture
def dondoc(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str, shell: Shell
) -> Command:
    """Runs the command in the shell, on a store with assigned work, without patience: exit code, output, errors."""
    monkeypatch.setenv("DONDOC_PLAN_DIR", str(PLAN_0_1_DIR))
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DONDOC_DATABASE_URL", database_url)
    monkeypatch.delenv("DONDOC_CONTACTS", raising=False)
    monkeypatch.delenv("DONDOC_LANGUAGE", raising=False)
    contacts = tmp_path / "contacts.yaml"
    if shell.of_service:
        contacts.write_text(shell.of_service, encoding="utf-8")
    with open_store(load_settings()) as store:
        issue(store)
        form = fill_in("p1", {"offices": ("SYT",)}, store.plan)
        assign_due(store, "p1", form, store.actor_context(now=at("2023-08-18"), actor="flow:p1"))
    contacts.unlink(missing_ok=True)
    if shell.here:
        contacts.write_text(shell.here, encoding="utf-8")
    for name, value in shell.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("models.store.database._BUSY_TIMEOUT_S", 0.1)
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=100ms")

    def call(*arguments: str) -> tuple[int, str, str]:
        written = (str(tmp_path / f"file-{'-'.join(arguments[:2])}") if each is FILE else each for each in arguments)
        monkeypatch.setattr("sys.argv", ["dondoc", *written])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        return (code, *capsys.readouterr())

    return call


@contextmanager
def another_writer(database_url: str) -> Iterator[None]:
    """A connection that holds what a writer holds for as long as it writes."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(url.database or "", isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars()
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        yield
    engine.dispose()


def leaves(command: Any, path: str = "") -> Iterator[str]:
    """The names of all commands below a group, with those of their groups."""
    for name in getattr(command, "commands", {}):
        yield from leaves(command.get_command(None, name), f"{path} {name}".strip())
    if not hasattr(command, "commands"):
        yield path


def test_every_command_that_only_reads_is_tried_here() -> None:
    others = {f"{group} {name}".strip() for group, names in WRITES_OR_SERVES.items() for name in names.split()}
    commands = set(leaves(get_command(app)))
    tried = {name for name in commands if any(name == " ".join(each[: len(name.split())]) for each in READING)}
    assert commands - tried == others | OPENS_NO_STORE


def test_reading_does_not_wait_for_a_writer(dondoc: Command, database_url: str) -> None:
    with another_writer(database_url):
        failed = {arguments: err for arguments in READING if (err := dondoc(*arguments)[2])}
    assert failed == {}


@pytest.mark.parametrize("shell", [SHELLS["the same"]])
def test_writing_while_another_writes_is_refused_as_busy(dondoc: Command, database_url: str) -> None:
    with another_writer(database_url):
        code, out, err = dondoc("assignment", "ack", "1", *AS_OF)
    assert (code, out) == (1, "")
    assert "đang bận" in err and "The database is busy" in err and "DONDOC_DATABASE_URL" not in err
    assert dondoc("assignment", "ack", "1", *AS_OF)[0] == 0
