"""Sessions: sealed under the browser's key, locked when idle, new at each sign-in."""

import base64

import pytest

from thin_client import sessions as kept
from thin_client.sessions import TOKENS, Session, Sessions

WHO = {"issuer": "https://id.example", "subject": "one"}
OTHER = {"issuer": "https://id.example", "subject": "two"}


class Clock:
    """Seconds, as a test says."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock)


def signed_in(sessions: Sessions, before: Session | None = None) -> Session:
    session = sessions.begin(WHO, before)
    session.put(TOKENS, {"access": "x"})
    return session


def test_what_is_kept_can_be_read_by_the_cookie_alone(sessions: Sessions) -> None:
    session = signed_in(sessions)
    session.put("search", {"family_name": "Okonedo-Vale"})
    held = b"".join((*session.kept.parts, *session.kept.parts.values()))
    assert b"Okonedo" not in held
    assert b"search" not in held
    again = sessions.opened(session.cookie)
    assert again is not None
    assert again.get("search") == {"family_name": "Okonedo-Vale"}


@pytest.mark.parametrize("cookie", ["", "x", "A" * 64, "A" * 63, "é" * 64, "A" * 5000])
def test_a_cookie_of_nobody_opens_nothing(sessions: Sessions, cookie: str) -> None:
    signed_in(sessions)
    assert sessions.opened(cookie) is None


def test_a_handle_without_its_key_opens_nothing(sessions: Sessions) -> None:
    session = signed_in(sessions)
    forged = base64.urlsafe_b64encode(session.handle + b"\0" * 32).rstrip(b"=").decode()
    assert sessions.opened(forged) is None
    assert sessions.opened(session.cookie) is not None


def test_ten_minutes_without_a_request_lock_it_and_drop_its_tokens(
    sessions: Sessions, clock: Clock
) -> None:
    session = signed_in(sessions)
    clock.now += 9 * 60
    assert sessions.opened(session.cookie).signed_in  # type: ignore[union-attr]  # told below
    clock.now += 10 * 60 + 1
    locked = sessions.opened(session.cookie)
    assert locked is not None
    assert locked.locked
    assert not locked.signed_in
    assert locked.get(TOKENS) is None
    clock.now += 1
    assert sessions.opened(session.cookie).locked  # type: ignore[union-attr]  # no request unlocks


def test_ten_hours_end_it_however_busy(sessions: Sessions, clock: Clock) -> None:
    session = signed_in(sessions)
    for _ in range(121):
        clock.now += 5 * 60
        opened = sessions.opened(session.cookie)
    assert opened is None
    assert len(sessions) == 0


def test_signing_in_again_has_a_new_id_and_takes_along_what_was_typed(sessions: Sessions) -> None:
    before = signed_in(sessions)
    before.put("form:1", {"fields": {"a": ["b"]}})
    after = signed_in(sessions, before)
    assert after.cookie != before.cookie
    assert after.csrf != before.csrf
    assert sessions.opened(before.cookie) is None
    assert after.get("form:1") == {"fields": {"a": ["b"]}}


def test_somebody_else_at_the_same_browser_gets_nothing_of_it(sessions: Sessions) -> None:
    before = signed_in(sessions)
    before.put("form:1", "secret")
    after = sessions.begin(OTHER, before)
    assert after.get("form:1") is None
    assert sessions.opened(before.cookie) is None


def test_an_ended_session_is_gone_with_all_it_held(sessions: Sessions) -> None:
    session = signed_in(sessions)
    sessions.end(session)
    assert sessions.opened(session.cookie) is None
    assert not session.kept.parts


def test_the_oldest_parts_go_first_and_never_the_tokens(sessions: Sessions) -> None:
    session = signed_in(sessions)
    for number in range(kept.PARTS_MAX + 5):
        session.put(f"why:{number}", number)
    assert session.get("why:0") is None
    assert session.get(f"why:{kept.PARTS_MAX + 4}") is not None
    assert session.signed_in
    assert session.get(kept.WHO) == WHO


def test_there_is_an_end_to_how_many_there_are(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "SESSIONS_MAX", 2)
    signed_in(sessions)
    signed_in(sessions)
    with pytest.raises(kept.TooManySessions):
        sessions.begin(WHO)


def test_a_part_cannot_be_too_large(sessions: Sessions) -> None:
    with pytest.raises(ValueError, match="too large"):
        signed_in(sessions).put("form", "x" * kept.PART_BYTES_MAX)
