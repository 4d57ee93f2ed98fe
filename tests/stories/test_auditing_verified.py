"""An export as the real sealer's tree and the independent verifier see it."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from index_verify.checking import Given, check
from index_verify.findings import Report
from index_verify.policy import Policy
from index_verify.words import Verdict
from tests.sealing.sealing import Beside, sealer_beside
from tests.stories.asking import Answer, Ask
from tests.stories.auditing import CASE, EXPORTS, inspect, lately
from tests.stories.made import Stated, a_child


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def beside(ask: Ask, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Beside]:
    """A sealer beside this module's index."""
    async with sealer_beside(ask.served, tmp_path_factory.mktemp("sealer")) as sealer:
        sealer.clock.on(seconds=6)
        await sealer.rounds.found()
        yield sealer


def policy_of(ask: Ask, beside: Beside) -> Policy:
    """Return whose signatures count, as an outsider is handed it; no witness asks here."""
    public = ask.served.index.keyring.receipt_key.public_key().public_bytes_raw()
    logs = [f"log {key.text()}" for key in beside.verifiers]
    lines = ["csa northmere", *logs, f"receipt {b64encode(public).decode()}", "quorum 0", ""]
    return Policy.of("\n".join(lines))


async def hashes_under(ask: Ask, head: str, shard: int) -> bytes:
    """Return the export of hashes that goes with a head."""
    rows = await ask.served.rows(
        "select leaf_index, hash from leaf where shard = $1 order by 1", shard
    )
    origin, size = head.split("\n")[:2]
    first = {
        "format": "index-log/1",
        "csa": "northmere",
        "origin": origin,
        "kind": "hashes",
        "case": None,
    }
    leaves = [{"i": row["leaf_index"], "leaf": row["hash"].hex()} for row in rows]
    lines: list[Stated] = [first, *leaves[: int(size)], {"end": int(size), "head": head}]
    return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)


async def verified(ask: Ask, beside: Beside, place: Path, part: Answer, *receipts: str) -> Report:
    """Return what the independent verifier says of a part, beside the export of hashes."""
    last = json.loads(part.text.splitlines()[-1])
    shard = int(last["head"].partition("\n")[0].rpartition("/")[2])
    openings, hashes = place / "openings", place / "hashes"
    openings.write_bytes(part.content)
    hashes.write_bytes(await hashes_under(ask, last["head"], shard))
    given = Given(exports=(hashes,), openings=(openings,), receipts=receipts)
    return check(given, policy_of(ask, beside))


async def sealed_export(ask: Ask, beside: Beside) -> tuple[str, list[Answer], Answer]:
    """Return a child, three reads of it, and the openings of them once they are sealed."""
    child_id = await ask.create(a_child())
    reads = [await ask.read("teacher", child_id) for _ in range(3)]
    for _ in range(3):
        beside.clock.on(minutes=1)
        await beside.all()
    body = {**lately(ask), "form": "openings", "child_id": child_id, "action": "read_child"}
    part = await inspect(ask, EXPORTS, body)
    assert part.status_code == 200, part.text
    return child_id, reads, part


async def test_an_export_verifies_without_us(ask: Ask, beside: Beside, tmp_path: Path) -> None:
    _, reads, part = await sealed_export(ask, beside)
    receipts = [read.headers["audit-receipt"] for read in reads]
    report = await verified(ask, beside, tmp_path, part, *receipts)
    assert report.lines()[-1].startswith("intact"), report.lines()
    assert report.verified["receipts"] == 3
    assert json.loads(part.text.splitlines()[0])["case"] == CASE


async def test_an_entry_rewritten_in_the_store_does_not_verify(
    ask: Ask, beside: Beside, tmp_path: Path
) -> None:
    """Sealed anew by whoever holds the log's keys: its leaf still knows."""
    child_id, reads, _ = await sealed_export(ask, beside)
    keyring = ask.served.index.keyring
    entry_id = ask.receipt_of(reads[1])
    where = "where entry_id = $1::text::uuid"
    (row,) = await ask.served.rows(f"select * from access_entry {where}", entry_id)
    keys = keyring.log_keys(row["at"].year)
    plain = keys.open_entry(row["entry_id"], row["sealed"])
    forged = plain.replace(b"safeguard", b"safeguarx")
    assert forged != plain
    sealed = keys.seal_entry(row["entry_id"], forged)
    change = f"update access_entry set sealed = $2 {where}"
    await ask.served.rows(change, entry_id, sealed)
    try:
        body = {**lately(ask), "form": "openings", "child_id": child_id, "action": "read_child"}
        part = await inspect(ask, EXPORTS, body)
    finally:
        await ask.served.rows(change, entry_id, row["sealed"])
    assert part.headers["export-tampered"] == "1"
    report = await verified(ask, beside, tmp_path, part)
    assert report.verdict is Verdict.TAMPERED
