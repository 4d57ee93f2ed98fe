"""A small made population, so that every page has something to show; prepared over the API."""

from dataclasses import dataclass
from typing import Any

from tests.stories.agreeing import narrower, propose, wider
from tests.stories.asking import Ask
from tests.stories.auditing import account_of
from tests.stories.consent_said import aged, harm, recorded, said
from tests.stories.consent_said import read as consents_of
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, a_child, child_line, contact, day, reference
from tests.stories.practising import practising
from tests.stories.telling import CHILD, waits
from tests.stories.test_auditing_panel import panel_of
from tests.stories.test_brokering import asked as contact_asked
from tests.stories.test_brokering import hidden_service
from tests.stories.test_holds import AT_ONCE, held_by_name, held_by_number
from tests.stories.test_holds import release as hold_released
from tests.stories.test_mediation import granted
from tests.stories.test_misuse import canary_alert
from tests.stories.test_override import override, shielded
from tests.stories.test_shield_request import made as shield_asked
from tests.stories.test_shield_request import refuse as shield_refused
from tests.stories.test_supervised_samples import drawn

LONG_NAME = "Featherstonehaughllanfairpwllgwyng"
LONG_TEAM = "Northmere Multi-Agency Safeguarding and Intervention Team"


@dataclass(frozen=True)
class Peopled:
    """What was prepared, by what it is."""

    child: Stated  # as stated, for searches
    ids: dict[str, str]


async def peopled(ask: Ask) -> Peopled:
    """Prepare one of each."""
    child = a_child()
    child_id = await ask.create(child)
    ids = {"child": child_id}
    told = contact(LONG_TEAM, name="Perpetua Featherstonehaugh", phone="+441632960112")
    ids["involvement"] = await ask.begin("social_worker", child_id, contact=told)
    await ask.begin("teacher", child_id, service="school")
    await ask.begin("health_visitor", child_id, service="health_visiting", began=day(400))
    await hidden_service(ask, child_id)
    ids["receipt"] = (await ask.read("teacher", child_id)).headers["audit-receipt"]
    long = a_child(name={"given_name": "Bartholomewmaximilian", "family_name": LONG_NAME})
    ids["long"] = await ask.create(long)
    ids |= await _decided(ask, child_id)
    ids |= await _kept(ask, child_id)
    ids |= await _watched(ask)
    return Peopled(child, ids)


async def _decided(ask: Ask, child_id: str) -> dict[str, str]:
    """Prepare what waits for somebody's decision, or had one."""
    ids: dict[str, str] = {}
    ids["shielded"], _ = await shielded(ask)
    made = await override(ask, ids["shielded"])
    ids["override"] = made.json()["id"]
    ids["asks_shield"], ids["shield_request"] = await shield_asked(ask)
    _, ids["shield_refusal"] = await shield_asked(ask)
    await shield_refused(ask, ids["shield_refusal"])
    ids["contact_request"] = await contact_asked(ask, "teacher", child_id=child_id)
    ids["held"] = (await held_by_number(ask))[0]
    ids["held_by_name"] = (await held_by_name(ask))[0]
    ids["held_twice"] = (await held_by_number(ask))[0]
    released = await hold_released(ask, ids["held_twice"], AT_ONCE)
    ids["hold_release"] = released.json()["release_id"]
    ids["mediation"] = await granted(ask, "social_worker", "teacher")
    ids["who_looked"] = await waits(ask, child_id, CHILD)
    ids["panel"] = await panel_of(ask, child_id)
    return ids


async def _kept(ask: Ask, child_id: str) -> dict[str, str]:
    """Prepare what is kept: consents, batches, agreements, assessments."""
    ids: dict[str, str] = {}
    ids["consent"] = await recorded(ask, "social_worker", child_id, said())
    lines = [child_line(reference(), a_child()) for _ in range(3)]
    status: Any = await ask.feed(*lines, {**lines[0], "reference": reference(), "as_of": "soon"})
    ids["batch"] = status["batch_id"]
    for document in (narrower(), wider()):
        await propose(ask, document)
    ids["agency"] = str(ask.issuer.personas["teacher"].agency.id)
    ids["account"] = account_of(ask, "teacher")
    ids["reader"] = account_of(ask, "second_auditor")
    ids["practitioner"] = await practising(ask, "social_worker", "Marit Quoyle")
    ids["colleague"] = await practising(ask, "colleague", "Idris Fenwick")
    named = contact(name="Marit Quoyle")
    ids["handed"] = await ask.begin("social_worker", child_id, contact=named)
    ids["harmed"] = await ask.create(aged(13))
    await ask.begin("therapist", ids["harmed"], service="mental_health", significant_harm=harm())
    (basis,) = (await consents_of(ask, "therapist", ids["harmed"]))["bases"]
    ids["basis"] = basis["basis_id"]
    return ids


async def _watched(ask: Ask) -> dict[str, str]:
    """Prepare what officers and supervisors look into."""
    alert_id, _ = await canary_alert(ask)
    async with asking_at(ask, on(hours=1)) as later:  # what was asked is over by then
        sample = await drawn(later)
    return {"misuse_alert": alert_id, "sample": sample["id"]}
