"""Floods of anonymous requests: few rows, an exact count, and nothing kept of them."""

import asyncio
from collections.abc import Sized

from starlette.types import Message, Receive, Scope, Send

from index_service.api.boundary import Boundary
from index_service.api.flood import Flood
from index_service.log.entry import Outcome
from tests.api_unit.driven import body, drive, saying, scope_of, settle, start
from tests.log.made import Kept

RATE = 50


class Second:
    """One simulated clock: the test says what time it is and when sleepers wake."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.over = asyncio.Event()

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        """Sleep until the test ends the second."""
        assert seconds == 1.0
        await self.over.wait()
        self.over.clear()


async def test_ten_thousand_anonymous_requests_leave_few_rows_and_one_exact_count(
    kept: Kept,
) -> None:
    """Every answer has an entry or is an empty 503; the summary counts exactly the latter."""
    second = Second()
    flood = Flood(kept.log, RATE, second, second.sleep)
    boundary = Boundary(saying(start(401), body(b"{}")), kept.log, flood)
    answers = {401: 0, 503: 0}
    for turn in range(10_000):
        second.now_s = 1000 + turn / 10_000
        scope = scope_of(f"/secret/{turn}", [(b"x-request-id", b"not-kept-%d" % turn)])
        sent = await drive(boundary, scope)
        answers[sent.status] += 1
        assert (sent.status == 503) == (sent.values(b"audit-receipt") == [])
        assert sent.status == 401 or sent.body == b""
    assert RATE <= answers[401] <= 2 * RATE
    assert len(kept.write.rows) == answers[401]
    second.over.set()
    await flood.stop()
    *single, summary = kept.entries()
    assert {entry["outcome"] for entry in single} == {Outcome.REFUSED}
    assert (summary["outcome"], summary["count"]) == (Outcome.SHED, answers[503])
    assert summary["route"] == summary["action"] == summary["request_id"] == ""
    assert "not-kept" not in str(kept.entries())
    assert "secret" not in str(kept.entries())
    assert [value for value in vars(flood).values() if isinstance(value, Sized)] == []


async def test_each_second_of_a_flood_has_its_own_summary(kept: Kept) -> None:
    """Counts add up to what was shed."""
    second = Second()
    flood = Flood(kept.log, 1, second, second.sleep)
    for size in (3, 5):
        assert flood.admits()
        assert [flood.admits() for _ in range(size)] == [False] * size
        await asyncio.sleep(0)
        second.over.set()
        await flood.stop()
        second.now_s += 1
    assert [entry["count"] for entry in kept.entries()] == [3, 5]


async def test_what_is_shed_while_a_summary_is_written_is_told_in_the_next(kept: Kept) -> None:
    """No request falls between two seconds."""
    second = Second()
    flood = Flood(kept.log, 1, second, second.sleep)
    kept.write.gate.clear()
    assert [flood.admits() for _ in range(3)] == [True, False, False]
    second.over.set()
    await settle()
    assert not flood.admits()
    kept.write.gate.set()
    await settle()
    second.over.set()
    await flood.stop()
    assert [entry["count"] for entry in kept.entries()] == [2, 1]


async def test_a_summary_that_could_not_be_written_is_told_with_the_next(kept: Kept) -> None:
    """A log that is down for a while loses no count."""
    second = Second()
    flood = Flood(kept.log, 1, second, second.sleep)
    kept.write.up = False
    assert [flood.admits() for _ in range(4)] == [True, False, False, False]
    second.over.set()
    await settle()
    kept.write.up = True
    assert not flood.admits()
    second.over.set()
    await flood.stop()
    assert [entry["count"] for entry in kept.entries()] == [4]


async def test_stopping_waits_for_the_last_summary(kept: Kept) -> None:
    """Nothing shed in the last second goes untold; with nothing shed there is no wait."""
    second = Second()
    flood = Flood(kept.log, 1, second, second.sleep)
    await flood.stop()
    assert [flood.admits(), flood.admits()] == [True, False]
    stopping = asyncio.create_task(flood.stop())
    await asyncio.sleep(0)
    second.over.set()
    await stopping
    assert [entry["count"] for entry in kept.entries()] == [1]


async def test_shutdown_waits_for_the_last_summary(kept: Kept) -> None:
    """The application, which closes the log, hears of it after the summary is written."""
    second = Second()
    flood = Flood(kept.log, 1, second, second.sleep)
    assert [flood.admits(), flood.admits()] == [True, False]
    second.over.set()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        assert [entry["count"] for entry in kept.entries()] == [1]

    async def receive() -> Message:
        return {"type": "lifespan.shutdown"}

    sent = await drive(Boundary(app, kept.log, flood), {"type": "lifespan"}, receive)
    assert sent.raised is None


async def test_a_request_that_said_who_it_is_is_never_shed(kept: Kept) -> None:
    """Neither an asker nor a verified token without an account, however full the bucket."""
    second = Second()
    flood = Flood(kept.log, 1, second, second.sleep)
    while flood.admits():
        pass
    known = True

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["index.attempt"].token_verified = known
        await saying(start(403), body(b"{}"))(scope, receive, send)

    boundary = Boundary(app, kept.log, flood)
    assert [(await drive(boundary)).status for _ in range(20)] == [403] * 20
    known = False
    assert (await drive(boundary)).status == 503
    assert len(kept.write.rows) == 20
    second.over.set()
    await flood.stop()
