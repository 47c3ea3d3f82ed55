"""Certificates: verified as ever, found by name, and what the operator has set wins."""

import os
import shutil
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from cryptography import x509

from config.contacts.contacts import Address
from notifications.channels import certificates
from notifications.channels.certificates import ssl_context, use_hashed_certificates
from notifications.channels.outgoing import Result
from tests.support.certificates import self_signed
from tests.support.outposts import deliver_to


@pytest.fixture(autouse=True)
def _no_bundle_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, "")  # so that it is put back even if it was not set
        monkeypatch.delenv(name)


def named(*values: str) -> x509.Name:
    """A name of a country, an organisation and a common name; the last ones when there are fewer."""
    kinds = (x509.NameOID.COUNTRY_NAME, x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME)
    return x509.Name(
        [x509.NameAttribute(kind, value) for kind, value in zip(kinds[-len(values) :], values, strict=True)]
    )


@contextmanager
def https_server(certificate: Path) -> Iterator[Address]:
    """Takes every message, over TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Address("jsons", "vi", f"jsons://127.0.0.1:{server.server_port}/s3cret")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    "name",
    [named("localhost"), named("VN", "  Sở Nội vụ \t tỉnh  THỬ ", "CA Nội bộ " + "x" * 50)],
    ids=["plain", "with letters and spaces"],
)
def test_a_server_is_trusted_by_a_directory_made_of_the_operators_file_and_no_other_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: x509.Name
) -> None:
    certificate = self_signed(tmp_path, name)
    with https_server(certificate) as address:
        unknown = deliver_to(address, tmp_path)
        assert (unknown.result, "TLS" in unknown.reason) == (Result.TEMPORARY, True)
        assert "s3cret" not in unknown.reason
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert deliver_to(address, tmp_path).result is Result.SENT
        assert Path(os.environ["REQUESTS_CA_BUNDLE"]).parent == tmp_path / "certificates"


def test_what_was_made_for_a_store_that_is_gone_is_not_named_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(self_signed(tmp_path)))
    environ = {"SSL_CERT_FILE": os.environ["SSL_CERT_FILE"]}
    use_hashed_certificates(tmp_path / "sample", environ)
    shutil.rmtree(tmp_path / "sample")
    use_hashed_certificates(tmp_path, environ)
    assert Path(environ["REQUESTS_CA_BUNDLE"]).parent == tmp_path / "certificates"


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_what_the_operator_has_set_wins(tmp_path: Path, name: str) -> None:
    own = tmp_path / "own.pem"
    own.touch()
    environ = {name: str(own)}
    use_hashed_certificates(tmp_path, environ)
    assert environ == {name: str(own)}


def only_a_file(file: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system whose certificates are all in one file."""
    paths = SimpleNamespace(cafile=file and str(file), capath=None)
    monkeypatch.setattr(certificates.ssl, "get_default_verify_paths", lambda: paths)


def test_certificates_bear_the_names_that_the_system_has_given_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = ssl.get_default_verify_paths().capath
    hashed = [path for path in Path(directory or "/nowhere").glob("????????.[0-9]") if path.is_file()]
    if not hashed:
        pytest.skip("no hashed directory on this system")
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("\n".join(path.read_text() for path in hashed))
    only_a_file(bundle, monkeypatch)
    environ: dict[str, str] = {}
    use_hashed_certificates(tmp_path, environ)
    made = list(Path(environ["REQUESTS_CA_BUNDLE"]).iterdir())
    assert names_of(made) == names_of(hashed)


def names_of(files: list[Path]) -> dict[bytes, str]:
    return {ssl.PEM_cert_to_DER_cert(path.read_text()): path.name.partition(".")[0] for path in files}


def test_a_directory_is_made_once_and_again_when_the_certificates_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, made = tmp_path / "bundle.pem", []
    only_a_file(bundle, monkeypatch)
    two_of_one_name = [self_signed(tmp_path).read_text() for _ in range(2)]
    for content in (two_of_one_name, two_of_one_name, two_of_one_name[:1]):
        bundle.write_text("\n".join(content))
        environ: dict[str, str] = {}
        use_hashed_certificates(tmp_path, environ)
        made.append(Path(environ["REQUESTS_CA_BUNDLE"]))
    assert made[0] == made[1] != made[2]
    assert [sorted(path.suffix for path in each.iterdir()) for each in made[1:]] == [[".0", ".1"], [".0"]]
    assert set((tmp_path / "certificates").iterdir()) == set(made)


@pytest.mark.parametrize("broken", ["no room", "no certificate", "no openssl"])
def test_where_no_directory_can_be_made_the_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    bundle = self_signed(tmp_path)
    if broken == "no room":
        (tmp_path / "certificates").write_text("a file where the folder should be")
    elif broken == "no openssl":
        monkeypatch.setenv("PATH", "")
    else:
        bundle.write_text("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")
    only_a_file(bundle, monkeypatch)
    environ: dict[str, str] = {}
    use_hashed_certificates(tmp_path, environ)
    assert environ == {"REQUESTS_CA_BUNDLE": str(bundle)}
    assert broken == "no room" or list((tmp_path / "certificates").iterdir()) == []


def test_our_own_connections_read_them_once_and_verify() -> None:
    assert ssl_context(verified=True) is ssl_context(verified=True)
    assert ssl_context(verified=True).check_hostname and not ssl_context(verified=False).check_hostname
