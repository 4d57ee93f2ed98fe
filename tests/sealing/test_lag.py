"""Delay alarms and serves; past the authority's own limit no child's record is shown."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from demo.issuer import Issuer
from index_service.main import built
from tests.sealing.sealing import Beside
from tests.stories.asking import NO_WHY, Ask
from tests.stories.made import a_child

LATER = "update log_batch set at = at - $1::interval"


async def test_what_waits_is_measured_and_alarms(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    lag = beside.served.index.lag
    assert lag is not None
    await beside.append(1)
    await lag.look()
    assert lag.waited_s < 30
    assert "not being sealed" not in caplog.text
    await beside.sql(LATER, timedelta(minutes=20))
    await lag.look()
    assert lag.waited_s >= 1200
    assert "the log is not being sealed" in caplog.text
    beside.clock.on(seconds=61)
    await beside.all()
    await lag.look()
    assert lag.waited_s == 0


async def test_one_writer_that_is_refused_is_a_delay_though_the_others_are_sealed(
    beside: Beside,
) -> None:
    """Else whoever has one writer refused hides all that it writes from then on."""
    lag = beside.served.index.lag
    assert lag is not None
    (entry,) = await beside.append(1)
    await beside.sql("delete from access_entry where entry_id = $1", entry)
    await beside.sql(LATER, timedelta(hours=9))
    beside.served.index.log._commit._writer._begin(None)
    await beside.append(1)
    beside.clock.on(seconds=61)
    assert (await beside.again().round()).refused >= 1
    assert await beside.value("select max(at) from log_head") is not None
    await lag.look()
    assert lag.waited_s >= 9 * 60 * 60


async def test_a_log_that_never_began_is_a_delay(unfounded: Beside) -> None:
    lag = unfounded.served.index.lag
    assert lag is not None
    await unfounded.sql(LATER, timedelta(hours=9))
    await lag.look()
    assert lag.waited_s >= 9 * 60 * 60


async def test_a_database_that_is_lost_changes_nothing_known(beside: Beside) -> None:
    async with built(beside.served.settings) as made:
        lag = made.index.lag
        assert lag is not None
        lag.waited_s = 7.0
    await lag.look()  # its pool is closed
    assert lag.waited_s == 7.0


async def test_past_the_limit_lookups_and_reads_are_503_and_all_else_goes_on(
    beside: Beside, issuer: Issuer
) -> None:
    lag = beside.served.index.lag
    assert lag is not None
    transport = httpx.ASGITransport(app=beside.served.built.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
        ask = Ask(client, issuer, beside.served)
        child = await ask.create(a_child())
        lag.waited_s = lag.stop_s + 1
        for answer in (
            await ask.read("social_worker", child),
            await ask.read("social_worker", str(uuid4())),
            await ask("social_worker", "POST", "/v1/lookups", {"upn": "A123456789012"}),
        ):
            assert (answer.status_code, answer.content) == (503, b"")
        assert (await ask("manager", "GET", "/v1/me", why=NO_WHY)).status_code == 200
        await ask.create(a_child())
        lag.waited_s = lag.stop_s - 1
        assert (await ask.read("social_worker", child)).status_code == 200
