"""The environment, read once into typed settings; every fault in it is reported at the same time.

Any variable ``DONDOC_X`` may instead be given as ``DONDOC_X_FILE``, the path of a file holding the value,
so that secrets need not stand in the environment.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from config.errors import Refused
from config.rules.quiet_hours import QuietHours, parse_quiet_hours

Language = Literal["vi", "en"]

PLAN_DIR = Path(__file__).parent / "plan"
PLAN_EXAMPLE_DIR = Path(__file__).parent / "plan_example"

_T = TypeVar("_T")


class SettingsErrors(Refused):
    """The environment has faults; ``details`` lists all of them."""


@dataclass(frozen=True)
class Settings:
    """Where things are stored and how dondoc speaks.

    data_dir       everything that is stored by default: database, mailbox, contacts, Prefect's own files
    database_url   SQLAlchemy address of the application's database (the truth)
    plan_dir       the plan: directive, priorities, offices, ladders, calendar
    contacts_file  who is reached over which channel; need not exist where nobody named another
    templates_dir  Word templates of one's own, in place of the shipped ones of the same name; None for none
    language       language of messages to an office that states none
    quiet_hours    when an office that states no others is not written to, days off besides; None for never
    sample         whether a first start registers the sample document with a lived-in past
    prefect_port   port of the Prefect server, on loopback only; people come to its pages through the portal
    prefect_url    where Prefect's API answers when it runs on other machines; empty when `dondoc up` runs it here
    prefect_database_url  Prefect's own PostgreSQL database; empty for a SQLite file in the data directory
    redis_url      Redis through which the processes of a spread-out Prefect speak; empty when there is one process
    portal_port    port of the portal, on loopback only; a reverse proxy stands before it for others
    portal_url     address under which people reach the portal; links in messages begin with it
    link_days      for how many days a link in a message opens its office's door
    heartbeat      file that is touched or address that is fetched after each good run; nothing when empty
    senders        how many messages are sent at the same time
    provider_rate  messages a second to one provider (host), at most
    recipient_rate messages a second to one address, at most
    secret_key     what links and sessions are signed with; without one a key is made in the data directory
    oidc_issuer    OpenID Connect provider by which accounts may sign in; none when empty
    oidc_client_id, oidc_client_secret  what the provider knows the portal by
    """

    data_dir: Path
    database_url: str = field(repr=False)
    plan_dir: Path
    contacts_file: Path
    templates_dir: Path | None
    language: Language
    quiet_hours: QuietHours | None
    sample: bool
    prefect_port: int
    prefect_url: str
    prefect_database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    portal_port: int
    portal_url: str
    link_days: int
    heartbeat: str = field(repr=False)
    senders: int
    provider_rate: float
    recipient_rate: float
    secret_key: str = field(repr=False)
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str = field(repr=False)

    @property
    def mailbox_dir(self) -> Path:
        return self.data_dir / "mailbox"

    @property
    def default_contacts_file(self) -> Path:
        return self.data_dir / "contacts.yaml"

    @property
    def prefect_address(self) -> str:
        """Where Prefect's API and pages answer, without a slash at the end."""
        return self.prefect_url or f"http://127.0.0.1:{self.prefect_port}"

    @property
    def prefect_home(self) -> Path:
        return self.data_dir / "prefect"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read ``DONDOC_*``; raises ``SettingsErrors`` naming every variable that is wrong."""
    reader = _Reader(environ)
    data_dir = reader.read("DONDOC_DATA_DIR", str(_default_data_dir(environ)), _absolute_path)
    settings = Settings(
        data_dir=data_dir,
        database_url=reader.read("DONDOC_DATABASE_URL", f"sqlite:///{data_dir / 'dondoc.sqlite'}", _database_url),
        plan_dir=reader.read("DONDOC_PLAN_DIR", str(PLAN_DIR), _absolute_path),
        contacts_file=reader.read("DONDOC_CONTACTS", str(data_dir / "contacts.yaml"), _absolute_path),
        templates_dir=reader.read("DONDOC_TEMPLATES", "", _directory_or_none),
        language=reader.read("DONDOC_LANGUAGE", "vi", _language),
        quiet_hours=reader.read("DONDOC_QUIET_HOURS", "17:30-07:30", parse_quiet_hours),
        sample=reader.read("DONDOC_SAMPLE", "1", _switch),
        prefect_port=reader.read("DONDOC_PORT", "4200", _port),
        prefect_url=reader.read("DONDOC_PREFECT_URL", "", _web_address_or_none),
        prefect_database_url=reader.read("DONDOC_PREFECT_DATABASE_URL", "", _postgresql_or_none),
        redis_url=reader.read("DONDOC_REDIS_URL", "", _redis_or_none),
        portal_port=(portal_port := reader.read("DONDOC_PORTAL_PORT", "4280", _port)),
        portal_url=reader.read("DONDOC_PORTAL_URL", f"http://127.0.0.1:{portal_port}", _web_address),
        link_days=reader.read("DONDOC_LINK_DAYS", "30", _days),
        heartbeat=reader.read("DONDOC_HEARTBEAT", "", _heartbeat),
        senders=reader.read("DONDOC_SENDERS", "10", _senders),
        provider_rate=reader.read("DONDOC_PROVIDER_RATE", "1000", _rate),
        recipient_rate=reader.read("DONDOC_RECIPIENT_RATE", "1", _rate),
        secret_key=reader.read("DONDOC_SECRET_KEY", "", _secret),
        oidc_issuer=reader.read("DONDOC_OIDC_ISSUER", "", _issuer),
        oidc_client_id=reader.read("DONDOC_OIDC_CLIENT_ID", "", str),
        oidc_client_secret=reader.read("DONDOC_OIDC_CLIENT_SECRET", "", str),
    )
    openid = {
        "DONDOC_OIDC_ISSUER": settings.oidc_issuer,
        "DONDOC_OIDC_CLIENT_ID": settings.oidc_client_id,
        "DONDOC_OIDC_CLIENT_SECRET": settings.oidc_client_secret,
    }
    if any(openid.values()) and not reader.faults:
        reader.faults += [f"{name}: thiếu; cần cả ba biến DONDOC_OIDC_…" for name, value in openid.items() if not value]
    if reader.faults:
        raise SettingsErrors(
            "Biến môi trường của dondoc có lỗi:",
            "dondoc's environment variables are wrong:",
            details=reader.faults,
        )
    return settings


class _Reader:
    """Reads variables one by one and remembers what was wrong, so that all faults come at once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def read(self, name: str, default: str, convert: Callable[[str], _T]) -> _T:
        text = self._raw(name) or default
        try:
            return convert(text)
        except ValueError as fault:
            self.faults.append(f"{name}: {fault}")
            return convert(default)

    def _raw(self, name: str) -> str:
        if value := self._environ.get(name, "").strip():
            return value
        if path := self._environ.get(f"{name}_FILE", "").strip():
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                self.faults.append(f"{name}_FILE: không đọc được tệp «{path}»; kiểm tra đường dẫn và quyền đọc.")
        return ""


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    home = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "dondoc"


def _absolute_path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _directory_or_none(text: str) -> Path | None:
    if not text:
        return None
    folder = _absolute_path(text)
    if not folder.is_dir():
        raise ValueError(f"không có thư mục {folder}.")
    return folder


def database_address(text: str) -> str:
    """An address as ``DONDOC_DATABASE_URL`` takes it, in its full form; raises ``Refused`` without repeating it."""
    try:
        return _database_url(text)
    except ValueError as fault:
        raise Refused(
            f"Địa chỉ đích {fault}", "The target is no database address; use sqlite:////path or postgresql://…."
        ) from None


def _database_url(text: str) -> str:
    # The address may hold a password, so the text itself is never repeated in the fault.
    advice = "dùng sqlite:////đường/dẫn/tệp hoặc postgresql://người:mật-khẩu@máy:5432/tên"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # a port that is no number may be a misplaced password
        raise ValueError(f"không phải địa chỉ cơ sở dữ liệu; {advice}.") from None
    backend = url.get_backend_name()
    if backend == "postgres":
        url, backend = url.set(drivername="postgresql"), "postgresql"
    if backend == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    elif backend != "sqlite":
        raise ValueError(f"không hỗ trợ «{backend}»; {advice}.")
    return url.render_as_string(hide_password=False)


def _language(text: str) -> Language:
    if text == "vi":
        return "vi"
    if text == "en":
        return "en"
    raise ValueError(f"«{text}» không phải ngôn ngữ có sẵn; dùng vi hoặc en.")


def _switch(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError(f"«{text}» không rõ bật hay tắt; dùng 1 hoặc 0.")


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("không phải địa chỉ trang; viết như https://dondoc.tinh.example.")
    return text.rstrip("/")


def _web_address_or_none(text: str) -> str:
    return _web_address(text) if text else ""


def _postgresql_or_none(text: str) -> str:
    if text and not (url := _database_url(text)).startswith("postgresql"):
        raise ValueError("Prefect trên nhiều máy cần PostgreSQL: postgresql://người:mật-khẩu@máy:5432/tên.")
    if text and make_url(url).query:  # its driver would refuse them much later, and in other words
        raise ValueError("không ghi tham số sau dấu «?»; TLS của Prefect đặt như trong docs/operations.md.")
    return url if text else ""


def _redis_or_none(text: str) -> str:
    # Not repeated: the address may hold a password.
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("không phải địa chỉ Redis; viết như redis://:mật-khẩu@máy:6379, không ghi số kho.")
    return text.rstrip("/")


def _is_loopback(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "::1", "localhost")


def _heartbeat(text: str) -> str:
    # Not repeated: the address may hold a secret.
    if text.startswith(("http://", "https://")):
        if not urlsplit(text).hostname:
            raise ValueError("không phải địa chỉ trang; viết như https://theodoi.tinh.example/….")
        return text
    if "://" in text:
        raise ValueError("chỉ nhận đường dẫn tệp hoặc địa chỉ http, https.")
    return str(_absolute_path(text)) if text else ""


def _issuer(text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(text)):
        raise ValueError("cần địa chỉ https của máy chủ OpenID Connect, viết đúng như máy chủ đó tự ghi.")
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("không phải địa chỉ máy chủ OpenID Connect; viết như https://dangnhap.tinh.example.")
    return text


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 366:
        return int(text)
    raise ValueError(f"«{text}» không phải số ngày; dùng số từ 1 đến 366.")


def _senders(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 100:
        return int(text)
    raise ValueError(f"«{text}» không phải số luồng gửi; dùng số từ 1 đến 100.")


def _rate(text: str) -> float:
    try:
        if 0.01 <= (rate := float(text)) <= 1e6:
            return rate
    except ValueError:
        pass
    raise ValueError(f"«{text}» không phải số thư mỗi giây; dùng số từ 0.01 đến 1000000.")


def _secret(text: str) -> str:
    # Not repeated: it is a secret even when it is too short.
    if text and len(text) < 32:
        raise ValueError("khóa ngắn quá; cần ít nhất 32 ký tự ngẫu nhiên.")
    return text


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise ValueError(f"«{text}» không phải số cổng; dùng số từ 1 đến 65535.")
