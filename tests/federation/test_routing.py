"""Routing: a line is handled by the authority its child belongs to, once, and nowhere else."""

from datetime import timedelta

import pytest

from index_service.domain.errors import Unrecorded
from tests.federation.direct import PostOffice, commit_lost
from tests.federation.posting import (
    CAMFIELD,
    EASTBROOK,
    NORTHMERE,
    found,
    outcomes,
    routed,
    waiting,
)
from tests.region import RegionServed
from tests.stories.asking import not_shown
from tests.stories.made import begin_line, child_line, involvement, key, next_line, reference


async def test_a_line_is_recorded_where_the_child_lives_and_not_where_it_was_sent(
    region: RegionServed,
) -> None:
    north, camfield = region[NORTHMERE], region[CAMFIELD]
    child, ref, inv = camfield.child(), reference(), reference("I")
    status = await north.ask.feed(child_line(ref, child), begin_line(inv, ref))
    assert (status["accepted"], status["invalid"]) == (2, 0)
    assert (await outcomes(north, status))["routed"] == 2
    assert await found(north, child) == []
    assert await waiting(north) == 1
    await routed(north)
    assert await waiting(north) == 0
    await region.check_shields(CAMFIELD)
    assert await found(north, child) == []
    (child_id,) = await found(camfield, child)
    shown = await camfield.ask.shown("social_worker", child_id)
    assert [each["service"] for each in shown["involvements"]] == ["school"]


async def test_a_line_changed_later_follows_its_child(
    region: RegionServed, office: PostOffice
) -> None:
    north, camfield = region[NORTHMERE], region[CAMFIELD]
    child, ref, inv = camfield.child(), reference(), reference("I")
    await north.ask.feed(child_line(ref, child), begin_line(inv, ref))
    await office.routed(NORTHMERE)
    status = await north.ask.feed(next_line("cease", inv, ref, ceased=child_line("x", {})["as_of"]))
    assert (await outcomes(north, status))["routed"] == 1
    await office.routed(NORTHMERE)
    await region.check_shields(CAMFIELD)
    (child_id,) = await found(camfield, child)
    (shown,) = (await camfield.ask.shown("social_worker", child_id))["involvements"]
    assert shown["ceased"] is not None


async def test_a_parcel_sent_twice_takes_effect_once(
    region: RegionServed, office: PostOffice
) -> None:
    """The answer is lost at the sender; the same parcel comes again, to the same effect."""
    north, camfield = region[NORTHMERE], region[CAMFIELD]
    child, ref = camfield.child(), reference()
    await north.ask.feed(child_line(ref, child), begin_line(reference("I"), ref))
    # Its first commit is the entry before it is sent, its second takes it off the queue.
    with commit_lost(office.jobs[NORTHMERE].feed, 2, kept=False) as cut, pytest.raises(Unrecorded):
        await office.routed(NORTHMERE)
    assert cut.happened
    assert await waiting(north) == 1
    await office.routed(NORTHMERE)
    assert await waiting(north) == 0
    heard = [each["code"] for each in await camfield.served.entries()]
    assert heard.count("again") == 1
    await region.check_shields(CAMFIELD)
    (child_id,) = await found(camfield, child)
    shown = await camfield.ask.shown("social_worker", child_id)
    assert len(shown["involvements"]) == 1


async def test_both_logs_hold_the_halves_of_what_was_routed(
    region: RegionServed, office: PostOffice
) -> None:
    north, camfield = region[NORTHMERE], region[CAMFIELD]
    child, ref = camfield.child(), reference()
    await north.ask.feed(child_line(ref, child), begin_line(reference("I"), ref))
    await office.routed(NORTHMERE)
    sent = [each for each in await north.served.entries() if each["action"] == "route"]
    heard = [e for e in await camfield.served.entries() if e["route"] == "/peer/v1/routed"]
    asked, answered = sent[-2], sent[-1]
    assert asked["query_commit"] == answered["query_commit"] == heard[-1]["query_commit"]
    assert answered["result_commit"] == heard[-1]["result_commit"] != ""
    assert asked["outcome"] == "shown"


async def test_what_waits_for_a_silent_authority_goes_once_it_answers(
    region: RegionServed,
) -> None:
    north, camfield = region[NORTHMERE], region[CAMFIELD]
    child, ref = camfield.child(), reference()
    await north.ask.feed(child_line(ref, child), begin_line(reference("I"), ref))
    await region.stop(CAMFIELD)
    await routed(north)
    assert await waiting(north) == 1
    await region.start(CAMFIELD)
    await routed(north)
    assert await waiting(north) == 0
    await region.check_shields(CAMFIELD)
    assert len(await found(camfield, child)) == 1


async def test_a_child_of_unknown_address_is_the_first_authoritys(region: RegionServed) -> None:
    north = region[NORTHMERE]
    child = {**north.child(), "address": None}
    del child["address"]
    ref = reference()
    status = await north.ask.feed(child_line(ref, child), begin_line(reference("I"), ref))
    assert (await outcomes(north, status))["new"] == 2


async def test_a_record_held_here_stays_whatever_address_a_line_gives(
    region: RegionServed,
) -> None:
    north, eastbrook = region[NORTHMERE], region[EASTBROOK]
    child, ref = north.child(), reference()
    await north.ask.feed(child_line(ref, child), begin_line(reference("I"), ref))
    there = {**child, "address": eastbrook.child()["address"]}
    status = await north.ask.feed(child_line(ref, there, child_line("x", {})["as_of"]))
    assert (await outcomes(north, status))["changed"] == 1
    assert await waiting(north) == 0


async def test_a_line_like_a_shielded_childs_is_held_here_and_goes_nowhere(
    region: RegionServed,
    office: PostOffice,
) -> None:
    """Nobody elsewhere learns of it; its supplier, and the store's parcels, tell nothing."""
    north, eastbrook = region[NORTHMERE], region[EASTBROOK]
    shielded, ref = north.child(), reference()
    await north.ask.feed(child_line(ref, shielded), begin_line(reference("I"), ref))
    await region.check_shields(NORTHMERE)
    (child_id,) = await found(north, shielded)
    await north.ask.shield(child_id, north_review(region))
    twin = {**shielded, "address": eastbrook.child()["address"]}
    for number in ("upn", "case_number"):
        twin.pop(number)
    ref = reference()
    status = await north.ask.feed(child_line(ref, twin))
    assert (status["accepted"], status["invalid"]) == (1, 0)
    assert (await outcomes(north, status))["held"] == 1
    assert await waiting(north) == 1  # as much room as if it had gone
    before = len(await eastbrook.served.entries())
    await office.routed(NORTHMERE)
    assert await waiting(north) == 0
    assert len(await eastbrook.served.entries()) == before


def north_review(region: RegionServed) -> str:
    """Return a day of review to come."""
    return (region.clock.today() + timedelta(days=90)).isoformat()


async def test_a_child_somebody_records_for_another_authority_is_recorded_there(
    region: RegionServed, office: PostOffice
) -> None:
    """They go on by the id they were given; nobody is shown a record by it here."""
    north, camfield = region[NORTHMERE], region[CAMFIELD]
    child = camfield.child()
    child_id = await north.ask.create({**child, "involvement": involvement()})
    not_shown(await north.ask.read("social_worker", child_id))
    await north.ask.begin("social_worker", child_id, service="early_help")
    path, said = f"/v1/children/{child_id}/involvements", involvement()
    headers = {"Idempotency-Key": key()}
    answer = await north.ask("health_visitor", "POST", path, said, headers=headers)
    not_shown(answer)  # another agency never recorded it
    await office.routed(NORTHMERE)
    await region.check_shields(CAMFIELD)
    assert await found(north, child) == []
    (there,) = await found(camfield, child)
    shown = await camfield.ask.shown("social_worker", there)
    assert [each["service"] for each in shown["involvements"]] == ["early_help", "social_care"]
