"""The database is gone: nothing is said, nothing is lost, and the index recovers by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from demo.authority import prepare_server
from demo.issuer import Issuer
from demo.postgres import Postgres
from tests.authority import Served, database_made, founded_settings, migrate_database, serving
from tests.stories.asking import Answer, Ask
from tests.stories.made import a_child, by_name, key

RECOVERS_S_MAX = 5.0
LOOKUPS = ("POST", "/v1/lookups")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of this module's own, to be stopped and started."""
    with Postgres.start(fsync=False) as server:
        prepare_server(server)
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(
    postgres: Postgres, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    """An index over that server."""
    with database_made(postgres) as name:
        migrate_database(postgres, name)
        keys = tmp_path_factory.mktemp("authority") / "keys"
        settings = await founded_settings(postgres, name, issuer, keys)
        async with serving(postgres, name, settings) as running:
            yield running


@pytest.fixture
def down(postgres: Postgres) -> Iterator[Postgres]:
    """The server, up again whatever a test did to it."""
    yield postgres
    if not postgres.running:
        postgres.restart()


async def answered(ask: Ask, answer_by: float) -> Answer:
    """Ask until it is answered again, or the time is over."""
    while True:
        answer = await ask("teacher", *LOOKUPS, by_name(a_child()))
        if answer.status_code == 200 or time.monotonic() > answer_by:
            return answer
        ask.answers.pop()  # empty, and without a receipt: see below
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("mode", ["immediate", "fast"])
async def test_without_the_database_every_answer_is_an_empty_503_and_then_it_recovers(
    ask: Ask, down: Postgres, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    down.stop(mode)
    for who, method, path, body in (
        ("teacher", *LOOKUPS, by_name(child)),
        ("teacher", "GET", f"/v1/children/{child_id}", None),
        ("social_worker", "POST", "/v1/children", a_child()),
        ("manager", "GET", "/v1/holds", None),
        ("teacher", "GET", "/v1/me", None),
        ("teacher", "GET", "/v1/nowhere", None),
        (None, "GET", "/v1/me", None),
        ("teacher", *LOOKUPS, b"{"),
    ):
        started = time.monotonic()
        headers = {"Idempotency-Key": key()}
        answer = await ask(who, method, path, body, headers=headers)
        assert (answer.status_code, answer.content) == (503, b""), path
        assert "audit-receipt" not in answer.headers
        assert time.monotonic() - started < RECOVERS_S_MAX
        ask.answers.pop()  # it has no receipt, as it should be
    assert "defect" not in caplog.text  # the way is closed: no fault of the code's
    down.restart()
    up_at = time.monotonic()
    assert (await answered(ask, up_at + RECOVERS_S_MAX)).status_code == 200
    assert (await ask.look_up("teacher", **by_name(child)))["outcome"] == "found"
    await ask.create(a_child())


async def test_where_only_the_writers_way_is_closed_the_log_still_says_so(
    ask: Ask, down: Postgres
) -> None:
    """Readers are served meanwhile; whoever writes is told nothing was done, with a receipt."""
    child = a_child()
    await ask.create(child)
    sql = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'northmere_feed'"
    await ask.served.rows("alter role northmere_feed connection limit 0")
    await ask.served.rows(sql)
    try:
        headers = {"Idempotency-Key": key()}
        answer = await ask("social_worker", "POST", "/v1/children", a_child(), headers=headers)
        assert (answer.status_code, answer.content) == (503, b"")
        entry = await ask.entry(answer)
        assert (entry["outcome"], entry["code"]) == ("failed", "unavailable")
        assert (await ask.look_up("teacher", **by_name(child)))["outcome"] == "found"
    finally:
        await ask.served.rows("alter role northmere_feed connection limit -1")
    await ask.create(a_child())


async def test_a_connection_lost_in_between_costs_at_most_the_answers_of_that_moment(
    ask: Ask, down: Postgres
) -> None:
    """Every backend is ended; the next requests find their way by themselves."""
    child = a_child()
    await ask.create(child)
    kill = "select pg_terminate_backend(pid) from pg_stat_activity where usename ~ '^northmere_'"
    await ask.served.rows(kill)
    await answered(ask, time.monotonic() + RECOVERS_S_MAX)
    assert (await ask.look_up("teacher", **by_name(child)))["outcome"] == "found"
    await ask.create(a_child())


async def test_what_was_acknowledged_outlives_a_crash(ask: Ask, down: Postgres) -> None:
    children = [a_child() for _ in range(5)]
    for child in children:
        await ask.create(child)
    down.kill_immediately()
    down.restart()
    await answered(ask, time.monotonic() + RECOVERS_S_MAX)
    for child in children:
        assert (await ask.look_up("teacher", **by_name(child)))["outcome"] == "found"
