"""Taking in a workbook that was filled in: every error named by its cell, nothing written unless it is asked for.

``judge`` reads the file and works out what each row comes to; what is right in it is written by ``Judgement.write``.
"""

from typing import BinaryIO

from config.errors import Refused
from models.acting import Acting
from models.ad_hoc_intake import judge_assignments
from models.contact_intake import judge_contacts
from models.database import reading_session
from models.file_intake import clean_name, content_of
from models.fill_in_sheets import FILL_IN, choices_of
from models.filled_rows import filled_rows
from models.judged_rows import Judgement
from models.office_intake import judge_offices
from models.reading_apart import read_apart
from models.sheet_reading import ASSIGNMENTS, CONTACTS, TRACKING
from models.store import Store


def judge(store: Store, name: str, file: BinaryIO, acting: Acting, *, only: str = "") -> Judgement:
    """What a filled-in workbook comes to; raises ``Refused`` when it is none, or not as its template.

    only  the one kind of sheet that is taken here
    """
    shown = clean_name(name)
    read = read_apart("models.sheet_reading", shown, content_of(shown, file))
    kind = str(read["kind"])
    if kind == TRACKING:
        raise Refused(
            "Bảng theo dõi chỉ để xem: sửa trong đó không đổi gì ở dondoc, nên không có gì để nhập. Muốn giao việc bằng"
            " Excel, dùng mẫu «Giao việc» (dondoc workbook template assignments).",
            "The tracking table is only for looking at: nothing in it is taken in. To assign by Excel use the template"
            " «Giao việc» (dondoc workbook template assignments).",
        )
    if only and kind != only:
        raise Refused(
            f"Tệp này là mẫu «{FILL_IN[kind].name}»; ở đây cần mẫu «{FILL_IN[only].name}».",
            f"This is the template «{FILL_IN[kind].name}»; here «{FILL_IN[only].name}» is needed.",
        )
    rows = filled_rows(FILL_IN[kind], read, choices_of(store.plan, acting.today))
    sheet = str(read["sheet"])
    if kind == CONTACTS:
        return judge_contacts(store, sheet, rows)
    if kind != ASSIGNMENTS:
        return judge_offices(store, sheet, rows)
    with reading_session(store.engine) as session:
        return judge_assignments(store, session, sheet, rows, acting)
