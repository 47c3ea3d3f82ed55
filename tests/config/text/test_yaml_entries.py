"""Entries changed in files that people write in: what nobody asked to change stays letter by letter."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import Refused
from config.settings import PLAN_0_1_DIR
from config.text.plain_yaml import parse
from config.text.yaml_entries import with_entries
from tests.support.examples import examples

CONTACTS = """# Người giữ: phòng Tổng hợp
offices:
  SYT:                 # y tế
    focal: mailto://a@b.example   # máy cũ
    quiet: 18:00-07:00

  # hai dòng này của Sở Nội vụ
  SNV: {language: en, focal: "${TEAMS}"}
accounts: mailto://x:${P}@mail.example
"""


def test_an_entry_is_put_in_the_place_of_the_old_one_and_new_ones_at_the_end() -> None:
    entries = {"SNV": {"language": "vi", "focal": ["a://b", "c://d"]}, "STP": {"focal": "mailto://s@t.example"}}
    assert with_entries(CONTACTS, "offices", entries, file="contacts.yaml") == CONTACTS.replace(
        '  SNV: {language: en, focal: "${TEAMS}"}\n',
        "  SNV:\n    language: vi\n    focal:\n    - a://b\n    - c://d\n  STP:\n    focal: mailto://s@t.example\n",
    )


def test_the_comments_within_a_changed_entry_stay() -> None:
    entries = {"SYT": {"focal": "mailto://a@b.example", "quiet": "never", "language": "en"}}
    assert with_entries(CONTACTS, "offices", entries, file="contacts.yaml") == CONTACTS.replace(
        "    quiet: 18:00-07:00\n", "    quiet: never\n    language: en\n"
    )
    listed = (
        "offices:\n  SYT:\n    # hai nơi\n    focal:\n      - a://b   # mới\n      - 'c://d'\n    # nhóm trực\n"
        "    head: e://f # đêm\n\n# hết\n"
    )
    entries = {"SYT": {"focal": ["a://b", "c://d"], "head": "g://h"}}
    assert with_entries(listed, "offices", entries, file="contacts.yaml") == listed.replace("e://f", "g://h")


def test_offices_of_the_shipped_plan_are_changed_in_their_list() -> None:
    before = (PLAN_0_1_DIR / "offices.yaml").read_text(encoding="utf-8")
    entries = {
        "TTR": {"code": "TTR", "name_vi": "Thanh tra", "name_en": "Inspectorate", "kind": "state"},
        "XA001": {
            "code": "XA001",
            "name_vi": "Xã Một",
            "name_en": "One",
            "kind": "locality",
            "valid_from": date(2025, 7, 1),
        },
    }
    after = with_entries(before, "offices", entries, file="offices.yaml")
    comments = [line for line in before.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in after.splitlines() if line.lstrip().startswith("#")] == comments
    offices = parse(after)[0]["offices"]
    assert offices[-1] == {**entries["XA001"], "valid_from": "2025-07-01"}
    assert [each["code"] for each in offices[:-1]] == [each["code"] for each in parse(before)[0]["offices"]]


@pytest.mark.parametrize(
    "text", ["", "offices: {}\n", "offices:\n", "accounts: mailto://x@y.example\n", "offices: {SYT: {quiet: never}}"]
)
def test_a_file_without_entries_or_with_all_in_one_line_gets_them(text: str) -> None:
    changed = parse(with_entries(text, "offices", {"STP": {"focal": "a://b"}}, file="contacts.yaml"))[0]
    assert changed["offices"]["STP"] == {"focal": "a://b"}
    assert changed.get("accounts") == (parse(text)[0] or {}).get("accounts")


def test_what_is_written_in_a_way_that_is_not_understood_is_left_to_its_author() -> None:
    text = "offices:\n  SYT: &a {focal: a://b}\n  SNV: *a\n"
    with pytest.raises(Refused, match="sửa tay các mục: SNV"):
        with_entries(text, "offices", {"SNV": {"quiet": "never"}}, file="contacts.yaml")


values = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Cn", "Co")), min_size=1, max_size=30)


@settings(max_examples=examples(60))
@given(
    st.dictionaries(
        st.sampled_from(["SYT", "SNV", "STP", "STC"]),
        st.dictionaries(st.sampled_from(["focal", "head", "quiet"]), values, min_size=1),
        min_size=1,
    )
)
def test_whatever_is_written_is_read_again(entries: dict[str, dict[str, str]]) -> None:
    changed = parse(with_entries(CONTACTS, "offices", entries, file="contacts.yaml"))[0]
    assert changed == {**parse(CONTACTS)[0], "offices": {**parse(CONTACTS)[0]["offices"], **entries}}
