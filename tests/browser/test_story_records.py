"""By keyboard: what a practitioner records of a child beyond that they work with it."""

from collections.abc import Sequence

from tests.browser.keys import Keyboard
from tests.browser.sitting import Sitting, goes, says
from tests.browser.stand import Stand
from tests.stories.consent_said import CHILD, ENTRY, PARENT, aged, recorded
from tests.stories.consent_said import read as consents_of
from tests.stories.made import Stated, a_child, contact, day
from tests.stories.practising import practising

TEAM, NUMBER = "Northmere North Team", "01632 960111"
RECEIVING = {"receiving_authority": "camfield"}
REACH = ("Team or desk", "The team's number")


async def opens(keyboard: Keyboard, stand: Stand, child_id: str, *links: str) -> None:
    """Open a record by its address, say why, and go on by these links."""
    await goes(keyboard, stand, f"/children/{child_id}")
    if "Why do you ask?" in await says(keyboard):
        await keyboard.says_why()
        await keyboard.follows("Go on")
    for link in links:
        await keyboard.follows(link)


async def reached(keyboard: Keyboard, labels: Sequence[str] = REACH) -> None:
    """Say whom to ring."""
    for label, text in zip(labels, (TEAM, NUMBER), strict=True):
        await keyboard.types(label, text)


async def understood(keyboard: Keyboard) -> None:
    """Say that it is the child's word, who understands enough."""
    await keyboard.ticks("The child", "The child")
    await keyboard.ticks("The child understands enough")


async def test_a_contact_that_failed_is_said_so(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.begin("social_worker", child_id)
    teacher = await sits_down("teacher")
    await opens(teacher, stand, child_id, "Say whether it worked")
    await teacher.ticks("I reached them", "The number is wrong")
    await teacher.follows("Say so")
    assert "Noted. Thank you" in await says(teacher)


async def test_those_that_go_on_are_confirmed_together(sits_down: Sitting, stand: Stand) -> None:
    await practising(stand.ask, "health_visitor", "Rhona Eskdale")
    child = a_child()
    child_id = await stand.ask.create(child)
    await stand.ask.begin(
        "health_visitor",
        child_id,
        service="health_visiting",
        began=day(400),
        contact=contact(name="Rhona Eskdale"),
    )
    visitor = await sits_down("health_visitor")
    await visitor.follows("Mine")
    await visitor.ticks(child["name"]["given_name"])
    await visitor.follows("Confirm those ticked")
    assert "Confirmed as of today" in await says(visitor)
    (one,) = (await stand.ask.shown("health_visitor", child_id))["involvements"]
    assert one["last_confirmed"] == day()


async def test_whom_to_ring_changes(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.begin("social_worker", child_id)
    worker = await sits_down("social_worker")
    await opens(worker, stand, child_id, "Confirm, change or end it")
    await reached(worker)
    await worker.follows("Change whom to ring")
    assert TEAM in await says(worker)


async def test_a_common_assessment_is_held_and_closed_and_a_lead_named(
    sits_down: Sitting, stand: Stand
) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.begin("social_worker", child_id)
    worker = await sits_down("social_worker")
    choose = ("Common assessment and lead",)
    await opens(worker, stand, child_id, *choose, "We hold a common assessment")
    await worker.dated(day(1))
    await reached(worker)
    await worker.follows("Record it")
    assert "Held since" in await says(worker)
    await opens(worker, stand, child_id, *choose, "Name the lead professional")
    await reached(worker)
    await worker.follows("Record it")
    assert "Lead professional" in await says(worker)
    await opens(worker, stand, child_id, *choose, "Close the one we hold")
    await worker.to("needs met")
    await worker.page.keyboard.press("Space")
    await worker.follows("Close it")
    assert (await stand.ask.shown("social_worker", child_id))["assessment"]["closed"] == day()


async def test_a_common_assessment_is_handed_to_another_agency(
    sits_down: Sitting, stand: Stand
) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.begin("social_worker", child_id)
    worker = await sits_down("social_worker")
    choose = "Common assessment and lead"
    await opens(worker, stand, child_id, choose, "We hold a common assessment")
    await worker.dated(day(1))
    await reached(worker)
    await worker.follows("Record it")
    await opens(worker, stand, child_id, choose, "Hand the one we hold")
    await worker.types("Which agency?", "Primary School")
    await reached(worker)
    await worker.follows("Hand it on")
    held = (await stand.ask.shown("social_worker", child_id))["assessment"]
    assert held["agency"] == "Northmere Primary School"


async def test_a_common_assessment_is_offered_to_another_authority_with_consent(
    sits_down: Sitting, stand: Stand
) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.begin("social_worker", child_id)
    held = {"contact": contact(), "held_since": day(1), "review_due": day(-1)}
    path = f"/v1/children/{child_id}/assessment"
    assert (await stand.ask("social_worker", "PUT", path, held)).status_code == 204
    worker = await sits_down("social_worker")
    choose = ("Common assessment and lead", "Offer the one we hold to another authority")
    await opens(worker, stand, child_id, *choose)
    await worker.types("Which authority?", "Camfield")
    await worker.follows("Offer it")
    assert "consent" in (await says(worker)).casefold()
    assert "The other authority decides" not in await says(worker)
    given = {**PARENT, "given_for": "caf_transfer", "state": "given"}
    await recorded(stand.ask, "social_worker", child_id, {**given, **RECEIVING})
    await opens(worker, stand, child_id, *choose)
    await worker.types("Which authority?", "Camfield")
    await worker.follows("Offer it")
    assert "Offered. The other authority decides." in await says(worker)
    await goes(worker, stand, "/assessments/due")
    assert "Offered to Camfield" in await says(worker)


async def test_a_disagreement_is_recorded(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.begin("social_worker", child_id)
    worker = await sits_down("social_worker")
    await opens(worker, stand, child_id, "Say that you disagree")
    await worker.ticks("That there is no assessment", "That the case was closed")
    await reached(worker)
    await worker.follows("Record it")
    assert "That the case was closed" in await says(worker)


async def test_one_asks_to_be_told_and_ends_it(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.begin("social_worker", child_id)
    worker = await sits_down("social_worker")
    await opens(worker, stand, child_id, "Be told to ask again")
    await worker.types("Your own reference", "NSC-2026-771")
    await worker.follows("Tell me to ask again")
    await goes(worker, stand, "/subscriptions")
    assert "NSC-2026-771" in await says(worker)
    await worker.follows("End it")
    assert "You will no longer be told" in await says(worker)


async def test_a_consent_is_renewed(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(aged(13))
    given: Stated = {"given_for": "caf", "state": "given", **CHILD, "until": day(-30)}
    await recorded(stand.ask, "social_worker", child_id, given)
    worker = await sits_down("social_worker")
    await opens(worker, stand, child_id, "Consents", "Renew it")
    await understood(worker)
    await worker.follows("Renew it")
    (one,) = (await consents_of(stand.ask, "social_worker", child_id))["consents"]
    assert one["until"] > day(-30)


async def test_one_goes_on_without_consent_until_it_no_longer_holds(
    sits_down: Sitting, stand: Stand
) -> None:
    child_id = await stand.ask.create(aged(13))
    worker = await sits_down("social_worker")
    await opens(worker, stand, child_id, "Consents", "Go on without consent")
    await worker.ticks("The law says", "The child is likely")
    await worker.dated(day(1))
    await worker.dated(day(-90))
    await worker.follows("Record it")
    assert "Decisions to go on without consent" in await says(worker)
    await worker.follows("It no longer holds")
    await worker.follows("It no longer holds")
    (one,) = (await consents_of(stand.ask, "social_worker", child_id))["bases"]
    assert one["ended"] == day()


async def test_a_decision_not_to_share_is_recorded(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(aged(13))
    worker = await sits_down("social_worker")
    await opens(worker, stand, child_id, "Consents", "Record a decision not to share")
    await worker.picks("With what kind of agency", "Housing")
    await worker.ticks("Sharing would do", "It is not relevant")
    await worker.dated(day())
    await worker.follows("Record it")
    assert "Decisions not to share" in await says(worker)


async def test_a_receipt_brought_to_the_counter_is_checked(
    sits_down: Sitting, stand: Stand
) -> None:
    child_id = await stand.ask.create(aged(13))
    given = {**ENTRY, **CHILD, "state": "given", "receipt": "code_only"}
    headers = {"Idempotency-Key": "counter-" + child_id}
    made = await stand.ask(
        "therapist", "POST", f"/v1/children/{child_id}/consents", given, headers=headers
    )
    assert made.status_code == 201, made.text
    manager = await sits_down("manager")
    await goes(manager, stand, f"/children/{child_id}/consents")
    await manager.follows("Check a receipt brought")
    await manager.types("Code or receipt", made.json()["receipt"])
    await manager.follows("Check it")
    assert "It does" in await says(manager)
