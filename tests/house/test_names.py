"""One word for one thing: identifiers that were given up for plainer ones do not come back."""

import io
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *("config", "models", "intake", "notifications", "reports"),
    *("portal", "flows", "hosting", "rehearsal", "cli"),
)
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

GIVEN_UP = {
    "Acting": "ActorContext",
    "Standing": "Status",
    "standings": "attention_counts",
    "sayable": "allows",
    "speaks_again_at": "opens_at",
    "hold_back": "defer_to_window",
    "Looked": "Prepared",
    "Told": "EarlierNotice",
    "Lost": "DeadLetter",
    "items_of": "load_facts",
    "suspects": "poison_candidates",
    "take_turn": "lock_audit_chain",
    "pass_on": "readdress",
    "pass_on_from_ended": "readdress_to_successors",
    "fall_due": "move_due_date",
    "look_again": "recompute_next_alert",
    "Wanted": "AssignmentFilter",
    "Fact": "AuditEntry",
    "at_work": "hold_run_lock",
    "left_alone": "try_run_lock",
    "Errands": "BackgroundTasks",
    "Acquaintance": "ProviderCache",
    "come_back": "callback",
    "read_apart": "sandbox.run",
    "answer_apart": "sandbox.serve",
    "plain_letters": "without_accents",
    "whole_file": "atomic_write",
    "keep_copy": "backup_copy",
    "_SILENCE": "TELEMETRY_OFF",
    "_MANNERS": "DEFAULTS",
    "_TOGETHER": "MULTI_SERVER",
    "AT_FIRST": "PREVIEW_SIZE",
    "LISTED": "PAGE_SIZE",
    "Brief": "AssignmentSummary",
    "HandIn": "ReportSubmission",
    "MoreTime": "ExtensionRequest",
    "NewWork": "AdHocAssignment",
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_identifier_that_was_given_up_comes_back(path: Path) -> None:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline)
    used = {token.string for token in tokens if token.type == tokenize.NAME} & GIVEN_UP.keys()
    assert {name: f"say {GIVEN_UP[name]}" for name in used} == {}
