"""Stories between authorities on the command line: a region that runs, two teams that type."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from tests.federation.direct import PostOffice, office
from tests.federation.posting import CAMFIELD, NORTHMERE, found
from tests.index_client.commanding import KEEPING, Commands, why
from tests.index_client.reaching import Reached, reaching
from tests.region import RegionServed
from tests.stories.made import by_everything, day

__all__ = ["office"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def members(region: RegionServed) -> AsyncIterator[dict[str, Reached]]:
    """Serve two authorities of the region on loopback."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(
                reaching(region[name].served, region[name].ask.issuer)
            )
            for name in (CAMFIELD, NORTHMERE)
        }


@pytest.fixture
def typing(
    members: dict[str, Reached], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> dict[str, Commands]:
    """Type commands at either authority."""
    for name in members:
        (tmp_path / name).mkdir()
    return {name: Commands(each, tmp_path / name, capsys) for name, each in members.items()}


async def test_responsibility_for_a_child_moves(
    region: RegionServed, office: PostOffice, typing: dict[str, Commands]
) -> None:
    child = region[CAMFIELD].child()
    child_id = await region[CAMFIELD].create(child)
    await region.check_shields(CAMFIELD)
    meant = {**child["name"], "date_of_birth": child["date_of_birth"], "upn": child["upn"]}
    typed = {"authority": CAMFIELD, "reason": "moved_home", **meant}
    north, camfield = typing[NORTHMERE], typing[CAMFIELD]
    proposed = await north.says("manager", "moves", "propose", *KEEPING, facts=typed)
    assert "Proposed:" in proposed
    await office.told(NORTHMERE)
    (move,) = (await camfield.told("manager", "moves", "list"))["transfers"]
    assert child["name"]["family_name"] in await camfield.says("manager", "moves", "list")
    agree = ["moves", "agree", child_id, move["transfer_id"], *KEEPING, "--yes"]
    assert "Agreed." in await camfield.says("manager", *agree)
    await office.settled(CAMFIELD, NORTHMERE)
    (now_id,) = await found(region[NORTHMERE], child)
    (here,) = (await north.told("manager", "moves", "list"))["transfers"]
    review = ["moves", "review", now_id, here["transfer_id"], *KEEPING]
    assert "Noted." in await north.says("manager", *review)
    # Another one is refused.
    await north.told("manager", "moves", "propose", *KEEPING, facts={**typed, "upn": None})
    await office.told(NORTHMERE)
    waiting = (await camfield.told("manager", "moves", "list"))["transfers"]
    (move,) = [each for each in waiting if each["step"] == "proposed"]
    refuse = ["moves", "refuse", move["transfer_id"], "--because", "not_known_here", "--yes"]
    assert "Refused." in await camfield.says("manager", *refuse, *KEEPING)


async def test_an_assessment_is_offered_to_a_member(
    region: RegionServed, typing: dict[str, Commands]
) -> None:
    child_id = await region[CAMFIELD].create(region[CAMFIELD].child())
    await region.check_shields(CAMFIELD)
    hold = {"held_since": day(20), "team_name": "Camfield Early Team", "team_phone": "01632960111"}
    camfield = typing[CAMFIELD]
    held = ["assessment", "hold", child_id, *why()]
    await camfield.says("social_worker", *held, facts=hold)
    consent = {
        "giver": "parental_responsibility",
        "understanding": "insufficient",
        "given_for": "caf_transfer",
        "state": "given",
        "receiving_authority": NORTHMERE,
    }
    await camfield.says("social_worker", "consents", "record", child_id, *why(), facts=consent)
    offer = ["assessment", "offer", child_id, *why()]
    said = await camfield.says("social_worker", *offer, facts={"authority": NORTHMERE})
    assert "Offered." in said


async def test_a_member_is_suspended_and_spoken_with_again(
    region: RegionServed, typing: dict[str, Commands]
) -> None:
    north = typing[NORTHMERE]
    assert CAMFIELD in await north.says("manager", "peers", "list")
    child = region[NORTHMERE].child()
    await region[NORTHMERE].create(child)
    await region.check_shields(NORTHMERE)
    look = ["lookup", "--across", "region", *why()]
    assert "Suspended." in await north.says("manager", "peers", "suspend", CAMFIELD, "--yes")
    (there,) = [
        each
        for each in (await north.told("manager", "peers", "list"))["peers"]
        if each["name"] == CAMFIELD
    ]
    assert there["suspended"]
    said = await north.says("social_worker", *look, facts=by_everything(child))
    assert "this is not complete" in said
    assert "Released." in await north.says("manager", "peers", "release", CAMFIELD)
