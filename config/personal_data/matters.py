"""Homes, plots of land, patients and suspects; and marks of secrecy of the text itself."""

import re
from collections.abc import Iterator

from config.personal_data.findings import Finding, Kind
from config.personal_data.reading import Reading

# --- homes ----------------------------------------------------------------------------------------------------

_PLOT = re.compile(
    r"\b(?:tbd|to bd) (?:so )?\d|\bthua (?:dat )?(?:so )?\d+,? (?:tbd|to bd|tbddc)\b"
    r"|\bthua (?:dat )?(?:so )?\d+,? to (?:so |ban do )?\d"
    r"|\bthua (?:dat )?(?:so:? ?)?\d+(?!\.\d)(?= ?[,;.]? ?(?:to ban do|thuoc|tai|cua|o |$|[,;.)]))"
    r"|\bthua (?:dat )?so:? ?\d|\bto ban do (?:dia chinh )?(?:so:? ?)?\d"
)
_HOUSE = re.compile(
    r"(?<!tong )\bso nha:? ?\d+[a-z]?(?:/\d+)?(?!\.\d| ?(?:can|nha|ho)\b)|\bnha (?:o )?so:? ?\d+(?! ?(?:can|nha"
    r"|ho)\b)|\bsn \d+[a-z]?,? (?:ngo|duong|pho)|\bso \d+[a-z]?(?:/\d+[a-z]?)*,? ?(?:ngo|ngach|hem|kiet) \d"
    r"|\b(?:ngo|ngach|hem|kiet) (?:so )?\d+(?:/\d+)*,? (?:ngo|ngach|duong|pho) |\b(?:hien )?o (?:tai )?(?:so"
    r"|nha) \d|\bso \d+[a-z]?(?:/\d+)* (?:duong|pho) .{3,40} la (?:nha|cho o|noi o)\b|\bnha (?:rieng|o"
    r"|tro)[^.;\d]{0,30}: ?\d+[a-z/\d]* [a-z]"
    r"|\bnha (?:rieng |o )?(?:tai |trong |o )?(?:hem|ngo|ngach|kiet) (?:so )?\d|\bcan ho (?:so )?[a-z]?\d{2,}"
    r"|\bphong \d{3,4},? (?:chung cu|nha|toa|ct)"
)
_PLACE_OF_LIFE = re.compile(
    r"\b(?:(?:hien )?(?:thuong |tam |cu )?tru (?:tai|quan|o)|(?:dia chi|noi|dang ky|ho khau) (?:thuong"
    r"|tam) tru(?: tai)?|noi cu tru|ho khau(?= ?:| (?:o|tai))(?: o| tai)?|dktt|(?:dk|n)?hktt|(?:thuong|tam) tru(?= ?:)"
    r"|(?:thuong|tam) tru(?= (?:thon|xom|ap|khu pho|to \d|so))"
    r"|(?:dang )?sinh song (?:tai|o)"
    r"|ngu (?:tai|o)"
    r"|noi o(?: hien nay| hien tai)?|que quan|que(?= (?:o|tai)?)(?: o| tai)?|nguyen quan|cho o hien nay"
    r"|dia chi nha(?: rieng)?|dia chi o(?= ?:)|nha (?:rieng )?o(?: tai)?"
    r"|dia chi(?= ?: ?(?:thon|xom|ban|to |khu pho|khu |ngo|nha)))"
    r"[ :]{1,3}(?:so |thon|xom|ban |to |khu |pho |ngo|duong|nha|\d|phuong |xa |huyen |tp|thanh pho|tx|thi |tinh "
    r"|ap |tdp |kp |doi |hem|ngach|kiet|buon |khoi |lang |chung cu)"
)
_GROUP = re.compile(
    r"(?:\d (?:ho|nguoi|cong dan|lao dong|truong hop|nhan khau|khau|hoc sinh|tre)|cac (?:ho|em|gia dinh"
    r"|truong hop)|so (?:ho|nguoi|lao dong|nhan khau|cong dan)|nguoi dan|nhan dan|moi (?:nguoi|cong dan)"
    r"|cong dan|nguoi nuoc ngoai|nguoi lao dong|ho dan|quy dinh|luat|dang ky|thu tuc|cong tac|quan ly"
    r"|dieu kien)\b[^.;!?]{0,60}$"
)
_OFFICE_BEFORE = re.compile(
    r"(?:tru so|van phong|\bso (?!\d)[a-z]+ |ubnd|uy ban|cong an|trung tam|benh vien|chi cuc|\bcuc |truong "
    r"|cong ty|kho bac|bo phan|dia diem|hoi truong|tai nha van hoa|nha van hoa|co quan|ngan hang|buu dien"
    r"|dia chi tiep nhan|toa an|vien kiem sat|cua hang|diem )[^.;!?]{0,90}$"
)

# --- people in cases -------------------------------------------------------------------------------------------------

_CASE_PERSON = (
    r"(?:benh nhan|nguoi benh|nan nhan|nghi pham|nghi can|doi tuong|bi can|bi cao|ca benh|bi hai"
    r"|san phu|hung thu|thu pham|chau(?: be| gai| trai| nho)?|be gai|be trai|thai phu|bn|nguoi phu nu|nguoi dan ong"
    r"|thieu nu|nu cong nhan|nu nhan vien|nguoi me|nguoi cha|nguoi chong|nguoi vo|ba lao|ong lao|tai xe|lai xe"
    r"|nam thanh nien|cu ba|cu ong|ke gian|nu sinh|nam sinh)"
)
_PERSON = re.compile(
    rf"\b{_CASE_PERSON}[^.;!?]{{0,30}}?(?<!tu )(?<!tren )(?<!duoi )(?<!den )(?<!du )(?<![-–\d])"
    r"\b\d{1,3}(?! ?[-–]) ?(?:thang )?tuoi\b(?! tro| den)"
    rf"(?=.{{0,80}}(?:o |tru |thon|xa |phuong|da |bi |duong tinh|mac|tu vong|nhap vien|ngu|khai|nghi|co |dieu"
    r" tri|, |$))"
    r"|\b(?:benh nhan|bn|ca benh|ca nhiem) (?:(?:[a-z\d-]+ )?(?:so|ma) |thu )?\d{1,6}(?= (?:o|la|tru|tai|duong|da|co"
    r"|bi|mac|dieu)\b)"
    r"|\bma (?:benh nhan|benh an|bn)[ :]+[a-z]{0,3}\d|\b(?:ho so )?benh an so[ :]+\d"
    rf"|\b(?:benh nhan|nguoi benh|nghi pham|nan nhan|doi tuong|bi can) (?:nay )?(?:la )?(?:nam"
    rf"|nu)(?: gioi)?,? (?:o|tru|tai|sinh|quoc tich) "
    r"|(?<!cac )(?<!so )(?<!nhung )(?<!\d )(?<!moi )(?<!doi voi )\b(?:nghi pham|nghi can|bi can|bi cao|nan nhan"
    r"|hung thu|thu pham"
    r"|ke gian) (?:nay|(?:la|tung|nguyen la|hien la|von la)(?! (?:nguoi|doi tuong|tre em|phu nu|cac|nhung|phap nhan"
    r"|to chuc))|da khai"
    r"|hien (?:o|dang|da|tru)|bi (?:chong|vo|bo |me |cha |con |nguoi yeu|hang xom|nguoi quen)|khai nhan|khai|bo tron"
    r"|da bo tron|sinh song|cu tru|dang lam|lam nghe|lam viec tai|hoc lop|co tien an)\b"
    r"|(?<!cac )(?<!so )(?<!\d )(?<!nhung )\b(?:nu sinh|nam sinh|(?:mot|01|1|em) hoc sinh|hoc sinh lop \d\w*|be gai"
    r"|be trai|chau be|chau gai|chau trai|nu cong nhan"
    r"|nguoi phu nu|nguoi dan ong|thai phu|san phu|nu nhan vien|co gai|thieu nu|cu ba|cu ong|nam thanh nien|nguoi cha"
    r"|nguoi me"
    r"|nguoi chong|nguoi vo)(?: \w+){0,8}? (?:bi|da) (?:xam hai|hiep|danh|bao hanh|dau doc|duoi nuoc|bat coc"
    r"|lam nhuc|tu tu|sat hai|giet|tam giu|bat|tu vong|dam|mat tich|mang thai)\b(?! (?:la|phai|duoc|theo|thi|giam"
    r"|tang)\b)"
    r"|\b(?:mot|01|1) (?:san phu|thai phu|nguoi phu nu|nguoi dan ong|nam thanh nien|nu sinh|nam sinh|chau be|be gai"
    r"|be trai|co gai"
    r"|nu cong nhan|can bo|giao vien|nguoi dan|cong dan|benh nhan|hoc sinh) (?:\w+,? ){0,9}(?:nhiem hiv|bi hiv"
    r"|bi tam than|mac benh (?:lao|tam than"
    r"|hiv|giang mai)|nghien ma tuy|mang thai|bi xam hai|bi hiep|tu tu)\b"
    r"|\bmot (?:can bo|cong chuc|giao vien|bac si|dang vien|lanh dao)(?: \w+){0,8}? (?:bi bat|bi khoi to|bi tam giu"
    r"|nhan hoi lo"
    r"|danh bac|tham o)\b"
    r"|\bbi (?:benh|nhiem) hiv\b(?=.{0,40}(?:tru|o thon|ten))"
)

# --- secrecy ---------------------------------------------------------------------------------------------------

_LEVEL = r"(?:tuyệt mật|tối mật|tuyet mat|toi mat)"
_PAPER_UPPER = "BAO CAO|CONG VAN|TAI LIEU|VAN BAN|KE HOACH"
_STAMP = re.compile(
    r"(?<![Bb]ẢO )(?<!BÍ )(?<!BẢO )\bMẬT\b(?! ĐỘ| MÃ| KHẨU| ONG| MIA| THƯ| VỤ)|[(\[«“\"]M[ậẬ][tT][)\]»”\"]"
    rf"|^(?:{_PAPER_UPPER}) MAT(?= ?[-–:.]|$)|^(?i:tài liệu|văn bản|công văn|báo cáo) mật(?= ?[,.;:\-(]|$| nên| vì)"
    r"|^M(?:ậ|A|Ậ)[tT](?: ?[:–\-.]|$)|(?<![A-Za-z]),? ?- ?MẬT$"
)
_ABOUT_ITSELF = re.compile(
    rf"(?i:\b(?:văn bản|công văn|tài liệu|báo cáo|kế hoạch|nghị quyết|quyết định|tờ trình|thông báo|chỉ thị"
    rf"|hồ sơ|công điện|phương án|đề án|phụ lục|tệp|file|bản|dấu|loại|thuộc|độ|mức)(?: này| đính kèm| kèm theo"
    rf"| gửi kèm| số \d+\S*)?(?: là| thuộc| có| ở| đóng dấu| loại)*(?: (?:độ|mức độ|mức"
    rf"|dấu))? ?[(:\"«“]? ?(?:{_LEVEL})\b"
    rf"|\bthuộc (?:độ|mức độ|mức|loại) ?[\"“«(]?(?:mật|{_LEVEL})[\"”»)]?(?= ?[,.;]|$| không| đề nghị| xin)"
    rf"|\b(?:độ|mức độ) mật ?(?::|là|=|-) ?(?:mật|{_LEVEL})\b|\bđóng dấu (?:chỉ )?(?:độ )?mật\b|\b(?:tài liệu"
    rf"|văn bản|báo cáo) độ mật\b|\bdo mat ?: ?(?:mat|{_LEVEL})\b|\bdong dau mat\b"
    rf"|\b(?:công văn|kế hoạch|báo cáo|tờ trình|văn bản|phương án|chỉ thị|công điện) mật số ?\S*\d|\b(?:văn bản"
    rf"|tài liệu|báo cáo|công văn|kế hoạch|phương án|tệp|file|phụ lục|bản|nội dung) (?:này |kèm theo |đính kèm "
    rf"|gửi kèm |là "
    rf"|thuộc ){{1,2}}(?:loại |diện |danh mục |nhóm )?(?:bí mật nhà nước|tài liệu mật|văn bản mật|mật)(?= ?[,.;:)(]|$"
    rf"| độ| không| chỉ| đề nghị| gửi)|\b(?:này|đây) (?:là|thuộc) (?:loại )?(?:văn bản|tài liệu|công văn|báo cáo"
    rf"|loại) mật\b|\b(?:nay|day) la (?:van ban|tai lieu) mat\b|\bnội dung (?:này |trên |đó |là "
    rf"|thuộc loại ){{1,2}}(?:bí mật"
    rf"|mật)\b(?= ?[,.;]|$| không)"
    r"|\b(?:nội dung|thông tin|phần|đoạn) (?:bí )?mật ?:"
    r"|\b(?:cong van|ke hoach|bao cao|to trinh|van ban|phuong an|chi thi|cong dien) mat so ?\S*\d"
    rf"|\b(?:van ban|cong van|tai lieu|bao cao|ke hoach|phuong an)(?: nay| kem theo| do| thuoc| do)* (?:{_LEVEL}))"
)
_LEVEL_ALONE = re.compile(
    rf"^\W*[Mm]ật\W*$|^\W*(?i:{_LEVEL})\W*(?:$|[-–:.])|\b(?:TUYỆT MẬT|TỐI MẬT|TUYET MAT|TOI MAT)\b"
    rf"|(?i:[(\[«“\"](?:{_LEVEL})[)\]»”\"])"
    rf"|(?i:(?<!định )(?<!đổi )(?<!chỉ )(?<!chỉ các )(?<!giải )(?<!gia hạn )(?<!cao )\bđộ mật\b(?= ?[:.]?$))"
)
_OPENS = re.compile(rf"\W*(?:(?:{_PAPER_UPPER}) )?(?:TUYỆT |TỐI )?M[ẬA]T ?[-–.:]")
"""A stamp and what may be done with the paper: «MẬT - không phổ biến»."""
_IN_BRACKETS = re.compile(
    r"(?i:\b(?:kế hoạch|phương án|báo cáo|công văn|văn bản|tài liệu|tờ trình|quyết định|thông báo"
    r"|phụ lục)\b[^.;!?]{0,40}\((?:độ |loại )?mật\))"
)
_SUBJECT = re.compile(
    r"luat|nghi dinh|thong tu|quy dinh|danh muc|tap huan|bao ve bi mat|xac dinh do mat|quy che|huong dan|mau dau"
    r"|con dau|cac muc do|cac do mat|muc do mat|tuyen truyen|pho bien|sao, chup|sao chup|giai mat|gia han"
    r"|tham quyen|khai niem|cong tac bao mat|che do|kiem tra viec|thong ke|quan ly van ban mat|so dang ky"
    r"|dau chi|hoac mat|theo quy|phai (?:dong|xac|ghi)|do mat do|can bo lam cong tac|khong (?:duoc |co |chua "
    r"|gui |dua |soan )|nghiem cam|loai (?:tai lieu|van ban)|doi voi (?:tai lieu|van ban)|\d+ (?:van ban"
    r"|tai lieu|cong van)|so (?:van ban|tai lieu|luong) |may tinh|bao quan|tieu huy|tiep nhan, (?:dang ky|xu ly)"
)


def homes_in(reading: Reading) -> Iterator[Finding]:
    """Addresses and plots of citizens; an office's address stands behind its name or «trụ sở»."""
    flat = reading.flat
    for found in _PLOT.finditer(flat):
        if not re.search(r"(?:so|tong so) $", flat[: found.start()]):
            yield Finding(Kind.HOME, found.start())
    for found in _HOUSE.finditer(flat):
        if not _OFFICE_BEFORE.search(flat[max(0, found.start() - 130) : found.start()]):
            yield Finding(Kind.HOME, found.start())
    for found in _PLACE_OF_LIFE.finditer(flat):
        if not _GROUP.search(flat[max(0, found.start() - 110) : found.start()]):
            yield Finding(Kind.HOME, found.start())


def persons_in_cases(reading: Reading) -> Iterator[Finding]:
    """Single patients, victims and suspects, told by age, sex and place though not by name."""
    for found in _PERSON.finditer(reading.flat):
        yield Finding(Kind.PERSON, found.start())


def secrecy_in(reading: Reading, *, evidence: bool) -> Iterator[Finding]:
    """Marks of secrecy about the text itself; what speaks of secrecy as a subject holds none.

    In ``evidence`` a mark counts where it stands on the document: alone, or by the document's number.
    """
    plain = reading.plain
    for pattern in (_STAMP, _LEVEL_ALONE, _ABOUT_ITSELF, _IN_BRACKETS):
        for found in pattern.finditer(plain):
            sentence = _sentence(reading.flat, found.start(), found.end())
            on_it = len(plain) <= len(found[0]) + 12 or (found.start() < 3 and bool(_OPENS.match(plain)))
            if (
                not on_it
                and not re.search(r" này\b", plain[max(0, found.start() - 12) : found.end()])
                and _SUBJECT.search(sentence)
            ):
                continue
            if evidence and not on_it and not _on_a_document(plain, found.start(), found.end()):
                continue
            yield Finding(Kind.SECRET, found.start())


def _sentence(flat: str, start: int, end: int) -> str:
    first = max(flat.rfind(mark, 0, start) for mark in (". ", ";", "!", "?")) + 1
    lasts = [at for mark in (". ", ";", "!", "?") if (at := flat.find(mark, end)) >= 0]
    return flat[first : min(lasts, default=len(flat))]


def _on_a_document(plain: str, start: int, end: int) -> bool:
    """Whether a mark begins the paragraph, stands behind a number or symbol, or speaks of «this» document."""
    here = plain[max(0, start - 25) : end]
    return (
        start < 3
        or bool(re.search(r"/[A-ZĐ-]+\)? ?\W*$", plain[max(0, start - 25) : start]))
        or bool(re.search(r"(?i:này|độ mật ?[:là]|đóng dấu mật|kèm theo|mật số)", here))
    )
