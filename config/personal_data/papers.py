"""What NĐ 30/2020/NĐ-CP asks of a paper and no boundary refuses: its signature block, «Nơi nhận», posts with names."""

import re
from collections import deque

from config.personal_data.lexicon import Before
from config.personal_data.names import Name
from config.personal_data.reading import Reading
from config.personal_data.shapes import Shape

_REACH = 8
"""Paragraphs between the post of who signs and the name: the stamp, the signature, «(Đã ký)»."""
_SIGNED = re.compile(
    r"(?:\b(?:kt|tm|tl|tuq|q)\. ?[a-z]|\((?:da )?ky\b[^)]*\)|\bky (?:boi|ten|ghi ro ho ten)"
    r"|\bnguoi (?:lap|ky|soan|soat|trinh|tong hop|duyet|thuc hien|bao cao|ghi)"
    r"(?: (?:bieu|bang|bao cao|thao|duyet|bien ban|so lieu|xet|tra))?\W*$"
    r"|thu truong (?:don vi|co quan)|chu toa|thu ky|lanh dao don vi)"
)
_POST_LINE = re.compile(
    r"^\W*(?:(?:kt|tm|tl|tuq|q)\. .*|(?:pho |tong |quyen )*(?:giam doc|chu tich|bi thu|chu nhiem|chanh van phong"
    r"|truong (?:phong|ban|cong an|doan|khoa|tram)|hieu truong|cuc truong|chanh thanh tra|thu tuong|bo truong"
    r"|vien truong|chanh an|chi huy truong|chinh uy|ke toan truong|tong thanh tra|thu truong|uy vien|to truong"
    r"|thuong truc)[^.;]{0,60})\W*$"
)
_RECIPIENTS = re.compile(r"\bnoi nhan\b")
_FILED = re.compile(r"\bluu:? ?(?:vt|van thu|ho so)")
_RECIPIENT = re.compile(r"^[ *]*[-–+•]")


class PaperContext:
    """The paragraphs of a paper as they are read, one after another."""

    def __init__(self) -> None:
        self._before: deque[str] = deque(maxlen=_REACH)
        self._among_recipients = False

    def allows(self, name: Name, reading: Reading) -> bool:
        """Whether the name belongs to the form of an official paper."""
        if name.citizen:
            return False
        if name.post or name.before is Before.DEGREE or (name.before is None and name.shape <= Shape.SHORT):
            return True
        before = reading.flat[: name.start]
        if name.before in (None, Before.LABEL, Before.TASK) and len(reading.plain[: name.end].rpartition(" ")[2]) == 1:
            return True  # «Nguyễn Văn A» of a form
        if _RECIPIENTS.search(before[-400:]) or _FILED.search(before[-400:]) or self._goes_on(reading):
            return True
        if _SIGNED.search(before[-120:]):
            return True
        alone = len(reading.plain) - (name.end - name.start) <= 15 or (
            before.strip(" -:.") == "" and len(reading.plain) < 60
        )
        return alone and any(_SIGNED.search(each) or _POST_LINE.match(each) for each in self._before)

    def read(self, reading: Reading) -> None:
        """Remember a paragraph that was checked."""
        if reading.flat.strip():
            self._before.append(reading.flat[-200:])
            self._among_recipients = bool(_RECIPIENTS.search(reading.flat)) or self._goes_on(reading)

    def _goes_on(self, reading: Reading) -> bool:
        """Whether the list of recipients goes on with this paragraph."""
        return self._among_recipients and bool(_RECIPIENT.match(reading.flat))
