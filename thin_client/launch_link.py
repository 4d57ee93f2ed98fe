"""Links by which a case system opens these pages: signed, short, used once, about nobody by name.

A link names a child by the index's random id, or nobody; what else it may say is closed words
and a case reference. Whoever follows it signs in, and confirms why, as always.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from thin_client import codes
from thin_client.clock import now_s
from thin_client.id_token import Key, NotBelieved, check_elliptic, key_named, signed
from thin_client.references import is_reference

KIND: Final = "index-launch+jwt"
LIFE_S_MAX: Final = 60
AHEAD_S_MAX: Final = 10  # a case system's clock may run ahead of ours by so much
KEYS_MAX: Final = 50
REMEMBERED_MAX: Final = 5000  # of one case system; more in a minute nobody clicks
WAITING_MAX: Final = 2000
WAITING_S_MAX: Final = 600  # as long as signing in may take
_ALGORITHMS: Final = frozenset({"ES256"})
_NEEDED: Final = frozenset({"iss", "aud", "iat", "exp", "jti"})
_CLAIMS: Final = _NEEDED | {"child", "purpose", "reason", "reference"}
_ISSUER: Final = re.compile(r"[a-z0-9][a-z0-9-]{2,59}")
_TITLE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 '-]{2,59}")
_JTI: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_CHILD: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Launch:
    """What a link says that was believed: which system sent it, and what to begin with."""

    system: str
    child: str | None
    purpose: str | None
    reason: str | None
    reference: str | None


@dataclass(slots=True)
class Launches:
    """Believes a link once, and keeps what it said until its practitioner has signed in.

    What was used is in memory, so a link made before this process began is not believed.
    """

    audience: str
    keys: tuple[Key, ...]
    now: Callable[[], float] = now_s
    _began: float = 0.0
    _used: dict[str, dict[str, int]] = field(default_factory=dict, repr=False)
    _waiting: dict[str, tuple[float, Launch]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Begin now."""
        self._began = self.now()

    @classmethod
    def reading(cls, origin: str, place: str) -> Self:
        """Take the keys of case systems from a file; ValueError or OSError where it is unfit."""
        keys = () if place == "none" else _read(Path(place))
        return cls(f"{origin}/launch", keys)

    def believed(self, link: str) -> str:
        """Believe a link, for the first and only time; return the id under which it waits.

        NotBelieved otherwise, never why.
        """
        claims = signed(link, self.keys, _ALGORITHMS, KIND)
        launch = self._checked(claims, _named(link, self.keys))
        self._use(claims["iss"], claims["jti"], claims["exp"])
        return self._wait(launch)

    def taken(self, waiting: str) -> Launch | None:
        """Return what waits under an id, and let it wait no longer."""
        at, launch = self._waiting.pop(waiting, (0.0, None))
        return launch if self.now() - at <= WAITING_S_MAX else None

    def _checked(self, claims: Mapping[str, Any], key: Key) -> Launch:
        iat, exp, now = _second(claims.get("iat")), _second(claims.get("exp")), self.now()
        said = {name: claims.get(name) for name in ("child", "purpose", "reason", "reference")}
        right = (
            _NEEDED <= claims.keys() <= _CLAIMS,
            claims.get("iss") == key["iss"],
            claims.get("aud") == self.audience,
            self._began <= iat + 1 and iat <= now + AHEAD_S_MAX,
            now < exp <= iat + LIFE_S_MAX,
            _fits(_JTI, claims.get("jti")),
            said["child"] is None or _fits(_CHILD, said["child"]),
            said["purpose"] in (None, *codes.SEARCH_PURPOSES),
            said["reason"] in (None, *codes.SEARCH_REASONS),
            said["reference"] is None
            or (isinstance(said["reference"], str) and is_reference(said["reference"])),
        )
        if not all(right):
            raise NotBelieved
        return Launch(key["name"], **said)

    def _use(self, issuer: str, jti: str, until: int) -> None:
        now = self.now()
        used = {each: exp for each, exp in self._used.get(issuer, {}).items() if exp > now}
        if jti in used or len(used) >= REMEMBERED_MAX:
            raise NotBelieved
        self._used[issuer] = {**used, jti: until}

    def _wait(self, launch: Launch) -> str:
        now = self.now()
        for each, (at, _) in tuple(self._waiting.items()):
            if now - at > WAITING_S_MAX:
                del self._waiting[each]
        if len(self._waiting) >= WAITING_MAX:
            raise NotBelieved
        made = secrets.token_urlsafe(16)
        self._waiting[made] = now, launch
        return made


def _read(file: Path) -> tuple[Key, ...]:
    if file.stat().st_mode & 0o022:
        raise ValueError("the file of launch keys can be written by others")
    told = json.loads(file.read_text("utf-8"))
    keys = told.get("keys") if isinstance(told, dict) else None
    if not isinstance(keys, list) or not 0 < len(keys) <= KEYS_MAX:
        raise ValueError(f"a file of launch keys has 1 to {KEYS_MAX} keys")
    for key in keys:
        _check_key(key)
    if len({key["kid"] for key in keys}) < len(keys):
        raise ValueError("two launch keys have one kid")
    return tuple(keys)


def _check_key(key: Any) -> None:
    if not isinstance(key, dict) or not isinstance(key.get("kid"), str) or not key["kid"]:
        raise ValueError("a launch key has a kid")
    if "d" in key:
        raise ValueError("a launch key is public: this one is the case system's own secret")
    if not _fits(_ISSUER, key.get("iss")) or not _fits(_TITLE, key.get("name")):
        raise ValueError("a launch key says whose it is: iss, and a name that pages can show")
    check_elliptic(key)


def _named(link: str, keys: tuple[Key, ...]) -> Key:
    """Return the key a link was checked with: the one its header names."""
    kid = key_named(link, _ALGORITHMS, KIND)
    return next(key for key in keys if key["kid"] == kid)


def _fits(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _second(claim: object) -> int:
    if isinstance(claim, bool) or not isinstance(claim, int):
        raise NotBelieved
    return claim
