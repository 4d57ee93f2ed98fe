"""By keyboard: a shield asked for, refused, appealed, granted, looked at again and lifted."""

from tests.browser.sitting import Sitting, confirms, goes, says
from tests.browser.stand import Stand
from tests.browser.test_story_records import opens
from tests.stories.made import a_child, day
from tests.stories.test_override import approve, override, shielded
from tests.stories.test_override import read as read_overridden
from tests.stories.test_shield_request import made as shield_asked
from tests.stories.test_shield_request import refuse, state


async def test_a_practitioner_asks_for_a_shield_and_appeals(
    sits_down: Sitting, stand: Stand
) -> None:
    child_id = await stand.ask.create(a_child())
    worker = await sits_down("social_worker")
    await opens(worker, stand, child_id, "Ask that this record be shielded")
    await worker.ticks("Domestic abuse", "A named person is a threat")
    await worker.ticks("The child", "A parent or carer")
    await worker.ticks("Documents were seen")
    await worker.ticks("Whoever asks can be reached")
    await worker.follows("Ask for the shield")
    assert "A named person is a threat: waits for a decision" in await says(worker)


async def test_a_refusal_is_appealed_against(sits_down: Sitting, stand: Stand) -> None:
    _, request_id = await shield_asked(stand.ask)
    assert (await refuse(stand.ask, request_id)).status_code == 204
    worker = await sits_down("social_worker")
    await goes(worker, stand, f"/shield-requests/{request_id}/appeal")
    await confirms(worker)
    assert await state(stand.ask, request_id) == "appealed"


async def test_the_team_refuses_a_shield(sits_down: Sitting, stand: Stand) -> None:
    _, request_id = await shield_asked(stand.ask)
    manager = await sits_down("manager")
    await goes(manager, stand, f"/team/shield-requests/{request_id}")
    await manager.ticks("No increased risk", "The person feared")
    await manager.follows("See what refusing does")
    assert await state(stand.ask, request_id) == "waiting"
    await confirms(manager)
    assert await state(stand.ask, request_id) == "refused"


async def test_a_shield_is_looked_at_again_and_lifted(sits_down: Sitting, stand: Stand) -> None:
    child_id, child = await shielded(stand.ask)
    manager = await sits_down("manager")
    await goes(manager, stand, f"/team/children/{child_id}")
    await manager.follows("It stands on")
    await manager.dated(day(-200))
    await manager.follows("Note the review")
    await goes(manager, stand, f"/team/children/{child_id}")
    await manager.follows("lift it")
    assert "Nothing has been done yet" in await says(manager)
    assert "address" not in await stand.ask.shown("teacher", child_id)
    await confirms(manager)
    shown = await stand.ask.shown("social_worker", child_id)
    assert shown["address"]["street"] == child["address"]["street"]


async def test_the_team_shields_a_record_itself(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(a_child())
    manager = await sits_down("manager")
    await goes(manager, stand, f"/team/children/{child_id}")
    await manager.follows("Shield this record")
    await manager.ticks("Domestic abuse", "Contested adoption")
    await manager.ticks("The child", "A court")
    await manager.follows("See what this does")
    await confirms(manager)
    assert "address" not in await stand.ask.shown("teacher", child_id)


async def test_an_override_is_concluded(sits_down: Sitting, stand: Stand) -> None:
    child_id, _ = await shielded(stand.ask)
    override_id = (await override(stand.ask, child_id)).json()["id"]
    assert (await read_overridden(stand.ask, child_id, override_id)).status_code == 200
    assert (await approve(stand.ask, override_id, approved=True)).status_code == 204
    manager = await sits_down("manager")
    await goes(manager, stand, f"/team/overrides/{override_id}")
    await manager.ticks("It was in order", "Training is needed")
    await manager.follows("See what this does")
    await confirms(manager)
    listed = (await stand.ask("manager", "GET", "/v1/overrides")).json()["overrides"]
    assert override_id not in {each["override_id"] for each in listed}


async def test_an_identity_is_closed(sits_down: Sitting, stand: Stand) -> None:
    """By a manager who does nothing else here: whoever closes one creates nobody that day."""
    child_id = await stand.ask.create(a_child())
    manager = await sits_down("second_manager")
    await goes(manager, stand, f"/team/children/{child_id}")
    await manager.follows("Close this child's identity")
    await manager.ticks("Adoption")
    await manager.follows("See what this does")
    assert (await stand.ask.read("social_worker", child_id)).status_code == 200
    await confirms(manager)
    assert (await stand.ask.read("social_worker", child_id)).status_code == 404
