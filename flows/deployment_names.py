"""What the deployments are called and tagged, and at which hours they run."""

DEPLOYMENT_NAMES = {
    "p1": "p1 · Quán triệt, quy chế",
    "p2": "p2 · Tuyên truyền, phân công",
    "p3": "p3 · Đổi mới công tác phối hợp",
    "p4": "p4 · Phong trào, lực lượng",
    "p5": "p5 · Công an nòng cốt",
}
PRIORITY_CODES = tuple(DEPLOYMENT_NAMES)
ISSUE_DEPLOYMENT_NAME = "Ban hành văn bản giao việc"
TROUBLE_DEPLOYMENT_NAME = "Báo sự cố"
REVIEW_DEPLOYMENT_NAME = "Sơ kết năm"
"""How the deployments are listed; the pages have room for about 27 letters."""

REVIEW = "so-ket"
"""Tag of the reviews' runs."""

RUN_NAMES = {**{code: code for code in PRIORITY_CODES}, REVIEW: "sơ kết năm"}
"""How the name of a run begins that a schedule makes, by the tag of its deployment."""

WORK_POOL = "dondoc"
"""Where due runs wait for a worker."""

CATCHING_UP = "khoi-dong"
"""Tag of the runs that catch up when dondoc starts."""

SLOTS = {"sang": (7, 30), "chieu": (13, 30)}
"""Hour and minute of each scheduled run, in Hà Nội."""
