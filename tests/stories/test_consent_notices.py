"""Those who were told are told that it ended: they, and nobody else; never which service."""

from dataclasses import replace
from typing import Any

import pytest

from demo.personas import LISTENING, SCHOOLS, SOCIAL_CARE
from index_service.domain.clock import FixedClock
from index_service.log.entry import Told
from index_service.services.matters import matters_on, of_agency
from index_service.services.noticing import notices_due
from index_service.store.reading import snapshot
from tests.stories.asking import KEEP, NO_WHY, Ask
from tests.stories.consent_said import (
    PARENT,
    about,
    aged,
    brokered,
    harm,
    recorded,
    renew,
    said,
    tell,
    withdraw,
)
from tests.stories.later import asking_at, on
from tests.stories.made import by_name, contact, day
from tests.stories.test_brokering import account, asked
from tests.stories.test_brokering import brokered as answered


async def noticed(ask: Ask, child_id: str, days: int = 0) -> dict[str, list[Any]]:
    """Run the job in so many days; return each agency's notices about a child: details alone."""
    index = ask.served.index
    await notices_due(replace(index, clock=FixedClock(on(days=days))))
    found = {}
    async with snapshot(index.reading, index.csa) as reading:
        for agency in (SOCIAL_CARE, SCHOOLS, LISTENING):
            notices = await matters_on(index, reading, of_agency(str(agency.id)))
            found[agency.name] = [
                each.details for each in notices if str(each.child_id) == child_id
            ]
    return found


def told(
    ask: Ask, *agencies: Any, what: str = "contact_no_longer_brokered", days: int = 0
) -> dict[str, Any]:
    """Return what is expected when these agencies alone have a notice, written in so many days."""
    notice = [{"what": what, "since": day(-days)}]
    names = {agency.name for agency in agencies}
    every = (SOCIAL_CARE, SCHOOLS, LISTENING)
    return {agency.name: notice if agency.name in names else [] for agency in every}


async def entered(ask: Ask, **basis: Any) -> str:
    """Record a child with a sensitive entry; return the child's id."""
    child_id = await ask.create(aged(14))
    await ask.begin("therapist", child_id, service="mental_health", **basis or {"consent": True})
    return child_id


async def test_who_was_told_is_told_that_it_ended_and_nobody_else(ask: Ask) -> None:
    await tell(ask.served, "social_care", "police")
    child_id = await entered(ask)
    consent_id = await recorded(ask, "therapist", child_id, said())
    assert await brokered(ask, "social_worker", child_id)
    assert not await brokered(ask, "teacher", child_id)  # looked, and was told nothing
    await ask.shown("manager", child_id)
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    assert await noticed(ask, child_id) == told(ask, SOCIAL_CARE)
    assert await noticed(ask, child_id) == told(ask, SOCIAL_CARE)  # once only


async def test_a_lookup_tells_as_a_read_does(ask: Ask) -> None:
    await tell(ask.served, "school")
    child = aged(14)
    child_id = await ask.create(child)
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    consent_id = await recorded(ask, "therapist", child_id, said())
    await ask.look_up("teacher", **by_name(child))
    traces = [trace for trace in await ask.served.who_looked(child_id) if trace.told]
    assert [trace.told for trace in traces] == [(Told.CONTACT_BROKERED,)]
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    assert await noticed(ask, child_id) == told(ask, SCHOOLS)


async def test_who_looked_after_it_ended_was_told_nothing(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    consent_id = await recorded(ask, "therapist", child_id, said())
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    assert not await brokered(ask, "social_worker", child_id)
    assert await noticed(ask, child_id) == told(ask)


async def test_a_refusal_after_a_stated_consent_is_told(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    assert await brokered(ask, "social_worker", child_id)
    await recorded(ask, "therapist", child_id, said("refused"))
    assert await noticed(ask, child_id) == told(ask, SOCIAL_CARE)


async def test_a_childs_refusal_of_what_a_parent_gave_is_told(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    await recorded(ask, "therapist", child_id, said(**PARENT))
    assert await brokered(ask, "social_worker", child_id)
    await recorded(ask, "therapist", child_id, said("refused"))
    assert await noticed(ask, child_id) == told(ask, SOCIAL_CARE)


async def test_a_refusal_of_what_nobody_was_told_of_is_told_nobody(ask: Ask) -> None:
    """Refused once already: nothing stood on it since."""
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    assert await brokered(ask, "social_worker", child_id)
    await recorded(ask, "therapist", child_id, said("refused"))
    assert await noticed(ask, child_id) == told(ask, SOCIAL_CARE)
    await recorded(ask, "therapist", child_id, said("refused"))
    assert await noticed(ask, child_id) == told(ask, SOCIAL_CARE)


@pytest.mark.parametrize("other", [{"consent": True}, {"significant_harm": harm()}])
async def test_while_another_service_can_be_reached_nothing_is_told(
    ask: Ask, other: dict[str, Any]
) -> None:
    """A notice would tell that there were two."""
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    await ask.begin("social_worker", child_id, service="substance_misuse", **other)
    consent_id = await recorded(ask, "therapist", child_id, said())
    assert await brokered(ask, "colleague", child_id)
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    assert await noticed(ask, child_id) == told(ask)


async def named(ask: Ask, child_id: str, entry: str) -> None:
    """Let the social worker be told, through the team, whom to ring of a sensitive service."""
    request_id = await asked(ask, child_id=child_id)
    agreed = {"agreed_by": account(ask, "therapist"), "agreed_on": day()}
    answer = await answered(ask, request_id, "contact_given", involvement_id=entry, **agreed)
    assert answer.status_code == 204, answer.text
    shown = (await ask("social_worker", "GET", f"/v1/contact-requests/{request_id}")).json()
    assert shown["answer"] == "contact"


@pytest.mark.parametrize("another", [False, True])
async def test_who_was_given_a_contact_is_told_whatever_else_stands(
    ask: Ask, another: bool
) -> None:
    await tell(ask.served, "school")
    child_id = await ask.create(aged(14))
    entry = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    consent_id = await recorded(ask, "therapist", child_id, said())
    if another:
        await ask.begin("therapist", child_id, service="sexual_health", consent=True)
    await named(ask, child_id, entry)
    assert await brokered(ask, "teacher", child_id)
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    expected = (SOCIAL_CARE,) if another else (SOCIAL_CARE, SCHOOLS)
    assert await noticed(ask, child_id) == told(ask, *expected)


async def test_who_read_another_entry_was_told_nothing_of_this_one(ask: Ask) -> None:
    await tell(ask.served, "police")
    child_id = await entered(ask)
    consent_id = await recorded(ask, "therapist", child_id, said())
    other = await ask.begin("teacher", child_id, service="school")
    assert (await ask("social_worker", "GET", f"/v1/involvements/{other}")).status_code == 200
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    assert await noticed(ask, child_id) == told(ask)


async def test_given_again_meanwhile_nothing_is_told(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    consent_id = await recorded(ask, "therapist", child_id, said())
    assert await brokered(ask, "social_worker", child_id)
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    await recorded(ask, "therapist", child_id, said())
    assert await noticed(ask, child_id) == told(ask)


async def test_of_an_assessment_withdrawn_those_told_are_told(ask: Ask) -> None:
    await tell(ask.served, caf="express")
    child_id = await ask.create(aged(9))
    held = {"contact": contact(), "held_since": day(3)}
    await ask("social_worker", "PUT", about(child_id, "assessment"), held)
    assert (await ask.shown("teacher", child_id))["assessment"] is None
    given = {"given_for": "caf", "state": "given", **PARENT}
    consent_id = await recorded(ask, "social_worker", child_id, given)
    assert (await ask.shown("teacher", child_id))["assessment"] is not None
    assert (await withdraw(ask, "social_worker", consent_id, PARENT)).status_code == 204
    assert (await ask.shown("teacher", child_id))["assessment"] is None
    expected = told(ask, SCHOOLS, what="assessment_no_longer_told")
    assert await noticed(ask, child_id) == expected


# Expired


async def test_who_was_told_on_a_consent_is_told_that_it_has_expired(ask: Ask) -> None:
    await tell(ask.served, "social_care", "police")
    child_id = await entered(ask)
    await recorded(ask, "therapist", child_id, said(until=day(-5)))
    assert await brokered(ask, "social_worker", child_id)
    assert not await brokered(ask, "teacher", child_id)
    assert await noticed(ask, child_id, 5) == told(ask)  # its last day
    assert await noticed(ask, child_id, 6) == told(ask, SOCIAL_CARE, days=6)
    assert await noticed(ask, child_id, 7) == told(ask, SOCIAL_CARE, days=6)  # once only


async def test_a_job_that_was_away_tells_of_what_expired_meanwhile(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    await recorded(ask, "therapist", child_id, said(until=day(-5)))
    assert await brokered(ask, "social_worker", child_id)
    assert await noticed(ask, child_id, 300) == told(ask, SOCIAL_CARE, days=300)


async def test_what_was_renewed_is_told_when_it_expires_after_all(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    consent_id = await recorded(ask, "therapist", child_id, said(until=day(-5)))
    assert await brokered(ask, "social_worker", child_id)
    longer = {"giver": "child", "understanding": "sufficient", "until": day(-50)}
    assert (await renew(ask, "therapist", consent_id, longer)).status_code == 204
    assert await noticed(ask, child_id, 6) == told(ask)
    assert await noticed(ask, child_id, 51) == told(ask, SOCIAL_CARE, days=51)


async def test_what_was_withdrawn_is_not_told_again_on_the_day_it_would_expire(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    consent_id = await recorded(ask, "therapist", child_id, said(until=day(-5)))
    assert await brokered(ask, "social_worker", child_id)
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    assert await noticed(ask, child_id) == told(ask, SOCIAL_CARE)
    assert await noticed(ask, child_id, 6) == told(ask, SOCIAL_CARE)


async def test_who_was_told_on_the_consent_before_is_told_when_the_last_expires(ask: Ask) -> None:
    """One follows on another without a day between: what was told holds until the second ends."""
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    withdrawn = await recorded(ask, "therapist", child_id, said())
    assert (await withdraw(ask, "therapist", withdrawn)).status_code == 204
    await recorded(ask, "therapist", child_id, said(until=day(-5)))
    assert await brokered(ask, "social_worker", child_id)
    await recorded(ask, "therapist", child_id, said(begins=day(-6), until=day(-20)))
    assert await noticed(ask, child_id, 6) == told(ask)
    assert await noticed(ask, child_id, 21) == told(ask, SOCIAL_CARE, days=21)


async def test_who_was_told_on_a_consent_stated_before_one_was_recorded_is_told(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    assert await brokered(ask, "social_worker", child_id)
    async with asking_at(ask, on(days=3)) as later:
        await recorded(later, "therapist", child_id, said(until=day(-5)))
    assert await noticed(ask, child_id, 6) == told(ask, SOCIAL_CARE, days=6)


async def test_a_refusal_is_told_though_another_consent_was_to_follow(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    await recorded(ask, "therapist", child_id, said(until=day(-5), **PARENT))
    assert await brokered(ask, "social_worker", child_id)
    await recorded(ask, "therapist", child_id, said(begins=day(-6), until=day(-20), **PARENT))
    await recorded(ask, "therapist", child_id, said("refused"))
    assert await noticed(ask, child_id) == told(ask, SOCIAL_CARE)


async def test_of_an_assessment_whose_consent_expired_those_told_are_told(ask: Ask) -> None:
    await tell(ask.served, caf="express")
    child_id = await ask.create(aged(9))
    held = {"contact": contact(), "held_since": day(3)}
    await ask("social_worker", "PUT", about(child_id, "assessment"), held)
    given = {"given_for": "caf", "state": "given", "until": day(-5), **PARENT}
    await recorded(ask, "social_worker", child_id, given)
    assert (await ask.shown("teacher", child_id))["assessment"] is not None
    expected = told(ask, SCHOOLS, what="assessment_no_longer_told", days=6)
    assert await noticed(ask, child_id, 6) == expected


# Hidden meanwhile


async def read_by(ask: Ask, who: str, child_id: str) -> list[str]:
    """Return what somebody reads in their agency's notices about a child."""
    answer = await ask(who, "GET", "/v1/notices", why=NO_WHY)
    assert answer.status_code == 200, answer.text
    return [each["what"] for each in answer.json()["notices"] if each["child_id"] == child_id]


@pytest.mark.parametrize("shielded", ["before the job", "after the job"])
async def test_nobody_reads_a_notice_of_a_child_shielded_since_until_it_is_lifted(
    ask: Ask, shielded: str
) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    consent_id = await recorded(ask, "therapist", child_id, said())
    assert await brokered(ask, "social_worker", child_id)
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    if shielded == "after the job":
        await notices_due(ask.served.index)
        assert await read_by(ask, "social_worker", child_id) == ["contact_no_longer_brokered"]
    shield_id = await ask.shield(child_id, day(-90))
    await notices_due(ask.served.index)
    assert await read_by(ask, "social_worker", child_id) == []
    path, body = f"/v1/children/{child_id}/shield/lift", {"shield_id": shield_id}
    assert (await ask("manager", "POST", path, body, why=KEEP)).status_code == 204
    assert await read_by(ask, "social_worker", child_id) == ["contact_no_longer_brokered"]


async def test_nobody_reads_a_notice_of_a_closed_identity(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    consent_id = await recorded(ask, "therapist", child_id, said())
    assert await brokered(ask, "social_worker", child_id)
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    await notices_due(ask.served.index)
    path = f"/v1/children/{child_id}/close-identity"
    assert (
        await ask("manager", "POST", path, {"cause": "protection"}, why=KEEP)
    ).status_code == 204
    assert await read_by(ask, "social_worker", child_id) == []


async def test_each_run_is_entered_without_saying_whom(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await entered(ask)
    consent_id = await recorded(ask, "therapist", child_id, said())
    assert await brokered(ask, "social_worker", child_id)
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    await noticed(ask, child_id)
    entries = [each for each in await ask.served.entries() if each["action"] == "notices"]
    assert (entries[-1]["count"], entries[-1]["subjects"]) == (1, [])
    sql = "select count(*) as left from work_token where token = any($1)"
    keyring = ask.served.index.keyring
    from_list = [keyring.references.reference("list", b"notices", bytes((n,))) for n in range(16)]
    (row,) = await ask.served.rows(sql, from_list)
    assert row["left"] == 0
