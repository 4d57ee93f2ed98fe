"""Moves: responsibility goes from one authority to another, whole, once, and never to nobody."""

from datetime import timedelta
from uuid import uuid4

from index_service.federation.question import FIRST_PATH, SECOND_PATH
from tests.federation.direct import PostOffice
from tests.federation.posting import (
    CAMFIELD,
    EASTBROOK,
    NORTHMERE,
    agreed,
    found,
    move_of,
    moved,
    outcomes,
    proposed,
    waiting,
)
from tests.region import Borough, RegionServed
from tests.stories.asking import KEEP, not_shown, refused
from tests.stories.consent_said import PARENT, recorded
from tests.stories.made import (
    Stated,
    begin_line,
    by_address,
    by_name,
    child_line,
    contact,
    day,
    next_line,
    reference,
)


async def living(region: RegionServed, name: str, **differs: object) -> tuple[Stated, str, str]:
    """Let a school supply a child of a borough, seen by all; return child, id and reference."""
    borough = region[name]
    child, ref = borough.child(**differs), reference()
    await borough.ask.feed(child_line(ref, child), begin_line(f"I{ref}", ref))
    await region.check_shields(name)
    (child_id,) = await found(borough, child)
    return child, child_id, ref


async def begun(office: PostOffice, child: Stated, child_id: str) -> str:
    """Propose to Camfield and agree to a move to Northmere; return the holder's id of it."""
    region = office.region
    await proposed(region[NORTHMERE], CAMFIELD, child)
    await office.told(NORTHMERE)
    move = await move_of(region[CAMFIELD], child)
    answer = await agreed(region[CAMFIELD], child_id, move["transfer_id"])
    assert answer.status_code == 204, answer.text
    made: str = move["transfer_id"]
    return made


async def where(region: RegionServed, child: Stated) -> list[str]:
    """Return at which of the two authorities a child is found."""
    return [name for name in (CAMFIELD, NORTHMERE) if await found(region[name], child)]


async def test_a_record_moves_whole_and_the_old_one_is_the_one_404(
    region: RegionServed, office: PostOffice
) -> None:
    child, child_id, _ = await living(region, CAMFIELD)
    camfield, north = region[CAMFIELD], region[NORTHMERE]
    await camfield.ask.begin("social_worker", child_id)
    before = await camfield.ask.shown("social_worker", child_id)
    await begun(office, child, child_id)
    assert await where(region, child) == [CAMFIELD]
    await moved(region, CAMFIELD, NORTHMERE)
    assert await where(region, child) == [NORTHMERE]
    not_shown(await camfield.ask.read("social_worker", child_id))
    (now_id,) = await found(north, child)
    assert now_id != child_id
    after = await north.ask.shown("social_worker", now_id)
    for part in ("name", "date_of_birth", "address", "carers", "school", "practice"):
        assert after.get(part) == before.get(part), part
    services = [each["service"] for each in after["involvements"]]
    assert sorted(services) == ["school", "social_care"]
    assert await waiting(north) == await waiting(camfield) == 0
    there, here = await move_of(camfield, child), await move_of(north, child)
    assert (there["step"], here["step"]) == ("closed", "closed")
    assert (there["child_id"], here["child_id"]) == (child_id, now_id)


async def test_the_involved_are_told_that_the_child_moved_and_not_where(
    region: RegionServed,
    office: PostOffice,
) -> None:
    child, child_id, _ = await living(region, CAMFIELD)
    camfield = region[CAMFIELD]
    await camfield.ask.begin("social_worker", child_id)
    await begun(office, child, child_id)
    await office.settled(CAMFIELD, NORTHMERE)
    answer = await camfield.ask("social_worker", "GET", "/v1/notices")
    (notice,) = [each for each in answer.json()["notices"] if each["child_id"] == child_id]
    assert notice["what"] == "child_moved"
    assert notice.keys() == {"id", "what", "since", "child_id"}


async def test_suppliers_lines_follow_a_child_who_moved(
    region: RegionServed, office: PostOffice
) -> None:
    child, child_id, ref = await living(region, CAMFIELD)
    camfield, north = region[CAMFIELD], region[NORTHMERE]
    await begun(office, child, child_id)
    await office.settled(CAMFIELD, NORTHMERE)
    status = await camfield.ask.feed(next_line("cease", f"I{ref}", ref, ceased=day(1)))
    assert (await outcomes(camfield, status))["routed"] == 1
    await office.routed(CAMFIELD)
    (now_id,) = await found(north, child)
    (shown,) = (await north.ask.shown("social_worker", now_id))["involvements"]
    assert shown["ceased"] == day(1)
    later = {**child, "carers": []}
    await camfield.ask.feed(child_line(ref, later, day(0)))
    await office.routed(CAMFIELD)
    assert await found(north, child) == [now_id]


async def test_a_holder_refuses_on_second_thoughts_and_both_teams_are_told_why(
    region: RegionServed,
    office: PostOffice,
) -> None:
    child, child_id, _ = await living(region, CAMFIELD)
    camfield, north = region[CAMFIELD], region[NORTHMERE]
    move_id = await begun(office, child, child_id)
    path = f"/v1/transfers/{move_id}/refuse"
    body = {"reason": "still_lives_here"}
    answer = await camfield.ask("manager", "POST", path, body, why=KEEP)
    assert answer.status_code == 204, answer.text
    await office.settled(CAMFIELD, NORTHMERE)
    there, here = await move_of(camfield, child), await move_of(north, child)
    assert there["refusal"] == here["refusal"] == "still_lives_here"
    assert await where(region, child) == [CAMFIELD]
    refused(await camfield.ask("manager", "POST", path, body, why=KEEP), 409, "ended_already")


async def test_a_proposal_is_answered_alike_for_anybody(
    region: RegionServed, office: PostOffice
) -> None:
    """Whether a child is known to the other authority no answer and no state of a move tells."""
    north, camfield = region[NORTHMERE], region[CAMFIELD]
    known, _, _ = await living(region, CAMFIELD)
    unknown = camfield.child()
    for child in (known, unknown):
        await proposed(north, CAMFIELD, child)
    await office.told(NORTHMERE)
    first, second = await move_of(north, known), await move_of(north, unknown)
    hidden = {"transfer_id", "child", "opened"}
    assert {k: v for k, v in first.items() if k not in hidden} == {
        k: v for k, v in second.items() if k not in hidden
    }


async def test_a_move_is_agreed_to_of_the_child_that_was_meant_alone(
    region: RegionServed, office: PostOffice
) -> None:
    child, child_id, _ = await living(region, CAMFIELD)
    _, other_id, _ = await living(region, CAMFIELD)
    await proposed(region[NORTHMERE], CAMFIELD, child)
    await office.told(NORTHMERE)
    move = await move_of(region[CAMFIELD], child)
    answer = await agreed(region[CAMFIELD], other_id, move["transfer_id"])
    refused(answer, 422, "field_invalid")
    assert (await agreed(region[CAMFIELD], child_id, move["transfer_id"])).status_code == 204


async def test_only_the_team_moves_children(region: RegionServed, office: PostOffice) -> None:
    child, child_id, _ = await living(region, CAMFIELD)
    await proposed(region[NORTHMERE], CAMFIELD, child)
    await office.told(NORTHMERE)
    move = await move_of(region[CAMFIELD], child)
    path = f"/v1/children/{child_id}/transfer"
    body = {"transfer_id": move["transfer_id"]}
    answer = await region[CAMFIELD].ask("social_worker", "POST", path, body)
    refused(answer, 403, "role_not_allowed")


async def but_questions(borough: Borough) -> list[str]:
    """Return which entries a borough has, but those of lookups, which may come in late."""
    entries = await borough.served.entries()
    return [each["entry_id"] for each in entries if each["route"] not in (FIRST_PATH, SECOND_PATH)]


async def test_a_shielded_childs_move_takes_the_shield_along_and_tells_nobody(
    region: RegionServed,
    office: PostOffice,
) -> None:
    child, child_id, _ = await living(region, CAMFIELD)
    camfield, north, east = region[CAMFIELD], region[NORTHMERE], region[EASTBROOK]
    await camfield.ask.begin("social_worker", child_id)
    await camfield.ask.shield(child_id, (region.clock.today() + timedelta(days=60)).isoformat())
    heard = await but_questions(east)
    await begun(office, child, child_id)
    await office.settled(CAMFIELD, NORTHMERE)
    assert await but_questions(east) == heard
    answer = await camfield.ask("social_worker", "GET", "/v1/notices")
    assert child_id not in [each["child_id"] for each in answer.json()["notices"]]
    hidden = await north.ask.look_up("social_worker", **by_address(child))
    assert hidden["outcome"] == "none"
    seen = await north.ask.look_up("social_worker", **by_name(child))
    (match,) = seen["matches"]
    shown = await north.ask.shown("social_worker", match["child"]["child_id"])
    assert shown["restricted"] is True
    assert "address" not in shown


async def test_a_shield_set_while_a_record_is_on_its_way_goes_along(
    region: RegionServed, office: PostOffice
) -> None:
    """What was taken is not what stands: it is sent anew, and seen shielded from the first."""
    child, child_id, _ = await living(region, CAMFIELD)
    camfield, north = region[CAMFIELD], region[NORTHMERE]
    await begun(office, child, child_id)
    await office.told(CAMFIELD)  # agreed and delivered
    await camfield.ask.shield(child_id, (region.clock.today() + timedelta(days=60)).isoformat())
    await office.settled(NORTHMERE, CAMFIELD)
    await office.settled(NORTHMERE, CAMFIELD)
    seen = await north.ask.look_up("social_worker", **by_name(child))
    (match,) = seen["matches"]
    shown = await north.ask.shown("social_worker", match["child"]["child_id"])
    assert shown["restricted"] is True


async def test_a_record_that_came_is_reviewed_within_four_weeks(
    region: RegionServed, office: PostOffice
) -> None:
    child, child_id, _ = await living(region, CAMFIELD)
    north: Borough = region[NORTHMERE]
    await begun(office, child, child_id)
    await office.settled(CAMFIELD, NORTHMERE)
    here = await move_of(north, child)
    due = (region.clock.today() + timedelta(days=28)).isoformat()
    assert (here["review_due"], here["reviewed"]) == (due, None)
    path = f"/v1/children/{here['child_id']}/transfer/review"
    body = {"transfer_id": here["transfer_id"]}
    assert (await north.ask("manager", "POST", path, body, why=KEEP)).status_code == 204
    assert (await move_of(north, child))["reviewed"] is not None
    refused(await north.ask("manager", "POST", path, body, why=KEEP), 409, "ended_already")


async def test_a_shielded_childs_move_shows_to_nobody_but_the_two_teams(
    region: RegionServed, office: PostOffice
) -> None:
    """Two worlds, one with a move under way and one without: every asker is told the same."""
    child, child_id, _ = await living(region, CAMFIELD)
    camfield = region[CAMFIELD]
    await camfield.ask.begin("social_worker", child_id)
    await camfield.ask.shield(child_id, review(region))

    async def told_everybody() -> list[tuple[int, bytes]]:
        said = []
        for borough in region.boroughs.values():
            for who in ("social_worker", "health_visitor", "teacher"):
                said += [
                    await borough.ask(who, "POST", "/v1/lookups", question)
                    for question in (by_name(child), by_address(child))
                ]
                said.append(await borough.ask.read(who, child_id))
                said.append(await borough.ask(who, "GET", "/v1/notices"))
        return [(answer.status_code, answer.content) for answer in said]

    without = await told_everybody()
    await begun(office, child, child_id)
    assert await told_everybody() == without
    await office.told(CAMFIELD)  # agreed and delivered
    assert (await move_of(region[NORTHMERE], child))["step"] == "taken"
    assert await told_everybody() == without
    await office.settled(NORTHMERE, CAMFIELD)
    gone = await camfield.ask.read("social_worker", child_id)
    never = await camfield.ask.read("social_worker", str(uuid4()))
    assert gone.content == never.content


async def test_an_assessment_goes_along_only_with_consent_to_its_transfer(
    region: RegionServed, office: PostOffice
) -> None:
    for consented in (False, True):
        child, child_id, _ = await living(region, CAMFIELD)
        camfield, north = region[CAMFIELD], region[NORTHMERE]
        await camfield.ask.begin("social_worker", child_id)
        held = {"contact": contact(), "held_since": day(10)}
        path = f"/v1/children/{child_id}/assessment"
        answer = await camfield.ask("social_worker", "PUT", path, held)
        assert answer.status_code == 204, answer.text
        if consented:
            said = {"given_for": "caf_transfer", "state": "given", **PARENT}
            said |= {"receiving_authority": NORTHMERE}
            await recorded(camfield.ask, "social_worker", child_id, said)
        await begun(office, child, child_id)
        await office.settled(CAMFIELD, NORTHMERE)
        (now_id,) = await found(north, child)
        shown = await north.ask.shown("social_worker", now_id)
        assert (shown["assessment"] is not None) is consented


def review(region: RegionServed) -> str:
    """Return a day of review to come."""
    return (region.clock.today() + timedelta(days=60)).isoformat()
