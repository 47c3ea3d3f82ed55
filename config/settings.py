"""The environment, read once into typed settings; every fault in it is reported at the same time.

Any variable ``DONDOC_X`` may instead be given as ``DONDOC_X_FILE``, the path of a file that holds the value,
so that secrets need not be in the environment. Why this is not pydantic-settings: docs/decisions/0017-settings.md.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, cast

from config import variables
from config.errors import Refused
from config.rules.quiet_hours import OUT_OF_OFFICE, QuietHours, parse_quiet_hours
from config.variables import Language as Language

PLAN_DIR = Path(__file__).parent / "plan"
PLAN_EXAMPLE_DIR = Path(__file__).parent / "plan_example"
COMMUNES = Path(__file__).parent / "communes.yaml"
"""The 166 communes and wards, which a house adds to its register when it wants to follow each."""
PLAN_0_1_DIR = Path(__file__).parent / "plan_0_1"
"""The plan as version 0.1 shipped it, never edited: what a store of that version without a plan of its own lived by."""

_Value = TypeVar("_Value")

# ruff: noqa: RUF009 - ``_setting`` makes a dataclass field, as ``field`` does


class SettingsErrors(Refused):
    """The environment has faults; ``details`` lists all of them."""


def database_address(text: str) -> str:
    """An address as ``DONDOC_DATABASE_URL`` takes it, in its full form; raises ``Refused`` without repeating it."""
    try:
        return variables.database_url(text)
    except Refused as fault:
        raise Refused(f"Địa chỉ đích {fault}", f"The target address {fault.en}") from None


def _setting(name: str, default: _Value, read: Callable[[str], Any] = str, *, secret: bool = False) -> _Value:
    """A field that is read from the variable ``name``; a secret one is not shown in a representation."""
    return cast(_Value, field(repr=not secret, metadata={"name": name, "default": default, "read": read}))


def _computed(default: Callable[[Mapping[str, Any]], _Value]) -> _Value:
    """A default that follows from the environment and the fields above."""
    return cast(_Value, default)


_OPENID = ("DONDOC_OIDC_ISSUER", "DONDOC_OIDC_CLIENT_ID", "DONDOC_OIDC_CLIENT_SECRET")


def _default_data_dir(known: Mapping[str, Any]) -> Path:
    return Path(known.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "dondoc"


_MOST_WORKERS = 4
"""By default; each takes memory, and more cores have other work as well."""


def _cores_used(_known: Mapping[str, Any]) -> int:
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, _MOST_WORKERS)


def _contacts_file(known: Mapping[str, Any]) -> Path:
    return Path(known["data_dir"]) / "contacts.yaml"


@dataclass(frozen=True)
class Settings:
    """Where things are stored and how dondoc speaks.

    data_dir       everything that is stored by default: database, mailbox, contacts, Prefect's own files
    database_url   SQLAlchemy address of the application's database (the truth)
    plan_dir       the plan: directive, priorities, offices, ladders, calendar
    contacts_file  the operator's senders; need not exist when no variable names it
    templates_dir  Word templates that replace the shipped ones of the same name, or None
    signing_certificate, signing_password  PKCS#12 file by which PDF of papers may be signed, or None; and its password
    language       language of messages to an office that states none
    quiet_hours    when an office that states no hours of its own is not written to, besides days off; None for never
    sample         whether a first start registers the sample document with a lived-in past
    prefect_port   port of the Prefect server, on loopback only; people open its pages through the portal
    prefect_url    where Prefect's API answers when it runs on other machines; empty when `dondoc up` runs it here
    prefect_database_url  Prefect's own PostgreSQL database; empty for a SQLite file in the data directory
    redis_url      Redis that connects the processes of a Prefect on several machines; empty when there is one process
    portal_port    port of the portal, on loopback only; others reach it through a reverse proxy
    portal_workers processes that answer the portal's pages side by side, by default one for each core, at most four
    portal_url     address under which people reach the portal; links in messages begin with it
    link_days      for how many days a link in a message opens its office's pages
    heartbeat      file that is touched or address that is fetched after each good run; empty for none
    senders        how many messages are sent at the same time
    provider_rate  messages a second to one provider (host), at most
    recipient_rate messages a second to one address, at most
    open_figures   whether anybody may read counts by office and quarter, at /open
    webhook_hosts  hosts of the inside network that programs are told of events at, also over http
    secret_key     what links and sessions are signed with; without one a key is made in the data directory
    audit_key      keys that seal the audit trail, newest first; without any one follows from secret_key, or else is
                   made in the data directory
    backup_dir     where the daily backups lie; another disk is better
    oidc_issuer    OpenID Connect provider through which accounts may sign in; empty for none
    oidc_client_id, oidc_client_secret  how the provider knows the portal
    """

    data_dir: Path = _setting("DONDOC_DATA_DIR", _computed(_default_data_dir), variables.absolute_path)
    database_url: str = _setting(
        "DONDOC_DATABASE_URL",
        _computed(lambda known: f"sqlite:///{known['data_dir'] / 'dondoc.sqlite'}"),
        variables.database_url,
        secret=True,
    )
    plan_dir: Path = _setting("DONDOC_PLAN_DIR", PLAN_DIR, variables.absolute_path)
    contacts_file: Path = _setting("DONDOC_CONTACTS", _computed(_contacts_file), variables.absolute_path)
    templates_dir: Path | None = _setting("DONDOC_TEMPLATES", None, variables.directory)
    signing_certificate: Path | None = _setting("DONDOC_SIGNING_CERTIFICATE", None, variables.existing_file)
    signing_password: str = _setting("DONDOC_SIGNING_PASSWORD", "", secret=True)
    language: Language = _setting("DONDOC_LANGUAGE", "vi", variables.language)
    quiet_hours: QuietHours | None = _setting("DONDOC_QUIET_HOURS", OUT_OF_OFFICE, parse_quiet_hours)
    sample: bool = _setting("DONDOC_SAMPLE", True, variables.switch)
    prefect_port: int = _setting("DONDOC_PORT", 4200, variables.port)
    prefect_url: str = _setting("DONDOC_PREFECT_URL", "", variables.web_address)
    prefect_database_url: str = _setting("DONDOC_PREFECT_DATABASE_URL", "", variables.postgresql_url, secret=True)
    redis_url: str = _setting("DONDOC_REDIS_URL", "", variables.redis_url, secret=True)
    portal_port: int = _setting("DONDOC_PORTAL_PORT", 4280, variables.port)
    portal_workers: int = _setting(
        "DONDOC_PORTAL_WORKERS",
        _computed(_cores_used),
        variables.number(1, 64, "số tiến trình", "a number of processes"),
    )
    portal_url: str = _setting(
        "DONDOC_PORTAL_URL", _computed(lambda known: f"http://127.0.0.1:{known['portal_port']}"), variables.web_address
    )
    link_days: int = _setting("DONDOC_LINK_DAYS", 30, variables.number(1, 366, "số ngày", "a number of days"))
    heartbeat: str = _setting("DONDOC_HEARTBEAT", "", variables.heartbeat, secret=True)
    senders: int = _setting("DONDOC_SENDERS", 10, variables.number(1, 100, "số luồng gửi", "a number of senders"))
    provider_rate: float = _setting("DONDOC_PROVIDER_RATE", 1000.0, variables.rate)
    recipient_rate: float = _setting("DONDOC_RECIPIENT_RATE", 1.0, variables.rate)
    open_figures: bool = _setting("DONDOC_OPEN_FIGURES", False, variables.switch)
    webhook_hosts: frozenset[str] = _setting("DONDOC_WEBHOOK_HOSTS", frozenset(), variables.host_names)
    secret_key: str = _setting("DONDOC_SECRET_KEY", "", variables.secret_key, secret=True)
    audit_key: str = _setting("DONDOC_AUDIT_KEY", "", variables.audit_keys, secret=True)
    backup_dir: Path = _setting(
        "DONDOC_BACKUP_DIR", _computed(lambda known: known["data_dir"] / "backups"), variables.absolute_path
    )
    oidc_issuer: str = _setting("DONDOC_OIDC_ISSUER", "", variables.issuer)
    oidc_client_id: str = _setting("DONDOC_OIDC_CLIENT_ID", "")
    oidc_client_secret: str = _setting("DONDOC_OIDC_CLIENT_SECRET", "", secret=True)

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
    faults: list[Refused] = []
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        name, default = setting.metadata["name"], setting.metadata["default"]
        text = environ.get(name, "").strip()
        values[setting.name] = default({**environ, **values}) if callable(default) else default
        try:
            if text := text or _from_file(environ.get(f"{name}_FILE", "").strip()):
                values[setting.name] = setting.metadata["read"](text)
        except Refused as fault:
            named = name if text else f"{name}_FILE"
            faults.append(Refused(f"{named}: {fault}", f"{named}: {fault.en}"))
    openid = {name: values[name.removeprefix("DONDOC_").lower()] for name in _OPENID}
    if any(openid.values()) and not faults:
        faults += [
            Refused(
                f"{name}: thiếu; cần cả ba biến DONDOC_OIDC_…",
                f"{name}: is missing; all three variables DONDOC_OIDC_… are needed",
            )
            for name, value in openid.items()
            if not value
        ]
    if faults:
        raise SettingsErrors(
            "Biến môi trường của dondoc có lỗi:", "dondoc's environment variables have errors:", details=faults
        )
    return Settings(**values)


def _from_file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip() if path else ""
    except (OSError, UnicodeDecodeError):
        raise Refused(
            f"không đọc được tệp «{path}»; kiểm tra đường dẫn và quyền đọc.",
            f"cannot read the file '{path}'; check the path and its read permission.",
        ) from None
