"""A whole row put back by a superuser is found from outside, and nothing but its reference told."""

import asyncio
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest_asyncio
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from demo.issuer import Issuer
from demo.postgres import SUPERUSER
from index_service.commands.seal import policy_lines
from index_service.services.auditing.handing_out import openings, states
from index_service.services.upkeep import Upkeep
from index_service.store.engines import pool_for
from index_service.store.tables import SEALED_COLUMNS
from index_verify.checking import Given, check
from index_verify.policy import Policy
from index_verify.words import EXIT
from tests.sealing.sealing import Beside
from tests.stories.asking import Ask
from tests.stories.made import a_child, child_line, day, reference

ROOT = Path(__file__).resolve().parent.parent.parent
CASE = "AUD/2026-31"
PUT_BACK = ", ".join(f"{name} = was.{name}" for name in SEALED_COLUMNS)
KEPT = "create table kept as select * from child"


@dataclass
class Index:
    """An index with children, its sealer, and what an operator runs beside it."""

    beside: Beside
    ask: Ask
    directory: Path

    async def handed_out(self, what: str) -> bytes:
        """Return a state export or a whole log's openings."""
        index = self.beside.served.index
        pool = await pool_for(self.beside.served.settings.database_url, index.csa, "audit", 1)
        try:
            told = states(index, pool) if what == "states" else openings(index, pool, None, CASE)
            return b"".join([line async for line in told])
        finally:
            pool.terminate()

    async def verified(self, state: bytes | None = None) -> tuple[int, list[str]]:
        """Hand out rows and log, and have them compared; return what is said of it."""
        state = await self.handed_out("states") if state is None else state
        log = self.beside.served.index.log
        entry = self.beside.entry()
        await log.append(replace(entry, at_ms=entry.at_ms + 61_000))
        self.beside.clock.on(seconds=61)
        await self.beside.all()
        given = [state, await self.handed_out("openings")]
        paths = [self.directory / name for name in ("state", "log")]
        for path, text in zip(paths, given, strict=True):
            path.write_bytes(text)
        report = check(Given((paths[1],), state=paths[0]), Policy.of(self.policy()))
        return EXIT[report.verdict], report.lines()

    def policy(self) -> str:
        key = self.beside.served.index.keyring.receipt_key.public_key()
        receipt = b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
        return policy_lines(self.beside.settings) + f"receipt {receipt}\nquorum 0\n"

    def ref(self, child_id: str) -> str:
        keyring = self.beside.served.index.keyring
        return keyring.log_keys(keyring.log_years()[-1]).subject_ref(UUID(child_id)).hex()

    async def upkeep(self) -> None:
        index = self.beside.served.index
        await Upkeep(index, index.feed).round()


@pytest_asyncio.fixture(loop_scope="session")
async def index(beside: Beside, issuer: Issuer, tmp_path: Path) -> AsyncIterator[Index]:
    beside.clock.on(hours=1)  # what the jobs of this test leave is adopted at once
    transport = httpx.ASGITransport(app=beside.served.built.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
        yield Index(beside, Ask(client, issuer, beside.served), tmp_path)


async def amended(ask: Ask, child_id: str) -> None:
    etag = (await ask.read("social_worker", child_id)).headers["etag"]
    name = {"family_name": "Quoyle", "given_name": "Berit"}
    answer = await ask.amend("social_worker", child_id, etag, as_of=day(), name=name)
    assert answer.status_code == 204, answer.text


async def test_rows_that_stories_feeds_and_jobs_wrote_are_as_the_log_says(index: Index) -> None:
    ask = index.ask
    made = [await ask.create(a_child()) for _ in range(3)]
    await ask.begin("social_worker", made[0])
    await amended(ask, made[1])
    await ask.shield(made[2], day(-90))
    await ask.feed(*(child_line(reference(), a_child()) for _ in range(4)))
    await index.upkeep()
    await ask.begin("teacher", made[0], service="school")
    status, said = await index.verified()
    assert status == 0, said
    assert ", 7 row states verified" in said[-1]


async def test_a_row_put_back_is_found_and_only_its_reference_told(index: Index) -> None:
    ask, rows = index.ask, index.beside.served.rows
    made = [await ask.create(a_child()) for _ in range(2)]
    await rows(KEPT)
    await ask.shield(made[0], day(-90))
    put_back = f"update child c set {PUT_BACK} from kept was where c.child_id = was.child_id"
    await rows(f"{put_back} and c.child_id = $1", UUID(made[0]))
    status, said = await index.verified()
    assert status == 1
    row = f"tampered: row {index.ref(made[0])}: "
    assert said[0].startswith(row + "A row stands as an entry before the last one left it")
    assert len(said) == 2
    assert not any(each in line for line in said for each in made)


async def test_a_row_put_back_and_written_since_is_found(index: Index) -> None:
    """The nightly upkeep seals every row anew: what was put back would be anybody's then."""
    ask, rows = index.ask, index.beside.served.rows
    child_id = await ask.create(a_child())
    await rows(KEPT)
    await ask.begin("social_worker", child_id)
    await rows(f"update child c set {PUT_BACK} from kept was where c.child_id = was.child_id")
    await index.upkeep()
    status, said = await index.verified()
    assert status == 1
    assert said[0].startswith(
        f"tampered: row {index.ref(child_id)}: An entry found a row otherwise"
    )


async def test_two_rows_that_changed_places_are_found(index: Index) -> None:
    ask, rows = index.ask, index.beside.served.rows
    made = [await ask.create(a_child()) for _ in range(2)]
    await rows(KEPT)
    await rows(f"update child c set {PUT_BACK} from kept was where c.child_id <> was.child_id")
    status, said = await index.verified()
    assert status == 1
    told = [line for line in said if line.startswith("tampered: row ")]
    assert {line.split()[2].rstrip(":") for line in told} == {index.ref(each) for each in made}


async def test_one_cell_put_back_is_found(index: Index) -> None:
    ask, rows = index.ask, index.beside.served.rows
    child_id = await ask.create(a_child())
    await rows(KEPT)
    await amended(ask, child_id)
    await rows("update child c set tracing = was.tracing from kept was")
    status, said = await index.verified()
    assert status == 1
    assert said[0].startswith(
        f"tampered: row {index.ref(child_id)}: A row is not as the last entry"
    )


async def test_what_was_written_since_the_rows_were_read_is_no_tampering(index: Index) -> None:
    ask = index.ask
    child_id = await ask.create(a_child())
    state = await index.handed_out("states")
    await amended(ask, child_id)
    status, said = await index.verified(state)
    assert status == 0, said


async def test_a_dump_s_rows_are_compared_too(index: Index) -> None:
    ask, served = index.ask, index.beside.served
    child_id = await ask.create(a_child())
    await served.rows(KEPT)
    await amended(ask, child_id)
    assert (await index.verified(await dumped(index)))[0] == 0
    await served.rows(f"update child c set {PUT_BACK} from kept was")
    status, said = await index.verified(await dumped(index))
    assert status == 1
    assert "put back" in said[0]


async def test_entries_erased_or_damaged_after_sealing_are_told(index: Index) -> None:
    served = index.beside.served
    reads = [await index.ask.create(a_child()) for _ in range(2)]
    first, second = [index.ask.receipt_of(await index.ask.read("teacher", one)) for one in reads]
    assert (await index.verified())[0] == 0

    async def told() -> dict[str, int]:
        path = index.directory / "log"
        path.write_bytes(await index.handed_out("openings"))
        return dict(check(Given((path,)), Policy.of(index.policy())).kinds)

    await served.rows("delete from access_entry where entry_id = $1::text::uuid", first)
    assert await told() == {"gone_missing": 1}
    damaged = "update access_entry set sealed = sealed || 'x' where entry_id = $1::text::uuid"
    await served.rows(damaged, second)
    assert await told() == {"gone_missing": 1, "gone_broken": 1}


async def test_the_commands_enter_what_they_hand_out(index: Index) -> None:
    await index.ask.create(a_child())
    index.beside.clock.on(seconds=61)
    await index.beside.all()
    settings = index.beside.served.settings
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": settings.database_url,
        "INDEX_CSA": settings.csa,
        "INDEX_KEY_DIRECTORY": str(settings.key_directory),
        "INDEX_REGION_POLICY": "none",
    }

    async def command(*words: str) -> tuple[int, list[bytes]]:
        words = (sys.executable, "-m", "index_service.commands.cli", "log", *words)
        run = partial(subprocess.run, env=environment, capture_output=True, timeout=60)
        done: Any = await asyncio.to_thread(run, words)
        return done.returncode, done.stdout.splitlines()

    status, rows = await command("states")
    assert (status, rows[-1]) == (0, b'{"end":1}')
    status, lines = await command("openings", "--case", CASE)
    assert (status, lines[-1][:9]) == (0, b'{"end":32')
    assert await command("openings", "--case", CASE, "--shard", "199900") == (1, [])
    assert await command("openings", "--case", "Solane") == (2, [])
    entries = await index.beside.served.entries()
    told = [(one["action"], one["reference"]) for one in entries if one["route"] == "command"]
    assert told[-2:] == [("hand_out_states", ""), ("hand_out_log", CASE)]


async def dumped(index: Index) -> bytes:
    served = index.beside.served
    where = ["-h", str(served.postgres.socket_directory), "-U", SUPERUSER, "-t", "child"]
    program = served.postgres.binaries / "pg_dump"
    words = [str(program), *where, served.database]
    done = await asyncio.to_thread(subprocess.run, words, capture_output=True, check=True)
    return done.stdout
