"""What deployments and their runs are called and tagged, at which hours they run, and how a run says it failed."""

from collections.abc import Collection, Mapping

from config.catalogue.fields import PRIORITY
from config.catalogue.plan import Plan

DEPLOYMENT_NAMES = {
    "p1": "p1 · Quán triệt, quy chế",
    "p2": "p2 · Tuyên truyền, phân công",
    "p3": "p3 · Đổi mới công tác phối hợp",
    "p4": "p4 · Phong trào, lực lượng",
    "p5": "p5 · Công an nòng cốt",
}
SHIPPED = "CD-2023-08-17"
"""The directive that ships with dondoc, to whose subtasks the five forms belong."""


def has_own_form(plan: Plan, priority: str) -> bool:
    """Whether it is one of the five of the shipped directive, and not another directive's of the same number."""
    return plan.priority(priority).directive == SHIPPED and priority in DEPLOYMENT_NAMES


ISSUE_DEPLOYMENT_NAME = "Ban hành văn bản giao việc"
REVIEW_DEPLOYMENT_NAME = "Sơ kết năm"
BACKUP_DEPLOYMENT_NAME = "Sao lưu hằng ngày"
"""How the deployments are listed; the pages have room for about 27 letters."""

REVIEW = "so-ket"
"""Tag of the reviews' runs."""

BACKUP = "sao-luu"
"""Tag of the daily backup's runs."""

WORK_POOL = "dondoc"
"""Where due runs wait for a worker."""

_ROOM = 27
_OTHER_NAMES = {REVIEW: "sơ kết năm", BACKUP: "sao lưu"}


def names_by_priority(plan: Plan) -> Mapping[str, str]:
    """The deployment of each priority: the five have names of their own, others begin like their titles."""
    return {
        each.code: DEPLOYMENT_NAMES[each.code] if has_own_form(plan, each.code) else _named(each.code, each.title_vi)
        for each in plan.priorities
    }


def _named(code: str, title: str) -> str:
    # Prefect takes none of these in a name.
    words = "".join(" " if letter in "/%&<>" else letter for letter in title).split()
    whole = " ".join([code, "·", *words])
    if len(whole) <= _ROOM:
        return whole
    return f"{whole[: _ROOM - 1].rpartition(' ')[0].rstrip(',;')} …"


def run_name(tags: Collection[str]) -> str | None:
    """How the name of a run begins that a schedule makes, by the tags of its deployment: «p1», «sơ kết năm»."""
    other = next(filter(_OTHER_NAMES.__contains__, tags), None)
    return _OTHER_NAMES[other] if other else next(filter(PRIORITY.fullmatch, tags), None)


def tag_of(name: str) -> list[str]:
    """The tag of a run by how its name begins: the other way round than ``run_name``; none for other flows."""
    begin = name.partition(" · ")[0]
    if PRIORITY.fullmatch(begin):
        return [begin]
    return [tag for tag, name in _OTHER_NAMES.items() if begin == name]


UNDER_WAY, BEING_MADE = "đang chạy", "đang lập"
COMING, AT_START, AGAIN = "dự kiến", "khởi động", "chạy lại"
NOT_ENDED = (UNDER_WAY, BEING_MADE, COMING, AT_START, AGAIN)
"""What the name of a run says, or says first, until it has ended: «p1 · đang chạy»."""

CATCHING_UP = "khoi-dong"
"""Tag of the runs that catch up when dondoc starts."""

SLOTS = {"sang": (7, 30), "chieu": (13, 30)}
"""Hour and minute of each scheduled run, in Hà Nội."""

BACKUP_SLOTS = {"trua": (11, 45)}
"""Those of the daily backup: a machine that is switched off at night is on then."""

BROKEN_OFF = "Máy dừng giữa lượt chạy. Lượt chạy sau làm bù, không mất việc nào."
MISSED = "Máy tắt vào giờ này. Lượt chạy sau làm bù, không mất việc nào."
RUN_AGAIN = "Máy chạy lượt này đã dừng đột ngột. Đã chạy lại ở máy khác, không mất việc nào."
"""Messages of the states of runs that were missed, or ended without a word of their own."""

FAILED = "loi"
"""Tag of a run that could not do its work."""

CLOCK_WRONG, CLOCK_WRONG_VI = "dong-ho", "đồng hồ máy sai"
"""Tag of a run that did nothing because the machine's clock cannot be right, and what its name says."""

UNFORESEEN = "loi-la"
"""Tag, besides, of one that ended with a fault nobody foresaw: what its state says is a program's, not ours."""
