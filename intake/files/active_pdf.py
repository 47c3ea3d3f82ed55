"""What in a PDF would act or fetch: each kind refused by its own words. Links that are only followed when clicked, and
what is declared but empty, are none of it."""

import re
from enum import Enum

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

_PRINT = "in lại thành PDF thường (Print > Microsoft Print to PDF) rồi gửi"
_PRINT_EN = "print it to a plain PDF and send that"


class PdfActs(Enum):
    """What acts or fetches, and the way to remove it."""

    SCRIPT = (f"có mã chạy tự động (JavaScript); {_PRINT}", f"contains JavaScript that runs automatically; {_PRINT_EN}")
    LAUNCH = (f"có lệnh mở chương trình; {_PRINT}", f"contains a command that starts a program; {_PRINT_EN}")
    SUBMIT = (
        f"có biểu mẫu tự gửi hoặc lấy dữ liệu; {_PRINT}",
        f"contains a form that sends or fetches data; {_PRINT_EN}",
    )
    XFA = (f"là biểu mẫu động (XFA); {_PRINT}", f"is a dynamic form (XFA); {_PRINT_EN}")
    ATTACHMENT = (
        "có tệp đính kèm bên trong; mở ngăn Tệp đính kèm (Attachments), xóa chúng, lưu rồi gửi tệp đó riêng",
        "has files attached inside it; delete them in the Attachments pane, save, and send those files separately",
    )
    MEDIA = (f"có âm thanh, phim hoặc mô hình 3D; {_PRINT}", f"contains audio, video or a 3D model; {_PRINT_EN}")
    OPENS_ADDRESS = (
        f"mở một địa chỉ mạng ngay khi mở tệp (OpenAction URI); {_PRINT}",
        f"opens a web address as soon as it is opened (OpenAction URI); {_PRINT_EN}",
    )
    OPENS_FILE = (
        f"mở tệp khác trên mạng hoặc máy khác (GoToR); {_PRINT}",
        f"opens another file on the network (GoToR); {_PRINT_EN}",
    )
    TRIGGERS = (
        f"có lệnh tự chạy khi mở, lật trang hoặc in; {_PRINT}",
        f"contains commands that run when it is opened, paged through or printed; {_PRINT_EN}",
    )


_ACTIONS = {
    "/JavaScript": PdfActs.SCRIPT,
    "/Launch": PdfActs.LAUNCH,
    "/SubmitForm": PdfActs.SUBMIT,
    "/ImportData": PdfActs.SUBMIT,
    "/Rendition": PdfActs.MEDIA,
    "/Movie": PdfActs.MEDIA,
    "/Sound": PdfActs.MEDIA,
    "/RichMediaExecute": PdfActs.MEDIA,
    "/GoToE": PdfActs.ATTACHMENT,
}
_NOTES = {
    "/FileAttachment": PdfActs.ATTACHMENT,
    **dict.fromkeys(("/RichMedia", "/Movie", "/Sound", "/3D", "/Screen"), PdfActs.MEDIA),
}
# Keys that act where they hold anything; an empty dictionary or name tree does not.
_KEYS = {
    "/JS": PdfActs.SCRIPT,
    "/JavaScript": PdfActs.SCRIPT,
    "/AA": PdfActs.TRIGGERS,
    "/XFA": PdfActs.XFA,
    "/EmbeddedFiles": PdfActs.ATTACHMENT,
    "/EmbeddedFile": PdfActs.ATTACHMENT,
    "/EF": PdfActs.ATTACHMENT,
    "/RichMediaContent": PdfActs.MEDIA,
}
_ELSEWHERE = re.compile(r"^\s*(?:\\\\|//|[a-z]{2,}:)", re.IGNORECASE)


def acts(each: DictionaryObject) -> PdfActs | None:
    """What a dictionary of the document does by itself; None for what only shows or is clicked."""
    opened = direct(each, "/OpenAction")
    if isinstance(opened, DictionaryObject):
        kind = direct(opened, "/S")
        if kind == "/URI":
            return PdfActs.OPENS_ADDRESS
        if kind in ("/GoToR", "/Thread"):
            return PdfActs.OPENS_FILE
    kind, note = direct(each, "/S"), direct(each, "/Subtype")
    if isinstance(kind, str) and kind in _ACTIONS:
        return _ACTIONS[kind]
    if kind == "/GoToR" and _ELSEWHERE.match(_file_of(each)):
        return PdfActs.OPENS_FILE
    if isinstance(note, str) and note in _NOTES:
        return _NOTES[note]
    return next((what for key, what in _KEYS.items() if key in each and _holds_anything(direct(each, key))), None)


def direct(each: DictionaryObject, key: str) -> object:
    """The value of a key, also where it is a reference to another object."""
    value = each.get(key)
    return value.get_object() if isinstance(value, IndirectObject) else value


def _file_of(action: DictionaryObject) -> str:
    file = direct(action, "/F")
    if isinstance(file, DictionaryObject):
        file = direct(file, "/UF") or direct(file, "/F")
    return str(file or "")


def _holds_anything(value: object) -> bool:
    """Whether a dictionary, name tree or array has an entry, however deep."""
    waiting, seen = [value], 0
    while waiting and seen < 10_000:
        each, seen = waiting.pop(), seen + 1
        if isinstance(each, IndirectObject):
            each = each.get_object()
        if isinstance(each, ArrayObject):
            waiting.extend(each)
        elif isinstance(each, DictionaryObject) and type(each) is DictionaryObject:
            waiting.extend(each.raw_get(key) for key in each if key not in ("/Limits", "/Type"))
        elif each is not None and str(each) != "null" and str(each) != "NullObject":
            return True
    return bool(waiting)
