"""How a case system makes a link: its own key, and a short statement signed with it."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.thin_client.browsing import ORIGIN
from thin_client.clock import now_s

AUDIENCE = f"{ORIGIN}/launch"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class CaseSystem:
    """One case system, its key registered or not."""

    kid: str = "case-2026"
    iss: str = "northmere-case-system"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def public(self) -> dict[str, str]:
        """Return its key as it is registered."""
        numbers = self.key.public_key().public_numbers()
        point = {"x": _text(numbers.x.to_bytes(32)), "y": _text(numbers.y.to_bytes(32))}
        whose = {"kid": self.kid, "iss": self.iss, "name": "Northmere case system"}
        return {"kty": "EC", "crv": "P-256", **point, **whose}

    def link(self, head: dict[str, Any] | None = None, **says: Any) -> str:
        """Return a link that says this; what is given as None is left out."""
        now = int(now_s())
        usual = {"iss": self.iss, "aud": AUDIENCE, "iat": now, "exp": now + 60}
        claims = {**usual, "jti": secrets.token_urlsafe(16), **says}
        header = {"alg": "ES256", "typ": "index-launch+jwt", "kid": self.kid, **(head or {})}
        parts = (
            {name: word for name, word in each.items() if word is not None}
            for each in (header, claims)
        )
        text = ".".join(_text(json.dumps(each).encode()) for each in parts)
        signature = self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(signature)
        return f"{text}.{_text(r.to_bytes(32) + s.to_bytes(32))}"


def registered(place: Path, *keys: dict[str, Any]) -> Path:
    """Write a file of keys as an operator does."""
    file = place / "launch-keys.json"
    file.write_text(json.dumps({"keys": list(keys)}), "utf-8")
    file.chmod(0o644)
    return file
