"""Numbers that belong to a person: telephones, identity papers, accounts, licence plates, dates of birth; and e-mail.

All patterns but the licence plate's and the document's read the text in small letters without accents.
"""

import re
from collections.abc import Iterator

from config.personal_data.findings import Finding, Kind
from config.personal_data.reading import Reading

_GAP = r"[ .\-]?"
_ALONE = r"(?<![\d])(?<!\d[.,])"
# "123.456.789" is a count or a sum of money, unless it begins with 0.
_NOT_A_COUNT = r"(?![1-9]\d{0,2}(?:\.\d{3})+(?![.\d]))"
_NOT_MONEY = (
    r"(?!\d|[.,]\d| ?(?:dong|d\b|vnd|trieu|ty|nghin|usd|ha\b|m2|m3|kg|tan\b|luot|nguoi|ho\b|the\b"
    r"|tai khoan|ban ghi|ho so|kwh|lit|%))"
)

# --- telephones -----------------------------------------------------------------------------------------------

_PHONE = re.compile(
    rf"(?<!\d){_NOT_A_COUNT}(?:\+ ?84|0084|84(?={_GAP}[35789]))\)?(?: ?\(0\))?(?:{_GAP}\d){{9,10}}{_NOT_MONEY}"
    rf"|{_ALONE}\(?0(?=\d\d)(?=(?:[ .\-()]{{0,3}}\d){{9,10}}(?!\d))\d{{2,}}"
    rf"|{_ALONE}0\d(?:[ .]\d\d){{4}}(?!\d)"
    rf"|{_ALONE}0(?: \d){{9,10}}(?!\d)"
    rf"|{_ALONE}0[235789][ .\-](?!(?:19|20)\d\d[ .\-](?:19|20)\d\d)(?:\d{{4}}[ .\-]\d{{4}}"
    rf"|\d{{3}}[ .\-]\d{{2}}[ .\-]\d{{3}})(?![\d/])"
    rf"|(?<![a-z\d])o(?=[35789]){_GAP}(?:\d{_GAP}){{8}}\d(?!\d)"
)
_MOBILE = re.compile(r"(?<![a-z\d])0[35789](?:[ .\-]?\d){8}(?!\d)")
_PHONE_WORD = (
    r"(?:so |s)?(?:dien thoai|dt|dtdd|dt dd|dd|di dong|may ban|zalo|viber|tel|phone|mobile|may le"
    r"|viber|sdt|so may|lien lac|goi so|fax)"
)
_PHONE_AFTER_WORD = re.compile(
    rf"(?<![a-z]){_PHONE_WORD}(?:[^\d.;\n]{{0,25}}"
    rf"|\. ?){_NOT_A_COUNT}(\+?\(?\d(?:[ .\-()]{{0,2}}[\dxo*]){{6,12}}){_NOT_MONEY}(?!/)"
)
_DIGIT = r"(?:khong|mot|mốt|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|\d)"
_PHONE_IN_WORDS = re.compile(rf"(?<![a-z\d])(?:(?:{_DIGIT}|\d{{1,4}})[ ,.\-]{{1,3}}){{5,}}{_DIGIT}(?![a-z\d])")
_SPOKEN = re.compile(r"khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin")
_LANDLINE = re.compile(r"\D*(?:(?:\+?84\)?|0) ?\(?2|\(?02|1[89]00|069|080)")
_OFFICE = (
    r"(?:\bso tai (?:chinh|nguyen)|\bso (?!(?:\d|cccd|cmnd|dien|dt|may|tai|ho|dinh|bao|nha|ca|xe)\b)[a-z]|ubnd|uy ban"
    r"|hdnd|tinh uy"
    r"|thanh uy|huyen uy|dang uy|cong an (?:tinh|xa|phuong|huyen|thanh)|van phong|tru so|trung tam|benh vien"
    r"|chi cuc|cuc |kho bac"
    r"|bao hiem xa hoi (?:tinh|co so|huyen|khu)|toa an|vien kiem sat|ban quan ly|ban chi dao|thanh tra"
    r"|bo chi huy|mat tran|duong day nong|tong dai|truc ban|hop thu|don vi|co quan|phong (?:noi vu|tu phap|tai"
    r"|kinh|van hoa|giao duc|y te|nong|lao|tong hop|hanh)|tram y te|truong |chi nhanh|so truc|doi canh sat"
    r"|hotline|fax|may ban|cong thong tin|phan anh|thuong truc|pctt|pccc|cuu nan|cap cuu)"
)
_OFFICE_BEFORE = re.compile(rf"{_OFFICE}[^;!?]*$")
_PERSON_BEFORE = re.compile(
    r"(?i:nhà riêng|cá nhân|di động|zalo|chủ hộ)[^;]*$|\b(?:[ôÔ]ng|[bB]à|[aA]nh|[cC]hị|[cC]ô|[đĐ]ồng chí"
    r"|[đĐ]/c) \w[^;]*$"
)
_LINE_BEFORE = re.compile(r"(?:duong day nong|tong dai|so truc|truc ban|hotline|nong)[^;!?]*$")

# --- identity ---------------------------------------------------------------------------------------------------

_BARE = re.compile(
    rf"{_ALONE}(?<![a-z\d])(?:\d{{12}}|\d{{9}}){_NOT_MONEY}"
    rf"|{_ALONE}0(?=\d\d)(?=(?:{_GAP}\d){{11}}(?!\d| ?(?:dong|vnd|usd|m2|m3|kg|kwh)\b))"
    rf"|{_ALONE}(?:\d{{3}}([ -])\d{{3}}\1|0\d\d\.\d{{3}}\.)\d{{3}}(?!{_GAP}\d){_NOT_MONEY}"
)
_SYMBOL = re.compile(r"(?:[ .\-]?\d)*[ ]?/ ?(?:\d{2,4} ?/ ?)?[A-ZĐ]{1,}[A-ZĐa-z]*(?:[-.&/ ]|\d|$|\W)")
_DOCUMENT_BEFORE = re.compile(
    r"(?:quyet dinh|giay phep(?! lai)|cong van|van ban|to trinh|ho so so|ma ho so|so ho so|bien lai|hoa don"
    r"|se ?ri|ma so thue|mst|ma so doanh nghiep|doanh nghiep|quan he ngan sach|qhns|hop dong"
    r"|goi thau|du an|thu tuc|thong bao|chung nhan(?! quyen su dung dat cua ong)|chung chi|ma vach|lo hang|so lo"
    r"|cong trinh|ket luan|phieu|van don|so hieu|bao cao|ke hoach|nghi quyet|nghi dinh"
    r"|thong tu|chi thi|huong dan|cong dien|giay moi|bien ban|giay uy quyen|tbmt|moi thau|ma chuong|ma tai san"
    r"|tai san|ma don vi|ma co quan|so den|so di|dang ky kinh doanh|ma hang|thiet bi|so may|so khung|bang ke"
    r"|chung tu|lenh chi|uy nhiem chi|giay rut|ma giao dich|ma tra cuu|serial|s/n|model|mau so|ky hieu"
    r"|giay chung|tai lieu|phu luc|so luu|ban an|ho so vu viec so)"
    r"[^.;!?\d]{0,30}(?:so)?[^.;!?\d]{0,12}(?:[a-z]{0,4}[-/]?)$"
)
_IDENTITY_WORD = (
    r"(?:cccd|cmnd|cmt(?:nd)?|can cuoc|chung minh(?: nhan dan| thu)?|dinh danh ca nhan|so dinh danh"
    r"|ma dinh danh(?! (?:co quan|don vi|dien tu))|giay to tuy than)"
)
_IDENTITY = re.compile(
    rf"(?<![a-z]){_IDENTITY_WORD}[^\d;]{{0,30}}(?<!\d)(?:\d{_GAP}){{8,}}\d(?!{_GAP}\d)(?! ?(?:the\b|tai khoan"
    rf"|luot|cong dan|nguoi|ho so))"
)
_PASSPORT = re.compile(
    r"(?:ho chieu|passport|\b(?:hc|pp) so|\bso (?:hc|pp))"
    r"(?:[^\d;]{0,25}?)(?<![a-z])[a-z] ?(?:\d[ .]?){6,8}\d?(?!\d)|(?:ho chieu"
    r"|passport) (?:so|no)?[ .:]*\d{7,9}(?!\d)"
)
_INSURANCE = re.compile(
    rf"(?:(?<![a-z])(?:ma so|ma|so|so so|the|so the|ma the) (?:so )?(?:bhxh|bhyt|bao hiem xa hoi|bao hiem y te"
    rf"|bao hiem)|(?<![a-z])(?:bhxh|bhyt|bao hiem xa hoi|bao hiem y te) so|(?<![a-z])(?:bhxh"
    rf"|bhyt):)[^\d;]{{0,25}}?(?:[a-z]{{2}} ?)?{_NOT_A_COUNT}(?:\d{_GAP}){{9,14}}\d?(?!\d){_NOT_MONEY}"
)
_BHYT = re.compile(
    r"(?<![a-z\d])(?:dn|hx|ch|nn|tk|hc|xk|ht|tb|no|ct|xb|tn|cs|qn|ca|cy|xn|mt|cc|ck|cb|kc|hd|te|bt|hn|dt|dk|xd"
    r"|ts|tc|tq|ta|ty|hg|ls|pv|cn|hs|sv|gb|gd) ?\d ?\d\d ?\d{3} ?\d{3} ?\d{4}(?!\d)"
)
_LICENCE = re.compile(
    rf"(?:giay phep lai xe|gplx|bang lai(?: xe)?|the dang vien|chung minh (?:quan doi|si quan|quan nhan)"
    rf"|the (?:nha bao|luat su|cong chung vien)|so ho khau"
    rf"|ho khau so)[^\d;.]{{0,25}}(?:\d{_GAP}){{6,11}}\d(?!\d){_NOT_MONEY}"
)
_TAX = re.compile(rf"(?:ma so thue|mst) (?:tncn|ca nhan|thu nhap ca nhan)[^\d;]{{0,40}}(?:\d{_GAP}){{9,12}}\d")

# --- accounts -----------------------------------------------------------------------------------------------------

_BANK = (
    r"(?:vietcombank|vcb|agribank|bidv|vietinbank|mb ?bank|mb|techcombank|tcb|vpbank|acb|sacombank|tpbank"
    r"|vib|shb|hdbank|lpbank|lienvietpostbank|seabank|ocb|msb|ngan hang)"
)
_ACCOUNT = re.compile(
    rf"(?<![a-z])(?:stk|chuyen khoan(?: vao| cho)?:?(?= ?\d)|so (?:tai khoan|tk)|(?:tai khoan|tk)(?: ngan hang"
    rf"| ca nhan)? so|tk:?(?= ?\d)|tai khoan:"
    rf"|(?:tai khoan|tk) (?:ngan hang|{_BANK}))(?:[^\d;]{{0,40}}?)(?![1-9]\d{{0,2}}(?:\.\d{{3}})+ ?(?:dong|d\b"
    rf"|tai khoan|$|[,;]))(?<!\d)(?:\d[a-z]?{_GAP}){{7,18}}\d(?!\d){_NOT_MONEY}"
    rf"|(?<![a-z])tai khoan[^\d;.]{{0,20}}(?<!\d)(?:\d{{8,19}}|(?:\d ?){{8,18}}\d)(?!\d){_NOT_MONEY}"
    rf"|(?<![a-z\d]){_BANK} ?(?:so|:|-|stk)? ?{_NOT_A_COUNT}(?:\d[ .]?){{7,18}}\d(?!\d){_NOT_MONEY}"
    r"|(?<![\d.,])(?:9704|[45]\d{3})(?:[ \-]?\d{4}){3}(?!\d)"
    rf"|(?<!\d)\d{{8,19}} ?(?:-|,|tai|\(|cua|mo tai)? ?(?:ngan hang )?{_BANK}\b"
)
_TREASURY = re.compile(r"kho bac|kbnn|tai khoan tien gui don vi|ngan sach|quy vi nguoi ngheo|mat tran")

# --- plates, births, mail --------------------------------------------------------------------------------------------

_PLATE = re.compile(
    r"(?<![A-Za-z\d/.-])[1-9]\d ?-? ?[A-ZĐ][A-Z\d]?[ .\-]{1,3}\d{3}\.\d{2}(?!\d)"
    r"|(?<![A-Za-z\d/.-])[1-9]\d[A-ZĐ][A-Z\d]?[ ]?-[ ]?\d{4,5}(?![\d/])"
    r"|(?<![A-Za-z\d/.-])[1-9]\d[A-Z]\d?[ ]\d{5}(?![\d/])"
)
_PLATE_AFTER_WORD = re.compile(
    r"(?:bien (?:so|ks|kiem soat)|bks|bsx|mang bien|deo bien|xe(?: may| o to| con| tai"
    r"| khach)?(?: so)?)[^\d;.]{0,30}[1-9]\d ?-? ?[a-z]{1,2}\d?[ .\-]{0,3}\d{3}[. ]?\d{1,2}(?!\d)"
)

_DAY = (
    r"(?:(?:(?:mung|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|muoi) ){1,3}thang\b"
    r"|\d{1,2} ?[/.\-] ?\d{1,2} ?[/.\-] ?(?:19|20)?\d\d|(?:ngay )?(?:mung "
    r"|mong )?\d{1,2} thang \d{1,2}(?:,? nam (?:19"
    r"|20)\d\d)?|(?:19|20)\d\d)"
)
_BIRTH = re.compile(
    rf"(?<![a-z])(?:(?<!moi )(?<!hoc )(?<!thi )(?<!ve )sinh ngay:? ?{_DAY}"
    rf"|ngay(?:,? thang)?(?:,? nam)? sinh(?: cua(?: \w+){{1,4}}?)?(?: la)?[ :\-]{{1,3}}{_DAY}"
    rf"|nam sinh[ :\-]{{1,3}}(?:19|20)\d\d"
    rf"|ns ?[:.]? ?\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?:19[2-9]|20[0-2])\d\b"
    rf"|sn ?[:.]? ?(?:\d{{1,2}}[/.\-]\d{{1,2}}[/.\-])?(?:19[2-9]|20[0-2])\d\b|s\.n\.? ?(?:19|20)\d\d|dob[ :]+\d"
    rf"|sinh ?: ?\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?:19|20)\d\d)"
    rf"|(?<![a-z])(?<!hoc )(?<!phat )(?<!thi )sinh thang \d{{1,2}} ?(?:/|nam) ?(?:19|20)\d\d"
    rf"|(?<![a-z])sinh (?:nam )?(?:19|20)\d\d,? (?:tru|que|hien o|ngu|dan toc|thuong tru)\b"
    r"|(?:^|[,;(.:] ?)sinh \d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)\d\d(?!\d)"
    rf"|[,(\-] ?sinh(?: nam| thang \d{{1,2}}(?:/| nam ))? ?:? ?(?:19[2-9]|20[0-2])\d\b"
    rf"|(?<![a-z])(?:ong|ba|anh|chi|co|cu|chau|be|em|nguoi nay|doi tuong|nam|nu|doi tuong (?:cam dau|nay|tren|truy na"
    rf"|chinh)),? sinh(?: nam)? (?:19[2-9]"
    rf"|20[0-2])\d(?= ?[,(]"
    rf"| o | tru)"
)
_FEAST_BEFORE = re.compile(
    r"(?:ky niem|le |nam ngay|truyen thong|\bnhan |chu tich ho chi minh|bac ho|dong chi)[^.;!?]{0,80}$"
)
_BIRTH_COHORT = re.compile(
    r"(?:cong dan|tre em?|tre|hoc sinh|nguoi|nam cong dan|thanh nien|doi tuong|nhom|lua)[^.;]{0,15}$"
)

_MAIL = re.compile(
    r"(?<![\w.+\-])[\w.+\-]{1,64} ?(?:@|[(\[](?:at|a ?cong)[)\]]| a cong | acong )[ ]?[\w\-]+(?: ?(?:\.|\(dot\)|\[dot\]"
    r"| cham )[ ]?[\w\-]+)+"
    r"|[\w.+\-]{1,64} (?:at|a cong|acong) (?:gmail|yahoo|hotmail|outlook|icloud)\b"
)
_OFFICIAL_MAIL = re.compile(r"@[\w.\-]*(?:gov\.vn|dcs\.vn|org\.vn|edu\.vn|chinhphu\.vn|dangcongsan\.vn)$")
_OFFICE_BOX = re.compile(
    r"^(?:so|s[a-z]{1,6}|ubnd|ub|hdnd|vp|van ?phong|vanthu|phong|ban|bql|congan|ca|tt|ttyt|bv|benhvien|tinhuy"
    r"|huyenuy|danguy|thanhtra|banbientap|bbt|toasoan|mttq|doan|hoi|cuc|chicuc|kho|bhxh|thue|toaan|vks|contact"
    r"|info|lienhe|gopy|phananh|hotro|support|cntt|tiepnhan|kiemsoat|tthc|pvhcc|dvc|xa|phuong|huyen|thpt|thcs"
    r"|truong|mn|th|chinhquyen|boyte|bo|kntc|conganthanhhoa|tuyengiao|noivu|lanhdao|baocao"
    r"|bophan|motcua|hcc|qlda)[a-z]*[._\-]?[a-z._\-\d]*$"
)
_PERSON_IN_BOX = re.compile(
    r"nguyen|tran|pham|hoang|huynh|(?<!bo)phan|dang|\bbui|trinh|truong|dinh|(?:nam|hung|hoa(?!lu@)|lan|dung|tuan|minh|huong"
    r"|thuy|linh|hai|long|son|anh|thao|trang)[a-z]{1,3}[._@]|\d{3,}"
)


def numbers_in(reading: Reading, *, evidence: bool, file_name: bool) -> Iterator[Finding]:
    """Every number and address of a person; ``evidence`` is the text of a file, whose letterhead may say more.

    In a ``file_name`` bare numbers are those of scanners.
    """
    plain, flat = reading.plain, reading.flat
    for at in _telephones(plain, flat, evidence=evidence, file_name=file_name):
        yield Finding(Kind.TELEPHONE, at)
    for kind, pattern in (
        (Kind.PASSPORT, _PASSPORT),
        (Kind.INSURANCE, _INSURANCE),
        (Kind.INSURANCE, _BHYT),
        (Kind.LICENCE, _LICENCE),
        (Kind.IDENTITY, _TAX),
    ):
        yield from (Finding(kind, found.start()) for found in pattern.finditer(flat))
    for found in _IDENTITY.finditer(flat):
        yield Finding(Kind.IDENTITY, found.start())
    if not file_name:
        for found in _BARE.finditer(flat):
            if not _is_document(plain, flat, found.start(), found.end()) and not _near(
                _TREASURY, flat, found.start(), found.end()
            ):
                yield Finding(Kind.IDENTITY, found.start())
    for found in _ACCOUNT.finditer(flat):
        if not _near(_TREASURY, flat, found.start(), found.end()):
            yield Finding(Kind.ACCOUNT, found.start())
    for found in (*_PLATE.finditer(plain), *_PLATE_AFTER_WORD.finditer(flat)):
        yield Finding(Kind.PLATE, found.start())
    for found in _BIRTH.finditer(flat):
        if not _FEAST_BEFORE.search(flat[max(0, found.start() - 100) : found.start()]):
            if (
                "nam" in found[0]
                and "," not in found[0]
                and _BIRTH_COHORT.search(flat[: found.start()][-30:])
                and "ngay" not in found[0]
            ):
                continue
            yield Finding(Kind.BIRTH, found.start())
    for found in _MAIL.finditer(flat):
        if not _office_mail(found[0], flat[max(0, found.start() - 80) : found.start()], evidence=evidence):
            yield Finding(Kind.MAIL, found.start())


def _telephones(plain: str, flat: str, *, evidence: bool, file_name: bool) -> Iterator[int]:
    for found in _PHONE.finditer(flat):
        start, end = found.start(), found.end()
        before = plain[max(0, start - 90) : start]
        worded = re.search(rf"{_PHONE_WORD}[^\d]{{0,12}}$", flat[max(0, start - 40) : start])
        if file_name and not worded and not _MOBILE.match(flat, start):
            continue
        if not worded and _is_document(plain, flat, start, end):
            continue
        if not _office_line(before, flat[start:], evidence=evidence):
            yield start
    for found in _PHONE_AFTER_WORD.finditer(flat):
        start = found.start(1)
        if not _office_line(plain[max(0, start - 90) : start], flat[start:], evidence=evidence):
            yield start
    for found in _PHONE_IN_WORDS.finditer(flat):
        digits = sum(map(str.isdigit, found[0])) + len(_SPOKEN.findall(found[0]))
        if len(_SPOKEN.findall(found[0])) >= 4 and 8 <= digits <= 12:
            yield found.start()


def _office_line(before: str, number: str, *, evidence: bool) -> bool:
    """A land line behind an office's name, or any number behind «đường dây nóng» and an office."""
    if _PERSON_BEFORE.search(before):
        return False
    flat = Reading(before).flat
    if _LANDLINE.match(number):
        return evidence or bool(_OFFICE_BEFORE.search(flat))
    return bool(_LINE_BEFORE.search(flat))


def _is_document(plain: str, flat: str, start: int, end: int) -> bool:
    """Whether a number is a document's: its symbol follows, or a word for a document stands before it."""
    before = flat[max(0, start - 60) : start]
    if re.search(rf"{_IDENTITY_WORD}[^\d]{{0,30}}$", before):
        return False
    return (
        bool(_SYMBOL.match(plain, start))
        or bool(_DOCUMENT_BEFORE.search(before))
        or (plain[end : end + 1] == "/" and plain[end + 1 : end + 2].isupper())
    )


def _near(pattern: re.Pattern[str], flat: str, start: int, end: int) -> bool:
    return bool(pattern.search(flat[max(0, start - 60) : end + 50]))


def _office_mail(address: str, before: str, *, evidence: bool) -> bool:
    """Whether an address is an office's own: under an official domain, with no person in its name."""
    address = address.replace(" ", "")
    box = address.partition("@")[0]
    if not _OFFICIAL_MAIL.search(address):
        return False
    if evidence:  # the visible mark of a digital signature gives the signer's own
        return True
    if _PERSON_IN_BOX.search(f"{box}@"):
        return False
    return bool(_OFFICE_BOX.match(box)) or bool(_OFFICE_BEFORE.search(before))
