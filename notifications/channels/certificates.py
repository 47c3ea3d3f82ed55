"""The certificates that servers are verified against: read once for our own connections, and by name for Apprise's.

Apprise makes a new TLS context for every message, and reading the system's certificates from one file takes nearly all
of the 45 ms that a message costs. From a directory whose files are named by the hash of their subject, OpenSSL reads
only the one it needs. ``requests``, by which Apprise sends, takes such a directory in ``REQUESTS_CA_BUNDLE``.
"""

import os
import re
import shutil
import ssl
from collections import Counter
from collections.abc import Iterator, MutableMapping, Sequence
from functools import cache
from hashlib import sha1, sha256
from pathlib import Path
from tempfile import mkdtemp

_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""What ``requests`` looks at, in this order."""

_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.\d+")
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@cache
def ssl_context(*, verified: bool) -> ssl.SSLContext:
    """The TLS context that all our own connections share; it holds the system's certificates."""
    context = ssl.create_default_context()
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def use_hashed_certificates(data_dir: Path, environ: MutableMapping[str, str] = os.environ) -> None:
    """Name the system's certificates as a hashed directory to ``requests``, for this process and those it starts.

    What the operator has set wins. Where the system has no hashed directory, or ``SSL_CERT_FILE`` names a file instead
    of it, one is made under ``data_dir``; if it cannot be made, the file itself is named.
    """
    if any(environ.get(name) for name in _BUNDLE_VARIABLES):
        return
    paths = ssl.get_default_verify_paths()
    file, directory = (Path(path) if path else None for path in (paths.cafile, paths.capath))
    try:
        hashed = directory is not None and any(_HASHED_NAME.fullmatch(path.name) for path in directory.iterdir())
        if not hashed or environ.get("SSL_CERT_FILE"):
            directory = _make_directory(data_dir, _read(file))
    except (OSError, ValueError, LookupError):
        directory = None
    if chosen := directory or file:
        environ["REQUESTS_CA_BUNDLE"] = str(chosen)


def _read(file: Path | None) -> list[bytes]:
    """The certificates (DER) of the system's file, or of its store where it has no file."""
    if file is None:
        return ssl.create_default_context().get_ca_certs(binary_form=True)
    return [ssl.PEM_cert_to_DER_cert(found[0]) for found in _PEM.finditer(file.read_text("utf-8", "replace"))]


def _make_directory(data_dir: Path, certificates: Sequence[bytes]) -> Path | None:
    """Write certificates (DER) as OpenSSL looks for them; those of another day get another directory.

    Returns None when there are none. Raises ``OSError``; ``ValueError`` or ``LookupError`` for what is no certificate.
    """
    if not certificates:
        return None
    digest = sha256(b"".join(sorted(certificates))).hexdigest()[:16]
    directory = data_dir / "certificates" / digest
    if directory.is_dir():
        return directory
    directory.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(mkdtemp(dir=directory.parent))
    try:
        names = Counter[str]()
        for certificate in certificates:
            name = subject_hash(certificate)
            (unfinished / f"{name}.{names[name]}").write_text(ssl.DER_cert_to_PEM_cert(certificate))
            names[name] += 1
        unfinished.rename(directory)
    except (OSError, ValueError, LookupError):
        shutil.rmtree(unfinished, ignore_errors=True)
        if not directory.is_dir():  # else another process has made it meanwhile
            raise
    return directory


# --- OpenSSL's name of a certificate ---------------------------------------------------------------------------

_SEQUENCE, _SET, _UTF8 = 0x30, 0x31, 0x0C
_VERSION = 0xA0
_TEXT_ENCODINGS = {
    _UTF8: "utf-8",
    0x13: "latin-1",  # PrintableString
    0x14: "latin-1",  # T61String
    0x16: "latin-1",  # IA5String
    0x1A: "latin-1",  # VisibleString
    0x1C: "utf-32-be",  # UniversalString
    0x1E: "utf-16-be",  # BMPString
}
_WHITE_SPACE = re.compile(r"[ \t\n\v\f\r]+")
_LOWER_CASE = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def subject_hash(certificate: bytes) -> str:
    """The eight digits by which OpenSSL finds a certificate (DER), as ``openssl x509 -subject_hash`` prints them.

    They are the first four bytes, the lowest first, of the SHA-1 of the subject's canonical encoding (X509_NAME_hash):
    texts in UTF-8, white space trimmed and runs of it made one space, ASCII letters small, no outer header.
    """
    ((_, whole),) = _elements(certificate)
    (_, signed), *_ = _elements(whole)
    fields = [content for tag, content in _elements(signed) if tag != _VERSION]
    subject = fields[4]  # serial number, signature, issuer, validity, subject
    canonical = b"".join(_encode(_SET, _canonical_set(content)) for _, content in _elements(subject))
    return f"{int.from_bytes(sha1(canonical, usedforsecurity=False).digest()[:4], 'little'):08x}"


def _canonical_set(attributes: bytes) -> bytes:
    # DER sorts the members of a set by their encoding.
    return b"".join(
        sorted(_encode(_SEQUENCE, _canonical_attribute(attribute)) for _, attribute in _elements(attributes))
    )


def _canonical_attribute(attribute: bytes) -> bytes:
    (oid_tag, oid), (tag, value) = _elements(attribute)
    if (encoding := _TEXT_ENCODINGS.get(tag)) is not None:
        text = _WHITE_SPACE.sub(" ", value.decode(encoding)).strip(" ").translate(_LOWER_CASE)
        tag, value = _UTF8, text.encode()
    return _encode(oid_tag, oid) + _encode(tag, value)


def _elements(encoded: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements of a DER encoding, each with its tag and content."""
    at = 0
    while at < len(encoded):
        tag, size, at = encoded[at], encoded[at + 1], at + 2
        if size & 0x80:
            length_bytes = size & 0x7F
            size, at = int.from_bytes(encoded[at : at + length_bytes], "big"), at + length_bytes
        yield tag, encoded[at : at + size]
        at += size


def _encode(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
