"""Where only children an agency works with are held, no other child is: by hand or by feed."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from consent.agreement import default_document
from demo.authority import ROOT
from tests.stories.asking import KEEP, NO_WHY, Answer, Ask, Why, refused
from tests.stories.made import (
    Stated,
    a_child,
    begin_line,
    by_everything,
    child_line,
    contact,
    involvement,
    key,
    next_line,
    reference,
)

REFERRAL = Why("safeguard", "new_referral")
SENSITIVE: Stated = {"service": "mental_health", "consent": True}


def involved_only() -> Stated:
    """Return the default agreement with Camfield's coverage."""
    camfield = (Path(ROOT) / "demo" / "agreement_camfield.json").read_text("utf-8")
    return default_document() | {"coverage": json.loads(camfield)["coverage"]}


@pytest_asyncio.fixture(loop_scope="session", scope="module", autouse=True)
async def coverage(ask: Ask) -> AsyncIterator[None]:
    """Every test here is asked of an index that holds involved children only."""
    headers = {"Idempotency-Key": key()}
    body = {"document": involved_only()}
    answer = await ask("manager", "POST", "/v1/agreements", body, why=NO_WHY, headers=headers)
    assert answer.json()["state"] == "in_force", answer.text
    yield


async def create(
    ask: Ask, who: str | None, child: Stated, why: Why = REFERRAL, sent: str = ""
) -> Answer:
    """Ask to record a child."""
    headers = {"Idempotency-Key": sent or key()}
    return await ask(who, "POST", "/v1/children", child, why=why, headers=headers)


async def seen(ask: Ask, child: Stated, who: str = "manager") -> list[Stated]:
    """Return whom a search with everything known of a child finds."""
    found: list[Stated] = (await ask.look_up(who, **by_everything(child)))["matches"]
    return found


# By hand


async def test_without_a_token_right_or_reason_no_child_is_recorded(ask: Ask) -> None:
    child = a_child(involvement=involvement())
    refused(await create(ask, None, child), 401, "not_authenticated")
    refused(await create(ask, "auditor", child), 403, "role_not_allowed")
    refused(await create(ask, "suspended_worker", child), 403, "account_suspended")
    refused(await create(ask, "social_worker", child, NO_WHY), 400, "purpose_missing")
    assert not await seen(ask, child)


async def test_a_child_nobody_works_with_is_not_recorded(ask: Ask) -> None:
    child = a_child()
    answer = await create(ask, "social_worker", child)
    refused(answer, 422, "field_missing")
    assert answer.json()["errors"] == [{"code": "field_missing", "field": "involvement"}]
    assert not await seen(ask, child)


async def test_the_refusal_is_the_same_for_a_child_held_already(ask: Ask) -> None:
    child = a_child()
    assert (await create(ask, "manager", child, KEEP)).status_code == 201
    told = (await create(ask, "social_worker", child)).content
    assert told == (await create(ask, "social_worker", a_child())).content


async def test_a_child_recorded_with_an_involvement_is_found_with_it(ask: Ask) -> None:
    child, sent = a_child(), key()
    both = {**child, "involvement": involvement(contact=contact("Larkfield Team"))}
    answers = [await create(ask, "social_worker", both, sent=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    child_id = answers[0].json()["id"]
    (involved,) = (await ask.shown("teacher", child_id))["involvements"]
    assert involved["contact"]["team"]["name"] == "Larkfield Team"
    own = f"/v1/involvements/{involved['involvement_id']}"
    assert (await ask("social_worker", "POST", f"{own}/confirm")).status_code == 204
    assert len(await seen(ask, child)) == 1


async def test_what_is_wrong_with_the_involvement_records_no_child(ask: Ask) -> None:
    child = a_child()
    answer = await create(
        ask, "social_worker", {**child, "involvement": involvement("mental_health")}
    )
    refused(answer, 422, "field_missing")
    assert answer.json()["errors"] == [{"code": "field_missing", "field": "involvement.consent"}]
    assert not await seen(ask, child)


async def test_what_a_sensitive_service_alone_brings_waits_for_the_team(ask: Ask) -> None:
    """Seen without an involvement shown, the record would tell of the service."""
    child = a_child()
    both = {**child, "involvement": involvement(**SENSITIVE)}
    answer = await create(ask, "social_worker", both)
    assert answer.status_code == 201, answer.text
    assert not await seen(ask, child, "teacher")
    assert (await ask.holds())[answer.json()["id"]] == "held"


async def test_the_team_may_make_a_record_ahead_of_the_involvement(ask: Ask) -> None:
    child = a_child()
    assert (await create(ask, "manager", child, KEEP)).status_code == 201
    assert len(await seen(ask, child, "teacher")) == 1


# By feed


async def test_a_fed_child_is_held_where_the_next_line_begins_an_involvement(ask: Ask) -> None:
    held, not_held = a_child(), a_child()
    ref, other = reference(), reference()
    status = await ask.feed(
        child_line(other, not_held), child_line(ref, held), begin_line(reference("I"), ref)
    )
    assert (status["accepted"], status["invalid"]) == (3, 0)
    assert len(await seen(ask, held)) == 1
    assert not await seen(ask, not_held)
    assert len(await ask.holds()) == len(await ask.holds())


async def test_a_supplier_is_told_the_same_of_a_child_held_already(ask: Ask) -> None:
    """Else a line without an involvement would ask whether a child is held."""
    known, unknown = a_child(), a_child()
    assert (await create(ask, "manager", known, KEEP)).status_code == 201
    told = []
    for child in (known, unknown):
        ref = reference()
        lines = [child_line(ref, child), child_line(reference(), a_child())]
        status = await ask.feed(*lines, begin_line(reference("I"), ref))
        answer = await ask("schools_feed", "GET", status["results"], why=NO_WHY)
        told.append((status["accepted"], status["invalid"], answer.json()))
    assert told[0] == told[1]
    assert told[0][:2] == (2, 1)


@pytest.mark.parametrize(
    "differs",
    [{"ceased": None, "verb": "change"}, {"child_reference": "C-another"}],
)
async def test_only_a_beginning_with_that_child_brings_it(ask: Ask, differs: Stated) -> None:
    child, ref = a_child(), reference()
    line = begin_line(reference("I"), ref) | differs
    await ask.feed(
        child_line(ref, child),
        {name: said for name, said in line.items() if said is not None},
    )
    assert not await seen(ask, child)


async def test_an_involvement_already_sent_of_another_child_brings_no_second(ask: Ask) -> None:
    first, second, own = a_child(), a_child(), reference("I")
    ref, other = reference(), reference()
    await ask.feed(child_line(ref, first), begin_line(own, ref))
    await ask.feed(child_line(other, second), begin_line(own, other))
    assert not await seen(ask, second)


async def test_a_fed_child_of_a_sensitive_service_alone_waits_for_the_team(ask: Ask) -> None:
    child, ref = a_child(), reference()
    own = reference("I")
    status = await ask.feed(
        child_line(ref, child),
        begin_line(own, ref, **SENSITIVE),
        next_line("cease", own, ref, ceased=begin_line(own, ref)["began"]),
    )
    assert (status["accepted"], status["invalid"]) == (3, 0)
    assert not await seen(ask, child, "teacher")
    (waiting,) = await seen(ask, child)
    assert (await ask.holds())[waiting["child"]["child_id"]] == "held"


async def test_a_sensitive_beginning_without_consent_brings_nobody(ask: Ask) -> None:
    child, ref = a_child(), reference()
    await ask.feed(child_line(ref, child), begin_line(reference("I"), ref, service="mental_health"))
    assert not await seen(ask, child)


async def test_what_a_supplier_states_of_its_own_known_child_is_taken_alone(ask: Ask) -> None:
    child, ref = a_child(), reference()
    await ask.feed(child_line(ref, child), begin_line(reference("I"), ref))
    moved: Any = {**child, "address": {**child["address"], "house": "Quoin House"}}
    await ask.feed(child_line(ref, moved))
    (match,) = await seen(ask, child)
    shown = await ask.shown("manager", match["child"]["child_id"])
    assert shown["address"]["house"] == "Quoin House"


async def test_a_beginning_after_the_end_of_a_chunk_brings_the_child_too(ask: Ask) -> None:
    """Lines are applied by the five hundred; where they are cut is nothing to a supplier."""
    child, ref = a_child(), reference()
    lines = [child_line(reference(), a_child()) for _ in range(499)]
    lines += [child_line(ref, child), begin_line(reference("I"), ref)]
    status = await ask.feed(*lines)
    assert (status["accepted"], status["invalid"]) == (501, 0)
    assert len(await seen(ask, child)) == 1
