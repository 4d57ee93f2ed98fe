"""Every request leaves exactly one entry: who, what, why, about whom, and what came of it.

The entries are opened with the log's own keys, as an auditor's process would, and checked
against their leaves; the fixture `ask` also verifies the receipt of every answer.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from index_service.log.receipt import ReceiptRefused, verify_receipt
from tests.stories.asking import NO_WHY, SHIELDING, Answer, Ask, Why, ndjson
from tests.stories.hidden import held
from tests.stories.made import (
    Stated,
    a_child,
    begin_line,
    by_name,
    child_line,
    contact,
    day,
    involvement,
    key,
    reference,
)

LOOKUPS = ("POST", "/v1/lookups")
Request = Callable[[Ask, str], Awaitable[Answer]]
ONE = "/v1/children/{child_id}"


def read(who: str, **more: Any) -> Request:
    """Return the request by which somebody reads a child."""
    return lambda ask, child_id: ask(who, "GET", f"/v1/children/{child_id}", **more)


def once() -> dict[str, str]:
    """Return the header of a request that is sent once."""
    return {"Idempotency-Key": key()}


def change(who: str, method: str, step: str, body: object, **more: Any) -> Request:
    """Return the request by which somebody changes something of a child."""
    return lambda ask, child_id: ask(who, method, f"/v1/children/{child_id}{step}", body, **more)


GRANT = {"ground": "named_threat", "asked_by": "court", "review": day(-9)}
HELD = {"contact": contact(), "held_since": day(3)}

# What is asked: the request, then outcome, code, action and route of its entry.
ABOUT_ONE_CHILD: dict[str, tuple[Request, tuple[str, str, str, str]]] = {
    "a read": (read("teacher"), ("shown", "", "read_child", ONE)),
    "a read refused for the role": (
        read("auditor"),
        ("refused", "role_not_allowed", "read_child", ONE),
    ),
    "a read by a suspended account": (
        read("suspended_worker"),
        ("refused", "account_suspended", "read_child", ONE),
    ),
    "a read without a purpose": (
        read("teacher", why=NO_WHY),
        ("refused", "purpose_missing", "read_child", ONE),
    ),
    "an involvement begun": (
        change("teacher", "POST", "/involvements", involvement("school"), headers=once()),
        ("recorded", "", "record_involvement", f"{ONE}/involvements"),
    ),
    "an involvement without consent": (
        change("teacher", "POST", "/involvements", involvement("sexual_health"), headers=once()),
        ("invalid", "field_missing", "record_involvement", f"{ONE}/involvements"),
    ),
    "an assessment held": (
        change("teacher", "PUT", "/assessment", HELD),
        ("recorded", "", "record_assessment", f"{ONE}/assessment"),
    ),
    "a shield granted": (
        change("manager", "POST", "/shield", GRANT, why=SHIELDING),
        ("recorded", "", "shield", f"{ONE}/shield"),
    ),
    "a shield asked for by another": (
        change("social_worker", "POST", "/shield", GRANT),
        ("refused", "role_not_allowed", "shield", f"{ONE}/shield"),
    ),
    "a shield that is not there lifted": (
        change("manager", "POST", "/shield/lift", {"shield_id": str(uuid4())}, why=SHIELDING),
        ("invalid", "state_conflict", "lift_shield", f"{ONE}/shield/lift"),
    ),
    "an amendment of what was never read": (
        change(
            "social_worker", "PATCH", "", {"gender": "male"}, headers={"If-Match": f'"{"x" * 22}"'}
        ),
        ("invalid", "precondition_failed", "amend_child", ONE),
    ),
}


@pytest.mark.parametrize("what", ABOUT_ONE_CHILD)
async def test_a_request_about_a_child_is_entered_once(ask: Ask, what: str) -> None:
    request, expected = ABOUT_ONE_CHILD[what]
    child_id = await ask.create(a_child())
    answer = await request(ask, child_id)
    entry = await ask.entry(answer)
    assert tuple(entry[each] for each in ("outcome", "code", "action", "route")) == expected
    asker = asker_named_in(ask, entry)
    assert entry["agency"] == str(asker.account.agency_id)
    assert entry["role"] == asker.account.role.value
    assert entry["agreement"] == 1


def asker_named_in(ask: Ask, entry: Stated) -> Any:
    """Return whose account an entry names."""
    personas = ask.issuer.personas.values()
    return next(each for each in personas if str(each.account.id) == entry["account"])


async def test_an_entry_says_why_and_under_which_reference(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    why = Why("enquire_significant_harm", "strategy_discussion")
    headers = {"Access-Reference": "S47/2031-7"}
    path = f"/v1/children/{child_id}"
    entry = await ask.entry(await ask("police_desk", "GET", path, why=why, headers=headers))
    assert (entry["purpose"], entry["reason"], entry["reference"]) == (
        "enquire_significant_harm",
        "strategy_discussion",
        "S47/2031-7",
    )
    assert abs(entry["at_ms"] / 1000 - datetime.now(UTC).timestamp()) < 60
    assert entry["csa"] == "northmere"


# Whom it concerned


async def test_who_was_shown_what_is_found_by_the_child(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    answers = [
        await ask.read("teacher", child_id),
        await ask("police_desk", *LOOKUPS, by_name(child)),
    ]
    traces = {str(trace.entry_id): trace for trace in await ask.served.who_looked(child_id)}
    read_, looked = [traces[ask.receipt_of(answer)] for answer in answers]
    assert read_.shown
    assert looked.shown
    whole = {"identity", "identifier:upn", "whereabouts", "carers", "settings"}
    assert set(read_.classes) == whole | {"involvements", "assessment"}
    assert set(looked.classes) == {"identity", "involvements", "assessment"}


async def test_of_a_shielded_child_the_entry_says_identity_alone_was_shown(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    answer = await ask.read("social_worker", child_id)
    traces = {str(trace.entry_id): trace for trace in await ask.served.who_looked(child_id)}
    assert traces[ask.receipt_of(answer)].classes == ("identity",)


async def test_everyone_displayed_is_entered_and_a_hidden_candidate_is_not(ask: Ask) -> None:
    twin = a_child(nhs_number=None, upn=None, case_number=None)
    ids = [
        await ask.create({**twin, "name": {**twin["name"], "given_name": given}})
        for given in ("Fenwick", "Galdra")
    ]
    hidden, facts = await held(ask)
    for question in (by_name(twin), by_name(facts)):
        del question["given_name"]
        answer = await ask("teacher", *LOOKUPS, question)
        entry = await ask.entry(answer)
        shown = {match["child"]["child_id"] for match in answer.json()["matches"]}
        for child_id in (*ids, hidden):
            traces = await ask.served.who_looked(child_id)
            named = entry["entry_id"] in {str(trace.entry_id) for trace in traces}
            assert named == (child_id in shown)
        assert len(entry["subjects"]) == len(shown)


async def test_an_id_asked_for_is_entered_whether_or_not_anybody_has_it(ask: Ask) -> None:
    """The one 404 says nothing; the entry says which id, and exactly why not."""
    hidden, _ = await held(ask)
    for child_id, rule in ((str(uuid4()), "absent"), (hidden, "record_held")):
        answer = await ask.read("teacher", child_id)
        entry = await ask.entry(answer)
        assert (entry["outcome"], entry["code"]) == ("not_disclosed", "not_disclosed")
        assert rule in entry["rules"]
        traces = {str(trace.entry_id): trace for trace in await ask.served.who_looked(child_id)}
        trace = traces[entry["entry_id"]]
        assert (trace.shown, trace.classes) == (False, ())


async def test_nothing_found_is_entered_as_asked(ask: Ask) -> None:
    questions = [by_name(a_child()) for _ in range(2)]
    entries = [await ask.entry(await ask("teacher", *LOOKUPS, q)) for q in questions]
    again = await ask.entry(await ask("teacher", *LOOKUPS, questions[0]))
    assert {(e["outcome"], e["code"]) for e in entries} == {("nothing", "none")}
    assert entries[0]["subjects"] == []
    assert entries[0]["query_commit"] == again["query_commit"] != entries[1]["query_commit"]
    assert entries[0]["result_commit"] == entries[1]["result_commit"]


# Requests about no child, or about nothing at all


@pytest.mark.parametrize(
    ("who", "path", "action"),
    [
        ("teacher", "/v1/me", "read_directory"),
        ("teacher", "/v1/vocabularies", "read_directory"),
        ("teacher", "/v1/agencies", "read_directory"),
        ("manager", "/v1/holds", "read_holds"),
    ],
)
async def test_reading_of_the_directory_is_entered_too(
    ask: Ask, who: str, path: str, action: str
) -> None:
    entry = await ask.entry(await ask(who, "GET", path, why=NO_WHY))
    assert (entry["outcome"], entry["action"], entry["route"]) == ("shown", action, path)
    assert asker_named_in(ask, entry).name == who


async def test_what_the_team_sees_waiting_is_entered_by_child(ask: Ask) -> None:
    hidden, _ = await held(ask)
    answer = await ask("manager", "GET", "/v1/holds", why=NO_WHY)
    traces = {str(trace.entry_id): trace for trace in await ask.served.who_looked(hidden)}
    assert traces[ask.receipt_of(answer)].classes == ("restriction",)


@pytest.mark.parametrize(
    ("path", "code"),
    [("/v1/nowhere", "no_such_route"), ("/v1/lookups", "method_not_allowed")],
)
async def test_what_is_not_there_is_entered_without_a_route(ask: Ask, path: str, code: str) -> None:
    entry = await ask.entry(await ask("teacher", "GET", path))
    assert (entry["outcome"], entry["code"]) == ("invalid", code)
    assert entry["route"] in ("unmatched", "/v1/lookups")
    assert "nowhere" not in str(entry)


async def test_whoever_proves_nothing_is_entered_as_nobody(ask: Ask) -> None:
    entry = await ask.entry(await ask(None, "GET", f"/v1/children/{uuid4()}"))
    assert (entry["outcome"], entry["code"]) == ("refused", "not_authenticated")
    assert (entry["account"], entry["subjects"], entry["route"]) == ("", [], ONE)


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (b"{", {}, "not_json"),
        ({"nickname": "Bob"}, {}, "field_unknown"),
        ({"gender": "male"}, {}, "too_few_facts"),
        (by_name(a_child()), {"Access-Purpose": "curiosity"}, "header_invalid"),
    ],
)
async def test_nonsense_is_entered_with_its_code(
    ask: Ask, body: object, headers: dict[str, str], code: str
) -> None:
    entry = await ask.entry(await ask("teacher", *LOOKUPS, body, headers=headers))
    assert (entry["outcome"], entry["code"], entry["route"]) == ("invalid", code, "/v1/lookups")
    assert entry["subjects"] == []
    assert len(entry["account"]) == 32  # the login's reference: the account was never looked up


# Feeds


async def test_a_batch_is_entered_as_begun_by_chunk_and_as_answered(ask: Ask) -> None:
    ref = reference()
    lines = [child_line(ref, a_child()), begin_line(reference("I"), ref), {"kind": "x"}]
    answer = await ask.supply("schools_feed", f"schools/{key()}", ndjson(lines))
    entries = await ask.served.entries(answer.headers["x-request-id"])
    assert [(e["outcome"], e["code"], e["count"]) for e in entries] == [
        ("recorded", "begun", 0),
        ("recorded", "chunk", 3),
        ("recorded", "", 0),
    ]
    assert entries[-1]["entry_id"] == ask.receipt_of(answer)
    feed = str(ask.issuer.personas["schools_feed"].account.id)
    assert {e["account"] for e in entries} == {feed}
    assert len(entries[1]["result_commit"]) == 64


async def test_a_batch_that_is_not_what_it_was_announced_as_is_entered_as_invalid(
    ask: Ask,
) -> None:
    body = ndjson([child_line(reference(), a_child())])
    answer = await ask.supply("schools_feed", f"schools/{key()}", body, digest=bytes(32))
    entry = (await ask.served.entries(answer.headers["x-request-id"]))[-1]
    assert (entry["outcome"], entry["code"]) == ("invalid", "digest_mismatch")
    assert entry["entry_id"] == ask.receipt_of(answer)


# Receipts, and what stands in the table


async def test_a_receipt_names_the_leaf_that_stands_in_the_log(ask: Ask) -> None:
    answer = await ask.read("teacher", await ask.create(a_child()))
    keyring = ask.served.index.keyring
    header = answer.headers["audit-receipt"]
    facts = verify_receipt(keyring.receipt_key.public_key(), keyring.csa, header)
    sql = "select leaf from access_entry where entry_id = $1"
    (row,) = await ask.served.rows(sql, facts.entry_id)
    assert row["leaf"] == facts.leaf
    with pytest.raises(ReceiptRefused):
        verify_receipt(keyring.receipt_key.public_key(), "camfield", header)


async def test_no_entry_can_be_read_without_the_logs_keys(ask: Ask) -> None:
    """Sizes are steps of 256; nothing of the question stands in clear."""
    child = a_child()
    child_id = await ask.create(child)
    answer = await ask.read("teacher", child_id)
    teacher = ask.issuer.personas["teacher"]
    rows = await ask.served.rows("select sealed, leaf from access_entry")
    rows_of = await ask.served.rows("select ref, sealed from access_subject")
    stored = b"".join(bytes(part) for row in (*rows, *rows_of) for part in row.values())
    for word in ("teacher", "read_child", "safeguard", child_id, str(teacher.account.id)):
        assert word.encode() not in stored
    assert teacher.account.id.bytes not in stored
    assert answer.headers["x-request-id"].encode() not in stored
    assert len({len(row["sealed"]) for row in rows_of}) == 1
    assert len({len(row["sealed"]) % 256 for row in rows}) == 1
