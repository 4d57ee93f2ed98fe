"""A new identity: the old record closed for good, the fresh one made on another day, no link."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from index_service.crypto.keyring import Keyring
from index_service.crypto.pointer import PointerRefused
from index_service.services.sealing import open_policy, open_record
from index_service.services.tokens import TokenSheet
from index_service.store.work import work_on
from tests.stories.asking import KEEP, NO_WHY, SHIELDING, Answer, Ask, not_shown, refused
from tests.stories.later import asking_at, on
from tests.stories.made import (
    Stated,
    a_child,
    begin_line,
    by_address,
    by_everything,
    by_name,
    child_line,
    day,
    key,
    next_line,
    reference,
)
from tests.stories.test_silence import outward


async def close(ask: Ask, child_id: str, who: str = "manager", cause: str = "adoption") -> Answer:
    """Close an identity."""
    path = f"/v1/children/{child_id}/close-identity"
    return await ask(who, "POST", path, {"cause": cause}, why=SHIELDING)


async def closed(ask: Ask, child: Stated) -> str:
    """Record a child and close the identity; return the id."""
    child_id = await ask.create(child)
    assert (await close(ask, child_id)).status_code == 204
    return child_id


async def test_without_a_token_no_identity_is_closed(ask: Ask) -> None:
    path = f"/v1/children/{uuid4()}/close-identity"
    refused(await ask(None, "POST", path, {"cause": "adoption"}), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["social_worker", "schools_feed", "auditor"])
async def test_only_the_team_closes_an_identity(ask: Ask, who: str) -> None:
    refused(await close(ask, str(uuid4()), who), 403, "role_not_allowed")


async def test_a_suspended_account_closes_nothing(ask: Ask) -> None:
    refused(await close(ask, str(uuid4()), "suspended_manager"), 403, "account_suspended")


async def test_without_a_reason_no_identity_is_closed(ask: Ask) -> None:
    path = f"/v1/children/{uuid4()}/close-identity"
    answer = await ask("manager", "POST", path, {"cause": "adoption"}, why=NO_WHY)
    refused(answer, 400, "purpose_missing")


# Main scenario


async def test_a_closed_identity_is_found_by_nobody(ask: Ask) -> None:
    former = {"given_name": "Wyndra", "family_name": "Ottermarsh"}
    child = a_child(former_names=[former])
    child_id = await closed(ask, child)
    absent = outward(await ask.read("social_worker", str(uuid4())))
    for who in ("social_worker", "teacher", "police_desk"):
        assert outward(await ask.read(who, child_id)) == absent
    questions = [
        by_name(child),
        by_everything(child),
        by_address(child),
        {"nhs_number": child["nhs_number"]},
        {**former, "date_of_birth": child["date_of_birth"]},
    ]
    for question in questions:
        for who in ("social_worker", "manager"):
            assert (await ask.look_up(who, **question))["outcome"] == "none"
    not_shown(await close(ask, child_id))


async def test_former_names_are_dropped_and_the_tokens_lead_nowhere(ask: Ask) -> None:
    former = {"given_name": "Wyndra", "family_name": "Ottermere"}
    child_id = UUID(await closed(ask, a_child(former_names=[former])))
    index = ask.served.index
    async with work_on(index.feed, index.csa, index.log) as work:
        child = open_policy(index.keyring, (await work.children.beheld([child_id]))[0])
        assert open_record(child).tracing.former_names == ()
        assert (child.policy.archived, child.policy.closed) == (True, True)
        sheet = TokenSheet.decoded(child.part("tokens"))
        found = await work.children.candidates_of([token for token, _ in sheet.search])
        assert sorted((row.token, row.pointer) for row in found) == sorted(sheet.search)
        assert len(sheet.search) == 16
        leads = [_leads(index.keyring, row) for row in found]
        guards = await work.children.guards_of([token for token, _ in sheet.guard])
        guarded = [_leads(index.keyring, row) for row in guards]
    assert leads == [None] * 16
    assert guarded.count(child_id) == 4  # three numbers, and the name with the date of birth


def _leads(keyring: Keyring, row: Any) -> UUID | None:
    try:
        return keyring.pointers.open(row.token, row.pointer).child_id
    except PointerRefused:
        return None


# 2a. The fresh record


async def fresh(ask: Ask, child: Stated, who: str = "manager") -> Answer:
    """Create a record."""
    headers = {"Idempotency-Key": key()}
    return await ask(who, "POST", "/v1/children", child, why=KEEP, headers=headers)


async def test_who_closed_an_identity_creates_nobody_that_day(ask: Ask) -> None:
    await closed(ask, a_child())
    bodies = [a_child(), a_child(nhs_number=None), a_child(address={"kind": "none_known"})]
    answers = [await fresh(ask, body) for body in bodies]
    for answer in answers:
        refused(answer, 403, "another_day")
    assert len({outward(each)[1] for each in answers}) == 1
    assert (await fresh(ask, a_child(), "second_manager")).status_code == 201
    async with asking_at(ask, on(days=1)) as later:
        assert (await fresh(later, a_child())).status_code == 201


async def test_who_closed_an_identity_creates_nobody_by_another_account(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    assert (await close(ask, child_id, "double_manager")).status_code == 204
    refused(await fresh(ask, a_child(), "same_manager"), 403, "another_day")
    async with asking_at(ask, on(days=1)) as later:
        assert (await fresh(later, a_child(), "same_manager")).status_code == 201


async def test_the_fresh_record_is_as_any_other(ask: Ask) -> None:
    """Same given name, date of birth and home, another family name and other numbers."""
    child = a_child()
    await closed(ask, child)
    new = {
        **a_child(),
        "name": {**child["name"], "family_name": "Thistlewick"},
        "date_of_birth": child["date_of_birth"],
        "gender": child["gender"],
        "address": child["address"],
    }
    before = await ask.holds()
    child_id = await ask.create(new)
    assert await ask.holds() == before
    shown = await ask.shown("teacher", child_id)
    assert (shown["restricted"], shown["address"]) == (False, child["address"])
    (match,) = (await ask.look_up("teacher", **by_everything(new)))["matches"]
    assert match["child"]["child_id"] == child_id
    whole = await ask.shown("manager", child_id)
    assert child["name"]["family_name"] not in str(whole)


@pytest.mark.parametrize("keeps", ["nhs_number", "upn", "case_number"])
async def test_a_fresh_record_under_an_old_number_waits_for_the_team(ask: Ask, keeps: str) -> None:
    child = a_child()
    await closed(ask, child)
    child_id = await ask.create({**a_child(), keeps: child[keeps]})
    assert (await ask.holds())[child_id] == "held"
    not_shown(await ask.read("teacher", child_id))


# 3a. The feeds do not know of it


async def test_a_line_under_the_old_identity_is_born_held(ask: Ask) -> None:
    child = a_child()
    await closed(ask, child)
    before = await ask.holds()
    status = await ask.feed(child_line(reference(), child))
    assert (status["accepted"], status["invalid"]) == (1, 0)
    (held,) = (await ask.holds()).keys() - before.keys()
    assert (await ask.holds())[held] == "held"
    assert (await ask.look_up("teacher", **by_everything(child)))["outcome"] == "none"


async def test_a_supplier_that_keeps_its_reference_links_nothing(ask: Ask) -> None:
    """The same pupil number at the supplier, another child here: no name goes over."""
    child, ref, begun = a_child(), reference(), reference("I")
    await ask.feed(child_line(ref, child), begin_line(begun, ref))
    (match,) = (await ask.look_up("manager", **by_everything(child)))["matches"]
    old_id = match["child"]["child_id"]
    assert (await close(ask, old_id)).status_code == 204
    new = {**a_child(), "date_of_birth": child["date_of_birth"]}
    status = await ask.feed(
        child_line(ref, new, day(0)),
        next_line("change", begun, ref, service="special_needs"),
        begin_line(reference("I"), ref),
    )
    assert (status["accepted"], status["invalid"]) == (3, 0)
    (match,) = (await ask.look_up("manager", **by_everything(new)))["matches"]
    new_id = match["child"]["child_id"]
    assert new_id != old_id
    text = (await ask.read("manager", new_id)).text
    assert child["name"]["family_name"] not in text
    shown = await ask.shown("teacher", new_id)
    assert len(shown["involvements"]) == 1
    old = await ask.shown("manager", old_id)
    assert new["name"]["family_name"] not in str(old)


async def test_a_second_record_under_the_old_identity_waits_too(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    # A feed makes it beside the first: without an address nothing is certain.
    await ask.feed(child_line(reference(), {**child, "address": {"kind": "none_known"}}))
    twin = {**child, "nhs_number": None, "upn": None, "case_number": None}
    twin["address"] = {"kind": "none_known"}
    second = await ask.create({k: v for k, v in twin.items() if v is not None})
    assert (await close(ask, child_id)).status_code == 204
    not_shown(await ask.read("teacher", second))
    assert (await ask.holds())[second] == "held"


async def test_absent_and_archived_are_one_answer(ask: Ask) -> None:
    absent = await close(ask, str(uuid4()))
    not_shown(absent)
    child_id = await closed(ask, a_child())
    assert outward(await close(ask, child_id)) == outward(absent)
