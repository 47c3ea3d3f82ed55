"""One word for one thing: identifiers that were given up for plainer ones do not come back."""

import io
import re
import tokenize
from pathlib import Path

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
    "_Back": "SendResult",
    "Speaking": "DeliveryWindow",
    "silent_tries": "expired_leases",
    "reading_apart": "sandbox.run",
    "nearly_right": "suggestions",
    "kept_copy": "backup_copy",
    "SHOWN": "PREVIEW_SIZE",
    "_MOST": "BATCH_SIZE",
}
"""A name kept to its module, with an underscore before it, is given up with the public one."""

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
    whole = {name: GIVEN_UP[old] for name in names for old in (name, name.lstrip("_")) if old in GIVEN_UP}
    within = {name: word for name in names for old, word in GIVEN_UP_WITHIN.items() if old in name.lower()}
    return within | whole


def test_no_identifier_that_was_given_up_comes_back() -> None:
    offences = {path.relative_to(ROOT).as_posix(): given_up(_identifiers(path)) for path in SOURCES}
    assert {path: names for path, names in offences.items() if names} == {}


def _identifiers(path: Path) -> set[str]:
    """What a file calls itself and everything in it; taken apart only where a word of it was given up."""
    text = path.read_text("utf-8")
    words = {path.stem, *re.findall(r"\w+", text)}
    if not given_up(words):
        return words
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {path.stem, *(token.string for token in tokens if token.type == tokenize.NAME)}


def test_no_directive_is_privileged() -> None:
    assert [path for path in SOURCES if "plan." + "house" in path.read_text("utf-8")] == []
    product = [path for path in SOURCES if path.relative_to(ROOT).parts[0] in PACKAGES]
    assert [path for path in product if re.search(r"\b_*House\b", path.read_text("utf-8"))] == []


def test_no_template_uses_an_identifier_that_was_given_up() -> None:
    offences = {path.relative_to(ROOT).as_posix(): given_up(_words_of_tags(path)) for path in TEMPLATES}
    assert {path: names for path, names in offences.items() if names} == {}


def _words_of_tags(path: Path) -> set[str]:
    tags = " ".join(re.findall(r"\{[{%].*?[%}]\}", path.read_text("utf-8"), re.DOTALL))
    return set(re.findall(r"\w+", re.sub(r'"[^"]*"|\'[^\']*\'', "", tags)))
