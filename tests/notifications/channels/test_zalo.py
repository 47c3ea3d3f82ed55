"""Zalo OA against a service of the test's own: what is sent, and what each answer means."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.contacts.contacts import OWN_ADDRESSES, ZALO, Address, zalo_address
from notifications.channels.connections import Connections
from notifications.channels.outgoing import Result
from notifications.channels.rate_limits import RECIPIENT_BURST, RateLimits
from notifications.channels.sending import OWN_CHANNELS
from notifications.channels.zalo import MAX_TEXT_LENGTH
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
    assert (read.token, read.user_id, read.base) == (TOKEN, "4242", "https://openapi.zalo.me")
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
    ],
)
def test_what_is_no_address_is_none(url: str) -> None:
    assert zalo_address(url) is None


def test_every_channel_of_ours_is_both_understood_and_sent() -> None:
    assert OWN_ADDRESSES.keys() == OWN_CHANNELS.keys()
