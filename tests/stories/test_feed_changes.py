"""A supplier says something new of a child or an involvement it supplied before."""

from tests.stories.asking import Ask, not_shown
from tests.stories.made import (
    DUTY,
    Stated,
    a_child,
    begin_line,
    by_everything,
    child_line,
    contact,
    day,
    next_line,
    nhs_number,
    reference,
)


async def found(ask: Ask, child: Stated) -> Stated:
    """Return the one child found by a child's facts, as the team sees it."""
    (match,) = (await ask.look_up("manager", **by_everything(child)))["matches"]
    return await ask.shown("manager", match["child"]["child_id"])


# The child changes


async def test_a_later_line_amends_the_record_it_made(ask: Ask) -> None:
    child, ref = a_child(), reference()
    await ask.feed(child_line(ref, child, day(5)))
    name = {"given_name": "Hestor", "family_name": "Newholm"}
    later = {**child, "name": name, "nhs_number": nhs_number(720_001)}
    await ask.feed(child_line(ref, later, day(2)))
    shown = await found(ask, later)
    assert shown["name"]["family_name"] == "Newholm"
    assert shown["identifiers"]["nhs_number"] == later["nhs_number"]
    by_former = await ask.look_up("teacher", **by_everything(child))
    assert [each["child"]["child_id"] for each in by_former["matches"]] == [shown["child_id"]]


async def test_an_older_line_overwrites_nothing_newer(ask: Ask) -> None:
    child, ref = a_child(gender="male"), reference()
    await ask.feed(child_line(ref, child, day(2)))
    await ask.feed(child_line(ref, {**child, "gender": "female"}, day(5)))
    assert (await found(ask, child))["gender"] == "male"


async def test_what_a_person_corrected_no_line_of_that_day_or_before_overwrites(ask: Ask) -> None:
    child, ref = a_child(gender="male"), reference()
    await ask.feed(child_line(ref, child, day(5)))
    shown = await found(ask, child)
    tag = (await ask.read("social_worker", shown["child_id"])).headers["etag"]
    said = {"gender": "not_specified", "as_of": day(2)}
    assert (await ask.amend("social_worker", shown["child_id"], tag, **said)).status_code == 204
    await ask.feed(child_line(ref, {**child, "gender": "female"}, day(2)))
    assert (await found(ask, child))["gender"] == "not_specified"
    await ask.feed(child_line(ref, {**child, "gender": "female"}, day(1)))
    assert (await found(ask, child))["gender"] == "female"


# The involvement changes


async def test_an_involvement_is_begun_changed_and_ceased(ask: Ask) -> None:
    child, ref, inv = a_child(), reference(), reference("I")
    await ask.feed(child_line(ref, child), begin_line(inv, ref))
    says = {"team_name": "Northmere Annexe Office", "team_phone": DUTY, "person_name": "Ada Quoyle"}
    await ask.feed(next_line("change", inv, ref, **says))
    (involved,) = (await found(ask, child))["involvements"]
    assert involved["contact"]["team"]["name"] == "Northmere Annexe Office"
    assert involved["contact"]["person"]["name"] == "Ada Quoyle"
    assert (involved["began"], involved["last_confirmed"]) == (day(90), day(0))
    await ask.feed(next_line("cease", inv, ref, ceased=day(0)))
    (involved,) = (await found(ask, child))["involvements"]
    assert involved["ceased"] == day(0)


async def test_an_involvement_begun_again_is_in_force_again(ask: Ask) -> None:
    child, ref, inv = a_child(), reference(), reference("I")
    await ask.feed(child_line(ref, child), begin_line(inv, ref))
    await ask.feed(next_line("cease", inv, ref, ceased=day(20)))
    await ask.feed(begin_line(inv, ref, began=day(3), as_of=day(0)))
    (involved,) = (await found(ask, child))["involvements"]
    assert (involved["began"], involved["ceased"]) == (day(3), None)


async def test_lines_of_one_batch_take_effect_in_their_order(ask: Ask) -> None:
    child, ref, inv = a_child(gender="male"), reference(), reference("I")
    status = await ask.feed(
        child_line(ref, child, day(3)),
        begin_line(inv, ref),
        child_line(ref, {**child, "gender": "female"}, day(2)),
        next_line("cease", inv, ref, ceased=day(1)),
    )
    assert (status["accepted"], status["invalid"]) == (4, 0)
    shown = await found(ask, child)
    assert shown["gender"] == "female"
    assert [each["ceased"] for each in shown["involvements"]] == [day(1)]


async def test_a_fed_involvement_is_the_agencys_own_to_cease_by_hand(ask: Ask) -> None:
    child, ref = a_child(), reference()
    await ask.feed(child_line(ref, child), begin_line(reference("I"), ref))
    (involved,) = (await found(ask, child))["involvements"]
    path = f"/v1/involvements/{involved['involvement_id']}"
    not_shown(await ask("social_worker", "POST", f"{path}/cease", {}))
    assert (await ask("teacher", "PATCH", path, {"contact": contact()})).status_code == 204
