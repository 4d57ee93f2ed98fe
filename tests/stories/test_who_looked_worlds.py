"""Two worlds that differ in one hidden fact give a family the same report, byte for byte."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.matters import open_matter
from index_service.services.misuse.lists import ALERTED, CONCLUDED
from index_service.store.work import work_on
from tests.stories.asking import NO_WHY, Answer, Ask
from tests.stories.auditing import account_of
from tests.stories.consent_said import recorded, said
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, a_child, by_address, by_name, day
from tests.stories.telling import CHILD, kinds, of_then, release, reported, told, waits
from tests.stories.test_auditing_panel import panel_of
from tests.stories.test_auditing_panel import read as read_panel
from tests.stories.test_override import approve, override
from tests.stories.test_override import read as read_under

Flip = Callable[[Ask, str, Stated], Awaitable[None]]


async def lived(ask: Ask, child_id: str, child: Stated) -> None:
    """Let the same people look in either world."""
    await ask.shown("manager", child_id)
    await ask.shown("teacher", child_id)
    await ask.look_up("social_worker", **by_name(child))
    await ask.look_up("health_visitor", **by_name(child))


async def a_sensitive_service(ask: Ask, child_id: str, _child: Stated) -> None:
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    await ask.shown("therapist", child_id)


async def a_sensitive_service_refused(ask: Ask, child_id: str, _child: Stated) -> None:
    await recorded(ask, "therapist", child_id, said("refused"))


async def a_shield_over_another(ask: Ask, _child_id: str, child: Stated) -> None:
    other = {**a_child(), "address": child["address"]}
    await ask.shield(await ask.create(other), day(-90))


async def a_search_by_what_is_hidden(ask: Ask, _child_id: str, child: Stated) -> None:
    """It tells nobody anything where a record is shielded, so it is no look."""
    assert (await ask.look_up("police_desk", **by_address(child)))["matches"] == []


async def an_override(ask: Ask, child_id: str, _child: Stated) -> None:
    made = await override(ask, child_id)
    assert (await read_under(ask, child_id, made.json()["id"])).status_code == 200


async def a_panel(ask: Ask, child_id: str, _child: Stated) -> None:
    panel_id = await panel_of(ask, child_id, days=60)
    assert (await read_panel(ask, panel_id)).status_code == 200
    await ask.shown("second_manager", child_id)  # who looks into it meanwhile


async def alerted(ask: Ask, look: Answer, where: str, concluded: str | None = None) -> None:
    """Write an alert on misuse about one look, as the job does; concluded if it is said how."""
    index, at_s = ask.served.index, int(ask.served.index.clock.now().timestamp())
    entry = AccessEntry(*index.log.stamp(), action="misuse", route="job", outcome=Outcome.RECORDED)
    details: dict[str, Any] = {"entries": [ask.receipt_of(look)], "accesses": 1}
    matter = Matter(
        uuid4(),
        MatterKind.MISUSE,
        MatterState.WAITING,
        at_s,
        account=account_of(ask, "police_desk"),
        details={**details, "since": day(), "rules": [], "explained": []},
    )
    if concluded:
        step = Step(at_s, account_of(ask, "auditor"), concluded)
        matter = matter.stepped(step, MatterState.ENDED, concluded=concluded)
    async with work_on(index.api, index.csa, index.log) as work:
        await open_matter(index, work, matter, (where,))
        await work.commit(index.log.prepare(entry))


async def a_look_under_suspicion(ask: Ask, child_id: str, _child: Stated) -> None:
    await alerted(ask, await ask.read("police_desk", child_id), ALERTED)


async def a_look_referred_to_others(ask: Ask, child_id: str, _child: Stated) -> None:
    await alerted(ask, await ask.read("police_desk", child_id), CONCLUDED, "referred")


OPEN: list[Flip] = [
    a_sensitive_service,
    a_sensitive_service_refused,
    a_shield_over_another,
    a_panel,
    a_look_under_suspicion,
    a_look_referred_to_others,
]
SHIELDED: list[Flip] = [*OPEN, a_search_by_what_is_hidden, an_override]


async def world(ask: Ask, flip: Flip | None, *, shielded: bool) -> bytes:
    """Return the report of a child of either world, its request's id taken out."""
    child = a_child()
    child_id = await ask.create(child)
    await lived(ask, child_id, child)
    if shielded:
        await ask.shield(child_id, day(-90))
    if flip is not None:
        await flip(ask, child_id, child)
    answer = await reported(ask, child_id)
    return answer.content.replace(answer.json()["request_id"].encode(), b"")


@pytest.mark.parametrize("flip", OPEN, ids=lambda flip: flip.__name__)
async def test_a_report_tells_nothing_hidden(ask: Ask, flip: Flip) -> None:
    without, with_it = (
        await world(ask, None, shielded=False),
        await world(ask, flip, shielded=False),
    )
    assert with_it == without
    assert without.count(b'"agency_kind"') == 4


@pytest.mark.parametrize("flip", SHIELDED, ids=lambda flip: flip.__name__)
async def test_a_shielded_childs_report_tells_nothing_hidden(ask: Ask, flip: Flip) -> None:
    without, with_it = await world(ask, None, shielded=True), await world(ask, flip, shielded=True)
    assert with_it == without
    assert without.count(b'"agency_kind"') == 4


# And it is told once there is nothing to withhold


async def overridden(ask: Ask, outcome: str) -> str:
    """Return a shielded child read under an override whose investigation ended so."""
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    override_id = (await override(ask, child_id)).json()["id"]
    assert (await read_under(ask, child_id, override_id)).status_code == 200
    assert (await approve(ask, override_id)).status_code == 204
    path, how = f"/v1/overrides/{override_id}/conclude", {"outcome": outcome}
    assert (await ask("manager", "POST", path, how, why=NO_WHY)).status_code == 204
    return child_id


async def test_an_override_is_told_once_its_investigation_found_it_in_order(ask: Ask) -> None:
    (line,) = await told(ask, await overridden(ask, "in_order"))
    assert (line["agency_kind"], line["purpose"]) == ("social_care", "enquire_significant_harm")


async def test_an_override_referred_to_the_police_is_told_a_year_later(ask: Ask) -> None:
    child_id = await overridden(ask, "referred_to_police")
    assert await told(ask, child_id) == []
    async with asking_at(ask, on(days=400)) as later:
        found = {**of_then(CHILD), "judged_on": day(-400)}
        answer = await release(later, await waits(later, child_id, found), "second_manager")
    ask.answers += later.answers
    assert kinds(answer.json()["looks"]) == ["social_care"]


async def test_a_look_that_was_explained_is_told(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await alerted(ask, await ask.read("police_desk", child_id), CONCLUDED, "explained")
    assert kinds(await told(ask, child_id)) == ["police"]


async def test_a_panel_over_a_child_hides_no_practitioner(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await panel_of(ask, child_id, days=60)
    await ask.shown("teacher", child_id)
    assert kinds(await told(ask, child_id)) == ["school"]


async def test_no_entry_may_be_gone(ask: Ask) -> None:
    """A report that left out what was removed from the log would hide a look."""
    child_id = await ask.create(a_child())
    look = await ask.read("teacher", child_id)
    ask.answers.remove(look)  # whose entry the log holds no longer
    gone = UUID(ask.receipt_of(look))
    await ask.served.rows("delete from access_entry where entry_id = $1", gone)
    async with asking_at(ask, on(days=40)) as later:
        request_id = await waits(later, child_id, of_then(CHILD))
        answer = await release(later, request_id)
    assert answer.status_code == 500
