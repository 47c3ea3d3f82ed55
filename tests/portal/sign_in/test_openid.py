"""Signing in over OpenID Connect, against a provider that tells the truth and one that does not."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from joserfc.jwk import OctKey

from models.access.accounts import disable_user
from models.keeping.opening import Store
from models.store.database import session_scope
from tests.support.doorstep import EMAIL, Browser, Portal, path_of, words
from tests.support.openid_server import CLIENT_ID, CLIENT_SECRET, OTHER_KEY, OpenIdServer, running


@pytest.fixture(scope="module")
def server() -> Iterator[OpenIdServer]:
    with running() as server:
        yield server


@pytest.fixture
def provider(server: OpenIdServer) -> OpenIdServer:
    """The provider as it should be, whatever the test before did to it."""
    right = OpenIdServer(server.port)
    for name in ("email", "claims", "described", "key", "header", "token_answer", "asked", "told", "shown"):
        setattr(server, name, getattr(right, name))
    return server


@pytest.fixture
def portal(store: Store, provider: OpenIdServer) -> Portal:
    portal = Portal(store, oidc_issuer=provider.issuer, oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET)
    provider.now = portal.now.timestamp()
    portal.account()
    return portal


def sent_on(browser: Browser, path: str = "/openid") -> httpx.Response:
    """What the provider answers a browser that the portal has sent to it."""
    begun = browser.get(path)
    assert begun.status_code == 303
    # Nothing here speaks TLS, and reading the root certificates takes as long as several pages.
    return httpx.get(begun.headers["location"], follow_redirects=False, trust_env=False, verify=False)


def sign_in(browser: Browser, path: str = "/openid", **changes: str) -> httpx.Response:
    """The whole way, with what comes back changed."""
    back = urlsplit(sent_on(browser, path).headers["location"])
    query = {name: values[0] for name, values in parse_qs(back.query).items()} | changes
    return browser.get(f"{back.path}?{urlencode(query)}")


def is_in(browser: Browser) -> bool:
    return browser.get("/desk").status_code == 200


def test_whoever_has_an_account_comes_in(portal: Portal, provider: OpenIdServer) -> None:
    browser = portal.browser()
    assert 'href="/openid?to=' in browser.get("/sign-in").text
    answer = sign_in(browser, "/openid?to=/assignments")
    assert (answer.status_code, answer.headers["location"]) == (303, "/assignments")
    assert is_in(browser)
    (asked,) = provider.asked
    assert (asked["response_type"], asked["scope"]) == ("code", "openid email")
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert asked["redirect_uri"] == "http://127.0.0.1:4280/openid/return"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


def test_the_address_is_known_however_it_is_written(portal: Portal, provider: OpenIdServer) -> None:
    provider.email = EMAIL.upper()
    browser = portal.browser()
    sign_in(browser)
    assert is_in(browser)


def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there(portal: Portal, provider: OpenIdServer) -> None:
    provider.described = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    browser = portal.browser()
    sign_in(browser)
    assert is_in(browser)


def test_clocks_may_differ_a_little(portal: Portal, provider: OpenIdServer) -> None:
    provider.claims = {"iat": int(provider.now) + 50, "exp": int(provider.now) - 50}
    browser = portal.browser()
    sign_in(browser)
    assert is_in(browser)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://dangnhap.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"aud": None},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 9_000_000_000},
        {"iat": None},
        {"sub": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": [EMAIL]},
        {"email": "khongco@tinh.example"},
        {"email": f"{EMAIL}{' ' * 399}"},
        {"email": f"{EMAIL}{' ' * 386}@ngoai.example"},
        {"email": f" {EMAIL}"},
        {"email": f"{EMAIL}\n"},
        {"sub": ""},
        {"sub": ["1"]},
        {"sub": "x" * 256},
        {"azp": "another"},
    ],
)
def test_what_proves_nothing_lets_nobody_in(portal: Portal, provider: OpenIdServer, claims: dict[str, Any]) -> None:
    provider.claims = claims
    browser = portal.browser()
    answer = sign_in(browser)
    assert answer.status_code == 403
    assert "another" not in words(answer)
    assert not is_in(browser)


def test_another_subject_with_the_same_address_does_not_come_in(portal: Portal, provider: OpenIdServer) -> None:
    provider.claims = {"sub": "first"}
    browser = portal.browser()
    sign_in(browser)
    assert is_in(browser)
    provider.claims = {"sub": "second"}
    other = portal.browser()
    assert sign_in(other).status_code == 403 and not is_in(other)
    provider.claims, provider.email = {"sub": "first"}, "diachimoi@tinh.example"
    same = portal.browser()
    sign_in(same)
    assert is_in(same)


@pytest.mark.filterwarnings("ignore:JWS algorithm")
def test_a_token_of_another_key_lets_nobody_in(portal: Portal, provider: OpenIdServer) -> None:
    secret = OctKey.import_key(CLIENT_SECRET)
    for key, header in (
        (OTHER_KEY, {"alg": "RS256", "kid": OTHER_KEY.kid}),
        (OTHER_KEY, provider.header),
        (secret, {"alg": "HS256"}),
        (secret, {"alg": "none"}),
    ):
        provider.key, provider.header = key, header  # type: ignore[assignment]
        browser = portal.browser()
        assert sign_in(browser).status_code == 403
        assert not is_in(browser)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "another"},
        {"state": ""},
        {"state": "é"},
        {"code": "another"},
        {"code": ""},
        {"iss": "https://dangnhap.example"},
        {"code": "", "error": "access_denied"},
    ],
)
def test_what_comes_back_changed_lets_nobody_in(portal: Portal, changes: dict[str, str]) -> None:
    browser = portal.browser()
    assert sign_in(browser, **changes).status_code == 403
    assert not is_in(browser)


def test_an_answer_belongs_to_the_browser_that_asked(portal: Portal) -> None:
    asked, other = portal.browser(), portal.browser()
    back = path_of(sent_on(asked).headers["location"])
    assert other.get(back).status_code == 403
    other.get("/openid")
    assert other.get(back).status_code == 403
    assert not is_in(other)


def test_an_answer_counts_once_and_for_ten_minutes(portal: Portal) -> None:
    browser = portal.browser()
    back = path_of(sent_on(browser).headers["location"])
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 403
    late = portal.browser()
    back = path_of(sent_on(late).headers["location"])
    portal.pass_time(minutes=10)
    assert late.get(back).status_code == 403


def test_a_provider_is_asked_about_itself_once_an_hour(portal: Portal, provider: OpenIdServer) -> None:
    for minutes in (0, 20, 39):
        portal.pass_time(minutes=minutes)
        provider.now = portal.now.timestamp()
        browser = portal.browser()
        sign_in(browser)
        assert is_in(browser)
        portal.pass_time(seconds=1)  # signing in twice in one moment is another matter
    assert provider.told == ["description", "keys"]
    portal.pass_time(minutes=1)
    sign_in(portal.browser())
    assert provider.told == ["description", "keys"] * 2


def test_a_new_key_of_the_provider_is_asked_for_at_once(portal: Portal, provider: OpenIdServer) -> None:
    sign_in(portal.browser())
    provider.key, provider.shown = OTHER_KEY, OTHER_KEY
    provider.header = {"alg": "RS256", "kid": OTHER_KEY.kid}
    browser = portal.browser()
    sign_in(browser)
    assert is_in(browser)
    assert provider.told == ["description", "keys", "keys"]


def test_a_provider_that_has_failed_is_asked_about_itself_again(portal: Portal, provider: OpenIdServer) -> None:
    provider.token_answer = PlainTextResponse("away", status_code=502)
    assert sign_in(portal.browser()).status_code == 503
    provider.token_answer = None
    browser = portal.browser()
    sign_in(browser)
    assert is_in(browser)
    assert provider.told.count("description") == 2


def test_a_closed_account_stays_closed(portal: Portal) -> None:
    with session_scope(portal.store.engine) as session:
        disable_user(session, EMAIL, portal.store.actor_context(now=portal.now, actor="operator"))
    answer = sign_in(portal.browser())
    assert answer.status_code == 403 and "đã khóa" in words(answer)


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://dangnhap.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"jwks_uri": "ftp://127.0.0.1/keys"},
        {"authorization_endpoint": ["x"]},
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_asked(
    portal: Portal, provider: OpenIdServer, described: dict[str, Any]
) -> None:
    provider.described = described
    answer = portal.browser().get("/openid")
    assert answer.status_code == 503
    assert "Máy chủ đăng nhập chưa trả lời đúng" in words(answer)


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("<secret>", status_code=500),
        PlainTextResponse("<secret>"),
        JSONResponse(["secret"]),
        JSONResponse({"id_token": 7}),
        JSONResponse({}),
        JSONResponse({"id_token": "a.b.c"}),
        JSONResponse({"id_token": ""}),
        RedirectResponse("http://127.0.0.1:9/"),
    ],
)
def test_a_provider_that_answers_nonsense_is_said_in_words(portal: Portal, provider: OpenIdServer, answer: Any) -> None:
    provider.token_answer = answer
    browser = portal.browser()
    said = sign_in(browser)
    assert said.status_code in (403, 503)
    assert "secret" not in words(said) and "xin đường dẫn qua thư" in words(said)
    assert not is_in(browser)


def test_a_provider_that_is_away_leaves_the_way_by_mail(store: Store) -> None:
    portal = Portal(store, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET)
    answer = portal.browser().get("/openid")
    assert answer.status_code == 503 and 'action="/sign-in"' in answer.text


def test_where_none_is_configured_there_is_no_such_page(store: Store) -> None:
    browser = Portal(store).browser()
    assert browser.get("/openid").status_code == 404
    assert browser.get("/openid/return?code=x&state=y").status_code == 404
    assert "/openid" not in browser.get("/sign-in").text
