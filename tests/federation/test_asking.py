"""Asking across boroughs: one question, only to those who may know, and an honest answer."""

import asyncio
import json
import time
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from consent.facts import AccessReason, Purpose
from demo.authority import roomy
from demo.towns import TOWNS, agreement_of
from index_service.domain.access import Access
from index_service.services.admitting import Login
from index_service.services.attempt import Attempt
from index_service.services.budgets import Budgets
from index_service.services.lookup import Lookups
from index_service.services.peering.asking import TOLD_AT_LEAST_S, Across, RegionLookups
from index_service.services.peering.polling import Polling
from index_service.services.peering.region import Region, Standing
from index_service.services.peering.work_queue import CLAIM_PATH, RESULT_PATH
from tests.federation.boroughs import (
    CAMFIELD,
    EASTBROOK,
    NORTHMERE,
    across,
    asked,
    legs_heard,
    living,
    probed,
    question,
    settled,
)
from tests.federation.peers import facts_of
from tests.region import RegionServed
from tests.stories.asking import Why, refused
from tests.stories.consent_said import agree, recorded, said, withdraw
from tests.stories.made import Stated, day

CASE = {"Access_Reference": "RPT/10442"}
WELFARE = Why("promote_welfare", "planned_care")


@dataclass
class Children:
    """Who lives where, and is found by everybody."""

    here: Stated  # in Northmere, the same child as `there`, otherwise spelt
    there: Stated  # in Camfield
    there_id: str
    east: Stated
    helped: Stated  # in Northmere, by a service that is never named
    helped_id: str
    shielded: Stated  # in Camfield
    ended: Stated  # in Camfield, with whom nobody works any more
    silent: Stated  # in Eastbrook, which does not answer for a while


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def children(region: RegionServed) -> Children:
    """Children of three boroughs, derived and in their filters, one shielded since."""
    north, camfield, east = region[NORTHMERE], region[CAMFIELD], region[EASTBROOK]
    document: Any = agreement_of(TOWNS[NORTHMERE])
    document["sensitive"]["brokered_told_to"] = ["social_care"]
    await agree(north.served, roomy(document))
    there = camfield.child(name={"family_name": "Szymanska", "given_name": "Zuzanna"})
    here = north.child(name={"family_name": "Szymańska", "given_name": "Zuzia"})
    here["date_of_birth"] = there["date_of_birth"]
    helped, shielded, ended = north.child(), camfield.child(), camfield.child()
    known, silent = east.child(), east.child()
    there_id = await living(camfield, there)
    made = Children(here, there, there_id, known, helped, "", shielded, ended, silent)
    await living(north, here)
    made.helped_id = await living(north, helped)
    shielded_id = await living(camfield, shielded)
    ended_id = await living(camfield, ended)
    for child in (known, silent):
        await living(east, child)
    await settled(region)
    await camfield.ask.shield(shielded_id, review=day(-90))
    (involved,) = (await camfield.ask.shown("social_worker", ended_id))["involvements"]
    path = f"/v1/involvements/{involved['involvement_id']}/cease"
    assert (await camfield.ask("social_worker", "POST", path, {})).is_success
    return made


async def test_a_child_known_in_two_boroughs_under_two_spellings_is_found_in_both(
    region: RegionServed, children: Children
) -> None:
    answer = await asked(region[NORTHMERE], question(children.here))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["outcome"] == "found"
    parts = {part["name"]: part for part in body["region"]["authorities"]}
    assert set(parts) == {CAMFIELD, EASTBROOK}
    (match,) = parts[CAMFIELD]["matches"]
    assert match["child"]["child_id"] == children.there_id
    assert match["child"]["name"]["family_name"] == "Szymanska"
    assert [each["service"] for each in match["child"]["involvements"]] == ["social_care"]
    assert (parts[CAMFIELD]["state"], parts[CAMFIELD]["outcome"]) == ("answered", "shown")
    assert parts[EASTBROOK]["state"] == "nothing"
    assert body["region"]["complete"]
    assert body["region"]["wider_offered"]


async def test_both_logs_hold_the_matching_halves(region: RegionServed, children: Children) -> None:
    answer = await asked(region[NORTHMERE], question(children.here))
    (part,) = [each for each in answer.json()["region"]["authorities"] if each["receipt"]]
    entries = await region[NORTHMERE].served.entries(answer.headers["x-request-id"])
    local, *exchanges, release = entries
    assert local["code"] == "found"
    assert [each["action"] for each in exchanges] == ["peer_exchange"] * 2
    assert (release["code"], release["count"], len(release["subjects"])) == ("region", 1, 1)
    assert answer.headers["audit-receipt"]
    theirs = {each["query_commit"]: each for each in await region[CAMFIELD].served.entries()}
    for exchange in exchanges:
        half = theirs[exchange["query_commit"]]
        assert half["result_commit"] == exchange["result_commit"] != ""
        assert half["route"] == exchange["route"]
        # Known there by a reference made for that authority alone.
        assert half["account"] != exchange["account"]
    assert part["receipt"].startswith("v1.")
    kept = await region[NORTHMERE].served.rows("select length(sealed) as size from exchange")
    assert len({row["size"] for row in kept}) == 1


async def test_one_authority_is_told_that_a_child_is_known_and_whom_to_ring(
    region: RegionServed, children: Children
) -> None:
    parts = await across(region[CAMFIELD], question(children.east))
    known = parts[EASTBROOK]
    assert (known["state"], known["outcome"], known["matches"]) == ("answered", "known", [])
    assert known["front_door"]["phone"]


async def test_another_is_told_whom_to_ring_of_those_involved(
    region: RegionServed, children: Children
) -> None:
    (match,) = (await across(region[NORTHMERE], question(children.east)))[EASTBROOK]["matches"]
    (shown,) = match["child"]["involvements"]
    assert (shown["level"], shown["began"]) == ("contact", None)
    assert shown["contact"]["team"]["phone"]
    assert "assessment" not in match["child"]
    assert match["child"]["identifiers"] == {}


async def test_the_answering_authority_refuses_what_its_agreement_closes(
    region: RegionServed, children: Children
) -> None:
    part = (await across(region[NORTHMERE], question(children.east), why=WELFARE))[EASTBROOK]
    assert (part["state"], part["outcome"], part["matches"]) == ("nothing", None, [])
    codes = [each["rules"] for each in await region[EASTBROOK].served.entries()]
    assert ["purpose_not_allowed"] in codes


async def test_a_shielded_child_reads_as_one_nobody_knows(
    region: RegionServed, children: Children
) -> None:
    hidden = await across(region[NORTHMERE], question(children.shielded))
    nobody = await across(region[NORTHMERE], question(region[NORTHMERE].child()))
    for part in (*hidden.values(), *nobody.values()):
        part["as_of"] = None
    assert hidden == nobody


async def test_consent_withdrawn_counts_from_the_next_question_on(
    region: RegionServed, children: Children
) -> None:
    """And a sensitive service is named in no borough."""
    north = region[NORTHMERE]
    await north.ask.begin("therapist", children.helped_id, service="mental_health", consent=True)
    consent_id = await recorded(north.ask, "therapist", children.helped_id, said())

    async def seen() -> Stated:
        (match,) = (await across(region[CAMFIELD], question(children.helped)))[NORTHMERE]["matches"]
        child: Stated = match["child"]
        assert "mental_health" not in str(child)
        return child

    assert (await seen())["contact_can_be_brokered"] is True
    assert (await withdraw(north.ask, "therapist", consent_id)).status_code == 204
    assert "contact_can_be_brokered" not in await seen()


async def test_whoever_asks_only_takes_away(region: RegionServed, children: Children) -> None:
    """Northmere tells that contact can be brokered; Eastbrook's own teachers are told nowhere."""
    parts = await across(region[CAMFIELD], question(children.helped), who="teacher")
    (match,) = parts[NORTHMERE]["matches"]
    assert "contact_can_be_brokered" not in match["child"]
    assert "assessment" not in match["child"]  # Camfield's agreement withholds it from schools


async def test_what_has_ended_elsewhere_is_told_in_whole_or_not_at_all(
    region: RegionServed, children: Children
) -> None:
    """Camfield tells it whole; whom Northmere's own agreement tells less would ring in vain."""
    north = region[NORTHMERE]

    async def seen() -> list[Stated]:
        (match,) = (await across(north, question(children.ended)))[CAMFIELD]["matches"]
        told: list[Stated] = match["child"]["involvements"]
        return told

    (whole,) = await seen()
    assert (whole["level"], whole["ceased"]) == ("content", day())
    document: Any = roomy(agreement_of(TOWNS[NORTHMERE]))
    await agree(north.served, {**document, "levels": {"default": "contact", "exceptions": []}})
    try:
        assert await seen() == []
    finally:
        document["sensitive"]["brokered_told_to"] = ["social_care"]
        await agree(north.served, document)


async def test_the_wider_search_is_for_a_case_and_finds_what_the_first_does_not(
    region: RegionServed, children: Children
) -> None:
    renamed = question(children.there, family_name="Quenington")
    first = await across(region[NORTHMERE], renamed)
    assert first[CAMFIELD]["state"] == "nothing"
    wider = {**renamed, "across": "region_wider"}
    refused(await asked(region[NORTHMERE], wider), 400, "case_missing")
    found = await across(region[NORTHMERE], wider, **CASE)
    assert [each["child"]["child_id"] for each in found[CAMFIELD]["matches"]] == [children.there_id]


async def test_asked_of_the_own_index_alone_nobody_else_is_asked(
    region: RegionServed, children: Children
) -> None:
    before = await legs_heard(region[CAMFIELD])
    answer = await asked(region[NORTHMERE], question(children.here, across=None))
    assert "region" not in answer.json()
    assert await legs_heard(region[CAMFIELD]) == before


async def test_who_has_no_entry_hears_of_no_question(
    region: RegionServed, children: Children
) -> None:
    before = [await legs_heard(region[town]) for town in (CAMFIELD, EASTBROOK)]
    await across(region[NORTHMERE], question(region[NORTHMERE].child()))
    assert [await legs_heard(region[town]) for town in (CAMFIELD, EASTBROOK)] == before


async def test_the_answer_takes_as_long_whoever_was_asked(
    region: RegionServed, children: Children
) -> None:
    async def took_s(child: Stated) -> float:
        begun = time.monotonic()
        await across(region[NORTHMERE], question(child))
        return time.monotonic() - begun

    alone, together = await took_s(region[NORTHMERE].child()), await took_s(children.here)
    assert alone >= TOLD_AT_LEAST_S
    assert abs(alone - together) < 0.5


async def test_a_batch_across_boroughs_says_of_each_how_complete_it_is(
    region: RegionServed, children: Children
) -> None:
    subjects = [
        {
            "purpose": "safeguard",
            "reason": "contact_practitioner",
            "reference": "RPT/10442",
            "lookup": question(child, across=None),
        }
        for child in (children.here, region[NORTHMERE].child(), children.east)
    ]
    body = {"across": "region", "subjects": subjects}
    answer = await region[NORTHMERE].ask("social_worker", "POST", "/v1/lookups/batch", body)
    assert answer.status_code == 200, answer.text
    told = [each["answer"]["region"] for each in answer.json()["answers"]]
    states = [{part["name"]: part["state"] for part in each["authorities"]} for each in told]
    assert states == [
        {CAMFIELD: "answered", EASTBROOK: "nothing"},
        {CAMFIELD: "nothing", EASTBROOK: "nothing"},
        {CAMFIELD: "nothing", EASTBROOK: "answered"},
    ]
    assert all(each["complete"] for each in told)


class _Polled(Region):
    """A region in whose directory Eastbrook has no port."""

    async def standing(self) -> Standing | None:
        """Return the region as it stands, but for that."""
        found = await super().standing()
        if found is None:
            return None
        polls = replace(found.directory.members[EASTBROOK], url="", reached="poll")
        members = {**found.directory.members, EASTBROOK: polls}
        return replace(found, directory=replace(found.directory, members=members))


async def test_an_authority_without_a_port_fetches_its_questions_and_answers_in_time(
    region: RegionServed, children: Children
) -> None:
    """Eastbrook as a directory would have it that says it polls: the same answer, both legs."""
    north, east = region[NORTHMERE], region[EASTBROOK].served.index
    usual = north.served.index.region
    assert usual is not None
    assert east.region is not None
    parts = {each.name: getattr(usual, each.name) for each in fields(usual)}
    index = replace(north.served.index, region=_Polled(**parts))
    budgets = Budgets(index)
    lookups = RegionLookups(index, Lookups(index, budgets), budgets)
    persona = north.ask.issuer.personas["social_worker"]
    login = Login(north.served.settings.issuer, persona.subject)
    attempt = Attempt(str(uuid4()), "tests", "lookup", token_verified=True)
    attempt.access = Access(Purpose.SAFEGUARD, AccessReason.CONTACT_PRACTITIONER)
    polling, done = Polling(east, east.region), asyncio.Event()

    async def poll() -> None:
        while not done.is_set():
            await polling.fetch(NORTHMERE)

    task = asyncio.create_task(poll())
    try:
        facts = facts_of(children.east)
        answer = json.loads(await lookups.lookup(login, facts, attempt, Across.REGION))
    finally:
        done.set()
        await task
    (part,) = [each for each in answer["region"]["authorities"] if each["name"] == EASTBROOK]
    (match,) = part["matches"]
    assert match["child"]["involvements"][0]["level"] == "contact"
    assert part["receipt"].startswith("v1.")
    routes = {each["route"] for each in await north.served.entries()}
    assert {CLAIM_PATH, RESULT_PATH} <= routes


async def test_a_silent_authority_never_delays_an_answer_beyond_the_deadline(
    region: RegionServed, children: Children
) -> None:
    """Its late answer is dropped, and entered as late; once it answers again, it is told."""
    north = region[NORTHMERE]
    region.suspend(EASTBROOK)
    begun = time.monotonic()
    answer = await asked(north, question(children.silent))
    assert time.monotonic() - begun < 3.6
    told = answer.json()["region"]
    states = {part["name"]: part["state"] for part in told["authorities"]}
    assert states == {CAMFIELD: "nothing", EASTBROOK: "unreachable"}
    assert not told["complete"]
    # Of a child nobody knows the same is told now: it says how the authority does, no more.
    parts = await across(north, question(north.child()))
    assert parts[EASTBROOK]["state"] == "unreachable"
    region.resume(EASTBROOK)
    await asyncio.sleep(1.5)
    late = await north.served.entries(answer.headers["x-request-id"])
    assert "late_answer" in [each["code"] for each in late]
    # A port that is shut: what went out and was not answered is entered too.
    await region.stop(EASTBROOK)
    answer = await asked(north, question(children.silent))
    await region.start(EASTBROOK)
    lost = await north.served.entries(answer.headers["x-request-id"])
    halves = [each for each in lost if each["action"] == "peer_exchange"]
    assert {each["code"] for each in halves} == {"no_way"}
    assert all(each["query_commit"] and not each["result_commit"] for each in halves)
    await probed(region)
    parts = await across(north, question(children.silent))
    assert parts[EASTBROOK]["state"] == "answered"


@pytest.mark.parametrize("spoilt", ["everywhere", "", None, True])
async def test_how_far_a_lookup_goes_is_one_of_three_words(
    region: RegionServed, spoilt: object
) -> None:
    answer = await asked(
        region[NORTHMERE], {**question(region[NORTHMERE].child()), "across": spoilt}
    )
    refused(answer, 422, "field_invalid")


async def test_an_account_that_may_not_ask_asks_nobody(region: RegionServed) -> None:
    before = await legs_heard(region[CAMFIELD])
    body = question(region[CAMFIELD].child())
    refused(await asked(region[NORTHMERE], body, why=Why(None, None)), 400, "purpose_missing")
    refused(await asked(region[NORTHMERE], body, who="schools_feed"), 403, "role_not_allowed")
    assert await legs_heard(region[CAMFIELD]) == before
