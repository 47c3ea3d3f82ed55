"""A plan that is sent in is held against the boundary whole, also a directive's own text that is long."""

from datetime import date
from pathlib import Path

import pytest

from config.boundary import LONGEST_TEXT
from config.catalogue.holidays import load_calendar
from config.errors import Refused
from models.plans.documents import PlanInForce
from models.plans.texts import plan_sent
from tests.support.plans import plan_of

HIDDEN = "số căn cước 079085001234"


def test_nothing_hides_where_a_long_text_is_cut(tmp_path: Path) -> None:
    path, own = tmp_path / "plan.yaml", tmp_path / "van-ban.txt"
    own.write_text("Thực hiện.", encoding="utf-8")
    plan = plan_of(path, "lead: SYT\ndue: {lead: BY:30/06/2025}", directive="source: van-ban.txt")
    in_force = PlanInForce(plan, load_calendar(), {})
    for back in (4, 16):
        text = ("Thực hiện. " * 2000)[: LONGEST_TEXT - back - 13] + f" {HIDDEN}. " + "Kèm theo. " * 20
        own.write_text(text, encoding="utf-8")
        with pytest.raises(Refused) as refused:
            plan_sent(path, in_force, date(2025, 1, 6))
        assert all(str(fault).startswith("van-ban.txt: có ") for fault in refused.value.faults)
    own.write_text("Thực hiện. " * 2500, encoding="utf-8")
    assert plan_sent(path, in_force, date(2025, 1, 6))[0].subtask("T1.1").title_vi == "Xây dựng kế hoạch"
