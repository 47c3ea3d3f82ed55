"""What the text of an environment variable may say: readers from text to a value.

Each raises ``Refused`` that says in both languages what would be right. No address or key is repeated in it, since
it may hold a password.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import SplitResult, urlsplit

from config.errors import Refused

Language = Literal["vi", "en"]


def number(first: float, last: float, vi: str, en: str, kind: type = int) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            # int() alone would also take «４２００», "4 200" in some forms, and "4_200".
            if (kind is float or (text.isascii() and text.isdigit())) and first <= (value := kind(text)) <= last:
                return value
        except ValueError:
            pass
        raise Refused(
            f"«{text}» không phải {vi}; dùng số từ {first} đến {last}.",
            f"'{text}' is not {en}; use a number from {first} to {last}.",
        )

    return read


def absolute_path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def directory(text: str) -> Path:
    if not (folder := absolute_path(text)).is_dir():
        raise Refused(f"không có thư mục {folder}.", f"there is no folder {folder}.")
    return folder


def existing_file(text: str) -> Path:
    if not (path := absolute_path(text)).is_file():
        raise Refused(f"không có tệp {path}.", f"there is no file {path}.")
    return path


def database_url(text: str) -> str:
    # Imported here: SQLAlchemy takes a third of a second, and the default address does not need it.
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # a port that is not a number may be a misplaced password
        vi, en = "không phải địa chỉ cơ sở dữ liệu", "is not a database address"
    else:
        backend = url.get_backend_name()
        if backend in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        if backend in ("postgres", "postgresql", "sqlite"):
            return url.render_as_string(hide_password=False)
        vi, en = f"không hỗ trợ «{backend}»", f"'{backend}' is not supported"
    raise Refused(
        f"{vi}; dùng sqlite:////đường/dẫn/tệp hoặc postgresql://người:mật-khẩu@máy:5432/tên.",
        f"{en}; use sqlite:////path/to/file or postgresql://user:password@host:5432/name.",
    )


def postgresql_url(text: str) -> str:
    url = database_url(text)
    if not url.startswith("postgresql"):
        raise Refused(
            "Prefect trên nhiều máy cần PostgreSQL: postgresql://người:mật-khẩu@máy:5432/tên.",
            "Prefect on several machines needs PostgreSQL: postgresql://user:password@host:5432/name.",
        )
    if "?" in url:  # its driver would refuse the parameters much later, and in other words
        raise Refused(
            "không ghi tham số sau dấu «?»; TLS của Prefect đặt như trong docs/operations.md.",
            "do not add parameters after '?'; set up TLS for Prefect as described in docs/operations.md.",
        )
    return url


def language(text: str) -> Language:
    if text not in ("vi", "en"):
        raise Refused(
            f"«{text}» không phải ngôn ngữ có sẵn; dùng vi hoặc en.",
            f"'{text}' is not an available language; use vi or en.",
        )
    return cast(Language, text)


def switch(text: str) -> bool:
    if (lower := text.lower()) not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise Refused(f"«{text}» không rõ bật hay tắt; dùng 1 hoặc 0.", f"'{text}' is neither on nor off; use 1 or 0.")
    return lower in ("1", "true", "yes", "on")


def _parts(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:  # a bracket that is not closed, for instance
        return SplitResult("", "", "", "", "")


def web_address(text: str) -> str:
    parts = _parts(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Refused(
            "không phải địa chỉ trang; viết như https://dondoc.tinh.example.",
            "is not a web address; write it like https://dondoc.tinh.example.",
        )
    return text.rstrip("/")


def host_names(text: str) -> frozenset[str]:
    names = frozenset(each.strip().lower() for each in text.split(",") if each.strip())
    if wrong := [each for each in names if not _HOST.fullmatch(each)]:
        raise Refused(
            f"«{wrong[0][:60]}» không phải tên máy; viết như may-1.noi-bo,10.0.0.5, không ghi https:// và cổng.",
            f"'{wrong[0][:60]}' is not a host name; write it like host-1.internal,10.0.0.5, without https:// or a "
            "port.",
        )
    return names


_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:]+")


def redis_url(text: str) -> str:
    parts = _parts(text)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise Refused(
            "không phải địa chỉ Redis; viết như redis://:mật-khẩu@máy:6379, không ghi số kho.",
            "is not a Redis address; write it like redis://:password@host:6379, without a database number.",
        )
    return text.rstrip("/")


def heartbeat(text: str) -> str:
    if "://" not in text:
        return str(absolute_path(text))
    if not text.startswith(("http://", "https://")) or not _parts(text).hostname:
        raise Refused(
            "chỉ nhận đường dẫn tệp, hoặc địa chỉ http, https như https://theodoi.tinh.example/….",
            "must be a file path, or an http or https address like https://watch.tinh.example/….",
        )
    return text


def issuer(text: str) -> str:
    parts = _parts(text)
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not local:
        raise Refused(
            "cần địa chỉ https của máy chủ OpenID Connect, viết đúng như máy chủ đó tự ghi.",
            "must be the https address of the OpenID Connect provider, written as the provider writes it.",
        )
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise Refused(
            "không phải địa chỉ máy chủ OpenID Connect; viết như https://dangnhap.tinh.example.",
            "is not the address of an OpenID Connect provider; write it like https://login.tinh.example.",
        )
    return text


def secret_key(text: str) -> str:
    if len(text) < 32:
        raise Refused(
            "khóa ngắn quá; cần ít nhất 32 ký tự ngẫu nhiên.",
            "the key is too short; use at least 32 random characters.",
        )
    return text


def audit_keys(text: str) -> str:
    """Keys separated by spaces or line ends, each as ``secret_key`` takes it."""
    return " ".join(secret_key(each) for each in text.split())


port = number(1, 65535, "số cổng", "a port number")
rate = number(0.01, 1_000_000, "số thư mỗi giây", "a number of messages a second", float)
