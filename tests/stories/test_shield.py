"""Shielding a child's record: hidden at once, never undone by a feed, lifted by decision only."""

from datetime import date
from uuid import uuid4

import pytest

from tests.stories.asking import NO_WHY, SHIELDING, Ask, not_shown, refused
from tests.stories.made import (
    Stated,
    a_child,
    by_address,
    by_everything,
    by_name,
    child_line,
    contact,
    day,
    involvement,
    key,
    nhs_number,
    reference,
)

SOON = day(-90)
IDENTITY = {"child_id", "restricted", "name", "date_of_birth", "gender", "carers", "identifiers"}
NUMBERS = (("health_visitor", "nhs_number"), ("teacher", "upn"), ("social_worker", "case_number"))


def grant(child_id: str, review: str = SOON) -> tuple[str, str, Stated]:
    """Return the request by which a shield is granted."""
    said = {"ground": "domestic_abuse", "asked_by": "practitioner", "review": review}
    return "POST", f"/v1/children/{child_id}/shield", said


def lift(child_id: str, shield_id: str) -> tuple[str, str, Stated]:
    """Return the request by which a shield is lifted."""
    return "POST", f"/v1/children/{child_id}/shield/lift", {"shield_id": shield_id}


async def shielded(ask: Ask, child: Stated) -> str:
    """Record a child, shield it, and return its id."""
    child_id = await ask.create(child)
    await ask.shield(child_id, SOON)
    return child_id


async def test_without_a_token_nobody_is_shielded(ask: Ask) -> None:
    refused(await ask(None, *grant(str(uuid4()))), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["social_worker", "schools_feed", "auditor"])
async def test_only_the_team_grants_and_lifts(ask: Ask, who: str) -> None:
    child_id = await ask.create(a_child())
    refused(await ask(who, *grant(child_id)), 403, "role_not_allowed")
    refused(await ask(who, *lift(child_id, str(uuid4()))), 403, "role_not_allowed")


async def test_a_suspended_account_shields_nobody(ask: Ask) -> None:
    refused(await ask("suspended_manager", *grant(str(uuid4()))), 403, "account_suspended")


async def test_without_a_reason_nobody_is_shielded(ask: Ask) -> None:
    refused(await ask("manager", *grant(str(uuid4())), why=NO_WHY), 400, "purpose_missing")


# Main scenario


async def test_a_shielded_child_is_found_by_name_and_shows_identity_only(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("social_worker", child_id)
    await ask.shield(child_id, SOON)
    for who in ("police_desk", "health_visitor", "case_system"):
        found = await ask.look_up(who, **by_name(child))
        if who == "case_system":  # nobody is there to tell two children apart
            assert found["matches"] == []
            continue
        (match,) = found["matches"]
        assert match["child"].keys() == IDENTITY
        assert match["child"]["restricted"] is True
        assert match["child"]["identifiers"] == {}
        levels = {each["field"]: each["level"] for each in match["why"]}
        assert levels["address"] == levels["nhs_number"] == levels["upn"] == "not_compared"
    shown = await ask.shown("police_desk", child_id)
    assert shown.keys() == IDENTITY


@pytest.mark.parametrize(("who", "number"), NUMBERS)
async def test_a_shielded_child_is_found_by_no_number(ask: Ask, who: str, number: str) -> None:
    child = a_child()
    child_id = await ask.create(child)
    assert (await ask.look_up(who, **{number: child[number]}))["outcome"] == "found"
    await ask.shield(child_id, SOON)
    assert (await ask.look_up(who, **{number: child[number]}))["outcome"] == "none"


async def test_a_shielded_child_is_found_by_no_address_and_no_former_name(ask: Ask) -> None:
    former = {"given_name": "Wyndra", "family_name": "Ottermoss"}
    child = a_child(former_names=[former])
    questions = [by_address(child), {**former, "date_of_birth": child["date_of_birth"]}]
    child_id = await ask.create(child)
    for question in questions:
        assert (await ask.look_up("social_worker", **question))["outcome"] == "found"
    await ask.shield(child_id, SOON)
    for question in questions:
        assert (await ask.look_up("social_worker", **question))["outcome"] == "none"
        assert (await ask.look_up("manager", **question))["outcome"] == "found"


@pytest.mark.parametrize(("who", "by"), [*NUMBERS, ("teacher", "address")])
async def test_a_hidden_fact_leads_to_no_near_match(ask: Ask, who: str, by: str) -> None:
    """A child like the one meant, whom only a withheld fact leads to, is as never found."""
    child = a_child(name={"given_name": "Ashva", "family_name": f"Larkwick{_LIKE[by]}"})
    born = date.fromisoformat(child["date_of_birth"])
    child_id = await ask.create(child)
    near = {
        "given_name": "Ashva",
        "family_name": f"Larkwift{_LIKE[by]}",
        "date_of_birth": born.replace(day=born.day % 28 + 1).isoformat(),
    }
    address = {part: child["address"][part] for part in ("postcode", "house")}
    known = near | (address if by == "address" else {by: child[by]})
    assert (await ask.look_up(who, **near))["outcome"] == "none"
    assert (await ask.look_up(who, **known))["outcome"] == "found"
    await ask.shield(child_id, SOON)
    assert await ask.look_up(who, **known) == await ask.look_up(who, **near)


_LIKE = {"nhs_number": "ford", "upn": "ham", "case_number": "den", "address": "tun"}


async def test_a_hidden_address_makes_nothing_certain(ask: Ask) -> None:
    """Right or wrong, an address asked for changes no byte of the answer."""
    child = a_child()
    await shielded(ask, child)
    wrong = {**by_everything(child), "postcode": "NM9 9ZZ", "house": "Sea View"}
    right = await ask.look_up("teacher", **by_everything(child))
    assert right == await ask.look_up("teacher", **wrong)
    assert [each["grade"] for each in right["matches"]] == ["probable"]


async def test_the_team_sees_the_whole_record_and_why_it_is_shielded(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    shield_id = await ask.shield(child_id, SOON)
    shown = await ask.shown("manager", child_id)
    assert shown["address"] == child["address"]
    manager = ask.issuer.personas["manager"]
    assert shown["restriction"] == {
        "shielded": True,
        "held": False,
        "shields": [
            {
                "shield_id": shield_id,
                "ground": "domestic_abuse",
                "asked_by": "practitioner",
                "decided_by": str(manager.account.id),
                "granted": day(),
                "review": SOON,
                "lifted": None,
                "request_id": None,
                "requested_by": None,
                "appealed": False,
                "reviewed": None,
            }
        ],
    }


async def test_an_agency_still_works_with_a_shielded_child_and_sees_its_own(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    theirs = await ask.begin("social_worker", child_id)
    await ask.shield(child_id, SOON)
    own = await ask.begin("teacher", child_id, service="school")
    path = f"/v1/involvements/{own}"
    assert (await ask("teacher", "GET", path)).json()["involvement_id"] == own
    assert (await ask("teacher", "PATCH", path, {"contact": contact()})).status_code == 204
    not_shown(await ask("teacher", "GET", f"/v1/involvements/{theirs}"))
    not_shown(await ask("social_worker", "GET", path))
    shown = await ask.shown("teacher", child_id)
    assert [each["involvement_id"] for each in shown["involvements"]] == [own]
    assert shown.keys() == IDENTITY | {"involvements"}
    assert (await ask.shown("police_desk", child_id)).keys() == IDENTITY


async def test_only_the_team_overwrites_a_shielded_record(ask: Ask) -> None:
    child_id = await shielded(ask, a_child(gender="female"))
    for who, status in (("social_worker", 404), ("manager", 204)):
        tag = (await ask.read(who, child_id)).headers["etag"]
        answer = await ask.amend(who, child_id, tag, gender="not_specified")
        assert answer.status_code == status
    shown = await ask.shown("social_worker", child_id)
    assert (shown["gender"], shown["restricted"]) == ("not_specified", True)


@pytest.mark.parametrize("review", [day(), day(1), day(-400)])
async def test_a_shield_is_looked_at_again_within_a_year(ask: Ask, review: str) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("manager", *grant(child_id, review), why=SHIELDING)
    refused(answer, 422, "date_out_of_range")
    assert (await ask.shown("teacher", child_id))["restricted"] is False


async def test_nobody_is_shielded_who_is_not_here(ask: Ask) -> None:
    not_shown(await ask("manager", *grant(str(uuid4())), why=SHIELDING))
    not_shown(await ask("manager", *lift(str(uuid4()), str(uuid4())), why=SHIELDING))


# 3a. A feed speaks of the child again


async def test_a_feed_line_updates_a_shielded_record_and_it_stays_shielded(ask: Ask) -> None:
    """The fault of March 2009: an update made some shielded records visible again."""
    child, ref = a_child(), reference()
    await ask.feed(child_line(ref, child))
    (match,) = (await ask.look_up("manager", **by_everything(child)))["matches"]
    child_id = match["child"]["child_id"]
    await ask.shield(child_id, SOON)
    moved = {**child["address"], "house": "9", "postcode": "NM8 8YY"}
    later = {**child, "address": moved, "nhs_number": nhs_number(710_001)}
    status = await ask.feed(child_line(ref, later, day(0)))
    assert (status["accepted"], status["invalid"]) == (1, 0)
    assert (await ask.shown("manager", child_id))["address"] == moved
    shown = await ask.shown("social_worker", child_id)
    assert (shown["restricted"], "address" in shown) == (True, False)
    assert child_id not in await ask.holds()
    for question in (by_address(later), {"nhs_number": later["nhs_number"]}):
        assert (await ask.look_up("social_worker", **question))["outcome"] == "none"
    (match,) = (await ask.look_up("social_worker", **by_name(child)))["matches"]
    assert match["child"]["child_id"] == child_id


# 4a. The shield is lifted


async def test_a_lifted_shield_makes_the_child_as_any_other(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    before = (await ask.read("teacher", child_id)).json()
    shield_id = await ask.shield(child_id, SOON)
    answer = await ask("manager", *lift(child_id, shield_id), why=SHIELDING)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await ask.read("teacher", child_id)).json() == before
    for who, number in NUMBERS:
        assert (await ask.look_up(who, **{number: child[number]}))["outcome"] == "found"
    (standing,) = (await ask.shown("manager", child_id))["restriction"]["shields"]
    assert standing["lifted"] == day()
    status = await ask.feed(child_line(reference(), child))
    assert status["accepted"] == 1
    found = await ask.look_up("teacher", **by_everything(child))
    assert [each["child"]["child_id"] for each in found["matches"]] == [child_id]


async def test_while_another_shield_stands_the_child_stays_shielded(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    first, second = [await ask.shield(child_id, SOON) for _ in range(2)]
    assert (await ask("manager", *lift(child_id, first), why=SHIELDING)).status_code == 204
    assert (await ask.shown("teacher", child_id))["restricted"] is True
    assert (await ask("manager", *lift(child_id, second), why=SHIELDING)).status_code == 204
    assert (await ask.shown("teacher", child_id))["restricted"] is False


async def test_a_shield_is_lifted_once_and_only_from_its_own_child(ask: Ask) -> None:
    child_id, other = [await ask.create(a_child()) for _ in range(2)]
    shield_id = await ask.shield(child_id, SOON)
    await ask.shield(other, SOON)
    wrong = await ask("manager", *lift(other, shield_id), why=SHIELDING)
    refused(wrong, 409, "state_conflict")
    assert (await ask("manager", *lift(child_id, shield_id), why=SHIELDING)).status_code == 204
    again = await ask("manager", *lift(child_id, shield_id), why=SHIELDING)
    refused(again, 409, "state_conflict")
    assert (await ask.shown("teacher", other))["restricted"] is True


async def test_beginning_an_involvement_answers_alike_shielded_or_not(ask: Ask) -> None:
    """Whoever may see that a child is restricted may still say they work with it."""
    answers = []
    for child_id in (await ask.create(a_child()), await shielded(ask, a_child())):
        path, headers = f"/v1/children/{child_id}/involvements", {"Idempotency-Key": key()}
        answers.append(await ask("teacher", "POST", path, involvement("school"), headers=headers))
    assert [answer.status_code for answer in answers] == [201, 201]
