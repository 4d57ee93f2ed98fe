"""The login that is kept between two commands, for as long as its access token lives.

One file that only its maker may read, in XDG_RUNTIME_DIR: memory, not disk, and gone when the
user logs out of the machine. It holds an access token of some minutes and where it may be
sent. No password is ever asked for, and a refresh token is neither asked for nor kept: whoever
copies the file has what is left of those minutes, and no more.
"""

import json
import os
import stat
from dataclasses import asdict, dataclass, field
from pathlib import Path

from index_client.cli.clock import now_s
from index_client.cli.faults import Wrong

_NAME = "index-client.session"
_SPARE_S = 15  # a token about to end is not worth starting with


@dataclass(frozen=True, slots=True)
class Session:
    """Whom to ask with which token; the token is for this index and no other."""

    index_url: str
    issuer: str
    client_id: str
    ends_at_s: int
    token: str = field(repr=False)
    ca_file: str | None = None
    policy_file: str | None = None

    @property
    def over(self) -> bool:
        """Whether the token has ended."""
        return now_s() + _SPARE_S >= self.ends_at_s


def keep(session: Session) -> None:
    """Write the login down, in place of an earlier one; nobody else can read it meanwhile."""
    place = _place()
    new = place.with_suffix(".new")
    new.unlink(missing_ok=True)
    writing = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(writing, "w", encoding="utf-8") as file:
        json.dump(asdict(session), file)
    new.replace(place)


def kept() -> Session:
    """Return the login; Wrong if there is none, it has ended, or others could have read it."""
    place = _place()
    try:
        with place.open(encoding="utf-8") as file:
            state = os.fstat(file.fileno())
            said = json.load(file)
        session = Session(**said)
    except FileNotFoundError:
        raise Wrong("You are not logged in: index-client login") from None
    except (OSError, ValueError, TypeError):
        raise Wrong("The login kept cannot be read: index-client logout, then login") from None
    if state.st_uid != os.getuid() or stat.S_IMODE(state.st_mode) & 0o077:
        raise Wrong("Others could read your login: index-client logout, then login")
    if session.over:
        raise Wrong("Your login has ended: index-client login")
    return session


def forget() -> Session | None:
    """Remove the login; return what it was, if it could be read."""
    try:
        session = kept()
    except Wrong:
        session = None
    _place().unlink(missing_ok=True)
    return session


def _place() -> Path:
    directory = os.environ.get("XDG_RUNTIME_DIR", "")
    if not directory or not Path(directory).is_dir():
        raise Wrong(
            "There is no place to keep a login: set XDG_RUNTIME_DIR to a directory of your own",
            "(in memory, 0700), or give a token with --token-file.",
        )
    state = os.stat(directory)
    if state.st_uid != os.getuid() or stat.S_IMODE(state.st_mode) & 0o077:
        raise Wrong("XDG_RUNTIME_DIR is not yours alone (0700): a login is not kept there")
    return Path(directory) / _NAME
