"""Sessions in memory alone, each part sealed under a key that only its browser's cookie holds."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from thin_client.sealing import KEY_BYTES, opened, sealed

IDLE_S_MAX: Final = 10 * 60
LIFE_S_MAX: Final = 10 * 60 * 60
SESSIONS_MAX: Final = 20_000
PARTS_MAX: Final = 300  # the oldest go first: a search of hours ago can be asked again
PART_BYTES_MAX: Final = 64 * 1024
HANDLE_BYTES: Final = 16
NAME_BYTES: Final = 16
TOKENS: Final = "tokens"
WHO: Final = "who"
Value = Any  # whatever JSON holds


class TooManySessions(Exception):  # noqa: N818 (a state of the machine, told as such)
    """No more sessions fit."""


@dataclass(slots=True)
class _Kept:
    """What the server keeps of a session: nothing that can be read without the cookie."""

    born: float
    touched: float
    parts: OrderedDict[bytes, bytes] = field(default_factory=OrderedDict)
    locked: bool = False
    refreshing: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser's session, open as long as a request lasts.

    Each part is written by itself, so two tabs at once overwrite nothing of one another.
    """

    handle: bytes
    key: bytes
    kept: _Kept

    @property
    def cookie(self) -> str:
        """What the browser keeps: the only copy of the key."""
        return base64.urlsafe_b64encode(self.handle + self.key).rstrip(b"=").decode()

    @property
    def csrf(self) -> str:
        """The word that each form of this session carries."""
        return hmac.digest(self.key, b"csrf", "sha256")[:KEY_BYTES].hex()

    @property
    def locked(self) -> bool:
        """Whether its practitioner must sign in again before anything is shown."""
        return self.kept.locked

    @property
    def signed_in(self) -> bool:
        """Whether it has tokens and is not locked."""
        return not self.locked and self._name(TOKENS) in self.kept.parts

    @property
    def refreshing(self) -> asyncio.Lock:
        """Held by whoever fetches new tokens: a refresh token is used once."""
        return self.kept.refreshing

    def put(self, name: str, value: Value) -> None:
        """Keep a part under a name; what no longer fits goes, the oldest first."""
        text = json.dumps([name, value], separators=(",", ":")).encode()
        if len(text) > PART_BYTES_MAX:
            raise ValueError("a part of a session is too large")
        parts, sealed_as = self.kept.parts, self._name(name)
        parts[sealed_as] = sealed(self.key, text, sealed_as)
        parts.move_to_end(sealed_as)
        while len(parts) > PARTS_MAX:
            lasting = {self._name(TOKENS), self._name(WHO)}
            del parts[next(each for each in parts if each not in lasting)]

    def keep_form(self, path: str, form: dict[str, Value]) -> str | None:
        """Keep a form that was not taken; return where it is shown again, None if it is too large.

        It opens under this session's key alone, and is nobody's but whoever signed in to it.
        """
        made = secrets.token_urlsafe(16)
        try:
            self.put(f"form:{made}", {"path": path, **form})
        except ValueError:
            return None
        return f"/kept/{made}"

    def get(self, name: str) -> Value:
        """Return a part, or None."""
        sealed_as = self._name(name)
        return self._part(sealed_as)[1] if sealed_as in self.kept.parts else None

    def all(self) -> dict[str, Value]:
        """Return every part by its name, the oldest first."""
        return dict(self._part(sealed_as) for sealed_as in self.kept.parts)

    def drop(self, name: str) -> None:
        """Forget a part."""
        self.kept.parts.pop(self._name(name), None)

    def _part(self, sealed_as: bytes) -> tuple[str, Value]:
        text = opened(self.key, self.kept.parts[sealed_as], sealed_as)
        if text is None:
            raise RuntimeError("a part of a session does not open under its own key")
        name, value = json.loads(text)
        return name, value

    def _name(self, name: str) -> bytes:
        return hmac.digest(self.key, name.encode(), "sha256")[:NAME_BYTES]


class Sessions:
    """All sessions of this process. They end with it: nothing of them is on disk."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with none; `now` tells seconds that only grow."""
        self._now = now
        self._kept: dict[bytes, _Kept] = {}

    def begin(self, who: dict[str, Value], before: Session | None = None) -> Session:
        """Begin a session under a new id and key, for whoever just signed in.

        What the same practitioner kept in the session before, locked or not, goes with them;
        anybody else's is gone. So a cookie fixed beforehand opens nothing.
        """
        self._sweep()
        if len(self._kept) >= SESSIONS_MAX:
            raise TooManySessions
        now = self._now()
        handle, key = secrets.token_bytes(HANDLE_BYTES), secrets.token_bytes(KEY_BYTES)
        session = Session(handle, key, _Kept(now, now))
        if before is not None:
            if _same(before.get(WHO), who):
                _moved(before, session)
            self.end(before)
        session.put(WHO, who)
        self._kept[_place(handle)] = session.kept
        return session

    def opened(self, cookie: str, *, by_hand: bool = True) -> Session | None:
        """Return the session a cookie opens, or None; one that was idle too long is locked.

        What nobody did `by_hand`, as a page that puts itself away, keeps no session from it.
        """
        both = _read(cookie)
        if both is None:
            return None
        handle, key = both[:HANDLE_BYTES], both[HANDLE_BYTES:]
        kept = self._kept.get(_place(handle))
        if kept is None:
            return None
        session = Session(handle, key, kept)
        if self._over(kept):
            self.end(session)
            return None
        if session.get(WHO) is None:  # another key: names and parts are strange to it
            return None
        self._lock_if_idle(session)
        if by_hand and not session.locked:
            kept.touched = self._now()
        return session

    def end(self, session: Session) -> None:
        """Forget a session and all it held."""
        session.kept.parts.clear()
        self._kept.pop(_place(session.handle), None)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._kept)

    def _lock_if_idle(self, session: Session) -> None:
        if self._now() - session.kept.touched > IDLE_S_MAX:
            session.kept.locked = True
        if session.kept.locked:
            session.drop(TOKENS)

    def _over(self, kept: _Kept) -> bool:
        return self._now() - kept.born > LIFE_S_MAX

    def _sweep(self) -> None:
        for place in [place for place, kept in self._kept.items() if self._over(kept)]:
            self._kept.pop(place).parts.clear()


def _place(handle: bytes) -> bytes:
    return hashlib.sha256(handle).digest()


def _read(cookie: str) -> bytes | None:
    try:
        both = base64.b64decode(f"{cookie}==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return both if len(both) == HANDLE_BYTES + KEY_BYTES else None


def _same(known: Value, who: dict[str, Value]) -> bool:
    return isinstance(known, dict) and all(
        known.get(name) == who.get(name) for name in ("issuer", "subject")
    )


def _moved(before: Session, after: Session) -> None:
    for name, value in before.all().items():
        if name not in (TOKENS, WHO):
            after.put(name, value)
