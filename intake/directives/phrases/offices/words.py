"""Words before, within and behind the names of offices; matched against plain text (``words.plain``)."""

import re

COMRADE = r"(?:đồng chí|đ/ ?c)"
TITLE = re.compile(
    rf"(?:(?:các )?{COMRADE} +)?(?:thủ trưởng|người đứng đầu|phó giám đốc|giám đốc|tổng giám đốc|phó chủ tịch"
    r"|chủ tịch|chánh"
    r"|bộ trưởng|tổng cục trưởng|chi cục trưởng|cục trưởng|vụ trưởng|viện trưởng|hiệu trưởng|tổng biên tập|tư lệnh"
    r"|chỉ huy trưởng|trưởng|bí thư|lãnh đạo|ban giám đốc)(?:,? +(?:phó )?(?:thủ trưởng|giám đốc|chủ tịch))* +"
)
TITLE_ALONE = re.compile(r"(?:phó )?(?:hiệu trưởng|bộ trưởng|chủ tịch nước|tổ trưởng(?: chuyên môn)?|trưởng phòng)\b")
MANY = re.compile(r"(?:tất cả |toàn thể |toàn bộ )?(?:các|những|từng|mỗi|mọi|hai|toàn thể|tất cả) +")
SEPARATOR = re.compile(
    r" *(?:[,;/&+]|-(?= )|(?<!\w)(?:và|cùng với|cùng|với|hoặc)(?!\w)) *(?:(?:và|cùng với|cùng|với) +)?(?:giao +)?"
)
OWNED = re.compile(r" +(?:(?:trực )?thuộc|của) +(?=\w)")
ADJACENT = re.compile(r" +(?=[^\W\d_])")
GENERAL = ("cơ quan", "đơn vị", "địa phương", "chính quyền", "cấp ủy", "doanh nghiệp")
COMMON = (*GENERAL, "lực lượng", "nhà trường", "ủy ban", "ubnd", "hđnd", "công an", "phòng", "mặt trận", "đảng ủy",
           "ngành", "viện", "trung tâm", "chủ đầu tư")  # fmt: skip
"""Heads that also begin a name when written small."""
ALONE = (
    "văn phòng",
    "ban chỉ huy",
    "ban chỉ đạo",
    "tỉnh ủy",
    "thành ủy",
    "huyện ủy",
    "nhà trường",
    "chủ đầu tư",
    "công đoàn",
    "vnpt",
    "viettel",
    "mobifone",
)
"""Heads that are a name by themselves."""
PLACE_OF = ("tỉnh", "thành phố", "huyện", "thị xã", "xã", "phường", "trường", "khu vực")
GIVEN_FIELDS = ("sở", "bộ", "vụ", "phòng", "ngành", "ban")
"""Nouns that a list of fields shares: «các Sở: Nội vụ, Y tế»."""
EACH_OF = re.compile(
    r"(?:ubnd|ủy ban nhân dân|hđnd|hội đồng nhân dân|đảng ủy|huyện ủy|công an|chi bộ|trường|phòng|trạm y tế) các |toàn "
)
BODIES = (
    "đảng ủy",
    "đảng bộ",
    "công an",
    "ban thường vụ",
    "ban chấp hành",
    "thường trực",
    "ủy ban kiểm tra",
    "ủy ban nhân dân",
    "mặt trận tổ quốc",
)
"""Bodies that many have: «Ban Thường vụ các đảng ủy xã, phường»."""
PLACED = ("công ty", "điện lực", "viễn thông", "bưu điện", "ngân hàng", "kho bạc", "báo", "đài", "bảo hiểm", "cục",
           "chi cục", "hội", "thuế", "hải quan", "ban quản lý",
           "huyện ủy", "thành ủy", "thị ủy", "tỉnh ủy", "tỉnh đoàn", "thành đoàn", "tòa án", "viện kiểm sát",
           "liên đoàn")  # fmt: skip
"""Heads of names that a place stands behind: «Công ty Điện lực Hà Tĩnh»."""
OF_NAME = re.compile(
    r"(?:(?:công nghệ|chuyển đổi|kinh tế|hạ tầng|tần) số|quản lý(?: các)? dự|(?:dự án|qlda|quỹ) đầu tư"
    r"|đầu tư(?: và)? xây dựng|công trình|hãng hàng|hàng không|thường trực|cán bộ quản lý|công ty khai thác"
    r"|phòng thủ dân sự|(?:ban chỉ đạo|ban chỉ huy)(?: quốc gia)? (?:công tác )?phòng,? chống"
    r"|điều phối xây dựng|(?:chăn|vật|con) nuôi|(?:viện|cơ quan) nghiên cứu|(?:công|dân|độc) lập"
    r"|trung tâm đổi mới|sáng tạo|việc làm)$"
)
"""Words of names that are told elsewhere: «Tổ công nghệ số», «Ban Quản lý dự án đầu tư xây dựng»."""
FIELD_TOO = re.compile(
    r"(?i:viễn thông|thư viện|bảo tàng)(?!\w)"
    r"(?! +(?:(?i:tỉnh|thành phố|khu vực|xã|phường)(?!\w)|(?!Việt Nam)[A-ZĐÂĂÁÔƠƯ]))"
)
"""Heads that are a field of other offices too where no place follows: «Cục Bưu chính và Viễn thông»."""
NUMBERED = ("khu vực", "ban chỉ đạo", "tổ công tác", "đề án", "vùng", "cơ sở")
"""What a number stands behind in a name: «Ngân hàng Nhà nước Khu vực 8», «Ban Chỉ đạo 389»."""
NAMED_BY_VERBS = ("hội đồng", "tổ", "đoàn", "trung tâm")
"""Heads whose names go on with what they do: «Hội đồng đánh giá cấp tỉnh»."""
_NAMED_BY_WORK = ("phòng", "trung tâm", "vụ", "cục", "chi cục")
"""Heads of names that say what is done there: «Phòng Phổ biến, giáo dục pháp luật»."""
_WORK = (
    r"(?:phổ biến|quản lý|hỗ trợ|trợ giúp|kiểm tra|kiểm soát|kiểm định|xử lý|tiếp nhận|giải quyết|theo dõi|giám sát"
    r"|bảo vệ|bảo tồn|chăm sóc|nuôi dưỡng|ứng phó|cung ứng|xúc tiến|phát triển|khai thác|vận hành|bảo trì|hướng dẫn"
    r"|tư vấn|ứng dụng|phục vụ|phòng ngừa|đăng ký)"
)
_OPEN_NAME = re.compile(rf"{_WORK}(?:,? {_WORK})*")
"""Verbs that are no name without what they are about."""
_NOUN_NAME = re.compile(r"(?:sở|bộ|ban|thuế|tỉnh|huyện|xã|trường|viện|giống|khoa|y|[ivx]+|\w*\d\w*)")
AND_OF_NAME = re.compile(r" +và +(?=[^\W\d_])")
_BEFORE_SUBJECT = re.compile(r"(?:^|[\n\t]|[-.;:+*] ?|giao |yêu cầu |đề nghị )$")


def is_open_name(head: str, name: str) -> bool:
    """Whether a name goes on behind its verbs: «Phòng Phổ biến», «Trung tâm Hỗ trợ, tư vấn»."""
    return head in _NAMED_BY_WORK and _OPEN_NAME.fullmatch(name) is not None


def is_half_a_word(head: str, name: str, verb: str) -> bool:
    """Whether a verb of one syllable is the second of a word: «giúp» of «Trung tâm Trợ giúp pháp lý»."""
    one = " " not in name and name != "" and " " not in verb
    return head in _NAMED_BY_WORK and one and not _NOUN_NAME.fullmatch(name)


def may_do_more(head: str, name: str, before: str) -> bool:
    """Whether «và theo dõi …» may be of the name: of a subject named by its work."""
    return head in _NAMED_BY_WORK and _OPEN_NAME.match(name) is not None and _BEFORE_SUBJECT.search(before) is not None


TRADE = re.compile(
    r" +(?:thu mua|mua bán|chế biến|sản xuất|kinh doanh|xuất nhập khẩu|xuất khẩu|nhập khẩu|phân phối|nuôi trồng)"
    r"(?:(?:,| và|, và| hoặc) (?:thu mua|mua bán|chế biến|sản xuất|kinh doanh|xuất khẩu|nhập khẩu|phân phối|nuôi trồng"
    r"|bảo quản|vận chuyển|tiêu thụ|cung ứng))*(?!\w)(?! (?:hết|toàn bộ|đủ|ngay|tối thiểu|ít nhất|\d))"
)
"""What enterprises do, by which they are told apart: «Các doanh nghiệp thu mua, chế biến thủy sản không được …»."""
TRADERS = (
    "doanh nghiệp",
    "cơ sở",
    "hợp tác xã",
    "công ty",
    "tổ chức",
    "cá nhân",
    "hộ",
    "hộ gia đình",
    "đơn vị",
    "nhà máy",
)
PERSONS = ("đồng chí", "thành viên", "ủy viên")
"""Who a body has: «các đồng chí Thường trực Ban Chỉ huy»."""
BEFORE_PLACE = re.compile(r":? +")
SPACE = re.compile(r" +")
CAPITAL = re.compile(r" +([^\W_]+)")
JOINT_OF_NAME = re.compile(r"(?: *(?:,|-|&)| +và(?!\w))? +(?=[^\W_])")
JOINT_OF_GROUP = re.compile(r"(?: *[,/]| +(?:và|hoặc)(?!\w)| -)? +(?:và +)?(?=[^\W_])")
JOINT_OF_FIELDS = re.compile(r" *(?:,| +và(?!\w)) +(?:và +)?")
LAST_OF_NAME = re.compile(r"[^,;.:]{2,30}? và +[^\W\d_]")
OF_ALL = re.compile(r" +(?:nhân dân +)?(?=các +)")
OF_PLACES = re.compile(r" các (?:xã|phường|thôn|bản|khu phố|tổ dân phố|huyện|quận|tỉnh|thị trấn)(?!\w)")
TOLD_TO_ORGANISE = re.compile(
    r"tổ chức +(?:triển khai|thực hiện|rà soát|kiểm tra|tuyên truyền|tập huấn|hội nghị|các|cho|việc|quán triệt"
    r"|sơ kết|tổng kết)"
)
