"""A certificate authority made for one run, and what it certifies on this machine."""

import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = timedelta(days=7)
LEEWAY = timedelta(minutes=5)
AUTHORITY_NAME = "Index demo authority, this run only"


@dataclass(frozen=True, slots=True)
class ServerTls:
    """Files of one authority and one server; clients trust `ca_file` and nothing else."""

    ca_file: Path
    certificate_file: Path
    key_file: Path

    def server_context(self) -> ssl.SSLContext:
        """Return what a server on 127.0.0.1 or localhost listens with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate_file, self.key_file)
        return context

    def pin(self) -> str:
        """Return what a directory names this certificate by: the SHA-256 of its key info."""
        certificate = x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
        info = certificate.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        return hashlib.sha256(info).hexdigest()


@dataclass(frozen=True, slots=True)
class PrivateAuthority:
    """An authority whose key lives as long as this object: nothing keeps it."""

    ca_file: Path
    _name: x509.Name
    _key: ec.EllipticCurvePrivateKey

    @classmethod
    def made(cls, directory: Path) -> Self:
        """Make an authority; its certificate is put in `directory`."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        key, name = ec.generate_private_key(ec.SECP256R1()), _named(AUTHORITY_NAME)
        certificate = (
            _begun(name, name, key.public_key(), key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        ca_file = directory / "ca.pem"
        ca_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        return cls(ca_file, name, key)

    def certified(self, directory: Path, common_name: str, *, calls: bool = False) -> ServerTls:
        """Certify a new key for loopback; `calls` if it also shows it to those it calls."""
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        here = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        uses = [ExtendedKeyUsageOID.SERVER_AUTH]
        uses += [ExtendedKeyUsageOID.CLIENT_AUTH] if calls else []
        certificate = (
            _begun(_named(common_name), self._name, key.public_key(), self._key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
            .add_extension(x509.SubjectAlternativeName(here), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        files = ServerTls(self.ca_file, directory / "server.pem", directory / "server.key")
        files.certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        files.key_file.touch(mode=0o600)
        files.key_file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        return files


def make_server_tls(directory: Path) -> ServerTls:
    """Make an authority and a certificate for loopback; the authority's key is not kept."""
    return PrivateAuthority.made(directory).certified(directory, "localhost")


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LEEWAY)
        .not_valid_after(now + LIFE)
        # Python 3.13 refuses certificates without these two.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(issued_by, critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
