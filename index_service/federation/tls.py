"""Mutual TLS 1.3 between members: whose key a certificate holds is checked in the handshake.

A certificate that the region's authority issued is not enough: its key must be one the
signed directory names for this very member.
"""

import hashlib
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from index_service.federation.errors import DirectoryFault, DirectoryRefused


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """A member's certificate and its key, and whose certificates it trusts at all."""

    certificate: Path
    key: Path
    ca: Path

    def check(self) -> None:
        """Return if the files can be read and the key by nobody else; DirectoryRefused if not."""
        try:
            mode = self.key.stat().st_mode
            listening_context(self)
        except (OSError, ssl.SSLError):
            raise DirectoryRefused(DirectoryFault.CERTIFICATE, "file") from None
        if mode & 0o077:
            raise DirectoryRefused(DirectoryFault.CERTIFICATE, "world_readable")


def pin_of(certificate: bytes) -> str:
    """Return the pin of a certificate (DER): the hexadecimal SHA-256 of its public key info."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).hexdigest()


def listening_context(files: TlsFiles) -> ssl.SSLContext:
    """Return the context of a peer port: TLS 1.3, and nobody without a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _own(context, files)
    return context


def calling_context(files: TlsFiles, pins: Collection[str]) -> ssl.SSLContext:
    """Return the context for calling one member: its handshake fails for any other key."""

    class Pinned(_PinnedObject):
        expected = frozenset(pins)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslobject_class = Pinned
    _own(context, files)
    return context


def _own(context: ssl.SSLContext, files: TlsFiles) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(files.certificate, files.key)
    context.load_verify_locations(files.ca)


class _PinnedObject(ssl.SSLObject):
    """Ends a handshake before anything is said to a key that is not the member's."""

    expected: ClassVar[frozenset[str]] = frozenset()

    def do_handshake(self) -> None:
        """Shake hands, then look whose key it was."""
        super().do_handshake()
        certificate = self.getpeercert(binary_form=True)
        if certificate is None or pin_of(certificate) not in self.expected:
            raise ssl.SSLCertVerificationError("the certificate's key is not this member's")
