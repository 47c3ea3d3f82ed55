"""The certificates that servers are verified against: read once for our own connections, and by name for Apprise's.

Apprise makes a new TLS context for every message, and reading the system's certificates from one file takes nearly all
of the 45 ms that a message costs. From a directory whose files are named by the hash of their subject, OpenSSL reads
only the one it needs. ``requests``, by which Apprise sends, takes such a directory in ``REQUESTS_CA_BUNDLE``.
"""

import os
import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""What ``requests`` looks at, in this order."""

_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.\d+")
_REHASH_LIMIT_S = 30
_choosing = threading.Lock()
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@cache
def ssl_context(*, verified: bool, bundle: Path | None = None) -> ssl.SSLContext:
    """The TLS context that our own connections share, with the certificates of ``bundle``, else the system's."""
    is_directory = bundle is not None and bundle.is_dir()
    context = ssl.create_default_context(
        cafile=bundle if not is_directory else None, capath=bundle if is_directory else None
    )
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def named_bundle(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The certificates that the environment names for HTTP, a file or a hashed directory; None for the system's."""
    named = next((Path(path) for name in _BUNDLE_VARIABLES if (path := environ.get(name))), None)
    return named if named is not None and named.exists() else None


def use_hashed_certificates(data_dir: Path, environ: MutableMapping[str, str] = os.environ) -> None:
    """Name the system's certificates as a hashed directory to ``requests``, for this process and those it starts.

    What the operator has set wins, unless nothing is there: with a path that leads nowhere no send would work, and
    what was made for a sample's store is gone with it. Where the system has no hashed directory, or ``SSL_CERT_FILE``
    names a file instead of it, ``openssl rehash`` makes one under ``data_dir``; if it cannot be made, the file itself
    is named.
    """
    if named_bundle(environ) is not None:
        return
    with _choosing:  # of threads that send their first message at once, one makes the directory
        if named_bundle(environ) is None:
            _choose(data_dir, environ)


def _choose(data_dir: Path, environ: MutableMapping[str, str]) -> None:
    paths = ssl.get_default_verify_paths()
    file, directory = (Path(path) if path else None for path in (paths.cafile, paths.capath))
    try:
        hashed = directory is not None and any(_HASHED_NAME.fullmatch(path.name) for path in directory.iterdir())
        if not hashed or environ.get("SSL_CERT_FILE"):
            directory = _make_directory(data_dir, _read(file))
    except (OSError, ValueError, subprocess.SubprocessError):
        directory = None
    if chosen := directory or file:
        environ["REQUESTS_CA_BUNDLE"] = str(chosen)


def _read(file: Path | None) -> list[bytes]:
    """The certificates (DER), each once, of the system's file, or of its store where it has no file."""
    if file is None:
        return sorted(set(ssl.create_default_context().get_ca_certs(binary_form=True)))
    return sorted({ssl.PEM_cert_to_DER_cert(found[0]) for found in _PEM.finditer(file.read_text("utf-8", "replace"))})


def _make_directory(data_dir: Path, certificates: Sequence[bytes]) -> Path | None:
    """Write certificates (DER) as OpenSSL looks for them; those of another day get another directory.

    Returns None when there are none. Raises ``OSError`` also where the program ``openssl`` is missing,
    ``SubprocessError`` where it fails, ``ValueError`` for what is no certificate.
    """
    if not certificates:
        return None
    digest = sha256(b"".join(certificates)).hexdigest()[:16]
    directory = data_dir / "certificates" / digest
    if directory.is_dir():
        return directory
    directory.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(mkdtemp(dir=directory.parent))
    try:
        for number, certificate in enumerate(certificates):
            (unfinished / f"{number}.pem").write_text(ssl.DER_cert_to_PEM_cert(certificate))
        subprocess.run(["openssl", "rehash", unfinished], check=True, capture_output=True, timeout=_REHASH_LIMIT_S)
        hashed = [path for path in unfinished.iterdir() if path.is_symlink()]
        if len(hashed) != len(certificates):  # it passes over what it cannot read, and says so in a warning only
            raise ValueError
        for link in hashed:
            (unfinished / link.readlink()).replace(link)
        unfinished.rename(directory)
    except (OSError, ValueError, subprocess.SubprocessError):
        shutil.rmtree(unfinished, ignore_errors=True)
        if not directory.is_dir():  # else another process has made it meanwhile
            raise
    return directory
