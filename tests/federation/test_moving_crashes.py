"""A move survives a lost commit at each durable step, on both sides, either way it was lost.

After each the record is seen at one authority at most, some authority is responsible, and
what is owed brings the move to its end.
"""

from dataclasses import dataclass
from itertools import count

import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.domain.errors import Unrecorded
from tests.federation.direct import Cut, PostOffice, commit_lost
from tests.federation.posting import CAMFIELD, NORTHMERE, agreed, found, move_of, proposed
from tests.region import RegionServed
from tests.stories.made import Stated, begin_line, child_line, reference

MOVES = 40


@dataclass
class Ready:
    """A move that both teams said yes to, nothing of it told yet."""

    child: Stated
    child_id: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def children(region: RegionServed) -> list[Stated]:
    """Children of Camfield, seen by all, as many as there are steps to lose."""
    made = [region[CAMFIELD].child() for _ in range(MOVES)]
    lines = [
        line
        for child, ref in ((child, reference()) for child in made)
        for line in (child_line(ref, child), begin_line(f"I{ref}", ref))
    ]
    await region[CAMFIELD].ask.feed(*lines)
    await region.check_shields(CAMFIELD)
    return made


async def ready(region: RegionServed, office: PostOffice, child: Stated) -> Ready:
    """Propose a move to Northmere and agree to it."""
    (child_id,) = await found(region[CAMFIELD], child)
    await proposed(region[NORTHMERE], CAMFIELD, child)
    await office.told(NORTHMERE)
    move = await move_of(region[CAMFIELD], child)
    answer = await agreed(region[CAMFIELD], child_id, move["transfer_id"])
    assert answer.status_code == 204, answer.text
    return Ready(child, child_id)


async def seen_at(region: RegionServed, child: Stated) -> list[str]:
    """Return at which authority a child is found."""
    return [name for name in (CAMFIELD, NORTHMERE) if await found(region[name], child)]


async def steps(region: RegionServed, child: Stated) -> tuple[str, str]:
    """Return how far a child's move is at the holder and at the receiver."""
    old, new = [await move_of(region[name], child) for name in (CAMFIELD, NORTHMERE)]
    return old["step"], new["step"]


async def check_one_is_responsible(region: RegionServed, child: Stated) -> None:
    """Exactly one authority is responsible: the old one until it closed, which it does of what
    the new one keeps durably; nobody is shown the record twice."""
    seen = await seen_at(region, child)
    old, new = await steps(region, child)
    assert len(seen) <= 1
    assert (CAMFIELD in seen) is (old != "closed")
    assert (NORTHMERE in seen) is (new == "closed")
    if old == "closed":
        assert new in ("taken", "closed")


async def lose(
    region: RegionServed, office: PostOffice, move: Ready, engine: AsyncEngine, cut_at: Cut
) -> bool:
    """Run both sides while one commit is lost, and check then and after; return if one was."""
    with commit_lost(engine, cut_at.at, cut_at.kept) as cut:
        for name in (CAMFIELD, NORTHMERE, CAMFIELD, NORTHMERE):
            before = cut.happened
            try:
                await office.told(name)
            except Unrecorded:
                assert cut.happened
            if cut.happened and not before:
                await check_one_is_responsible(region, move.child)
    await office.settled(CAMFIELD, NORTHMERE)
    assert await seen_at(region, move.child) == [NORTHMERE]
    assert await steps(region, move.child) == ("closed", "closed")
    return cut.happened


async def test_a_move_survives_any_lost_commit(
    region: RegionServed, office: PostOffice, children: list[Stated]
) -> None:
    left = iter(children)
    lost = 0
    for name in (CAMFIELD, NORTHMERE):
        for engine in (office.jobs[name].feed, region[name].served.index.feed):
            for at in count(1):
                happened = []
                for kept in (False, True):
                    move = await ready(region, office, next(left))
                    happened.append(await lose(region, office, move, engine, Cut(at, kept)))
                lost += sum(happened)
                if not any(happened):
                    break
    assert lost >= 24  # six to seven commits of the jobs, five of those who hear them, both ways
