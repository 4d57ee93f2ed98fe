"""A region on paper, for tests that need no process: members' keys, a directory, its policy."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from index_service.domain.clock import FixedClock
from index_service.federation.directory import (
    RegionDirectory,
    RegionPolicy,
    sign_directory,
    unsigned_directory,
)
from index_service.federation.message import Signer

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NAMES = {"northmere": "index", "camfield": "index", "deriver": "deriver", "locator": "locator"}
DAY = 24 * 60 * 60
Change = Callable[[dict[str, Any]], object]


def public(private: Ed25519PrivateKey) -> str:
    """Return a key's public half as a directory writes it."""
    return b64encode(private.public_key().public_bytes_raw()).decode()


@dataclass
class Papers:
    """Every member's private keys, and the registrars'."""

    registrars: dict[str, Ed25519PrivateKey] = field(
        default_factory=lambda: {f"registrar-{n}": Ed25519PrivateKey.generate() for n in (1, 2, 3)}
    )
    keys: dict[str, Ed25519PrivateKey] = field(
        default_factory=lambda: {
            f"{name}/{use}/1": Ed25519PrivateKey.generate()
            for name in NAMES
            for use in ("serve", "manage")
        }
    )

    def member(self, name: str) -> dict[str, Any]:
        """Return a member's lines of the directory."""
        begins = int(NOW.timestamp()) - DAY
        own = {key: private for key, private in self.keys.items() if key.startswith(f"{name}/")}
        is_index = NAMES[name] == "index"
        return {
            "name": name,
            "kind": NAMES[name],
            "title": f"{name.capitalize()} Authority",
            "url": f"https://{name}.example:8443",
            "certificates": [name.encode().hex().ljust(64, "0")],
            "keys": [
                {
                    "id": key,
                    "use": key.split("/")[1],
                    "public": public(private),
                    "from": begins,
                    "until": begins + 400 * DAY,
                }
                for key, private in own.items()
            ],
            "versions": [1],
            "reached": "call",
            "capacity": 1000 if is_index else 0,
            "front_door": {"name": "Duty Team", "phone": "01632 960101"} if is_index else None,
            "state": "active",
        }

    def said(self) -> dict[str, Any]:
        """Return what a directory says."""
        begins = int(NOW.timestamp()) - DAY
        return {
            "format": 1,
            "region": "vale",
            "version": 3,
            "valid_from": begins,
            "valid_until": begins + 90 * DAY,
            "epochs": {"zero": begins, "seconds": 28 * DAY, "arrivals_wait_seconds": 28 * DAY},
            "deriver_keys": {"search": {"0": public(self.registrars["registrar-1"])}, "shield": {}},
            "members": [self.member(name) for name in NAMES],
        }

    def signed(self, *changes: Change, by: Sequence[str] = ("registrar-1", "registrar-2")) -> bytes:
        """Return the directory's document, changed so, signed by these registrars."""
        said = self.said()
        for change in changes:
            change(said)
        document = unsigned_directory(said)
        for each in by:
            document = sign_directory(document, each, self.registrars[each])
        return document

    def policy_text(self, name: str = "camfield", quorum: int = 2) -> str:
        """Return what one member was told of the region."""
        lines = [f"registrar {key} {public(each)}" for key, each in self.registrars.items()]
        return "\n".join(["region vale", *lines, f"quorum {quorum}", f"self {name}"]) + "\n"

    def policy(self, name: str = "camfield", quorum: int = 2) -> RegionPolicy:
        """Return it as it is read."""
        return RegionPolicy.read(self.policy_text(name, quorum))

    def directory(self, *changes: Change, name: str = "camfield") -> RegionDirectory:
        """Return the directory as a member has verified it."""
        return RegionDirectory.verified(self.signed(*changes), self.policy(name), NOW)

    def signer(self, key: str = "northmere/serve/1", at: datetime = NOW) -> Signer:
        """Return a member's signer, at a moment."""
        return Signer(key, self.keys[key], FixedClock(at))


def later(**passed: float) -> datetime:
    """Return a moment some time after the usual one."""
    return NOW + timedelta(**passed)
