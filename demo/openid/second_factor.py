"""What a persona knows and what its phone shows: a password, and one-time codes by RFC 6238.

No code is taken twice, and five wrong tries shut a login for a minute.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from index_service.domain.clock import Clock

STEP_S = 30
DIGITS = 6
SECRET_BYTES = 20
WRONG_MAX = 5
SHUT_FOR = timedelta(minutes=1)


@dataclass(slots=True)
class _Phone:
    """What an authenticator app holds, and the last step whose code was used."""

    totp: TOTP = field(
        default_factory=lambda: TOTP(
            secrets.token_bytes(SECRET_BYTES),
            DIGITS,
            hashes.SHA1(),  # noqa: S303 (what authenticator apps compute; as an HMAC it holds)
            STEP_S,
        )
    )
    used: int = 0

    def code(self, step: int) -> str:
        return self.totp.generate(step * STEP_S).decode("ascii")


class SecondFactors:
    """One password and one phone for each subject, made when first asked for."""

    def __init__(self, clock: Clock) -> None:
        """Begin with nobody enrolled."""
        self._clock = clock
        self._phones: dict[str, _Phone] = {}
        self._passwords: dict[str, str] = {}

    def password(self, subject: str) -> str:
        """Return the subject's password, the same all through the run."""
        return self._passwords.setdefault(subject, secrets.token_urlsafe(9))

    def knows(self, subject: str, password: str) -> bool:
        """Return whether this is the subject's password."""
        return secrets.compare_digest(self.password(subject).encode(), password.encode())

    def enrol(self, subject: str) -> None:
        """Give the subject a new phone; codes of the old one are worth nothing."""
        self._phones[subject] = _Phone()

    def code_to_type(self, subject: str) -> str | None:
        """Return a code that would be taken now; None until the next step if all are used."""
        phone, step = self._phone(subject), self._step()
        unused = max(step, phone.used + 1)
        return phone.code(unused) if unused <= step + 1 else None

    def takes(self, subject: str, code: str) -> bool:
        """Return whether a code is right, and let it be used no more.

        One step of drift either way, as RFC 6238 section 5.2 has it.
        """
        phone, step = self._phone(subject), self._step()
        for each in (step - 1, step, step + 1):
            right = secrets.compare_digest(phone.code(each).encode(), code.encode())
            if right and each > phone.used:
                phone.used = each
                return True
        return False

    def _phone(self, subject: str) -> _Phone:
        return self._phones.setdefault(subject, _Phone())

    def _step(self) -> int:
        return int(self._clock.now().timestamp()) // STEP_S


class Tries:
    """Counts wrong tries; after five the door is shut for a minute, to the right answer too."""

    def __init__(self, clock: Clock) -> None:
        """Begin with every door open."""
        self._clock = clock
        self._wrong: dict[str, int] = {}
        self._shut_until: dict[str, datetime] = {}

    def shut(self, door: str) -> bool:
        """Return whether no try counts at present."""
        until = self._shut_until.get(door)
        return until is not None and self._clock.now() < until

    def wrong(self, door: str) -> None:
        """Count a wrong try."""
        self._wrong[door] = self._wrong.get(door, 0) + 1
        if self._wrong[door] >= WRONG_MAX:
            self._shut_until[door] = self._clock.now() + SHUT_FOR
            del self._wrong[door]

    def right(self, door: str) -> None:
        """Forget the wrong tries before a right one."""
        self._wrong.pop(door, None)
