"""The region that tests ask: five members that hear one another, stop, and come back."""

import pytest

from demo.region import REGISTRARS, load
from demo.towns import CAMFIELD, EASTBROOK, NORTHMERE
from index_service.federation.errors import DirectoryFault, DirectoryRefused
from tests.region import RegionServed


def answering(region: RegionServed, name: str) -> dict[str, bool | None]:
    """Return which other authorities answer, as one of them knows."""
    borough = region[name]
    known = borough.served.index.region
    assert known is not None
    others = {CAMFIELD, EASTBROOK, NORTHMERE} - {name}
    return {each: known.reachability.of(each, borough.clock.now()) for each in others}


@pytest.mark.parametrize("name", [NORTHMERE, CAMFIELD, EASTBROOK])
async def test_every_authority_hears_the_others(region: RegionServed, name: str) -> None:
    assert set(answering(region, name).values()) == {True}


async def test_a_member_whose_port_is_closed_is_missed_and_heard_again(
    region: RegionServed,
) -> None:
    await region.stop(EASTBROOK)
    await region.probe()
    assert answering(region, NORTHMERE) == {CAMFIELD: True, EASTBROOK: False}
    await region.start(EASTBROOK)
    await region.probe()
    assert answering(region, NORTHMERE) == {CAMFIELD: True, EASTBROOK: True}


async def test_a_child_waits_for_the_shield_set_and_is_then_seen(region: RegionServed) -> None:
    camfield = region[CAMFIELD]
    child_id = await camfield.create(camfield.child())
    assert (await camfield.ask.read("social_worker", child_id)).status_code == 404
    await region.check_shields(CAMFIELD)
    shown = await camfield.ask.shown("social_worker", child_id)
    assert shown["address"]["postcode"].startswith("CF")


async def test_a_directory_too_few_signed_comes_into_force_nowhere(region: RegionServed) -> None:
    document = region.papers.written(REGISTRARS[:1]).read_bytes()
    with pytest.raises(DirectoryRefused) as refused:
        await load(region[NORTHMERE].served.settings, document)
    assert refused.value.fault is DirectoryFault.QUORUM


async def test_the_next_version_comes_into_force_everywhere(region: RegionServed) -> None:
    document = region.papers.written().read_bytes()
    for borough in region.boroughs.values():
        await load(borough.served.settings, document)
        known = borough.served.index.region
        assert known is not None
        standing = await known.standing()
        assert standing is not None
        assert standing.directory.version == region.papers.version
