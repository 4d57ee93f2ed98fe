"""Whose an assessment is: each agency states, sees, closes and hands on its own, no other's."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from consent.agreement import default_document
from demo.authority import roomy
from demo.personas import LISTENING
from index_service.services.cases import OWN_CASES_MAX
from tests.consent.examples import camfield_document
from tests.stories.asking import NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.consent_said import PARENT, aged, agree, recorded, tell, withdraw
from tests.stories.hidden import marked
from tests.stories.levels import levels
from tests.stories.made import Stated, by_name, contact, day
from tests.stories.test_consent_notices import noticed, told
from tests.stories.test_holding import CLOSE, DUE, HAND_ON, due, hold, step
from tests.stories.test_silence import outward

Agreeing = Callable[[Any], Awaitable[None]]
OFFER: Stated = {"authority": "camfield"}
OWN_STEPS = (("close", CLOSE), ("reassign", HAND_ON))
STEPS = pytest.mark.parametrize(("name", "said"), [*OWN_STEPS, ("transfer", OFFER)])
SCHOOL, CARE = "Northmere Primary School", "Northmere Childrens Social Care"


async def assessed(ask: Ask, who: str = "teacher", **differs: object) -> tuple[str, Stated]:
    """Record a child whose assessment somebody's agency holds; return id and facts."""
    child = aged(9)
    child_id = await ask.create(child)
    await hold(ask, who, child_id, **differs)
    return child_id, child


async def shielded(ask: Ask, who: str = "teacher", **differs: object) -> tuple[str, Stated]:
    """Return likewise a child since shielded."""
    child_id, child = await assessed(ask, who, **differs)
    await ask.shield(child_id, day(-90))
    return child_id, child


async def holder(ask: Ask, who: str, child_id: str) -> str | None:
    """Return whose assessment somebody is shown."""
    shown = (await ask.shown(who, child_id)).get("assessment")
    return shown and str(shown["agency"])


async def lead(ask: Ask, who: str, child_id: str, since: int = 3) -> Answer:
    """State that somebody's agency leads."""
    said = {"contact": contact(), "since": day(since)}
    return await ask(who, "PUT", f"/v1/children/{child_id}/lead-professional", said)


async def say(ask: Ask, who: str, child_id: str, state: str) -> str:
    """Record what the family said to somebody of telling that there is an assessment."""
    return await recorded(ask, who, child_id, {"given_for": "caf", "state": state, **PARENT})


@pytest_asyncio.fixture(loop_scope="session")
async def agreed(ask: Ask) -> AsyncIterator[Agreeing]:
    """Return what brings an agreement into force until the test ends."""
    yield partial(agree, ask.served)
    await tell(ask.served)


# Who may not ask at all


@STEPS
async def test_without_token_role_standing_or_reason_no_step_is_taken(
    ask: Ask, name: str, said: Stated
) -> None:
    child_id, _ = await shielded(ask)
    refused(await step(ask, None, child_id, name, said), 401, "not_authenticated")
    refused(await step(ask, "schools_feed", child_id, name, said), 403, "role_not_allowed")
    refused(await step(ask, "suspended_worker", child_id, name, said), 403, "account_suspended")
    path = f"/v1/children/{child_id}/assessment/{name}"
    refused(await ask("teacher", "POST", path, said, why=NO_WHY), 400, "purpose_missing")


# Of a shielded child


async def test_the_holder_sees_its_own_assessment_of_a_shielded_child_and_no_more(
    ask: Ask,
) -> None:
    child_id, child = await shielded(ask)
    await ask.begin("health_visitor", child_id, service="health_visiting")
    assert (await lead(ask, "manager", child_id)).status_code == 204
    (match,) = (await ask.look_up("teacher", **by_name(child)))["matches"]
    for shown in (await ask.shown("teacher", child_id), match["child"]):
        assert shown["assessment"]["agency"] == SCHOOL
        assert shown["restricted"] is True
        assert not shown.keys() & {"address", "settings", "carer_contacts", "status"}
        assert not shown.keys() & {"involvements", "lead_professional"}
    for who in ("social_worker", "health_visitor", "police_desk"):
        assert "assessment" not in await ask.shown(who, child_id)
    read = await ask.read("teacher", child_id)
    (subject,) = (await ask.entry(read))["subjects"]
    assert "assessment" in subject["classes"]


async def test_the_holder_closes_its_own_assessment_of_a_shielded_child(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    assert (await step(ask, "teacher", child_id, "close", CLOSE)).status_code == 204
    assert "assessment" not in await ask.shown("teacher", child_id)
    assert (await ask.shown("manager", child_id))["assessment"]["closed"] == day(0)
    absent = outward(await step(ask, "teacher", str(uuid4()), "close", CLOSE))
    for name, said in OWN_STEPS:
        assert outward(await step(ask, "teacher", child_id, name, said)) == absent


async def test_the_holder_hands_on_its_own_assessment_of_a_shielded_child(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    assert (await step(ask, "teacher", child_id, "reassign", HAND_ON)).status_code == 204
    assert "assessment" not in await ask.shown("teacher", child_id)
    not_shown(await step(ask, "teacher", child_id, "close", CLOSE))
    assert await holder(ask, "health_visitor", child_id) == "Northmere Health Visiting"
    assert (await step(ask, "health_visitor", child_id, "close", CLOSE)).status_code == 204


async def test_nothing_else_is_stated_of_a_shielded_child_by_its_holder(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    stated = {"contact": contact(), "held_since": day(1)}
    await recorded(
        ask,
        "teacher",
        child_id,
        {**PARENT, "given_for": "caf_transfer", "state": "given", **RECEIVING},
    )
    for method, end, said in (
        ("PUT", "assessment", stated),
        ("PUT", "lead-professional", {"contact": contact(), "since": day(1)}),
        ("POST", "assessment/transfer", OFFER),
    ):
        absent = await ask("teacher", method, f"/v1/children/{uuid4()}/{end}", said)
        not_shown(absent)
        answer = await ask("teacher", method, f"/v1/children/{child_id}/{end}", said)
        assert outward(answer) == outward(absent)


RECEIVING = {"receiving_authority": "camfield"}


@pytest.mark.parametrize("mark", ["archived", "held"])
@pytest.mark.parametrize(("name", "said"), OWN_STEPS)
async def test_of_a_hidden_record_the_holder_hears_what_it_hears_of_none(
    ask: Ask, name: str, said: Stated, mark: str
) -> None:
    child_id, _ = await shielded(ask, review_due=day(-1))
    assert child_id in await due(ask, "teacher")
    await marked(ask.served, UUID(child_id), **{mark: True})
    answer = await step(ask, "teacher", child_id, name, said)
    assert outward(answer) == outward(await step(ask, "teacher", str(uuid4()), name, said))
    not_shown(answer)
    assert child_id not in await due(ask, "teacher")


@pytest.mark.parametrize(("name", "said"), OWN_STEPS)
async def test_who_holds_none_hears_of_a_shielded_child_what_it_hears_of_none(
    ask: Ask, name: str, said: Stated
) -> None:
    child_id, _ = await shielded(ask)
    absent = outward(await step(ask, "social_worker", str(uuid4()), name, said))
    assert outward(await step(ask, "social_worker", child_id, name, said)) == absent
    assert await holder(ask, "manager", child_id) == SCHOOL


async def test_its_review_stays_on_the_holders_list_and_on_nobody_elses(ask: Ask) -> None:
    child_id, _ = await shielded(ask, review_due=day(-1))
    listed = (await due(ask, "teacher"))[child_id]
    assert listed["agency"] == SCHOOL
    assert child_id not in await due(ask, "social_worker")
    assert (await step(ask, "teacher", child_id, "close", CLOSE)).status_code == 204
    assert child_id not in await due(ask, "teacher")


# Sensitive services


async def test_a_sensitive_service_holds_none_though_an_agreement_opens_it(
    ask: Ask, agreed: Agreeing
) -> None:
    document: Any = default_document()
    opened = {"roles": ["practitioner"], "agency_kinds": ["mental_health"]}
    opened["actions"] = ["record_assessment", "read_due"]
    document["purposes"]["safeguard"]["open_to"].append(opened)
    await agreed(roomy(document))
    said = {"contact": contact(), "held_since": day(3)}
    for child_id in (await ask.create(aged(9)), str(uuid4())):
        path = f"/v1/children/{child_id}/assessment"
        refused(await ask("therapist", "PUT", path, said), 403, "role_not_allowed")
        refused(await lead(ask, "therapist", child_id), 403, "role_not_allowed")
    refused(await ask("therapist", "GET", DUE), 403, "role_not_allowed")
    child_id, _ = await assessed(ask)
    to_them = {**HAND_ON, "agency_id": str(LISTENING.id)}
    refused(await step(ask, "teacher", child_id, "reassign", to_them), 422, "field_invalid")


# Refused


async def test_a_refusal_told_to_somebody_else_hides_no_assessment(ask: Ask) -> None:
    child_id, _ = await assessed(ask)
    await say(ask, "health_visitor", child_id, "refused")
    for who in ("social_worker", "health_visitor", "teacher"):
        assert await holder(ask, who, child_id) == SCHOOL


async def test_a_refusal_goes_along_when_an_assessment_is_handed_on(ask: Ask) -> None:
    child_id, _ = await assessed(ask)
    early = await say(ask, "health_visitor", child_id, "given")
    await say(ask, "teacher", child_id, "refused")
    assert (await step(ask, "teacher", child_id, "reassign", HAND_ON)).status_code == 204
    assert await holder(ask, "social_worker", child_id) is None
    await hold(ask, "health_visitor", child_id, held_since=day(0))
    assert await holder(ask, "social_worker", child_id) is None
    assert (await withdraw(ask, "health_visitor", early, PARENT)).status_code == 204
    await say(ask, "health_visitor", child_id, "given")
    assert await holder(ask, "social_worker", child_id) == "Northmere Health Visiting"


async def test_a_consent_withdrawn_from_whoever_handed_it_on_ends_nothing(ask: Ask) -> None:
    child_id, _ = await assessed(ask)
    given = await say(ask, "teacher", child_id, "given")
    await hold(ask, "health_visitor", child_id)
    assert await holder(ask, "social_worker", child_id) is not None
    assert (await step(ask, "teacher", child_id, "reassign", HAND_ON)).status_code == 204
    assert (await withdraw(ask, "teacher", given, PARENT)).status_code == 204
    assert await holder(ask, "social_worker", child_id) == "Northmere Health Visiting"
    assert await noticed(ask, child_id) == told(ask)


# Another's, unseen


async def test_nobody_writes_over_an_assessment_it_does_not_see(ask: Ask) -> None:
    """Two children alike but for an assessment nobody else is told of."""
    answers = []
    for secretly in (True, False):
        child_id = await ask.create(aged(9))
        await say(ask, "teacher", child_id, "refused")
        if secretly:
            await hold(ask, "teacher", child_id, held_since=day(20))
        stated = {"contact": contact(), "held_since": day(1)}
        path = f"/v1/children/{child_id}/assessment"
        answers.append([outward(await ask("social_worker", "PUT", path, stated))])
        answers[-1].append(outward(await step(ask, "social_worker", child_id, "close", CLOSE)))
        answers[-1].append(outward(await step(ask, "social_worker", child_id, "close", CLOSE)))
        assert await holder(ask, "police_desk", child_id) == CARE
        assert await holder(ask, "teacher", child_id) == (SCHOOL if secretly else CARE)
        if secretly:
            assert (await step(ask, "teacher", child_id, "close", CLOSE)).status_code == 204
    assert answers[0] == answers[1]
    assert [each[0] for each in answers[0]] == [204, 204, 409]


async def test_handing_on_to_who_holds_one_leaves_one(ask: Ask) -> None:
    """And answers as it would if they held none: their own may not be told."""
    answers = []
    for secretly in (True, False):
        child_id, _ = await assessed(ask)
        await say(ask, "health_visitor", child_id, "refused")
        if secretly:
            await hold(ask, "health_visitor", child_id)
        answers.append(outward(await step(ask, "teacher", child_id, "reassign", HAND_ON)))
        for who in ("teacher", "social_worker"):
            assert await holder(ask, who, child_id) is None
        answers.append(outward(await step(ask, "teacher", child_id, "close", CLOSE)))
        shown = (await ask.shown("health_visitor", child_id))["assessment"]
        assert (shown["held_since"], shown["contact"]["team"]["name"]) == (day(0), "Northmere Moor")
        assert (await step(ask, "health_visitor", child_id, "close", CLOSE)).status_code == 204
        again = await step(ask, "health_visitor", child_id, "close", CLOSE)
        refused(again, 409, "ended_already")
    assert answers[:2] == answers[2:]


async def test_of_two_joined_in_one_hand_the_stricter_word_counts(ask: Ask) -> None:
    """What they hold already came to them refused; what comes to them now did not."""
    child_id, _ = await assessed(ask)
    await say(ask, "teacher", child_id, "refused")
    assert (await step(ask, "teacher", child_id, "reassign", HAND_ON)).status_code == 204
    await hold(ask, "social_worker", child_id)
    assert await holder(ask, "police_desk", child_id) == CARE
    assert (await step(ask, "social_worker", child_id, "reassign", HAND_ON)).status_code == 204
    assert await holder(ask, "police_desk", child_id) is None


async def test_what_was_handed_on_can_be_held_anew(ask: Ask) -> None:
    child_id, _ = await assessed(ask)
    await hold(ask, "health_visitor", child_id)
    assert (await step(ask, "teacher", child_id, "reassign", HAND_ON)).status_code == 204
    assert (await step(ask, "health_visitor", child_id, "close", CLOSE)).status_code == 204
    await hold(ask, "teacher", child_id, held_since=day(0))
    assert await holder(ask, "social_worker", child_id) == SCHOOL
    assert (await step(ask, "teacher", child_id, "close", CLOSE)).status_code == 204


async def test_who_has_filled_a_record_states_no_assessment_of_it_but_changes_its_own(
    ask: Ask,
) -> None:
    child_id, _ = await assessed(ask)
    for _ in range(OWN_CASES_MAX - 1):
        await ask.begin("teacher", child_id, service="school")
    refused(await lead(ask, "teacher", child_id), 409, "state_conflict")
    await hold(ask, "teacher", child_id, held_since=day(0))
    assert (await lead(ask, "social_worker", child_id)).status_code == 204


async def test_of_several_the_open_one_held_last_is_told_and_closed_by_the_team(
    ask: Ask,
) -> None:
    child_id, _ = await assessed(ask, held_since=day(30))
    await hold(ask, "social_worker", child_id, held_since=day(5))
    await hold(ask, "health_visitor", child_id, held_since=day(2))
    assert (await step(ask, "health_visitor", child_id, "close", CLOSE)).status_code == 204
    for who in ("police_desk", "manager", "teacher"):
        assert await holder(ask, who, child_id) == CARE
    assert (await step(ask, "manager", child_id, "close", CLOSE)).status_code == 204
    assert await holder(ask, "police_desk", child_id) == SCHOOL


async def test_two_due_on_one_day_are_both_on_their_lists(ask: Ask) -> None:
    child_id, _ = await assessed(ask, review_due=day(-1))
    await hold(ask, "health_visitor", child_id, review_due=day(-1))
    for who in ("teacher", "health_visitor", "manager"):
        assert child_id in await due(ask, who)
    both = ["Northmere Health Visiting", SCHOOL]
    for who, agencies in (("manager", both), ("teacher", [SCHOOL])):
        listed = (await ask(who, "GET", DUE)).json()["assessments"]
        ours = [each["agency"] for each in listed if each["child_id"] == child_id]
        assert sorted(ours) == agencies
    assert (await step(ask, "teacher", child_id, "close", CLOSE)).status_code == 204
    await hold(ask, "teacher", child_id, held_since=day(0))
    assert child_id in await due(ask, "health_visitor")
    assert (await due(ask, "manager"))[child_id]["agency"] == "Northmere Health Visiting"


# Who leads


async def test_who_leads_is_told_as_an_involvement_is(ask: Ask, agreed: Agreeing) -> None:
    """Not as an assessment is: no consent to tell of one is asked."""
    child_id = await ask.create(aged(9))
    assert (await lead(ask, "social_worker", child_id)).status_code == 204
    document = camfield_document()
    document["levels"] = levels("content", teacher="existence", police="contact")
    await agreed(roomy(document))
    assert (await ask.shown("health_visitor", child_id))["lead_professional"]["since"] == day(3)
    contact_only = (await ask.shown("police_desk", child_id))["lead_professional"]
    assert (contact_only["agency"], contact_only["since"]) == (CARE, None)
    assert (await ask.shown("teacher", child_id))["lead_professional"] is None


async def test_of_a_shielded_child_who_leads_is_told_to_who_said_so(ask: Ask) -> None:
    child_id = await ask.create(aged(9))
    assert (await lead(ask, "teacher", child_id)).status_code == 204
    assert (await lead(ask, "social_worker", child_id, since=2)).status_code == 204
    await ask.shield(child_id, day(-90))
    for who, name in (("teacher", SCHOOL), ("social_worker", CARE), ("manager", CARE)):
        assert (await ask.shown(who, child_id))["lead_professional"]["agency"] == name
    assert "lead_professional" not in await ask.shown("health_visitor", child_id)
    (subject,) = (await ask.entry(await ask.read("teacher", child_id)))["subjects"]
    assert "involvements" in subject["classes"]


async def test_nobody_writes_over_who_leads_by_anothers_word(ask: Ask) -> None:
    child_id = await ask.create(aged(9))
    for who, since in (("teacher", 9), ("social_worker", 5), ("teacher", 4)):
        assert (await lead(ask, who, child_id, since)).status_code == 204
    assert (await ask.shown("police_desk", child_id))["lead_professional"]["agency"] == SCHOOL
    await ask.shield(child_id, day(-90))
    assert (await ask.shown("social_worker", child_id))["lead_professional"]["since"] == day(5)
