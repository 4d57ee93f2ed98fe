"""Records that resemble a shielded child: born hidden, and waiting unseen."""

import pytest

from tests.stories.asking import SHIELDING, Ask, not_shown
from tests.stories.made import (
    Stated,
    a_child,
    by_address,
    by_everything,
    by_name,
    child_line,
    day,
    misspelt,
    reference,
)
from tests.stories.test_shield import SOON, lift, shielded

LIKE_IT: dict[str, Stated] = {
    "the same facts": {},
    "its number under another name": {
        "name": {"given_name": "Hestor", "family_name": "Unlikely"},
        "date_of_birth": "2015-06-06",
        "upn": None,
        "case_number": None,
    },
    "its name and date of birth without numbers": {
        "nhs_number": None,
        "upn": None,
        "case_number": None,
        "address": {"kind": "none_known"},
    },
    "a name written another way": {
        "nhs_number": None,
        "upn": None,
        "case_number": None,
    },
}


@pytest.mark.parametrize("like", LIKE_IT)
@pytest.mark.parametrize("way", ["feed", "api"])
async def test_a_record_that_may_be_a_shielded_childs_is_born_hidden(
    ask: Ask, like: str, way: str
) -> None:
    child = a_child()
    child_id = await shielded(ask, child)
    second = {fact: said for fact, said in {**child, **LIKE_IT[like]}.items() if said is not None}
    if like == "a name written another way":
        second["name"] = misspelt(child["name"])
    before = await ask.holds()
    if way == "feed":
        new = await ask.feed(child_line(reference(), a_child()), who="health_feed")
        told = await ask.feed(child_line(reference(), second), who="health_feed")
        same = {"batch_id", "results"}
        assert {k: v for k, v in told.items() if k not in same} == {
            k: v for k, v in new.items() if k not in same
        }
    else:
        not_shown(await ask.read("social_worker", await ask.create(second)))
    (held,) = (await ask.holds()).keys() - before.keys()
    assert (await ask.holds())[held] == "held"
    not_shown(await ask.read("social_worker", held))
    assert (await ask.shown("manager", held))["restriction"]["held"] is True
    for question in (by_name(second), by_everything(child), by_address(child)):
        found = await ask.look_up("social_worker", **question)
        assert held not in {each["child"]["child_id"] for each in found["matches"]}
    (match,) = (await ask.look_up("social_worker", **by_name(child)))["matches"]
    assert match["child"]["child_id"] == child_id


async def test_what_waits_already_is_updated_and_waits_on(ask: Ask) -> None:
    child, ref = a_child(), reference()
    await shielded(ask, child)
    second = {**a_child(gender="female"), "nhs_number": child["nhs_number"]}
    before = await ask.holds()
    await ask.feed(child_line(ref, second, day(4)))
    (held,) = (await ask.holds()).keys() - before.keys()
    status = await ask.feed(child_line(ref, {**second, "gender": "male"}, day(3)))
    assert status["accepted"] == 1
    tag = (await ask.read("manager", held)).headers["etag"]
    assert (await ask.amend("manager", held, tag, case_number=None)).status_code == 204
    assert (await ask.shown("manager", held))["gender"] == "male"
    assert (await ask.holds()).keys() - before.keys() == {held}
    not_shown(await ask.read("social_worker", held))


async def test_a_record_amended_to_resemble_a_shielded_child_waits_unseen(ask: Ask) -> None:
    child = a_child()
    await shielded(ask, child)
    other = await ask.create(a_child())
    tag = (await ask.read("social_worker", other)).headers["etag"]
    answer = await ask.amend("social_worker", other, tag, nhs_number=child["nhs_number"])
    assert answer.status_code == 204
    not_shown(await ask.read("social_worker", other))
    assert (await ask.holds())[other] == "held"


async def test_a_feed_line_of_another_child_that_comes_to_resemble_it_waits_unseen(
    ask: Ask,
) -> None:
    child, other, ref = a_child(), a_child(), reference()
    await shielded(ask, child)
    await ask.feed(child_line(ref, other))
    (match,) = (await ask.look_up("manager", **by_everything(other)))["matches"]
    status = await ask.feed(child_line(ref, {**other, **by_name_of(child)}, day(0)))
    assert status["accepted"] == 1
    not_shown(await ask.read("social_worker", match["child"]["child_id"]))
    assert (await ask.holds())[match["child"]["child_id"]] == "held"


async def test_whoever_stood_beside_one_hidden_record_still_may_not_come_to_resemble_another(
    ask: Ask,
) -> None:
    """Found by `prove shield`: likeness to a record that waits hid a new likeness to the child."""
    stands = a_child(
        name={"given_name": "Affoxpukh", "family_name": "Ewkeltijsezk"}, date_of_birth="2015-04-05"
    )
    numbers = ("nhs_number", "upn", "case_number")
    child = {fact: said for fact, said in stands.items() if fact not in numbers}
    child |= {
        "name": {"given_name": "Affoxpukh", "family_name": "Itwesleggedv"},
        "date_of_birth": "2015-05-04",
    }
    standing = await ask.create(stands)
    await ask.shield(await ask.create(child), SOON)
    assert standing not in await ask.holds()
    others = {fact: said for fact, said in a_child().items() if fact in numbers}
    beside = {**stands, **others, "date_of_birth": "2015-05-04"}
    waiting = await ask.create(beside)
    assert (await ask.holds())[waiting] == "held"
    tag = (await ask.read("social_worker", standing)).headers["etag"]
    answer = await ask.amend("social_worker", standing, tag, date_of_birth="2015-05-04")
    assert answer.status_code == 204
    not_shown(await ask.read("social_worker", standing))
    assert (await ask.holds())[standing] == "held"


@pytest.mark.parametrize("way", ["feed", "api"])
async def test_a_shielded_record_that_changes_takes_its_likeness_out_of_sight(
    ask: Ask, way: str
) -> None:
    """Found by `prove shield`: it took the number of a record that stood in the open."""
    child, twin, ref = a_child(), a_child(), reference()
    await ask.feed(child_line(ref, child, day(4)), who="health_feed")
    (match,) = (await ask.look_up("manager", **by_everything(child)))["matches"]
    child_id, other = match["child"]["child_id"], await ask.create(twin)
    await ask.shield(child_id, SOON)
    assert (await ask.read("social_worker", other)).status_code == 200
    if way == "feed":
        line = child_line(ref, {**child, "nhs_number": twin["nhs_number"]}, day(3))
        assert (await ask.feed(line, who="health_feed"))["accepted"] == 1
    else:
        tag = (await ask.read("manager", child_id)).headers["etag"]
        answer = await ask.amend("manager", child_id, tag, nhs_number=twin["nhs_number"])
        assert answer.status_code == 204
    not_shown(await ask.read("social_worker", other))
    assert (await ask.holds())[other] == "held"
    assert child_id not in await ask.holds()
    assert (await ask.shown("social_worker", child_id))["restricted"] is True


async def test_a_shielded_record_that_changes_hides_no_other_childs(ask: Ask) -> None:
    """A namesake of the same birthday with another given name and no number of theirs: a twin."""
    child = a_child(name={"given_name": "Ambrosia", "family_name": "Quillfeather"})
    name = {"given_name": "Peregrine", "family_name": "Quillfeathers"}
    twin = a_child(name=name, date_of_birth=child["date_of_birth"])
    child_id, other = await ask.create(child), await ask.create(twin)
    await ask.shield(child_id, SOON)
    tag = (await ask.read("manager", child_id)).headers["etag"]
    changed = {"name": {"given_name": "Ambrosia", "family_name": "Quillfeathers"}}
    assert (await ask.amend("manager", child_id, tag, **changed)).status_code == 204
    assert (await ask.read("social_worker", other)).status_code == 200
    assert other not in await ask.holds()


def by_name_of(child: Stated) -> Stated:
    """Return a child's name and date of birth, as a record states them."""
    return {"name": child["name"], "date_of_birth": child["date_of_birth"]}


# 5a. Two records of one child


async def test_a_near_miss_that_stood_beside_the_child_waits_from_the_grant_on(ask: Ask) -> None:
    """A shield belongs to the child: a misspelt second record would tell where they are."""
    child = a_child(name={"given_name": "Marigold", "family_name": "Thistlewayte"})
    child_id = await ask.create(child)
    numbers = dict.fromkeys(("nhs_number", "upn", "case_number"))
    near = {**child, **numbers, "name": {"given_name": "Marigold", "family_name": "Thistlewaite"}}
    near = {fact: said for fact, said in near.items() if said is not None}
    await ask.feed(child_line(reference(), near), who="health_feed")
    found = await ask.look_up("manager", **by_name(near))
    (other,) = {each["child"]["child_id"] for each in found["matches"]} - {child_id}
    await ask.shield(child_id, SOON)
    not_shown(await ask.read("social_worker", other))
    assert (await ask.holds())[other] == "held"


async def test_a_lift_opens_no_record_of_a_child_still_shielded_elsewhere(ask: Ask) -> None:
    child = a_child(name={"given_name": "Leopold", "family_name": "Ravenhurst"})
    first = await ask.create(child)
    shield_id = await ask.shield(first, SOON)
    before = await ask.holds()
    await ask.feed(child_line(reference(), child), who="health_feed")
    (second,) = (await ask.holds()).keys() - before.keys()
    await ask.shield(second, SOON)
    assert (await ask("manager", *lift(first, shield_id), why=SHIELDING)).status_code == 204
    not_shown(await ask.read("social_worker", first))
    assert (await ask.holds())[first] == "held"
