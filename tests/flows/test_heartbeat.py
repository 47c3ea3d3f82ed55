"""The sign of life: a file touched or a page fetched, and a failure told without the address."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows.runs.priority_run import send_heartbeat

SECRET = "s3cret-token"


@pytest.fixture
def page() -> Iterator[Callable[[int], tuple[str, list[str]]]]:
    """A page that answers with a code, and the paths it was asked for."""
    running: list[ThreadingHTTPServer] = []

    def start(code: int) -> tuple[str, list[str]]:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(code)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}/{SECRET}", asked

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def test_nobody_watches_by_default() -> None:
    assert send_heartbeat("") == ""


def test_a_file_is_touched_again_and_again(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "beat"
    for _ in range(2):
        assert send_heartbeat(str(file)) == ""
        assert file.exists()


def test_a_page_is_fetched(page: Callable[[int], tuple[str, list[str]]]) -> None:
    address, asked = page(200)
    assert send_heartbeat(address) == ""
    assert asked == [f"/{SECRET}"]


def test_what_fails_is_told_without_the_address(
    page: Callable[[int], tuple[str, list[str]]], tmp_path: Path, log: list[str]
) -> None:
    (tmp_path / "file").touch()
    told = [
        send_heartbeat(page(404)[0]),
        send_heartbeat(f"http://127.0.0.1:1/{SECRET}"),
        send_heartbeat(str(tmp_path / "file" / SECRET)),
    ]
    assert all(told)
    assert "404" in told[0]
    assert SECRET not in "".join(told + log)
