"""Addresses as Apprise reads them: secrets with odd letters, and one recipient for each desk."""

import re
from collections import Counter
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from config.contacts.apprise_services import service_of
from config.contacts.contacts import Address
from config.contacts.loading import ContactErrors
from tests.support.contacts_file import load_contacts

ROOT = Path(__file__).parents[3]
ODD = "p@ss/w:rd?#&%+ ô"
TEAMS_PAGE = (
    "https://prod-1.westus.logic.azure.com:443/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths"
    "/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=AbCd"
)


def address(tmp_path: Path, url: str, **environ: str) -> Address:
    path = tmp_path / "contacts.yaml"
    path.write_text(yaml.safe_dump({"offices": {"SYT": {"focal": url}}}), encoding="utf-8")
    return load_contacts(path, known_offices=["SYT"], environ=environ).address("SYT", "focal")


def test_a_password_is_written_as_it_is_whatever_letters_it_has(tmp_path: Path) -> None:
    found = address(tmp_path, "mailto://dondoc:${PASSWORD}@mail.example?to=a@so.example", PASSWORD=ODD)
    service = service_of(found.url)
    assert service is not None
    assert (service.user, service.password, service.smtp_host) == ("dondoc", ODD, "mail.example")
    assert service.targets == [(False, "a@so.example")]


def test_a_token_outside_the_login_keeps_its_colon(tmp_path: Path) -> None:
    token = "123456789:abcdefg_hij-klmnopqrstuvwxyzABCDE"
    service = service_of(address(tmp_path, "tgram://${TOKEN}/-100123", TOKEN=token).url)
    assert service is not None
    assert service.bot_token == token


def test_a_whole_address_may_be_the_secret(tmp_path: Path) -> None:
    whole = "mailto://dondoc:p%40ss@mail.example?to=a@so.example"
    assert address(tmp_path, "${WHOLE}", WHOLE=whole) == Address("mailto", "vi", whole)


def test_a_service_addressed_by_its_own_page_is_called_by_its_name(tmp_path: Path) -> None:
    assert address(tmp_path, "${TEAMS}", TEAMS=TEAMS_PAGE).channel == "workflow"


@pytest.mark.parametrize(
    "url",
    [
        "mailto://mail.example?from=x@y.example&to=a@so.example,b@so.example",
        "tgram://123456789:abcdefg_hij-klmnopqrstuvwxyzABCDE/-100123/-100456",
    ],
)
def test_two_recipients_in_one_address_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ContactErrors) as refused:
        address(tmp_path, url)
    assert ["2 nơi nhận" in fault for fault in refused.value.details] == [True]


def test_retries_asked_for_in_an_address_are_not_taken_for_recipients(tmp_path: Path) -> None:
    assert address(tmp_path, "json://127.0.0.1/?retry=3").channel == "json"


def shown_in(page: Path) -> list[str]:
    """The files of contacts that a page shows: whole ones, and each address in a line as the one it stands for."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"```yaml\n((?: *)(?:accounts|senders):.*?)```", text, re.DOTALL)
    lines = re.findall(r"`([^`\n]*\$\{[A-Z_]+\}[^`\n]*|mailtos?://[^`\s]+\.[^`\s]+)`", text)
    files = [line for line in lines if line.startswith("senders: ")]
    named = [f"senders: {{{name}: '{url}'}}" for line in lines for name, url in re.findall(r"^([a-z-]+): (\S+)$", line)]
    mail = [f"accounts: {line}" for line in lines if line.startswith("mailto")]
    own = [f"senders: {{ours: '{line}'}}" for line in lines if re.match(r"(zalo|zns|tgram)://", line)]
    return [*map(dedent, blocks), *files, *named, *mail, *own]


EXAMPLES = [
    (page.relative_to(ROOT).as_posix(), text)
    for page in (ROOT / "README.vi.md", *sorted((ROOT / "docs").rglob("*.md")))
    for text in shown_in(page)
]


def test_the_pages_about_senders_show_addresses() -> None:
    pages = Counter(page for page, _ in EXAMPLES)
    assert pages["README.vi.md"] == 1
    assert min(pages[f"docs/{page}.md"] for page in ("channels", "senders", "vi/kenh-gui")) > 3


@pytest.mark.parametrize(("page", "text"), EXAMPLES)
def test_every_address_that_a_document_shows_is_understood(tmp_path: Path, page: str, text: str) -> None:
    path = tmp_path / "contacts.yaml"
    path.write_text(text.replace("USER_ID", "1234567890"), encoding="utf-8")
    environ = dict.fromkeys(re.findall(r"\$\{([A-Z_]+)\}", text), "0123456789abcdef0123456789") | {
        "SMTP_PASSWORD": ODD,
        "TELEGRAM_TOKEN": "123456789:abcdefg_hij-klmnopqrstuvwxyzABCDE",
        "TEAMS_SYT_URL": TEAMS_PAGE,
        "ZALO_APP_ID": "1234567890",
    }
    senders = load_contacts(path, known_offices=(), environ=environ).senders
    assert len(senders) == len(re.findall(r"://|\$\{TEAMS", text)), page
    assert all(each.takes for each in senders.values())


def test_what_apprise_logs_of_an_address_goes_nowhere(tmp_path: Path, log: list[str]) -> None:
    address(tmp_path, "mailto://u:s3cret@mail.example?to=a@so.example")
    with pytest.raises(ContactErrors):
        address(tmp_path, "mailto://u:s3cret@?to=a@so.example")
    assert "s3cret" not in "\n".join(log)
