"""One word for one thing: identifiers that were given up for plainer ones do not come back."""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *("config", "models", "intake", "notifications", "reports"),
    *("portal", "flows", "hosting", "rehearsal", "cli"),
)
SOURCES = sorted(path for package in (*PACKAGES, "tests", "benchmarks") for path in (ROOT / package).rglob("*.py"))
TEMPLATES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("templates/**/*.*"))

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
    "Whole": "AssignmentDetail",
    "Until": "DueDate",
    "Words": "RenderedMessage",
    "_Words": "RenderedMessage",
    "_Back": "SendResult",
    "Speaking": "DeliveryWindow",
    "silent_tries": "expired_leases",
    "reading_apart": "sandbox.run",
    "nearly_right": "suggestions",
    "kept_copy": "backup_copy",
    "SHOWN": "PREVIEW_SIZE",
    "_MOST": "BATCH_SIZE",
}
GIVEN_UP_WITHIN = {
    "errand": "background task",
    "acquaintance": "provider cache",
    "standings": "status",
    "suspects": "poison candidates",
    "silent_tries": "expired leases",
    "look_again": "poll, recompute",
}
"""What no longer name may contain either."""


def given_up(names: set[str]) -> dict[str, str]:
    whole = {name: GIVEN_UP[name] for name in names & GIVEN_UP.keys()}
    within = {name: word for name in names for old, word in GIVEN_UP_WITHIN.items() if old in name.lower()}
    return within | whole


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_identifier_that_was_given_up_comes_back(path: Path) -> None:
    text = path.read_text("utf-8")
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    assert given_up({path.stem, *(token.string for token in tokens if token.type == tokenize.NAME)}) == {}
    assert "plan." + "house" not in text, "no directive is privileged"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_template_uses_an_identifier_that_was_given_up(path: Path) -> None:
    tags = " ".join(re.findall(r"\{[{%].*?[%}]\}", path.read_text("utf-8"), re.DOTALL))
    code = re.sub(r'"[^"]*"|\'[^\']*\'', "", tags)
    assert given_up(set(re.findall(r"\w+", code))) == {}
