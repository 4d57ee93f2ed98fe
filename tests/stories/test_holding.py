"""What becomes of a common assessment: due, closed and why, handed on, offered with consent."""

from uuid import UUID, uuid4

import pytest

from demo.personas import HEALTH_VISITING, POLICE
from tests.stories.asking import NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.hidden import archive
from tests.stories.made import Stated, a_child, contact, day, key

DUE = "/v1/assessments/due"
CLOSE: Stated = {"reason": "needs_met"}
HAND_ON: Stated = {"agency_id": str(HEALTH_VISITING.id), "contact": contact("Northmere Moor")}
OFFER: Stated = {"authority": "camfield"}
STEPS = pytest.mark.parametrize(
    ("step", "said"), [("close", CLOSE), ("reassign", HAND_ON), ("transfer", OFFER)]
)


async def step(ask: Ask, who: str | None, child_id: str, name: str, said: Stated) -> Answer:
    """Take one step with a child's assessment."""
    return await ask(who, "POST", f"/v1/children/{child_id}/assessment/{name}", said)


async def hold(ask: Ask, who: str, child_id: str, **differs: object) -> None:
    """State that somebody's agency holds an assessment."""
    said = {"contact": contact(), "held_since": day(10), **differs}
    answer = await ask(who, "PUT", f"/v1/children/{child_id}/assessment", said)
    assert answer.status_code == 204, answer.text


async def a_held_one(ask: Ask, who: str = "teacher", **differs: object) -> str:
    """Record a child whose assessment is held; return the child's id."""
    child_id = await ask.create(a_child())
    await hold(ask, who, child_id, **differs)
    return child_id


async def due(ask: Ask, who: str) -> dict[str, Stated]:
    """Return what somebody is shown as due, by child id, all pages together."""
    found: dict[str, Stated] = {}
    cursor = ""
    while True:
        answer = await ask(who, "GET", DUE + cursor)
        assert answer.status_code == 200, answer.text
        found |= {each["child_id"]: each for each in answer.json()["assessments"]}
        if answer.json()["next"] is None:
            return found
        cursor = f"?cursor={answer.json()['next']}"


@STEPS
async def test_without_a_token_no_step_is_taken(ask: Ask, step: str, said: Stated) -> None:
    path = f"/v1/children/{uuid4()}/assessment/{step}"
    refused(await ask(None, "POST", path, said), 401, "not_authenticated")
    refused(await ask(None, "GET", DUE), 401, "not_authenticated")


@STEPS
async def test_who_holds_no_assessments_is_told_so(ask: Ask, step: str, said: Stated) -> None:
    path = f"/v1/children/{uuid4()}/assessment/{step}"
    refused(await ask("schools_feed", "POST", path, said), 403, "role_not_allowed")
    refused(await ask("police_desk", "POST", path, said), 403, "purpose_not_allowed")
    refused(await ask("police_desk", "GET", DUE), 403, "role_not_allowed")


@STEPS
async def test_a_suspended_account_takes_no_step(ask: Ask, step: str, said: Stated) -> None:
    path = f"/v1/children/{uuid4()}/assessment/{step}"
    refused(await ask("suspended_worker", "POST", path, said), 403, "account_suspended")
    refused(await ask("suspended_worker", "GET", DUE), 403, "account_suspended")


@STEPS
async def test_without_a_reason_no_step_is_taken(ask: Ask, step: str, said: Stated) -> None:
    path = f"/v1/children/{uuid4()}/assessment/{step}"
    refused(await ask("teacher", "POST", path, said, why=NO_WHY), 400, "purpose_missing")
    refused(await ask("teacher", "GET", DUE, why=NO_WHY), 400, "purpose_missing")


@STEPS
async def test_somebody_elses_assessment_and_none_and_a_shielded_childs_are_one_answer(
    ask: Ask, step: str, said: Stated
) -> None:
    shielded = await a_held_one(ask)
    await ask.shield(shielded, day(-90))
    for child_id in (await a_held_one(ask), await ask.create(a_child()), str(uuid4()), shielded):
        path = f"/v1/children/{child_id}/assessment/{step}"
        not_shown(await ask("social_worker", "POST", path, said))
    assert (await ask.shown("manager", shielded))["assessment"]["closed"] is None


# Closing


async def test_a_closed_assessment_is_told_as_closed_and_why(ask: Ask) -> None:
    child_id = await a_held_one(ask)
    said = {"reason": "family_disengaged", "closed": day(2)}
    assert (await step(ask, "teacher", child_id, "close", said)).status_code == 204
    shown = (await ask.shown("social_worker", child_id))["assessment"]
    assert (shown["closed"], shown["closure"]) == (day(2), "family_disengaged")
    refused(await step(ask, "teacher", child_id, "close", CLOSE), 409, "ended_already")
    refused(await step(ask, "teacher", child_id, "reassign", HAND_ON), 409, "ended_already")
    await hold(ask, "social_worker", child_id, held_since=day(0))
    shown = (await ask.shown("teacher", child_id))["assessment"]
    assert (shown["closed"], shown["closure"], shown["held_since"]) == (None, None, day(0))


async def test_closed_more_than_a_year_ago_it_is_told_no_more(ask: Ask) -> None:
    child_id = await a_held_one(ask, held_since=day(900))
    said = {"reason": "needs_met", "closed": day(370)}
    assert (await step(ask, "teacher", child_id, "close", said)).status_code == 204
    assert (await ask.shown("teacher", child_id))["assessment"] is None


async def test_the_team_closes_anybodys(ask: Ask) -> None:
    child_id = await a_held_one(ask)
    assert (await step(ask, "manager", child_id, "close", CLOSE)).status_code == 204
    assert (await ask.shown("teacher", child_id))["assessment"]["closed"] == day(0)


@pytest.mark.parametrize("closed", [day(-1), day(11)])
async def test_it_closes_on_a_day_it_was_held(ask: Ask, closed: str) -> None:
    child_id = await a_held_one(ask)
    said = {"reason": "needs_met", "closed": closed}
    refused(await step(ask, "teacher", child_id, "close", said), 422, "date_out_of_range")
    assert (await ask.shown("teacher", child_id))["assessment"]["closed"] is None


async def test_a_reason_is_one_of_the_four(ask: Ask) -> None:
    child_id = await a_held_one(ask)
    said = {"reason": "gone away"}
    refused(await step(ask, "teacher", child_id, "close", said), 422, "field_invalid")


# Handing on


async def test_handed_on_it_is_held_by_the_other_agency_from_today(ask: Ask) -> None:
    child_id = await a_held_one(ask)
    assert (await step(ask, "teacher", child_id, "reassign", HAND_ON)).status_code == 204
    shown = (await ask.shown("teacher", child_id))["assessment"]
    assert (shown["agency"], shown["held_since"]) == ("Northmere Health Visiting", day(0))
    assert shown["contact"]["team"]["name"] == "Northmere Moor"
    not_shown(await step(ask, "teacher", child_id, "close", CLOSE))
    assert (await step(ask, "health_visitor", child_id, "close", CLOSE)).status_code == 204


@pytest.mark.parametrize(
    "agency_id", [str(POLICE.id), "3f0d1c7e-58a2-4b6f-9c41-7e2a90d5b813"], ids=["police", "nobody"]
)
async def test_it_goes_to_no_agency_that_may_not_hold_one(ask: Ask, agency_id: str) -> None:
    """Told before a child is read: the same for every child."""
    said = {**HAND_ON, "agency_id": agency_id}
    for child_id in (await a_held_one(ask), str(uuid4())):
        refused(await step(ask, "teacher", child_id, "reassign", said), 422, "field_invalid")


# Offering to another authority


async def consent(ask: Ask, child_id: str, authority: str = "camfield", **differs: str) -> str:
    """Record that a family agrees to a transfer; return the consent's id."""
    said = {
        "giver": "parental_responsibility",
        "understanding": "insufficient",
        "given_for": "caf_transfer",
        "state": "given",
        "receiving_authority": authority,
        **differs,
    }
    headers = {"Idempotency-Key": key()}
    path = f"/v1/children/{child_id}/consents"
    answer = await ask("teacher", "POST", path, said, headers=headers)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def test_without_a_live_consent_it_is_offered_to_nobody(ask: Ask) -> None:
    child_id = await a_held_one(ask)
    refused(await step(ask, "teacher", child_id, "transfer", OFFER), 409, "consent_missing")
    consent_id = await consent(ask, child_id)
    said = {"giver": "parental_responsibility", "understanding": "insufficient"}
    path = f"/v1/consents/{consent_id}/withdraw"
    assert (await ask("teacher", "POST", path, said)).status_code in (200, 204)
    refused(await step(ask, "teacher", child_id, "transfer", OFFER), 409, "consent_missing")


async def test_a_refusal_or_a_consent_for_another_authority_is_none(ask: Ask) -> None:
    child_id = await a_held_one(ask)
    await consent(ask, child_id, "eastbrook")
    refused(await step(ask, "teacher", child_id, "transfer", OFFER), 409, "consent_missing")
    child_id = await a_held_one(ask)
    await consent(ask, child_id, state="refused")
    refused(await step(ask, "teacher", child_id, "transfer", OFFER), 409, "consent_missing")


async def test_with_a_live_consent_that_names_the_authority_it_is_offered(ask: Ask) -> None:
    child_id = await a_held_one(ask, review_due=day(-5))
    await consent(ask, child_id)
    not_shown(await step(ask, "social_worker", child_id, "transfer", OFFER))
    assert (await step(ask, "teacher", child_id, "transfer", OFFER)).status_code == 204
    assert (await due(ask, "teacher"))[child_id]["offered_to"] == "camfield"
    assert "offered_to" not in (await ask.shown("social_worker", child_id))["assessment"]


async def test_it_is_not_offered_to_the_authority_it_is_in(ask: Ask) -> None:
    child_id = await a_held_one(ask)
    answer = await step(ask, "teacher", child_id, "transfer", {"authority": "northmere"})
    refused(answer, 422, "field_invalid")


# Due for review


async def test_a_review_is_due_12_weeks_on_unless_a_day_is_stated(ask: Ask) -> None:
    for held_since, review in ((day(10), day(10 - 84)), (day(200), day(-84))):
        child_id = await a_held_one(ask, held_since=held_since)
        assert (await ask.shown("teacher", child_id))["assessment"]["review_due"] == review
    child_id = await a_held_one(ask, review_due=day(-30))
    assert (await ask.shown("teacher", child_id))["assessment"]["review_due"] == day(-30)


@pytest.mark.parametrize("review", [day(0), day(-367)])
async def test_a_review_is_to_come_and_within_a_year(ask: Ask, review: str) -> None:
    child_id = await ask.create(a_child())
    said = {"contact": contact(), "held_since": day(10), "review_due": review}
    answer = await ask("teacher", "PUT", f"/v1/children/{child_id}/assessment", said)
    refused(answer, 422, "date_out_of_range")


async def test_a_manager_is_shown_the_agencys_own_that_are_due_and_the_team_all(ask: Ask) -> None:
    soon, later = await a_held_one(ask, review_due=day(-28)), await a_held_one(ask)
    others = await a_held_one(ask, "health_visitor", review_due=day(-3))
    own = await due(ask, "teacher")
    assert {soon, later, others} & own.keys() == {soon}
    assert own[soon]["agency"] == "Northmere Primary School"
    assert own[soon]["name"]["family_name"]
    everybodys = await due(ask, "manager")
    assert {soon, later, others} & everybodys.keys() == {soon, others}


async def test_each_child_listed_is_found_by_who_looked(ask: Ask) -> None:
    child_id = await a_held_one(ask, review_due=day(-1))
    answer = await ask("teacher", "GET", DUE)
    listed = [each["child_id"] for each in answer.json()["assessments"]]
    assert child_id in listed
    subjects = (await ask.entry(answer))["subjects"]
    assert len(subjects) == len(listed)
    assert all(each["shown"] and "assessment" in each["classes"] for each in subjects)
    assert len(await ask.served.who_looked(child_id)) == 3  # recorded, held, listed


async def test_what_is_closed_handed_on_or_reviewed_is_due_no_more(ask: Ask) -> None:
    closed, gone, reviewed = [await a_held_one(ask, review_due=day(-1)) for _ in range(3)]
    assert {closed, gone, reviewed} <= (await due(ask, "teacher")).keys()
    assert (await step(ask, "teacher", closed, "close", CLOSE)).status_code == 204
    assert (await step(ask, "teacher", gone, "reassign", HAND_ON)).status_code == 204
    await hold(ask, "teacher", reviewed, review_due=day(-60))
    assert not {closed, gone, reviewed} & (await due(ask, "teacher")).keys()
    assert gone in await due(ask, "health_visitor")
    assert {closed, gone, reviewed} & (await due(ask, "manager")).keys() == {gone}


async def test_a_hidden_child_is_not_there_to_be_reviewed(ask: Ask) -> None:
    shielded, put_away = [await a_held_one(ask, review_due=day(-1)) for _ in range(2)]
    await ask.shield(shielded, day(-90))
    await archive(ask.served, UUID(put_away))
    assert {shielded, put_away} & (await due(ask, "teacher")).keys() == {shielded}
    assert {shielded, put_away} & (await due(ask, "manager")).keys() == {shielded}
    answer = await ask("teacher", "GET", DUE)
    assert len((await ask.entry(answer))["subjects"]) == len(answer.json()["assessments"])


async def test_a_long_list_is_shown_page_by_page_to_whoever_began_it(ask: Ask) -> None:
    mine = {await a_held_one(ask, "housing_officer", review_due=day(-2)) for _ in range(53)}
    first = (await ask("housing_officer", "GET", DUE)).json()
    assert len(first["assessments"]) == 50
    path = f"{DUE}?cursor={first['next']}"
    assert len((await ask("housing_officer", "GET", path)).json()["assessments"]) == 3
    assert (await due(ask, "housing_officer")).keys() == mine
    refused(await ask("teacher", "GET", path), 400, "query_invalid")


async def test_holding_and_leading_leave_the_same_rows(ask: Ask) -> None:
    """Else storage would tell whose family is assessed."""
    left = []
    for noun, since in (("assessment", "held_since"), ("lead-professional", "since")):
        child_id = await ask.create(a_child())
        before = [await rows(ask, table) for table in ("work_token", "case_row")]
        said = {"contact": contact(), since: day(1)}
        answer = await ask("teacher", "PUT", f"/v1/children/{child_id}/{noun}", said)
        assert answer.status_code == 204
        after = [await rows(ask, table) for table in ("work_token", "case_row")]
        left.append([a - b for a, b in zip(after, before, strict=True)])
    assert left == [[3, 1], [3, 1]]


async def rows(ask: Ask, table: str) -> int:
    """Return how many rows a table holds."""
    (row,) = await ask.served.rows(f"select count(*) as n from {table}")
    count: int = row["n"]
    return count
