"""The nginx of `deploy/` in front of a portal, run for real; ports, certificate and addresses are the test's."""

import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.client import HTTPSConnection
from pathlib import Path

import httpx
import pytest
import uvicorn

from config import clock
from hosting.prefect.connection import free_port, port_in_use
from models.access.accounts import add_user
from models.access.signing_in import user_link
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.account import UserRole
from portal.app import make_app
from tests.support.waiting import eventually

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "systemd" / "nginx.conf"
NAME = "dondoc.tinh.example"
NGINX, OPENSSL = shutil.which("nginx") or "/usr/sbin/nginx", shutil.which("openssl")

pytestmark = [
    pytest.mark.later,
    pytest.mark.sqlite_only,
    pytest.mark.skipif(not (Path(NGINX).exists() and OPENSSL), reason="nginx or openssl is not installed here"),
]


@dataclass(frozen=True)
class Front:
    """Where nginx listens."""

    plain: int
    secure: int

    def web(self) -> httpx.Client:
        """A browser that knows the portal by its name."""
        # Its certificate is one that nobody vouches for.
        address = f"https://127.0.0.1:{self.secure}"
        return httpx.Client(base_url=address, headers={"Host": NAME}, verify=False, trust_env=False, timeout=30)


@pytest.fixture
def store_behind(store: Store) -> Store:
    return replace(store, settings=replace(store.settings, portal_url=f"https://{NAME}"))


@pytest.fixture
def front(store_behind: Store, tmp_path: Path) -> Iterator[Front]:
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(store_behind), host="127.0.0.1", port=0, log_config=None, proxy_headers=True, lifespan="off"
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started)
    portal = server.servers[0].sockets[0].getsockname()[1]
    front = Front(free_port(), free_port())
    whole = _configured(tmp_path, front, portal)
    subprocess.run([NGINX, "-t", "-c", whole, "-p", tmp_path], check=True, capture_output=True)
    nginx = subprocess.Popen([NGINX, "-c", whole, "-p", tmp_path, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: port_in_use(front.secure))
        yield front
    finally:
        nginx.terminate()
        nginx.wait(20)
        server.should_exit = True
        thread.join(20)


def _configured(folder: Path, front: Front, portal: int) -> Path:
    """The file as it is, with a certificate, and at ports that are free."""
    names = ("-keyout", folder / "key.pem", "-out", folder / "chain.pem", "-subj", f"/CN={NAME}")
    made = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([str(part) for part in made], check=True, capture_output=True)
    text = CONFIGURATION.read_text("utf-8")
    for written, here in (
        (r" *listen \[::\].*;\n", ""),
        (r"listen 80;", f"listen 127.0.0.1:{front.plain};"),
        (r"listen 443 ssl;", f"listen 127.0.0.1:{front.secure} ssl;"),
        (r"listen 10\.0\.0\.10:4200;", f"listen 127.0.0.1:{free_port()};"),
        (r"/etc/ssl/dondoc/fullchain\.pem", str(folder / "chain.pem")),
        (r"/etc/ssl/dondoc/privkey\.pem", str(folder / "key.pem")),
        (r"127\.0\.0\.1:4280", f"127.0.0.1:{portal}"),
    ):
        text, found = re.subn(written, here, text)
        assert found, f"{written} stands there no more"
    whole = folder / "nginx.conf"
    places = f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
    kept = "".join(f"{each}_temp_path {folder}/{each};\n" for each in ("client_body", "proxy"))
    whole.write_text(f"{places}events {{}}\nhttp {{\n{kept}{text}\n}}\n", "utf-8")
    return whole


def test_people_reach_the_portal_over_tls_alone_and_sign_in(front: Front, store_behind: Store) -> None:
    plain = httpx.get(f"http://127.0.0.1:{front.plain}/board?page=1", headers={"Host": NAME}, trust_env=False)
    assert (plain.status_code, plain.headers["location"]) == (301, f"https://{NAME}/board?page=1")
    with session_scope(store_behind.engine) as session:
        context = store_behind.actor_context(now=clock.now(), actor="command")
        user = add_user(session, email="a@tinh.example", post="Phòng", role=UserRole.COORDINATOR, context=context)
    path = user_link(store_behind.settings, user, now=clock.now()).removeprefix(f"https://{NAME}")
    with front.web() as web:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', web.get(path).text)
        assert found
        entered = web.post(path, data={"csrf": found[1]}, headers={"Origin": f"https://{NAME}"})
        assert entered.status_code == 303, entered.text
        assert all("Secure" in cookie for cookie in entered.headers.get_list("set-cookie"))
        desk = web.get("/desk")
        assert desk.status_code == 200 and desk.headers["strict-transport-security"] == "max-age=31536000"
        assert "server" not in desk.headers or "/" not in desk.headers["server"], "no version is told"


def test_what_is_for_the_inside_or_for_another_name_is_not_there(front: Front) -> None:
    with front.web() as web:
        assert web.get("/metrics").status_code == 404
        assert web.get("/healthz").status_code == 200
        assert web.get("/sign-in", headers={"Host": "evil.example"}).status_code == 421
    # What is declared to be too large is refused before the portal is asked.
    asked = HTTPSConnection("127.0.0.1", front.secure, timeout=30, context=ssl._create_unverified_context())
    asked.putrequest("POST", "/sign-in", skip_host=True)
    for name, value in (("Host", NAME), ("Content-Length", str(200 * 1024**2))):
        asked.putheader(name, value)
    asked.endheaders()
    assert asked.getresponse().status == 413
    asked.close()
