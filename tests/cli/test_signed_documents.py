"""`dondoc document … --sign`: what is signed at the command is on record as what is signed in the portal."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import select

from config import clock
from config.settings import load_settings
from models.keeping.opening import open_store
from models.store.audit_event import AuditEvent
from models.store.database import reading_session
from tests.support.certificates import PASSWORD, certificate
from tests.support.command import Command


@pytest.mark.later
def test_a_slip_signed_at_the_command_is_on_record(
    dondoc: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = certificate(tmp_path, clock.now() - timedelta(days=1))
    monkeypatch.setenv("DONDOC_SIGNING_CERTIFICATE", str(path))
    monkeypatch.setenv("DONDOC_SIGNING_PASSWORD", PASSWORD)
    written = tmp_path / "phieu.pdf"
    code, _, errors = dondoc("document", "slip", "SYT", "-o", str(written), "--sign")
    assert code == 0, errors
    with open_store(load_settings()) as store, reading_session(store.engine) as session:
        (event,) = session.exec(select(AuditEvent).where(AuditEvent.verb == "sign_paper"))
    assert (event.subject, event.actor) == ("office:SYT", "command")
    assert event.details["sha256"] == sha256(written.read_bytes()).hexdigest()
