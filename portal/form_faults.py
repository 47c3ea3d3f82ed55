"""What is wrong with the form of a program's request, field by field, in both languages."""

from collections.abc import Mapping
from typing import Any

from config.errors import Refused

_VI = {
    "missing": "thiếu",
    "extra_forbidden": "không có trường này",
    "json_invalid": "không phải JSON",
    "enum": "không có giá trị này; dùng một trong: {expected}",
    "literal_error": "không có giá trị này; dùng một trong: {expected}",
    "greater_than_equal": "nhỏ quá; ít nhất {ge}",
    "less_than_equal": "lớn quá; nhiều nhất {le}",
    "string_too_long": "dài quá; nhiều nhất {max_length} ký tự",
    "too_long": "nhiều quá; nhiều nhất {max_length}",
    "string_type": "cần một chuỗi chữ",
    "string_pattern_mismatch": "có ký tự không dùng được",
    "int_type": "cần một số nguyên",
    "int_parsing": "cần một số nguyên",
    "int_from_float": "cần một số nguyên",
    "int_parsing_size": "số lớn quá",
    "list_type": "cần một danh sách",
    "dict_type": "cần các cặp tên và giá trị",
    "model_attributes_type": "cần các cặp tên và giá trị",
}
_VI_OF_DATES = "cần một ngày, viết như 2023-08-17"
_VI_OTHERWISE = "giá trị không dùng được"


def form_fault(fault: Mapping[str, Any]) -> Refused:
    """One fault that pydantic found: which field, and what would be right."""
    field = ".".join(str(part) for part in fault["loc"][1:] if part != "[key]") or str(fault["loc"][0])
    kind = str(fault["type"])
    words = _VI_OF_DATES if kind.startswith("date") else _VI.get(kind, _VI_OTHERWISE)
    vi = words.format_map({name: str(value) for name, value in (fault.get("ctx") or {}).items()})
    return Refused(f"{field}: {vi}.", f"{field}: {fault['msg']}.")
