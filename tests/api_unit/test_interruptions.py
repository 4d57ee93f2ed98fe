"""The boundary when things go wrong midway: defects, odd messages, hang-ups, shutdown."""

import asyncio
import logging
from collections.abc import Callable

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index_service.api.boundary import BrokenOff
from index_service.domain.errors import Code, Unrecorded
from index_service.log.entry import Outcome
from index_service.services.attempt import Attempt
from tests.api_unit.driven import Sent, body, drive, guarded, saying, scope_of, settle, start
from tests.log.made import Kept, made_entry

SECRET = "Wren Tallow of 7 Mill Lane"
UNKNOWN_MESSAGES = [
    "http.response.pathsend",
    "http.response.zerocopysend",
    "http.response.trailers",
    "http.response.early_hint",
    "http.response.push",
    "http.response.debug",
    "websocket.send",
    "anything",
]


def is_empty_503(sent: Sent) -> bool:
    """Whether all that left is a 503 without body or receipt."""
    return (sent.status, sent.body, sent.values(b"audit-receipt")) == (503, b"", [])


def accounting(kept: Kept, then: ASGIApp) -> ASGIApp:
    """Return an application that has its receipt and then does something else."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        attempt: Attempt = scope["index.attempt"]
        attempt.answered(await kept.log.append(made_entry(kept.log)))
        await then(scope, receive, send)

    return app


def raising(error: Exception, *first: Message) -> ASGIApp:
    """Return an application that sends these messages and then raises."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await saying(*first)(scope, receive, send)
        raise error

    return app


@pytest.mark.parametrize("kind", UNKNOWN_MESSAGES)
async def test_an_unknown_message_ends_an_answer_before_it_began(kept: Kept, kind: str) -> None:
    """Withheld and written down, whatever comes after, with a receipt or without."""
    odd: Message = {"type": kind, "path": "/etc/hostname", "body": SECRET.encode()}
    for app in (saying(odd, start(200), body(b"{}")), saying(odd)):
        assert is_empty_503(await drive(guarded(app, kept)))
        assert is_empty_503(await drive(guarded(accounting(kept, app), kept)))
    assert len(kept.write.rows) == 4


@pytest.mark.parametrize("kind", UNKNOWN_MESSAGES)
async def test_an_unknown_message_breaks_an_answer_off(kept: Kept, kind: str) -> None:
    """Once begun it cannot be taken back: nothing more leaves, and the server must cut it."""
    odd: Message = {"type": kind, "path": "/etc/hostname", "body": SECRET.encode()}
    app = saying(start(200), body(b"{", more=True), odd, body(SECRET.encode()))
    sent = await drive(guarded(accounting(kept, app), kept))
    assert isinstance(sent.raised, BrokenOff)
    assert sent.body == b"{"
    assert len(kept.write.rows) == 1


async def test_a_body_before_its_start_does_not_leave(kept: Kept) -> None:
    """Nor does the answer that follows it."""
    app = saying(body(SECRET.encode()), start(200), body(b"{}"))
    assert is_empty_503(await drive(guarded(accounting(kept, app), kept)))


async def test_a_second_start_breaks_an_answer_off(kept: Kept) -> None:
    """One status, one receipt."""
    app = saying(start(404), start(200), body(SECRET.encode()))
    sent = await drive(guarded(app, kept))
    assert (sent.status, sent.body) == (404, b"")
    assert isinstance(sent.raised, BrokenOff)


async def test_nothing_follows_the_end_of_an_answer(kept: Kept) -> None:
    """What an application sends after its last chunk is dropped."""
    sent = await drive(guarded(saying(start(404), body(b"1"), body(b"2"), start(200)), kept))
    assert (sent.status, sent.body, sent.raised) == (404, b"1", None)


async def test_a_body_sent_while_the_entry_is_being_written_does_not_leave(kept: Kept) -> None:
    """Two tasks of one application cannot race past the log."""
    kept.write.gate.clear()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        starting = asyncio.create_task(_sending(send, start(404)))
        await asyncio.sleep(0)
        await send(body(SECRET.encode(), more=True))
        kept.write.gate.set()
        await starting
        await send(body(SECRET.encode()))

    assert is_empty_503(await drive(guarded(app, kept)))
    assert len(kept.write.rows) == 1


async def _sending(send: Send, message: Message) -> None:
    await send(message)


async def test_only_the_known_parts_of_a_message_leave(kept: Kept) -> None:
    """Promised trailers, or a file to be sent in a body's stead, are left out."""
    app = saying({**start(404), "trailers": True}, {**body(b"1"), "path": "/etc/hostname"})
    sent = await drive(guarded(app, kept))
    parts = [set(message) for message in sent.messages]
    assert parts == [{"type", "status", "headers"}, {"type", "body", "more_body"}]


async def test_a_malformed_start_is_a_defect_like_any_other(kept: Kept) -> None:
    """It leaves as an empty 500 and an entry."""
    for broken in ({"type": "http.response.start"}, {**start(200), "headers": [1]}):
        sent = await drive(guarded(saying(broken), kept))
        assert (sent.status, sent.body, sent.raised) == (500, b"", None)
    assert [entry["code"] for entry in kept.entries()] == [Code.DEFECT] * 2


async def test_a_defect_leaves_as_an_empty_500_with_a_receipt(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the answer nor the process log quotes what the exception says."""
    with caplog.at_level(logging.DEBUG):
        sent = await drive(guarded(raising(LookupError(SECRET)), kept))
    assert (sent.status, sent.body, sent.raised) == (500, b"", None)
    assert len(sent.values(b"audit-receipt")) == 1
    (entry,) = kept.entries()
    assert (entry["outcome"], entry["code"]) == (Outcome.FAILED, Code.DEFECT)
    assert "LookupError" in caplog.text
    assert SECRET not in caplog.text


async def test_a_defect_is_written_down_as_failed_whatever_was_meant(kept: Kept) -> None:
    """An outcome named before the application broke is not what became of the request."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["index.attempt"].outcome = Outcome.NOTHING
        raise LookupError

    await drive(guarded(app, kept))
    assert [entry["outcome"] for entry in kept.entries()] == [Outcome.FAILED]


async def test_a_defect_after_the_entry_leaves_on_that_entry(kept: Kept) -> None:
    """One entry: it stands for what was released, which may be less in the end."""
    sent = await drive(guarded(accounting(kept, raising(LookupError())), kept))
    assert (sent.status, sent.body, len(kept.write.rows)) == (500, b"", 1)
    assert len(sent.values(b"audit-receipt")) == 1


async def test_a_defect_while_the_log_is_down_leaves_as_the_empty_503(kept: Kept) -> None:
    """No entry, no answer."""
    kept.write.up = False
    assert is_empty_503(await drive(guarded(raising(LookupError()), kept)))


async def test_a_defect_midway_breaks_the_answer_off(kept: Kept) -> None:
    """The server is told to cut the connection, and told nothing else."""
    app = raising(LookupError(SECRET), start(200), body(b"{", more=True))
    sent = await drive(guarded(accounting(kept, app), kept))
    assert sent.body == b"{"
    assert isinstance(sent.raised, BrokenOff)
    assert SECRET not in str(sent.raised)
    assert sent.raised.__cause__ is sent.raised.__context__ is None


async def test_a_defect_after_the_last_byte_changes_nothing(kept: Kept) -> None:
    """As when the framework raises again what it has answered."""
    sent = await drive(guarded(raising(LookupError(), start(500), body(b"oops")), kept))
    assert (sent.status, sent.body, sent.raised) == (500, b"oops", None)
    assert len(kept.write.rows) == 1


async def test_an_unrecorded_story_leaves_as_the_empty_503_and_no_second_entry(kept: Kept) -> None:
    """Its outcome is unknown: an entry may stand, so none is added."""

    async def said(scope: Scope, receive: Receive, send: Send) -> None:
        scope["index.attempt"].code = Code.UNRECORDED
        await saying(start(503), body(b'{"code":"unrecorded"}'))(scope, receive, send)

    for app in (raising(Unrecorded()), said):
        assert is_empty_503(await drive(guarded(app, kept)))
    assert kept.write.rows == []


async def test_an_application_that_says_nothing_is_written_down(kept: Kept) -> None:
    """As one whose client hung up, or one that forgot: the server must not answer for it."""
    assert is_empty_503(await drive(guarded(saying(), kept)))
    assert [entry["outcome"] for entry in kept.entries()] == [Outcome.FAILED]


async def test_a_client_that_hangs_up_still_has_its_entry(kept: Kept) -> None:
    """The server's send fails at the first byte; the entry came before it."""

    async def send(message: Message) -> None:
        raise OSError

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    boundary = guarded(saying(start(404), body()), kept)
    with pytest.raises(BrokenOff):
        await boundary(scope_of(), receive, send)
    assert len(kept.write.rows) == 1


async def _forever(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


def _working(kept: Kept) -> ASGIApp:
    return _forever


def _accounted(kept: Kept) -> ASGIApp:
    return accounting(kept, _forever)


def _refusing(kept: Kept) -> ASGIApp:
    return saying(start(404), body())


@pytest.mark.parametrize("made", [_working, _accounted, _refusing])
@pytest.mark.parametrize("log_slow", [False, True])
async def test_a_cancelled_request_has_exactly_one_entry(
    kept: Kept, made: Callable[[Kept], ASGIApp], log_slow: bool
) -> None:
    """Cancelled at work, while its story appends, or while its refusal is being written."""
    if log_slow:
        kept.write.gate.clear()
    request = asyncio.create_task(drive(guarded(made(kept), kept)))
    for _ in range(10):
        await asyncio.sleep(0)
    request.cancel()
    await request
    kept.write.gate.set()
    await settle()
    await kept.log.stop()
    assert len(kept.write.rows) == 1


async def test_shutdown_waits_for_entries_of_requests_that_are_gone(kept: Kept) -> None:
    """The application, which closes the log, hears of the shutdown after they are written."""
    kept.write.gate.clear()
    told: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            assert (await receive())["type"] == "lifespan.startup"
            await receive()
            told.append(len(kept.write.rows))
        else:
            await asyncio.Event().wait()

    boundary = guarded(app, kept)
    request = asyncio.create_task(drive(boundary))
    await asyncio.sleep(0)
    request.cancel()
    await request
    words = [{"type": "lifespan.shutdown"}, {"type": "lifespan.startup"}]

    async def receive() -> Message:
        return words.pop()

    living = asyncio.create_task(boundary({"type": "lifespan"}, receive, _nowhere))
    await settle()
    assert told == []
    kept.write.gate.set()
    await living
    assert told == [1]


async def _nowhere(message: Message) -> None:
    raise AssertionError
