"""A practitioner's own contact shielded: everybody but the team is shown the team line."""

from uuid import uuid4

import pytest

from demo.personas import SOCIAL_CARE
from tests.stories.asking import NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.made import (
    DUTY,
    Stated,
    a_child,
    begin_line,
    by_everything,
    child_line,
    contact,
    day,
    key,
    reference,
)

NAME = "Marit Quoyle"
PHONE = "+441632960771"
EMAIL = "m.quoyle@northmere.example"
TEAM_ONLY = {
    "team": {"name": "Northmere North Team", "phone": DUTY, "hours": []},
    "person": None,
    "ask_for_duty": True,
}


async def practitioner(ask: Ask, agency: str = str(SOCIAL_CARE.id), name: str = NAME) -> str:
    """Add a practitioner and return the id; number and address are one's alone."""
    own = {"phone": PHONE, "email": EMAIL} if name == NAME else {}
    said = {
        "agency_id": agency,
        "name": name,
        "team": contact()["team"],
        **own,
    }
    headers = {"Idempotency-Key": key()}
    answer = await ask("manager", "POST", "/v1/practitioners", said, why=NO_WHY, headers=headers)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def shield(ask: Ask, who_id: str, *, on: bool = True, who: str = "manager") -> Answer:
    """Shield a practitioner's contact, or not."""
    path = f"/v1/practitioners/{who_id}"
    return await ask(who, "PATCH", path, {"contact_shielded": on}, why=NO_WHY)


async def contact_shown(ask: Ask, who: str, child_id: str) -> Stated:
    """Return the contact of a child's only involvement as somebody is shown it."""
    (involvement,) = (await ask.shown(who, child_id))["involvements"]
    shown: Stated = involvement["contact"]
    return shown


async def test_without_a_token_no_contact_is_shielded(ask: Ask) -> None:
    path, said = f"/v1/practitioners/{uuid4()}", {"contact_shielded": True}
    refused(await ask(None, "PATCH", path, said), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["social_worker", "schools_feed", "auditor"])
async def test_only_the_team_shields_a_contact(ask: Ask, who: str) -> None:
    who_id = await practitioner(ask, name="Ulla Fennick")
    refused(await shield(ask, who_id, who=who), 403, "role_not_allowed")


async def test_a_suspended_account_shields_no_contact(ask: Ask) -> None:
    answer = await shield(ask, str(uuid4()), who="suspended_manager")
    refused(answer, 403, "account_suspended")


async def test_nobodys_contact_is_shielded_who_is_not_here(ask: Ask) -> None:
    not_shown(await shield(ask, str(uuid4())))


@pytest.mark.parametrize(
    "person",
    [
        {"name": NAME},
        {"name": "marit QUOYLE", "phone": "+441632960772"},
        {"name": "M Quoyle", "phone": PHONE},
        {"name": "Duty", "email": EMAIL.upper()},
    ],
    ids=["name", "name written otherwise", "their number", "their address"],
)
async def test_wherever_shown_a_shielded_practitioner_is_a_team_line(
    ask: Ask, person: dict[str, str]
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    involvement = await ask.begin("social_worker", child_id, contact=contact(**person))
    path = f"/v1/children/{child_id}/lead-professional"
    said = {"contact": contact(**person), "since": day(3)}
    assert (await ask("social_worker", "PUT", path, said)).status_code == 204
    before = await contact_shown(ask, "teacher", child_id)
    assert before["person"] is not None
    who_id = await practitioner(ask)
    assert (await shield(ask, who_id)).status_code == 204
    for who in ("teacher", "police_desk", "social_worker", "colleague"):
        assert await contact_shown(ask, who, child_id) == TEAM_ONLY
        shown = await ask.shown(who, child_id)
        assert shown["lead_professional"]["contact"] == TEAM_ONLY
        (match,) = (await ask.look_up(who, **by_everything(child)))["matches"]
        assert match["child"]["involvements"][0]["contact"] == TEAM_ONLY
        one = (await ask(who, "GET", f"/v1/involvements/{involvement}")).json()
        assert one["contact"] == TEAM_ONLY
        text = (await ask.read(who, child_id)).text
        assert all(word not in text for word in (PHONE, EMAIL, "Quoyle"))
    assert (await contact_shown(ask, "manager", child_id))["person"] is not None
    assert (await shield(ask, who_id, on=False)).status_code == 204
    assert await contact_shown(ask, "teacher", child_id) == before


async def test_a_supplied_line_that_names_them_shows_the_team_line(ask: Ask) -> None:
    child, ref = a_child(), reference()
    agency = str(ask.issuer.personas["schools_feed"].account.agency_id)
    who_id = await practitioner(ask, agency, "Tove Marlind")
    await shield(ask, who_id)
    line = begin_line(reference("I"), ref, person_name="Tove Marlind")
    status = await ask.feed(child_line(ref, child), line)
    assert status["accepted"] == 2, status
    (match,) = (await ask.look_up("police_desk", **by_everything(child)))["matches"]
    shown = match["child"]["involvements"][0]["contact"]
    assert (shown["person"], shown["ask_for_duty"]) == (None, True)


async def test_a_namesake_of_another_agency_is_shown(ask: Ask) -> None:
    who_id = await practitioner(ask, name="Signe Halloran")
    await shield(ask, who_id)
    child_id = await ask.create(a_child())
    named = contact(name="Signe Halloran")
    await ask.begin("teacher", child_id, service="school", contact=named)
    shown = await contact_shown(ask, "police_desk", child_id)
    assert shown["person"]["name"] == "Signe Halloran"


async def test_shielding_twice_is_shielding_once(ask: Ask) -> None:
    who_id = await practitioner(ask, name="Runa Tesk")
    for _ in range(2):
        assert (await shield(ask, who_id)).status_code == 204
    answer = await ask("manager", "GET", f"/v1/practitioners/{who_id}", why=NO_WHY)
    assert answer.json()["contact_shielded"] is True
    for _ in range(2):
        assert (await shield(ask, who_id, on=False)).status_code == 204
