"""The client against a real index over real HTTP: what case systems rely on."""

import asyncio
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from index_client import Access, Index, ReceiptKey, ReceiptWrong, Refused, Unreachable
from tests.index_client.keys import text_of
from tests.index_client.reaching import Reached
from tests.stories.asking import Ask
from tests.stories.made import a_child, by_everything, by_name, involvement

CARE = Access("safeguard", "contact_practitioner")


async def test_a_child_is_found_read_and_an_involvement_begun_once(
    reached: Reached, ask: Ask
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    async with reached.as_("social_worker") as index:
        found = await index.look_up_child(by_everything(child), access=CARE)
        assert found.body["outcome"] == "found"
        read = await index.read_child(child_id, access=CARE)
        assert read.body["child"]["child_id"] == child_id
        assert read.etag
        key = "one-key-for-two-tries"
        made = [
            await index.begin_involvement(involvement(), child_id, access=CARE, idempotency_key=key)
            for _ in range(2)
        ]
        assert made[0].body == made[1].body
        assert made[0].location == f"/v1/involvements/{made[0].body['id']}"
        ended = await index.cease_involvement({}, made[0].body["id"], access=CARE)
    assert (ended.status, ended.body) == (204, None)
    entries = {entry["entry_id"] for entry in await ask.served.entries()}
    for answer in (found, read, *made, ended):
        assert str(reached.key.check(str(answer.receipt)).entry_id) in entries


async def test_a_change_is_made_to_what_was_read(reached: Reached, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    async with reached.as_("social_worker") as index:
        read = await index.read_child(child_id, access=CARE)
        why = Access("safeguard", "supply_or_correct")
        change = {"gender": "not_specified"}
        await index.amend_child(change, child_id, access=why, if_match=str(read.etag))
        with pytest.raises(Refused) as caught:
            await index.amend_child(change, child_id, access=why, if_match=str(read.etag))
    assert (caught.value.status, caught.value.code) == (412, "precondition_failed")


async def test_a_refusal_carries_its_receipt_and_its_code(reached: Reached) -> None:
    async with reached.as_("social_worker") as index:
        with pytest.raises(Refused) as caught:
            await index.read_child(str(uuid4()), access=CARE)
        with pytest.raises(Refused) as invalid:
            await index.look_up_child({"date_of_birth": "14.5.2016"}, access=CARE)
    assert (caught.value.status, caught.value.code) == (404, "not_disclosed")
    assert reached.key.check(str(caught.value.receipt))
    assert invalid.value.fields == (("date_of_birth", "field_invalid"),)


async def test_a_batch_is_answered_question_by_question(reached: Reached, ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    subjects = [
        {"purpose": "safeguard", "reason": "coming_to_notice", "lookup": facts}
        for facts in (by_name(child), {"gender": "female"})
    ]
    async with reached.as_("police_desk") as index:
        body = (await index.look_up_children({"subjects": subjects})).body
    assert [each["code"] for each in body["answers"]] == [None, "too_few_facts"]


async def test_an_answer_under_another_key_is_not_believed(reached: Reached) -> None:
    other = ReceiptKey.of(reached.key.csa, text_of(Ed25519PrivateKey.generate().public_key()))
    async with reached.as_("social_worker", other) as index:
        with pytest.raises(ReceiptWrong):
            await index.read_me()


async def test_the_blocking_client_asks_the_same(reached: Reached) -> None:
    def ask_both() -> tuple[str, str]:
        token = reached.issuer.token_for("auditor")
        with Index(reached.address, token, reached.key) as index:
            heads = index.read_log_heads(kind="hour")
            return index.read_me().body["role"], str(heads.receipt)

    role, receipt = await asyncio.to_thread(ask_both)
    assert role == "auditor"
    assert reached.key.check(receipt)


async def test_an_index_that_is_not_there_is_unreachable(reached: Reached) -> None:
    async with reached.as_("social_worker") as index:
        index._http.base_url = "http://127.0.0.1:9"
        with pytest.raises(Unreachable) as caught:
            await index.look_up_child({}, access=CARE)
    assert (caught.value.cause, caught.value.sent) == ("connect", False)
