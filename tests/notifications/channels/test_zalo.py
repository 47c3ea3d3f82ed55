"""Zalo OA against a service of the test's own: what is sent, and what each answer means."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from config.contacts.contacts import Address
from config.contacts.own_channels import OWN_ADDRESSES
from config.contacts.zalo_addresses import ZALO, ZNS, zalo_address
from notifications.channels.connections import Connections
from notifications.channels.outgoing import Result
from notifications.channels.rate_limits import RECIPIENT_BURST, RateLimits
from notifications.channels.sending import OWN_CHANNELS
from notifications.channels.zalo.messages import MAX_TEXT_LENGTH
from tests.support.outposts import MESSAGE, WebHook, deliver_to, free_port

TOKEN = "s3cret/tok+en="
Hooks = Callable[..., WebHook]


def zalo(port: int) -> Address:
    return Address(ZALO, "vi", f"zalo://s3cret%2Ftok%2Ben%3D@4242?base=http://127.0.0.1:{port}")


def test_a_text_goes_to_one_follower_with_the_token_in_a_header(tmp_path: Path, web_hook: Hooks) -> None:
    hook = web_hook(said=json.dumps({"error": 0, "message": "Success", "data": {"message_id": "1"}}))
    assert deliver_to(zalo(hook.port), tmp_path).result is Result.SENT
    ((headers, body),) = hook.taken
    assert headers["access_token"] == TOKEN
    assert body == {"recipient": {"user_id": "4242"}, "message": {"text": f"{MESSAGE.subject}\n\n{MESSAGE.text}"}}


@pytest.mark.parametrize(
    "short", ["[Đôn đốc] 2 việc quá hạn\nhttps://x.example", "[Đôn đốc] " + "x" * 3000 + "\nhttps://x.example"]
)
def test_what_is_too_long_is_said_shortly_and_keeps_its_link(tmp_path: Path, web_hook: Hooks, short: str) -> None:
    hook = web_hook(said='{"error": 0}')
    deliver_to(zalo(hook.port), tmp_path, replace(MESSAGE, text="x" * MAX_TEXT_LENGTH, short=short))
    said = hook.taken[0][1]["message"]["text"]
    assert len(said) <= MAX_TEXT_LENGTH
    assert said.startswith("[Đôn đốc] ") and said.endswith("\nhttps://x.example")


@pytest.mark.parametrize(
    ("status", "said", "result", "told"),
    [
        (200, '{"error": -216, "message": "s3cret/tok+en="}', Result.PERMANENT, "-216"),
        (200, '{"error": -213, "message": "not follow 4242"}', Result.PERMANENT, "-213"),
        (200, '{"error": -32, "message": "limit"}', Result.TEMPORARY, "-32"),
        (200, '{"error": -99999}', Result.TEMPORARY, "-99999"),
        (200, '{"error": "s3cret"}', Result.TEMPORARY, "lạ"),
        (200, "<html>s3cret", Result.AMBIGUOUS, "không đọc được"),
        (200, "[]", Result.AMBIGUOUS, "không đọc được"),
        (503, "s3cret", Result.TEMPORARY, "503"),
        (429, "s3cret", Result.TEMPORARY, "429"),
        (404, "s3cret", Result.PERMANENT, "404"),
    ],
)
def test_every_answer_has_its_meaning_and_is_not_repeated(
    tmp_path: Path, web_hook: Hooks, log: list[str], status: int, said: str, result: Result, told: str
) -> None:
    outcome = deliver_to(zalo(web_hook(status, said).port), tmp_path)
    assert outcome.result is result
    assert told in outcome.reason
    assert "s3cret" not in "\n".join([outcome.reason, *log])
    assert "4242" not in outcome.reason


def test_it_keeps_connection_pace_and_the_rest_that_the_service_asks_for(tmp_path: Path, web_hook: Hooks) -> None:
    hook, busy = web_hook(said='{"error": 0}'), web_hook(429, **{"Retry-After": "90"})
    with Connections(RateLimits(per_provider=1000, per_recipient=0.01)) as connections:
        outcomes = [deliver_to(zalo(hook.port), tmp_path, connections=connections) for _ in range(RECIPIENT_BURST + 1)]
    assert [each.result for each in outcomes] == [Result.SENT] * RECIPIENT_BURST + [Result.RATE_LIMITED]
    assert (len(hook.taken), hook.visitors) == (RECIPIENT_BURST, 1)
    assert deliver_to(zalo(busy.port), tmp_path).retry_after == timedelta(seconds=90)


def test_it_follows_no_detour_with_its_token(tmp_path: Path, web_hook: Hooks) -> None:
    elsewhere = web_hook(said='{"error": 0}')
    hook = web_hook(302, moved_to=f"http://127.0.0.1:{elsewhere.port}/")
    assert deliver_to(zalo(hook.port), tmp_path).result is Result.PERMANENT
    assert not elsewhere.taken


def test_nobody_there_is_tried_again(tmp_path: Path) -> None:
    assert deliver_to(zalo(free_port()), tmp_path).result is Result.TEMPORARY


def test_an_address_is_read_and_does_not_show_its_token() -> None:
    read = zalo_address("zalo://s3cret%2Ftok%2Ben%3D@4242")
    assert read is not None
    assert (read.login.token, read.recipient, read.login.base) == (TOKEN, "4242", "")
    assert "s3cret" not in repr(read)


@pytest.mark.parametrize(
    "url",
    [
        "zalo://4242",
        "zalo://@4242",
        "zalo://t@",
        "zalo://t@vanthu",
        "zalo://t@4242/other",
        "zalo://t@4242?to=5",
        "zalo://t@4242?base=ftp://x",
        "zalo://t@4242?base",
        "zalo://t%0aX:y@4242",
        "zalo://[t@4242",
        "zalo://app:secret@4242?refresh=r",
        "zalo://123@4242?refresh=r",
        "zalo://123:s3cret@4242?refresh=",
        "zns://123:s3cret@84901234567?refresh=r",
        "zns://123:s3cret@0901234567?refresh=r&template=7",
        "zns://123:s3cret@vanthu?refresh=r&template=7",
        "zns://123:s3cret@84901234567?refresh=r&template=7&other=x",
    ],
)
def test_what_is_no_address_is_none(url: str) -> None:
    assert zalo_address(url) is None


def test_every_channel_of_ours_is_both_understood_and_sent() -> None:
    assert OWN_ADDRESSES.keys() == OWN_CHANNELS.keys()


@pytest.fixture
def zalo_service() -> Iterator["ZaloService"]:
    service = ZaloService()
    threading.Thread(target=service.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield service
    service.server.shutdown()
    service.server.server_close()


class ZaloService:
    """Gives an access token for each refresh token once, and takes messages with the last one it gave."""

    def __init__(self) -> None:
        self.renewals: list[dict[str, str]] = []
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.refresh, self.token, self.expires_in = "r0", "", "90000"
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if self.path == "/v4/oa/access_token":
                    said = service.renew(dict(parse_qsl(body)), self.headers)
                else:
                    said = service.take(self.path, json.loads(body), self.headers)
                self.send_response(200)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def renew(self, form: dict[str, str], headers: Any) -> str:
        self.renewals.append(form)
        if form["refresh_token"] != self.refresh or headers["secret_key"] != "s3cret":
            return json.dumps({"error": -14014, "error_name": "Invalid refresh token."})
        self.refresh, self.token = f"r{len(self.renewals)}", f"t{len(self.renewals)}"
        answer = {"access_token": self.token, "refresh_token": self.refresh, "expires_in": self.expires_in}
        return json.dumps(answer)

    def take(self, path: str, body: dict[str, Any], headers: Any) -> str:
        if headers["access_token"] != self.token:
            return '{"error": -216}'
        self.taken.append((path, body))
        return '{"error": 0}'

    def address(self, scheme: str = ZALO, to: str = "4242", query: str = "", refresh: str = "r0") -> Address:
        base = f"http://127.0.0.1:{self.server.server_port}"
        return Address(scheme, "vi", f"{scheme}://123:s3cret@{to}?refresh={refresh}&base={base}{query}")


def test_a_token_is_renewed_once_and_kept_for_its_life(tmp_path: Path, zalo_service: ZaloService) -> None:
    for _ in range(3):
        assert deliver_to(zalo_service.address(), tmp_path).result is Result.SENT
    (form,) = zalo_service.renewals
    assert form == {"app_id": "123", "grant_type": "refresh_token", "refresh_token": "r0"}
    (kept,) = tmp_path.glob("**/zalo-123.json")
    assert "s3cret" not in kept.read_text()


def test_a_token_that_ends_is_renewed_by_the_refresh_token_that_came_with_it(
    tmp_path: Path, zalo_service: ZaloService
) -> None:
    zalo_service.expires_in = "60"  # too soon to send with it again
    for _ in range(3):
        assert deliver_to(zalo_service.address(), tmp_path).result is Result.SENT
    assert [form["refresh_token"] for form in zalo_service.renewals] == ["r0", "r1", "r2"]


def test_a_token_refused_before_its_end_is_renewed_and_the_message_goes(
    tmp_path: Path, zalo_service: ZaloService
) -> None:
    deliver_to(zalo_service.address(), tmp_path)
    zalo_service.token = "another"
    assert deliver_to(zalo_service.address(), tmp_path).result is Result.SENT
    assert len(zalo_service.taken) == 2


def test_a_refresh_token_that_is_used_up_is_the_accounts_fault_and_a_new_one_mends_it(
    tmp_path: Path, zalo_service: ZaloService
) -> None:
    zalo_service.refresh = "given-to-another"
    outcome = deliver_to(zalo_service.address(), tmp_path)
    assert (outcome.result, outcome.server, outcome.needs_mending) == (Result.TEMPORARY, "zalo", True)
    assert "s3cret" not in outcome.reason and "r0" not in outcome.reason
    zalo_service.refresh = "fresh"
    assert deliver_to(zalo_service.address(refresh="fresh"), tmp_path).result is Result.SENT


def test_a_template_is_told_what_it_has_room_for_under_its_own_names(tmp_path: Path, zalo_service: ZaloService) -> None:
    address = zalo_service.address(ZNS, "84901234567", "&template=7&subject=tieu_de")
    message = replace(MESSAGE, short="[Đôn đốc] 2 việc quá hạn\nhttps://x.example/door")
    assert deliver_to(address, tmp_path, message).result is Result.SENT
    ((path, body),) = zalo_service.taken
    assert path == "/message/template"
    assert body == {
        "phone": "84901234567",
        "template_id": "7",
        "tracking_id": MESSAGE.key,
        "template_data": {
            "co_quan": MESSAGE.recipient_name,
            "tieu_de": MESSAGE.subject,
            "duong_dan": "https://x.example/door",
        },
    }
