"""Children one asker may not know of, each hidden by another cause."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from index_service.log.entry import AccessEntry, Outcome
from index_service.services.sealing import open_policy, sealed_policy
from index_service.store.work import work_on
from tests.authority import Served
from tests.stories.asking import Ask
from tests.stories.made import Stated, a_child, day


async def held(ask: Ask) -> tuple[str, Stated]:
    """Record a child who may be a shielded one: born held. Return its id and its facts."""
    shielded = a_child()
    await ask.shield(await ask.create(shielded), day(-90))
    facts = {**a_child(), "nhs_number": shielded["nhs_number"]}
    return await ask.create(facts), facts


async def archived(ask: Ask) -> tuple[str, Stated]:
    """Record a child and archive it. Return its id and its facts."""
    facts = a_child()
    child_id = await ask.create(facts)
    await archive(ask.served, UUID(child_id))
    return child_id, facts


async def archive(served: Served, child_id: UUID) -> None:
    """Put a record away."""
    await marked(served, child_id, archived=True)


async def marked(served: Served, child_id: UUID, **marks: Any) -> None:
    """Write the facts straight in: the archive's own story comes with a later issue."""
    index = served.index
    async with work_on(index.feed, index.csa, index.log) as work:
        child = open_policy(index.keyring, (await work.children.locked([child_id]))[0])
        policy = replace(child.policy, **marks)
        sealed = sealed_policy(child.key, child_id, policy)
        await work.children.replace([{"child_id": child_id, "policy": sealed}])
        stamp = index.log.stamp()
        entry = AccessEntry(*stamp, action="archive", route="tests", outcome=Outcome.RECORDED)
        await work.commit(index.log.prepare(entry))
