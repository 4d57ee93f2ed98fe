"""One entry opened for a case; what was altered in the store is told, never hidden."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from index_service.log.leaf import leaf_hash
from tests.stories.asking import Ask
from tests.stories.auditing import (
    EXPORTS,
    SEARCHES,
    account_of,
    every,
    inspect,
    lately,
    looks_at,
    searched,
)
from tests.stories.made import Stated, a_child


async def opened(ask: Ask, entry_id: str) -> Stated:
    """Return an entry opened."""
    answer = await inspect(ask, f"/v1/log/entries/{entry_id}")
    assert answer.status_code == 200, answer.text
    told: Stated = answer.json()
    return told


async def a_read(ask: Ask) -> tuple[str, Any]:
    """Return a child read once, and the answer."""
    child_id = await ask.create(a_child())
    return child_id, await ask.read("teacher", child_id)


@asynccontextmanager
async def altered(ask: Ask, entry_id: str, column: str, value: object) -> AsyncIterator[None]:
    """Alter a stored entry as whoever owns the database could, and put it back."""
    where = "where entry_id = $1::text::uuid"
    (before,) = await ask.served.rows(f"select {column} as it from access_entry {where}", entry_id)
    change = f"update access_entry set {column} = $2 {where}"
    await ask.served.rows(change, entry_id, value)
    try:
        yield
    finally:
        await ask.served.rows(change, entry_id, before["it"])


async def test_an_opening_proves_its_leaf_and_the_receipt(ask: Ask) -> None:
    _, read = await a_read(ask)
    told = await opened(ask, ask.receipt_of(read))
    assert told["state"] == "open"
    leaf = leaf_hash(bytes.fromhex(told["blind"]), told["entry"].encode())
    assert leaf.hex() == told["leaf"]
    assert read.headers["audit-receipt"].startswith(f"{told['receipt']}.")
    assert json.loads(told["entry"])["entry_id"] == ask.receipt_of(read)
    assert (told["shard"], told["leaf_index"]) == (None, None)


async def test_an_opening_is_an_entry_that_names_whose_access_was_opened(ask: Ask) -> None:
    _, read = await a_read(ask)
    before = len(await looks_at(ask, account_of(ask, "teacher")))
    await opened(ask, ask.receipt_of(read))
    entries = await looks_at(ask, account_of(ask, "teacher"))
    assert len(entries) == before + 1
    assert entries[-1]["route"] == "/v1/log/entries/{entry_id}"


async def test_an_opening_of_nobodys_access_names_nobody(ask: Ask) -> None:
    answer = await ask(None, "GET", "/v1/me")
    told = await opened(ask, ask.receipt_of(answer))
    assert json.loads(told["entry"])["account"] == ""


# Altered in the store


async def test_an_altered_entry_is_told_as_tampered(ask: Ask) -> None:
    child_id, read = await a_read(ask)
    entry_id = ask.receipt_of(read)
    (row,) = await ask.served.rows(
        "select sealed from access_entry where entry_id = $1::text::uuid", entry_id
    )
    turned = bytes(row["sealed"][:-1]) + bytes((row["sealed"][-1] ^ 1,))
    async with altered(ask, entry_id, "sealed", turned):
        told = await opened(ask, entry_id)
        assert (told["state"], told["blind"], told["entry"]) == ("tampered", None, None)
        # Whatever is looked for: what cannot be read might have fitted.
        for sought in ({}, {"child_id": child_id}, {"outcome": "refused"}):
            found = {each["entry_id"]: each for each in await every(ask, **sought)}
            assert (found[entry_id]["state"], found[entry_id]["said"]) == ("tampered", None)
    assert (await opened(ask, entry_id))["state"] == "open"


async def test_another_leaf_beside_an_entry_is_told_as_tampered(ask: Ask) -> None:
    """LeafMismatch: the entry opens, and its leaf is another's."""
    _, read = await a_read(ask)
    entry_id = ask.receipt_of(read)
    async with altered(ask, entry_id, "leaf", bytes(32)):
        told = await opened(ask, entry_id)
        assert told["state"] == "tampered"
        leaf = leaf_hash(bytes.fromhex(told["blind"]), told["entry"].encode())
        assert leaf.hex() != told["leaf"]
        (found,) = [e for e in await every(ask) if e["entry_id"] == entry_id]
        assert found["state"] == "tampered"
        answer = await inspect(ask, EXPORTS, {**lately(ask), "form": "csv"})
        assert answer.headers["export-tampered"] == "1"


async def test_an_entry_moved_in_time_is_told_as_tampered(ask: Ask) -> None:
    child_id, read = await a_read(ask)
    entry_id = ask.receipt_of(read)
    now_s = int(ask.served.index.clock.now().timestamp())
    moved = datetime.fromtimestamp(now_s - 90_000, UTC)
    async with altered(ask, entry_id, "at", moved):
        past = {"since": now_s - 100_000, "until": now_s - 80_000}
        (found,) = (await searched(ask, **past, child_id=child_id))["entries"]
        assert (found["entry_id"], found["state"]) == (entry_id, "tampered")


async def test_an_entry_taken_out_is_told_as_missing(ask: Ask) -> None:
    child_id, read = await a_read(ask)
    entry_id = ask.receipt_of(read)
    where = "where entry_id = $1::text::uuid"
    (row,) = await ask.served.rows(f"select * from access_entry {where}", entry_id)
    await ask.served.rows(f"delete from access_entry {where}", entry_id)
    try:
        page = await searched(ask, child_id=child_id)
        assert page["missing"] == [entry_id]
        day = await searched(ask, account_id=account_of(ask, "teacher"))
        assert entry_id in day["missing"]
    finally:
        back = "insert into access_entry values ($1, $2, $3, $4, $5)"
        await ask.served.rows(back, *row.values())


async def test_a_row_that_should_name_an_entry_and_does_not_open_is_counted(ask: Ask) -> None:
    child_id, _ = await a_read(ask)
    index = ask.served.index
    ref = index.keyring.log_keys(index.clock.now().year).subject_ref(UUID(child_id))
    (row, *_) = await ask.served.rows("select sealed from access_subject where ref = $1", ref)
    turned = bytes(row["sealed"][:-1]) + bytes((row["sealed"][-1] ^ 1,))
    put = "insert into access_subject values ('northmere', $1, $2)"
    await ask.served.rows(put, ref, turned)
    page = await searched(ask, child_id=child_id)
    assert page["broken"] == 1
    assert len(page["entries"]) == 2


async def test_an_entry_whose_years_key_is_gone_is_told_as_not_openable(ask: Ask) -> None:
    """Not an error, and not left out: its leaf is all there is."""
    now = ask.served.index.clock.now()
    year = now.year - 1
    entry_id, at = uuid4(), datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    put = "insert into access_entry values ('northmere', $1, $2, $3, $4)"
    await ask.served.rows(put, entry_id, at, bytes(range(32)), b"sealed once")
    try:
        told = await opened(ask, str(entry_id))
        assert (told["state"], told["entry"]) == ("not_openable", None)
        assert told["leaf"] == bytes(range(32)).hex()
        end_s = int(at.timestamp()) + 60
        body = {"since": end_s - 3600, "until": end_s, "purpose": "safeguard"}
        page = (await inspect(ask, SEARCHES, body)).json()
        assert [each["state"] for each in page["entries"]] == ["not_openable"]
        assert page["closed_years"] == [year]
        csv = await inspect(ask, EXPORTS, {**body, "form": "csv"})
        assert "not_openable" in csv.text
        fhir = (await inspect(ask, EXPORTS, {**body, "form": "fhir"})).json()
        assert fhir["entry"][0]["resource"]["outcomeDesc"] == "not_openable"
        reach = await inspect(ask, "/v1/log/breaches", {**body, "form": "children"})
        assert reach.json()["unread"] == [{"entry_id": str(entry_id), "state": "not_openable"}]
        drawn = await inspect(ask, "/v1/log/samples", {**body, "size": 5})
        assert [each["state"] for each in drawn.json()["entries"]] == ["not_openable"]
    finally:
        await ask.served.rows("delete from access_entry where entry_id = $1", entry_id)
