"""The house that the simulation lives in: a small plan that has a step of each kind, and how each office is reached."""

import re
import shutil
from pathlib import Path

import pytest
from sqlmodel import delete

from config import clock
from config.settings import Settings, load_settings
from models.keeping.opening import open_store
from models.store.database import session_scope
from models.tables.machine_clock import MachineClock
from tests.simulation.mail_servers import HOSTS
from tests.support.cast import at
from tests.support.plans import one_file

PLAN = """
- title_vi: Nhiệm vụ có kỳ hạn
  subtasks:
    - code: T1.1
      title_vi: Ban hành kế hoạch
      steps: [{key: plan, lead: departments, due: {lead: ISSUE+12}}]
    - code: T1.2
      title_vi: Rà soát thủ tục
      steps:
        - {key: review, lead: SYT, coordinating: [SNV], due: {lead: ISSUE+18, coordinating: ISSUE+15}}
    - code: T1.3
      title_vi: Tổng hợp vướng mắc
      steps: [{key: collect, lead: [STC, SNV], named: [HOI], due: {lead: ISSUE+8}}]
    - code: T1.4
      title_vi: Báo cáo tháng
      steps: [{key: report, lead: STC, trigger: month, due: {lead: CLOSE+3}}]
- title_vi: Nhiệm vụ theo việc
  subtasks:
    - code: T2.1
      title_vi: Phân bổ kinh phí
      depends_on: [T1.3]
      steps: [{key: money, lead: STC, due: {lead: "AFTER:T1.3+5"}}]
    - code: T2.2
      title_vi: Tổ chức hội nghị
      steps: [{key: held, lead: SNV, trigger: event, due: {lead: EVENT+4}}]
    - code: T2.3
      title_vi: Tuyên truyền
      steps: [{key: tell, lead: VHTT, due: {lead: STANDING-M, words: thường xuyên}}]
    - code: T2.4
      title_vi: Báo cáo nhanh
      steps: [{key: soon, lead: SYT, due: {lead: "ISSUE+48h"}}]
    - code: T2.5
      title_vi: Rà soát quy định
      steps: [{key: look, lead: SNV, due: {lead: UNDATED, words: khẩn trương rà soát}}]
"""
PRIORITIES = ("p1", "p2")
COORDINATOR = "UBND"
LEADS = ("SYT", "STC", "SNV", "VHTT")
ENDING = ("VHTT",)
BEFORE = at("2025-01-06")

# The last has no address, so that some letters go to the local mailbox; the second has two channels.
CONTACTS = f"""
offices:
  UBND: {{focal: "mailto://{HOSTS[0]}?from=dondoc@tinh.example&to=tonghop@tinh.example"}}
  SYT:
    focal: ["mailto://{HOSTS[1]}?from=dondoc@tinh.example&to=syt@so.example", "mailbox://"]
    head: mailto://{HOSTS[0]}?from=dondoc@tinh.example&to=giamdoc.syt@so.example
  STC: {{focal: "mailto://{HOSTS[1]}?from=dondoc@tinh.example&to=stc@so.example"}}
  SNV: {{focal: "mailto://{HOSTS[0]}?from=dondoc@tinh.example&to=snv@so.example", quiet: never}}
"""


def settings_in(folder: Path) -> Settings:
    """The settings of a house in ``folder``."""
    return load_settings(
        {
            "DONDOC_DATA_DIR": str(folder),
            "DONDOC_PLAN_DIR": str(folder / "plan.yaml"),
            "DONDOC_DATABASE_URL": f"sqlite:///{folder}/dondoc.sqlite",
            "DONDOC_SECRET_KEY": "x" * 40,
            "DONDOC_SAMPLE": "0",
            "DONDOC_PROVIDER_RATE": "100000",
            "DONDOC_RECIPIENT_RATE": "100000",
        }
    )


def build(folder: Path) -> None:
    """A house in which nothing has happened: made once, and copied for each life."""
    folder.mkdir(parents=True)
    one_file(folder / "plan.yaml", PLAN)
    (folder / "contacts.yaml").write_text(CONTACTS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "machine_time", lambda: BEFORE)
        with open_store(settings_in(folder)) as store, session_scope(store.engine, by_clock=False) as session:
            session.exec(delete(MachineClock))  # whenever a life begins, its machine is believed


def copy(template: Path, folder: Path) -> Settings:
    """A house of its own for one life."""
    shutil.copytree(template, folder)
    return settings_in(folder)


def titles() -> dict[str, str]:
    """The title of each subtask, as letters name it."""
    return dict(re.findall(r"- code: (\S+)\n\s+title_vi: (.+)", PLAN))
