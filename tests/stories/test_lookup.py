"""Looking a child up: find the child meant, see who else works with them, know whom to ring."""

import pytest

from tests.stories.asking import CARE, NO_WHY, Ask, Why, refused
from tests.stories.made import a_child, by_address, by_everything, by_name, contact, upn

LOOKUPS = ("POST", "/v1/lookups")


async def test_without_a_token_nothing_is_answered(ask: Ask) -> None:
    refused(await ask(None, *LOOKUPS, by_name(a_child())), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["schools_feed", "auditor"])
async def test_suppliers_and_auditors_look_nobody_up(ask: Ask, who: str) -> None:
    refused(await ask(who, *LOOKUPS, by_name(a_child())), 403, "role_not_allowed")


async def test_a_suspended_account_looks_nobody_up(ask: Ask) -> None:
    refused(await ask("suspended_worker", *LOOKUPS, by_name(a_child())), 403, "account_suspended")


@pytest.mark.parametrize(
    ("why", "status", "code"),
    [
        (NO_WHY, 400, "purpose_missing"),
        (Why("safeguard", None), 400, "reason_missing"),
        (Why("keep_index", "review"), 403, "purpose_not_allowed"),
        (Why("safeguard", "admission_or_attendance"), 403, "reason_not_allowed"),
        (Why("curiosity", "review"), 400, "header_invalid"),
        (Why("safeguard", "curiosity"), 400, "header_invalid"),
    ],
)
async def test_without_a_fitting_reason_nobody_is_looked_up(
    ask: Ask, why: Why, status: int, code: str
) -> None:
    refused(await ask("teacher", *LOOKUPS, by_name(a_child()), why=why), status, code)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("lapsed_nurse", "check_lapsed"),
        ("closed_worker", "account_closed"),
        ("untrained_worker", "training_missing"),
        ("unsigned_worker", "agreement_unsigned"),
        ("club_leader", "employer_not_accredited"),
    ],
)
async def test_an_account_that_is_not_cleared_is_told_what_is_missing(
    ask: Ask, who: str, code: str
) -> None:
    refused(await ask(who, *LOOKUPS, by_name(a_child())), 403, code)


async def test_an_account_whose_tokens_must_be_bound_takes_no_bearer_token(ask: Ask) -> None:
    refused(await ask("bound_worker", *LOOKUPS, by_name(a_child())), 401, "token_not_bound")


async def test_a_reference_shaped_like_an_nhs_number_is_refused(ask: Ask) -> None:
    headers = {"Access-Reference": "999-000-0018"}
    answer = await ask("teacher", *LOOKUPS, by_name(a_child()), headers=headers)
    refused(answer, 400, "reference_invalid")


# Main scenario


async def test_a_teacher_finds_the_child_and_whom_to_ring(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("social_worker", child_id, contact=contact("Northmere South Team"))
    found = await ask.look_up("teacher", **by_everything(child))
    assert found["outcome"] == "found"
    (match,) = found["matches"]
    assert match["grade"] == "certain"
    assert match["child"]["child_id"] == child_id
    (involved,) = match["child"]["involvements"]
    assert involved["agency"] == "Northmere Childrens Social Care"
    assert involved["contact"]["team"] == {
        "name": "Northmere South Team",
        "phone": "+441632960111",
        "hours": [],
    }


async def test_every_answer_says_how_complete_it_is_and_whom_to_ring(ask: Ask) -> None:
    """`none` is no dead end, and the next step is the same for every child."""
    child = a_child()
    await ask.create(child)
    found = await ask.look_up("teacher", **by_name(child))
    none = await ask.look_up("teacher", **by_name(a_child()))
    assert (found["outcome"], none["outcome"], none["matches"]) == ("found", "none", [])
    for part in ("coverage", "front_doors", "broker", "agreement_version"):
        assert none[part] == found[part]
        assert none[part]
    kinds = {door["agency_kind"] for door in none["front_doors"]}
    assert {"social_care", "police", "health_visiting"} <= kinds
    assert all(door["duty_phone"] and door["safeguarding_lead"] for door in none["front_doors"])


async def test_why_names_what_agreed_and_never_what_it_was(ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    (match,) = (await ask.look_up("teacher", **by_everything(child)))["matches"]
    why = {each["field"]: each["level"] for each in match["why"]}
    assert why["family_name"] == why["given_name"] == why["date_of_birth"] == "exact"
    assert why["address"] == "exact"
    assert why["nhs_number"] == why["case_number"] == "not_compared"  # not a school's numbers
    assert set(match["why"][0]) == {"field", "level"}


# 2a. The name is written another way


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ({"given_name": "William", "family_name": "Quarrelby"}, {"given_name": "Bill"}),
        ({"given_name": "Zoë", "family_name": "Söderqvarn"}, {"given_name": "Zoe"}),
        ({"given_name": "Ashva", "family_name": "Larkwick"}, {"family_name": "Larkwyck"}),
        ({"given_name": "Ashva", "family_name": "Vale-Okondo"}, {"family_name": "Okondo"}),
        ({"given_name": "Corvina", "family_name": "O'Tarn"}, {"family_name": "OTarn"}),
    ],
)
async def test_a_name_written_another_way_is_found(
    ask: Ask, stored: dict[str, str], asked: dict[str, str]
) -> None:
    child = a_child(name=stored)
    child_id = await ask.create(child)
    found = await ask.look_up("teacher", **{**by_name(child), **asked})
    assert [each["child"]["child_id"] for each in found["matches"]] == [child_id]


async def test_day_and_month_the_wrong_way_round_are_found(ask: Ask) -> None:
    child = a_child(date_of_birth="2014-03-07")
    child_id = await ask.create(child)
    found = await ask.look_up("teacher", **{**by_name(child), "date_of_birth": "2014-07-03"})
    assert [each["child"]["child_id"] for each in found["matches"]] == [child_id]


async def test_a_former_name_finds_the_child_and_is_not_shown(ask: Ask) -> None:
    former = {"given_name": "Galdra", "family_name": "Ottermoss"}
    child = a_child(former_names=[former])
    await ask.create(child)
    found = await ask.look_up("teacher", **former, date_of_birth=child["date_of_birth"])
    assert found["outcome"] == "found"
    assert "Ottermoss" not in str(found)


# 3a. Several could be meant


async def test_twins_are_several_and_neither_is_certain(ask: Ask) -> None:
    twin = a_child(nhs_number=None, upn=None, case_number=None)
    given = {"Fenwick", "Galdra"}
    for name in given:
        await ask.create({**twin, "name": {**twin["name"], "given_name": name}})
    asked = {"family_name": twin["name"]["family_name"], "date_of_birth": twin["date_of_birth"]}
    found = await ask.look_up("teacher", **asked)
    assert found["outcome"] == "several"
    assert {each["child"]["name"]["given_name"] for each in found["matches"]} == given
    assert "certain" not in {each["grade"] for each in found["matches"]}


async def test_too_many_to_show_are_not_cut_but_said(ask: Ask) -> None:
    born, family = "2013-12-24", "Manyfold"
    for given in ("Ashva", "Brindle", "Corvina", "Dellith", "Emberly", "Fenwick", "Hestor"):
        name = {"given_name": given, "family_name": family}
        await ask.create(a_child(name=name, date_of_birth=born))
    found = await ask.look_up("teacher", family_name=family, date_of_birth=born)
    assert (found["outcome"], found["matches"]) == ("too_many", [])
    assert found["front_doors"]


# 3b. A number is known


@pytest.mark.parametrize(
    ("number", "finds", "does_not"),
    [
        ("nhs_number", ["health_visitor", "social_worker"], ["teacher", "police_desk"]),
        ("upn", ["teacher", "social_worker"], ["health_visitor", "police_desk"]),
        ("case_number", ["social_worker"], ["teacher", "health_visitor", "police_desk"]),
    ],
)
async def test_a_number_serves_the_bodies_it_is_for_and_no_other(
    ask: Ask, number: str, finds: list[str], does_not: list[str]
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    for who in finds:
        found = await ask.look_up(who, **{number: child[number]})
        assert [each["child"]["child_id"] for each in found["matches"]] == [child_id]
        assert found["matches"][0]["child"]["identifiers"][number] == child[number]
    for who in does_not:
        answer = await ask(who, "POST", "/v1/lookups", {number: child[number]})
        refused(answer, 403, "number_not_allowed")
        (match,) = (await ask.look_up(who, **by_name(child)))["matches"]
        assert number not in match["child"]["identifiers"]


async def test_a_number_with_the_wrong_check_digit_is_refused(ask: Ask) -> None:
    wrong = upn(123)[:-1] + "9"
    refused(await ask("teacher", *LOOKUPS, {"upn": wrong}), 422, "identifier_invalid")


async def test_both_names_with_a_postcode_find_the_child(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    found = await ask.look_up("teacher", **child["name"], postcode=child["address"]["postcode"])
    assert [each["child"]["child_id"] for each in found["matches"]] == [child_id]


# 3c. Too little is known


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"family_name": "Holt"},
        {"gender": "female"},
        {"family_name": "Holt", "postcode": "NM1 4QT"},  # would find nobody, ever
    ],
)
async def test_too_few_facts_are_refused(ask: Ask, facts: dict[str, str]) -> None:
    refused(await ask("teacher", *LOOKUPS, facts), 422, "too_few_facts")


# 4a. A system asks without a person at the keyboard


async def test_a_system_gets_one_certain_match_or_none(ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    certain = await ask.look_up("case_system", **by_everything(child))
    probable = await ask.look_up("case_system", **by_name(child))
    assert (certain["outcome"], len(certain["matches"])) == ("found", 1)
    assert (probable["outcome"], probable["matches"]) == ("several", [])


# 4b. Part of the record is withheld from this kind of agency


async def test_housing_sees_who_is_involved_and_no_assessment(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("social_worker", child_id)
    (match,) = (await ask.look_up("housing_officer", **by_name(child)))["matches"]
    assert len(match["child"]["involvements"]) == 1
    assert "assessment" not in match["child"]


async def test_a_lookup_never_shows_an_address(ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    for question in (by_everything(child), by_address(child)):
        answer = await ask("social_worker", *LOOKUPS, question, why=CARE)
        assert answer.json()["outcome"] == "found"
        assert child["address"]["postcode"] not in answer.text
        assert child["address"]["street"] not in answer.text
        assert "address" not in answer.json()["matches"][0]["child"]
