"""Receipts as the child chooses: none, a code alone, or kept by the service; then opened."""

import json

import pytest

from index_service.crypto.commitment import commitment, verify_consent_receipt
from index_service.domain.consent_rules import canonical_terms
from index_service.domain.consenting import Consent
from index_service.services.consents_standing import headed
from index_service.services.sealing import open_policy
from index_service.store.work import work_on
from tests.stories.asking import Answer, Ask, not_shown, refused
from tests.stories.consent_said import aged, record, recorded, renew, said, withdraw
from tests.stories.made import Stated


async def given(ask: Ask, receipt: str) -> tuple[str, Stated]:
    """Record a consent with proof of this kind; return its child's id and the answer's body."""
    child_id = await ask.create(aged(14))
    answer = await record(ask, "therapist", child_id, said(receipt=receipt))
    assert answer.status_code == 201, answer.text
    body: Stated = answer.json()
    return child_id, body


async def prove(ask: Ask, who: str, consent_id: str, receipt: str) -> Answer:
    """Bring a receipt or code to the counter."""
    return await ask(who, "POST", f"/v1/consents/{consent_id}/receipt", {"receipt": receipt})


async def stored(ask: Ask, child_id: str) -> Consent:
    """Open the one consent of a child as it is stored."""
    index = ask.served.index
    async with work_on(index.feed, index.csa, index.log) as work:
        child = open_policy(index.keyring, (await work.children.beheld([child_id]))[0])
        ref = index.keyring.references.case_ref(child.child_id)
        rows = [row._mapping for row in await work.children.cases([ref])]
    ((case, head),) = headed(index, child, rows)
    body = case.body(head)
    assert isinstance(body, Consent)
    return body


@pytest.mark.parametrize("kind", ["code_only", "kept_by_service"])
async def test_what_was_given_out_is_matched_at_the_counter(ask: Ask, kind: str) -> None:
    _, made = await given(ask, kind)
    answer = await prove(ask, "manager", made["id"], made["receipt"])
    assert answer.json() == {"matches": True}
    entry = await ask.entry(answer)
    assert entry["route"] == "/v1/consents/{consent_id}/receipt"
    assert entry["subjects"][0]["classes"] == ["consents"]
    # Renewed or withdrawn since, it still proves what was said then.
    assert (await renew(ask, "therapist", made["id"])).status_code == 204
    assert (await withdraw(ask, "therapist", made["id"])).status_code == 204
    assert (await prove(ask, "manager", made["id"], made["receipt"])).status_code == 200


async def test_a_receipt_is_verified_off_line_and_names_nothing(ask: Ask) -> None:
    child_id, made = await given(ask, "kept_by_service")
    keyring = ask.served.index.keyring
    public = keyring.receipt_key.public_key()
    committed = verify_consent_receipt(public, keyring.csa, made["receipt"])
    consent = await stored(ask, child_id)
    assert committed == commitment(consent.blind, canonical_terms(consent))
    terms = json.loads(canonical_terms(consent))
    for word in (terms["service"], terms["given_for"], made["id"], child_id, terms["agency"]):
        assert word not in made["receipt"]
    _, other = await given(ask, "kept_by_service")
    assert len(other["receipt"]) == len(made["receipt"])


async def test_of_a_code_the_commitment_stays_here(ask: Ask) -> None:
    _, made = await given(ask, "code_only")
    assert len(made["receipt"]) == 12
    assert (await prove(ask, "manager", made["id"], made["receipt"].lower())).status_code == 200


async def test_without_a_receipt_nothing_is_kept_that_proves_it(ask: Ask) -> None:
    child_id, made = await given(ask, "none")
    assert made["receipt"] is None
    assert (await stored(ask, child_id)).blind == b""
    _, other = await given(ask, "code_only")
    answer = await prove(ask, "manager", made["id"], other["receipt"])
    refused(answer, 409, "state_conflict")


async def test_anothers_receipt_does_not_match_and_that_is_entered(ask: Ask) -> None:
    _, code = await given(ask, "code_only")
    _, kept = await given(ask, "kept_by_service")
    _, other = await given(ask, "kept_by_service")
    forged = kept["receipt"][:-1] + ("A" if kept["receipt"][-1] != "A" else "Q")
    for consent_id, presented in (
        (kept["id"], other["receipt"]),
        (kept["id"], forged),
        (kept["id"], code["receipt"]),
        (code["id"], kept["receipt"]),
        (code["id"], "A" * 12),
    ):
        answer = await prove(ask, "manager", consent_id, presented)
        refused(answer, 409, "state_conflict")
        entry = await ask.entry(answer)
        assert (entry["outcome"], entry["rules"]) == ("invalid", ["receipt_differs"])
        assert len(entry["subjects"]) == 1


async def test_only_the_team_opens_receipts(ask: Ask) -> None:
    child_id, made = await given(ask, "code_only")
    for consent_id in (made["id"], child_id):
        answer = await prove(ask, "therapist", consent_id, made["receipt"])
        refused(answer, 403, "role_not_allowed")
    not_shown(await prove(ask, "manager", child_id, made["receipt"]))


@pytest.mark.parametrize("presented", ["", "c1.x.y", "A" * 13, "A" * 11 + "1"])
async def test_what_is_no_receipt_is_nonsense(ask: Ask, presented: str) -> None:
    consent_id = await recorded(ask, "therapist", await ask.create(aged(14)), said())
    refused(await prove(ask, "manager", consent_id, presented), 422, "field_invalid")
