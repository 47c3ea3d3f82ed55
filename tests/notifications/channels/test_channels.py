"""Chat services over Apprise and real HTTP servers: what arrives, what failures are taken for, what is never told."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from socket import create_server
from typing import Any

import pytest

from config.contacts.apprise_services import service_of
from config.contacts.contacts import Address
from notifications.channels.apprise_log import confirmation
from notifications.channels.formats import fit_to_service, in_format_of
from notifications.channels.outgoing import Outcome, Result
from notifications.channels.sending import send
from tests.support.outposts import MESSAGE, NOW, WebHook, deliver_to, free_port

Hooks = Callable[..., WebHook]


def test_a_chat_service_gets_the_text_and_a_key_to_drop_a_second_copy(web_hook: Hooks, tmp_path: Path) -> None:
    hook = web_hook()
    for _ in range(2):
        assert deliver_to(hook.address(), tmp_path) == Outcome(Result.SENT)
    for headers, body in hook.taken:
        assert body["title"] == MESSAGE.subject
        assert body["message"] == MESSAGE.text.rstrip()
        assert headers["idempotency-key"] == MESSAGE.key
    assert len(hook.taken) == 2


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (400, Result.PERMANENT),
        (401, Result.PERMANENT),
        (404, Result.PERMANENT),
        (408, Result.TEMPORARY),
        (429, Result.TEMPORARY),
        (500, Result.TEMPORARY),
        (503, Result.TEMPORARY),
    ],
)
def test_a_service_that_refuses_is_understood(web_hook: Hooks, tmp_path: Path, status: int, result: Result) -> None:
    hook = web_hook(status)
    outcome = deliver_to(hook.address(), tmp_path)
    assert (outcome.result, str(status) in outcome.reason) == (result, True)
    assert len(hook.taken) == 1


def test_what_a_service_writes_in_its_answer_is_neither_believed_nor_repeated(web_hook: Hooks, tmp_path: Path) -> None:
    outcome = deliver_to(web_hook(503, "error=404 (550, b'no') s3cret-echo").address(), tmp_path)
    assert outcome == Outcome(Result.TEMPORARY, "Dịch vụ tạm thời từ chối (mã 503).")


@pytest.mark.parametrize("status", [200, 404, 503])
def test_no_secret_reaches_a_log_a_reason_or_a_representation(
    web_hook: Hooks, tmp_path: Path, log: list[str], status: int
) -> None:
    address = web_hook(status).address("/bot-s3cret-path?token=s3cret-query", "user:s3cret-pass@")
    outcome = deliver_to(address, tmp_path)
    assert "s3cret" not in "\n".join([outcome.reason, repr(outcome), repr(address), str(address), *log])


def test_a_redirect_is_a_refusal_and_no_empty_visit_somewhere_else(web_hook: Hooks, tmp_path: Path) -> None:
    hook = web_hook(302, moved_to="/login")
    assert deliver_to(hook.address(), tmp_path).result is Result.PERMANENT


@pytest.mark.parametrize("asked", ["?retry=3", "?optional=yes", "?retry=2&optional=yes&wait=5"])
def test_an_address_can_ask_neither_for_retries_nor_for_failures_to_be_ignored(
    web_hook: Hooks, tmp_path: Path, asked: str
) -> None:
    hook = web_hook(503)
    assert deliver_to(hook.address(f"/hook{asked}"), tmp_path).result is Result.TEMPORARY
    assert len(hook.taken) == 1


def test_nobody_there_is_tried_again(tmp_path: Path) -> None:
    address = Address("json", "vi", f"json://user:s3cret@127.0.0.1:{free_port()}/")
    outcome = deliver_to(address, tmp_path)
    assert (outcome.result, "s3cret" in outcome.reason) == (Result.TEMPORARY, False)


def test_no_answer_in_time_is_ambiguous(tmp_path: Path) -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        address = Address("json", "vi", f"json://127.0.0.1:{silent.getsockname()[1]}/?cto=0.2&rto=0.2")
        assert deliver_to(address, tmp_path).result is Result.AMBIGUOUS


def test_a_connection_that_breaks_after_the_request_is_ambiguous(tmp_path: Path) -> None:
    with create_server(("127.0.0.1", 0)) as listening:

        def read_and_hang_up() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)

        thread = threading.Thread(target=read_and_hang_up)
        thread.start()
        address = Address("json", "vi", f"json://127.0.0.1:{listening.getsockname()[1]}/")
        outcome = deliver_to(address, tmp_path)
        thread.join()
    assert outcome.result is Result.AMBIGUOUS


def test_an_address_nobody_understands_is_a_result(tmp_path: Path) -> None:
    assert deliver_to(Address("json", "vi", "nosuch://s3cret"), tmp_path).result is Result.PERMANENT


def test_threads_that_fail_at_once_each_hear_their_own_reason(web_hook: Hooks, tmp_path: Path, log: list[str]) -> None:
    statuses = [404, 429, 500, 503] * 5
    found: dict[int, str] = {}
    hooks = [web_hook(status) for status in statuses]

    def try_it(number: int) -> None:
        found[number] = deliver_to(hooks[number].address("/s3cret"), tmp_path).reason

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(len(statuses))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [str(status) in found[number] for number, status in enumerate(statuses)] == [True] * len(statuses)
    assert "s3cret" not in "\n".join(log)


SERVICES = {
    "json": "json://127.0.0.1/hook",
    "telegram": "tgram://123456789:abcdefghijklmnopqrstuvwxyzABCDEFGH1/-100123",
    "rocket.chat": "rocket://user:pass@127.0.0.1/%23room",
    "teams": "https://prod-1.westus.logic.azure.com:443/workflows/0123456789abcdef0123456789abcdef"
    "/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=AbCd",
    "sms": "d7sms://0123456789abcdef0123456789abcdef@84901234567",
    "mailgun": "mailgun://user@mail.example/0123456789abcdef0123456789abcdef-01234567-01234567/a@b.example",
}


def words_for(url: str, text: str, short: str = MESSAGE.short) -> tuple[Any, str, str, bool]:
    service = service_of(url)
    assert service is not None
    message = replace(MESSAGE, text=text, short=short)
    return service, *fit_to_service(service, message)


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("length", [50, 990, 1000, 3999, 4090, 4096, 40_000])
def test_what_is_sent_never_exceeds_what_the_service_takes(name: str, length: int) -> None:
    service, title, body, rich = words_for(SERVICES[name], "ă" * length, "ngắn " * 400)
    # A service without titles puts the title and a line's end before the body.
    whole = len(body) if service.title_maxlen > 0 or not title else len(title) + 2 + len(body)
    assert 0 < whole <= service.body_maxlen
    assert rich == (name == "mailgun")
    assert rich or title == MESSAGE.subject or body.startswith("ngắn")


def test_a_text_too_long_for_a_chat_is_said_in_short_without_saying_the_subject_twice() -> None:
    _, title, body, _ = words_for(SERVICES["telegram"], "x" * 5000)
    assert (title, body) == ("", MESSAGE.short)


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"mailgun"}))
def test_a_short_text_too_long_is_cut_before_its_link(name: str) -> None:
    link = "https://dondoc.example/door/" + "k" * 80
    service, title, body, _ = words_for(SERVICES[name], "x" * 40_000, "y" * 40_000 + "\n" + link)
    # A line's end may count twice, and in Markdown it is written with two spaces.
    assert not title and service.body_maxlen - 4 < len(body) < service.body_maxlen
    assert body.startswith("y") and body.endswith(f"y…\n{link}")


@pytest.mark.parametrize("short", ["y" * 500, "y" * 500 + "\nhttps://dondoc.example/" + "k" * 140])
def test_an_sms_with_room_for_no_link_ends_with_a_sign_that_more_was_to_say(short: str) -> None:
    _, title, body, _ = words_for(SERVICES["sms"], "x" * 500, short)
    assert (title, body) == ("", "y" * 159 + "…")


def test_a_text_too_long_arrives_short(web_hook: Hooks, tmp_path: Path) -> None:
    hook = web_hook()
    deliver_to(hook.address(), tmp_path, replace(MESSAGE, text="x" * 40_000))
    ((_, body),) = hook.taken
    assert body["message"] == MESSAGE.short


def test_nothing_of_apprise_is_shown_to_a_reader() -> None:
    service = service_of("json://127.0.0.1/")
    assert service is not None
    assert (service.app_id, service.app_url, service.image_url("info")) == ("dondoc", "", None)


def test_a_mailbox_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("a file where the folder should be")
    outcome = send(Address("mailbox", "vi"), MESSAGE, mailbox=tmp_path / "mailbox", now=NOW)
    assert outcome.result is Result.TEMPORARY
    assert outcome.reason


TOKEN = "123456789:abcdefg_hij-klmnopqrstuvwxyzABCDE"
PORTAL = "<!DOCTYPE html><html><body>Sign in to the hotel's network. OK?</body></html>"


@pytest.fixture
def telegram(web_hook: Hooks, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[WebHook, Address]]:
    """Telegram's place taken by a server of the test's own."""

    def start(said: str, status: int = 200, query: str = "") -> tuple[WebHook, Address]:
        hook = web_hook(status, said)
        monkeypatch.setattr("apprise.plugins.telegram.NotifyTelegram.notify_url", f"http://127.0.0.1:{hook.port}/bot")
        return hook, Address("tgram", "vi", f"tgram://{TOKEN}/-100123{query}")

    return start


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ('{"ok": true, "result": {}}', Result.SENT),
        ('{"ok": false, "description": "Bad Gateway"}', Result.TEMPORARY),
        ('{"result": {}}', Result.AMBIGUOUS),
        ("[1]", Result.AMBIGUOUS),
        (PORTAL, Result.AMBIGUOUS),
        ("", Result.AMBIGUOUS),
    ],
)
def test_telegram_is_believed_by_its_own_words_only(
    telegram: Callable[..., tuple[WebHook, Address]], tmp_path: Path, said: str, result: Result
) -> None:
    _, address = telegram(said)
    assert deliver_to(address, tmp_path).result is result


@pytest.mark.parametrize(
    ("said", "result"),
    [("ok", Result.SENT), (PORTAL, Result.AMBIGUOUS), ("", Result.AMBIGUOUS), ("no_service", Result.AMBIGUOUS)],
)
def test_slack_is_believed_by_its_own_word_only(
    web_hook: Hooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, result: Result
) -> None:
    hook = web_hook(200, said)
    monkeypatch.setattr("apprise.plugins.slack.NotifySlack.webhook_url", f"http://127.0.0.1:{hook.port}/services")
    address = Address("slack", "vi", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#vanthu")
    assert deliver_to(address, tmp_path).result is result


@pytest.mark.parametrize(
    ("channel", "said", "result"),
    [
        ("slack", '{"ok": true}', Result.SENT),
        ("slack", '{"ok": false, "error": "invalid_auth"}', Result.TEMPORARY),
        ("slack", PORTAL, Result.AMBIGUOUS),  # with an «OK» in it
        ("mmost", "ok", Result.SENT),
        ("mmost", PORTAL, Result.AMBIGUOUS),
        ("rocket", '{"success": false}', Result.TEMPORARY),
        ("ntfy", '{"id": "x"}', Result.SENT),
        ("ntfy", PORTAL, Result.AMBIGUOUS),
        ("discord", "", Result.SENT),
        ("gotify", "\n  <html>", Result.AMBIGUOUS),
        ("json", PORTAL, Result.SENT),  # somebody's own program answers what it likes
    ],
)
def test_a_sign_in_page_in_between_is_not_taken_for_the_service(channel: str, said: str, result: Result) -> None:
    assert confirmation(channel, said.encode()).result is result


SIGNS = "Trễ 3 ngày * làm_việc [5] <b> & #1 `x` - a.\n\n1. Việc T0.1\n# đầu dòng\nhttps://a.vn/x_y?a=1&b=(2)"


@pytest.mark.parametrize(
    ("query", "mode", "text"),
    [
        ("", "HTML", "làm_việc [5] &lt;b&gt; &amp; #1"),
        ("?format=html", "HTML", "làm_việc [5] &lt;b&gt; &amp; #1"),
        ("?format=text", "HTML", "làm_việc [5] &lt;b&gt; &amp; #1"),
        ("?format=markdown", "MARKDOWN", r"\* làm\_việc \[5] <b> & #1 \`x\`"),
        ("?format=markdown&mdv=2", "MarkdownV2", r"\* làm\_việc \[5\] <b\> & \#1 \`x\` \- a\."),
    ],
)
def test_what_telegram_is_sent_is_escaped_for_the_format_that_is_asked_for(
    telegram: Callable[..., tuple[WebHook, Address]], tmp_path: Path, query: str, mode: str, text: str
) -> None:
    hook, address = telegram('{"ok": true}', query=query)
    assert deliver_to(address, tmp_path, replace(MESSAGE, text=SIGNS)).result is Result.SENT
    ((_, sent),) = hook.taken
    assert sent["parse_mode"] == mode
    assert text in sent["text"]
    assert not sent["text"].startswith("#")
    assert "Trễ" in sent["text"].splitlines()[2], "a blank line between heading and text"


BUTTONS = (
    ("Tiếp nhận việc mới", "https://dondoc.tinh.example/door/x?to=/acknowledge"),
    ("Mở trang đôn đốc", "https://dondoc.tinh.example/door/x"),
)


@pytest.mark.parametrize(
    ("said", "status", "result", "sends"),
    [
        ('{"ok": true, "result": {}}', 200, Result.SENT, 1),
        (PORTAL, 200, Result.AMBIGUOUS, 1),
        ('{"ok": false, "description": "BUTTON_URL_INVALID"}', 400, Result.PERMANENT, 2),
        ('{"ok": false}', 403, Result.PERMANENT, 1),
        ('{"ok": false, "parameters": {"retry_after": 77}}', 429, Result.TEMPORARY, 1),
    ],
)
def test_telegram_gets_buttons_and_the_message_without_where_it_refuses_them(
    telegram: Callable[..., tuple[WebHook, Address]], tmp_path: Path, said: str, status: int, result: Result, sends: int
) -> None:
    hook, address = telegram(said, status)
    outcome = deliver_to(address, tmp_path, replace(MESSAGE, buttons=BUTTONS))
    assert (outcome.result, len(hook.taken)) == (result, sends), outcome
    assert outcome.retry_after == (timedelta(seconds=77) if status == 429 else None)
    first = hook.taken[0][1]
    assert [row[0]["text"] for row in first["reply_markup"]["inline_keyboard"]] == [words for words, _ in BUTTONS]
    assert first["parse_mode"] == "HTML" and str(first["chat_id"]) == "-100123"
    assert sends == 1 or "reply_markup" not in hook.taken[1][1]


def test_no_button_leads_inside(telegram: Callable[..., tuple[WebHook, Address]], tmp_path: Path) -> None:
    hook, address = telegram('{"ok": true}')
    inside = tuple(
        (words, url.replace("https://dondoc.tinh.example", "http://127.0.0.1:4280")) for words, url in BUTTONS
    )
    assert deliver_to(address, tmp_path, replace(MESSAGE, buttons=inside)).result is Result.SENT
    assert "reply_markup" not in hook.taken[0][1]


@pytest.mark.parametrize("letter", ["😀", "ă", "\n", "a&"])
@pytest.mark.parametrize("query", ["", "?format=markdown", "?format=markdown&mdv=2"])
def test_a_text_is_short_enough_for_telegram_however_it_counts(
    telegram: Callable[..., tuple[WebHook, Address]], tmp_path: Path, letter: str, query: str
) -> None:
    hook, address = telegram('{"ok": true}', query=query)
    for times in (1_000, 2_020, 4_050):
        deliver_to(address, tmp_path, replace(MESSAGE, text="x" + letter * times + "x"))
    for _, sent in hook.taken:
        units = len(sent["text"].encode("utf-16-le")) // 2
        assert units + sent["text"].count("\n") <= 4096 + len("<b></b>")


@pytest.mark.parametrize("query", ["", "?format=markdown", "?format=html"])
def test_a_matrix_room_reads_a_letter_and_no_signs(query: str) -> None:
    service = service_of(f"matrix://u:p@127.0.0.1/!room:x{query}")
    assert service is not None
    title, body, rich = fit_to_service(service, replace(MESSAGE, text=SIGNS))
    found = in_format_of(service, title, body, rich=rich)
    assert found.title == ""
    if query:
        assert found.format == "html"
        assert found.body.startswith(f"<b>{MESSAGE.subject}</b><br><br>Trễ")
        assert "&lt;b&gt; &amp;" in found.body
    else:
        assert (found.format, found.body) == ("text", f"{MESSAGE.subject}\n\n{SIGNS}")
