"""Certificates to sign papers with."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

PASSWORD = "b1-Mat+Khau"


def certificate(folder: Path, begins: datetime) -> tuple[Path, bytes]:
    """A certificate file in force for a year, and the certificate as whoever checks a signature has it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Công an tỉnh")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, True, False, False, False),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "chung-thu.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", key, made, None, BestAvailableEncryption(PASSWORD.encode()))
    )
    return path, made.public_bytes(Encoding.DER)
