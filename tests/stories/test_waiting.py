"""Who waits for whom: a record that is being written keeps nobody waiting who may not see it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from demo.postgres import SUPERUSER
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.sealing import open_policy, sealed_policy
from index_service.store.work import work_on
from tests.stories.asking import Answer, Ask, not_shown
from tests.stories.consent_said import about, said
from tests.stories.hidden import archived, held
from tests.stories.made import a_child, contact, day, involvement, key
from tests.stories.test_silence import outward

AT_ONCE_S = 2.0  # far below what a writer waits for a lock, far above what an answer takes
WRITES: dict[str, tuple[str, str, Any]] = {
    "involvement": ("POST", "involvements", involvement()),
    "consent": ("POST", "consents", said(service="school")),
    "assessment": ("PUT", "assessment", {"contact": contact(), "held_since": day(3)}),
    "amendment": ("PATCH", "", {"gender": "not_specified"}),
}


@asynccontextmanager
async def written_by_another(ask: Ask, child_id: str) -> AsyncIterator[None]:
    """Hold the lock that a writer of a child's record holds."""
    url = ask.served.postgres.url(SUPERUSER, ask.served.database)
    connection: Any = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            sql = "select 1 from child where child_id = $1 for update"
            await connection.fetch(sql, UUID(child_id))
            yield
    finally:
        await connection.close()


async def write(ask: Ask, what: str, child_id: str) -> Answer:
    """Ask for a change of a child's record."""
    method, path, body = WRITES[what]
    target = about(child_id, path) if path else f"/v1/children/{child_id}"
    headers = {"Idempotency-Key": key()} if method == "POST" else {}
    if method == "PATCH":
        headers["If-Match"] = '"AAAAAAAAAAAAAAAAAAAAAA"'
    return await ask("social_worker", method, target, body, headers=headers)


@pytest.mark.parametrize("hide", [held, archived])
@pytest.mark.parametrize("what", WRITES)
async def test_a_hidden_record_under_lock_answers_as_soon_as_an_absent_one(
    ask: Ask, what: str, hide: Any
) -> None:
    child_id, _ = await hide(ask)
    absent = await write(ask, what, str(uuid4()))
    not_shown(absent)
    async with written_by_another(ask, child_id):
        began = monotonic()
        answer = await write(ask, what, child_id)
        took = monotonic() - began
    assert outward(answer) == outward(absent)
    assert took < AT_ONCE_S


async def test_of_a_shielded_record_under_lock_what_is_the_teams_is_refused_at_once(
    ask: Ask,
) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    absent = await write(ask, "amendment", str(uuid4()))
    async with written_by_another(ask, child_id):
        began = monotonic()
        answer = await write(ask, "amendment", child_id)
        took = monotonic() - began
    assert outward(answer) == outward(absent)
    assert took < AT_ONCE_S


async def test_who_may_write_waits_for_the_writer_before(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    async with written_by_another(ask, child_id):
        waiting = asyncio.create_task(write(ask, "involvement", child_id))
        done, _ = await asyncio.wait([waiting], timeout=AT_ONCE_S)
        assert not done
    assert (await waiting).status_code == 201


async def test_what_is_hidden_while_a_writer_waits_is_not_written(ask: Ask) -> None:
    """Decided again under the lock: what held before it is not relied on."""
    child_id = await ask.create(a_child())
    absent = await write(ask, "involvement", str(uuid4()))
    index = ask.served.index
    async with work_on(index.feed, index.csa, index.log) as work:
        child = open_policy(index.keyring, (await work.children.locked([UUID(child_id)]))[0])
        waiting = asyncio.create_task(write(ask, "involvement", child_id))
        done, _ = await asyncio.wait([waiting], timeout=AT_ONCE_S)
        assert not done
        policy = sealed_policy(child.key, child.child_id, replace(child.policy, archived=True))
        await work.children.replace([{"child_id": child.child_id, "policy": policy}])
        stamp = index.log.stamp()
        entry = AccessEntry(*stamp, action="archive", route="tests", outcome=Outcome.RECORDED)
        await work.commit(index.log.prepare(entry))
    assert outward(await waiting) == outward(absent)
