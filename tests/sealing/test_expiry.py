"""A year of the log is dropped in its time, whole, and nobody can drop one before it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio
from pydantic import ValidationError

from demo.issuer import Issuer
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.inspection import DAY_S
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.log.checkpoint import opened
from index_service.log.policy import CosigningPolicy
from index_service.opening import built_job
from index_service.services.auditing.panels import FROZEN
from index_service.services.expiring import Expiry
from index_service.services.index import Index
from index_service.services.matters import open_matter
from index_service.settings import ExpirySettings
from index_service.store import expiring
from index_service.store.work import work_on
from tests.sealing.sealing import Beside
from tests.stories.asking import Ask
from tests.stories.auditing import searched

OLD, SHARD = 2019, 201900
COUNTS = {
    "leaves": f"select count(*) from leaf where shard = {SHARD}",
    "entries": "select count(*) from access_entry where at < '2020-01-01'",
    "subjects": f"select count(*) from access_subject where year = {OLD}",
    "actors": f"select count(*) from access_actor where year = {OLD}",
    "exchanges": "select count(*) from exchange",
    "tiles": f"select count(*) from tile where shard = {SHARD} and level = 0",
}
NOTHING = dict.fromkeys(COUNTS, 0)


@dataclass
class Old:
    """A log that began in 2019 and goes on today, and the job that drops its old years."""

    beside: Beside
    index: Index
    child: UUID

    async def run(self, stop: asyncio.Event | None = None, **life: Any) -> bool:
        assert self.index.log_life is not None
        kept = replace(self.index.log_life, **life)
        return await Expiry(self.index, self.index.feed, kept).run(stop or asyncio.Event())

    async def counts(self) -> dict[str, int]:
        return {name: await self.beside.value(sql) for name, sql in COUNTS.items()}

    async def said(self) -> list[int]:
        return [row["year"] for row in await self.beside.sql("select year from log_expired")]


@pytest_asyncio.fixture(loop_scope="session")
async def old(unfounded: Beside, tmp_path: Path) -> AsyncIterator[Old]:
    """Let a sealer live through the years; what was written in 2019 is set back by hand."""
    beside, served = unfounded, unfounded.served
    today = beside.clock.at
    keys = served.settings.key_directory
    copied = tmp_path / "keys"
    shutil.copytree(keys, copied)
    FileKeyProvider(copied).create(f"log.{OLD}")
    beside.clock.at = today.replace(year=OLD, month=6, day=15)
    await beside.rounds.found()
    await beside.append(600)
    beside.clock.on(seconds=6)
    await beside.all()
    child = uuid4()
    log = served.index.log
    back = "update access_entry set at = at - make_interval(years => $1)"
    await beside.sql(back, today.year - OLD)
    await beside.sql("update access_subject set year = $1", OLD)
    await beside.sql("update access_actor set year = $1", OLD)
    entry = await beside.value("select entry_id from access_entry limit 1")
    await beside.sql("insert into exchange values ($1, $2, $3)", log_csa(beside), entry, b"said")
    for year in range(OLD + 1, today.year + 1):
        beside.clock.at = beside.clock.at.replace(year=year)
        await beside.all()
    beside.clock.at = today
    await beside.append(3)
    await beside.all()
    policy = tmp_path / "policy"
    policy.write_text("".join(f"log {key.text()}\n" for key in beside.verifiers), "utf-8")
    told = {"log_years": 6, "log_policy": policy, "key_directory": copied}
    settings = ExpirySettings.model_construct(**{**dict(served.settings), **told})
    async with built_job(settings, "job") as index:
        refs = index.keyring.log_keys(OLD)
        ref = refs.subject_ref(child)
        of = "insert into access_subject (csa, ref, sealed, year) values ($1, $2, $3, $4)"
        await beside.sql(of, log_csa(beside), ref, bytes(10), OLD)
        assert log.csa == index.csa
        yield Old(beside, index, child)


def log_csa(beside: Beside) -> str:
    return beside.served.index.csa


async def test_a_year_goes_whole_and_its_heads_stay(old: Old) -> None:
    before = await old.counts()
    assert min(before.values()) > 0
    heads = await old.beside.sql("select note from log_head order by shard, size")
    later = await old.beside.value("select count(*) from leaf where shard > $1", SHARD)
    assert await old.run()
    assert await old.counts() == NOTHING
    assert await old.said() == [OLD]
    assert await old.beside.sql("select note from log_head order by shard, size") == heads
    assert await old.beside.value("select count(*) from leaf where shard > $1", SHARD) == later
    entries = await old.beside.value("select count(*) from access_entry")
    assert await old.run()  # there is nothing more to do, and nothing more is said
    assert await old.beside.value("select count(*) from access_entry") == entries
    await old.beside.all()
    assert (await old.beside.head()).shard == old.beside.clock.at.year * 100


async def test_a_year_stays_for_as_long_as_the_authority_says(old: Old) -> None:
    before = await old.counts()
    assert await old.run(years=7)
    assert (await old.counts(), await old.said()) == (before, [])


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("update leaf set hash = decode(repeat('ab', 32), 'hex') where leaf_index = 5", "tree"),
        ("delete from leaf where leaf_index = (select max(leaf_index) from leaf)", "tree"),
        ("delete from log_head", "no_head"),
        ("update log_head set note = replace(note, '— index', '— indey')", "signature"),
        ("delete from log_head where size = (select max(size) from log_head)", "no_head"),
    ],
)
async def test_a_year_whose_tree_is_not_what_its_head_says_stays(
    old: Old, sql: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    within = sql.replace("log_head where", f"log_head where shard = {SHARD} and").replace(
        "from log_head)", f"from log_head where shard = {SHARD})"
    )
    within = within.replace("leaf where", f"leaf where shard = {SHARD} and").replace(
        "from leaf)", f"from leaf where shard = {SHARD})"
    )
    await old.beside.sql(within)
    before = await old.counts()
    assert not await old.run()
    assert (await old.counts(), await old.said()) == (before, [])
    assert f"outcome={code}" in caplog.text


async def test_a_head_too_few_cosigned_drops_nothing(
    old: Old, caplog: pytest.LogCaptureFixture
) -> None:
    assert not await old.run(witnesses=CosigningPolicy((), 1))
    assert "outcome=quorum" in caplog.text
    assert await old.said() == []


@pytest.mark.parametrize("whose", ["theirs", "another's"])
async def test_a_panel_keeps_the_years_in_which_anybody_looked_at_its_child(
    old: Old, whose: str, caplog: pytest.LogCaptureFixture
) -> None:
    child = old.child if whose == "theirs" else uuid4()
    served = old.beside.served.index
    now_s = int(served.clock.now().timestamp())
    ends = {"case": "PANEL/1", "ends_s": now_s + DAY_S, "frozen_s": now_s}
    panel = Matter(
        uuid4(), MatterKind.PANEL, MatterState.TAKEN, now_s, child_id=child, details=ends
    )
    async with work_on(served.feed, served.csa, served.log) as work:
        await open_matter(served, work, panel, (FROZEN,))
        await work.commit(served.log.prepare(old.beside.entry()))
    if whose == "theirs":
        assert not await old.run()
        assert "outcome=panel" in caplog.text
        assert await old.said() == []
    else:
        assert await old.run()
        assert await old.counts() == NOTHING


async def test_a_run_cut_short_is_gone_on_with(old: Old, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "LEAVES_A_SLICE", 100)
    stop = asyncio.Event()
    went: list[int] = []
    drop: Callable[..., Any] = expiring.Expiring.drop_leaves

    async def dropped(self: expiring.Expiring, shard: int) -> int:
        went.append(await drop(self, shard))
        stop.set()
        return went[-1]

    monkeypatch.setattr(expiring.Expiring, "drop_leaves", dropped)
    await old.run(stop)
    assert went == [100]
    left = await old.counts()
    assert left["leaves"] > 0
    assert left["leaves"] == left["entries"] + await old.beside.value(
        f"select count(*) from leaf where shard = {SHARD} and entry_id is null"
    )
    stop = asyncio.Event()
    monkeypatch.setattr(expiring.Expiring, "drop_leaves", drop)
    assert await old.run(stop)
    assert await old.counts() == NOTHING


async def test_the_database_lets_nobody_drop_what_is_younger(old: Old) -> None:
    year = old.beside.clock.at.year
    settings = old.beside.served.settings
    url = settings.database_url.replace("{role}", f"{old.index.csa}_job")
    connection: Any = await asyncpg.connect(url)
    try:
        tables = ("leaf", "tile", "access_entry", "access_subject", "access_actor", "exchange")
        for table in tables:
            assert await connection.execute(f"delete from {table}") == "DELETE 0"
        say = "insert into log_expired values ($1, $2, now())"
        for young in range(year - 6, year + 1):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(say, old.index.csa, young)
        await connection.execute(say, old.index.csa, OLD)
        own = "insert into access_subject (csa, ref, sealed) values ($1, $2, $2)"
        await old.beside.sql(own, old.index.csa, bytes(16))
        (entry,) = await old.beside.append()
        moved = "update access_entry set at = '2020-01-01 00:05Z' where entry_id = $1"
        await old.beside.sql(moved, entry)
        since = "select count(*) from access_entry where at >= '2020-01-01 00:05Z'"
        young = await old.beside.value(since)
        for table in tables:
            await connection.execute(f"delete from {table}")
        assert await old.beside.value("select count(*) from access_entry") == young > 0
        assert await old.beside.value("select min(shard) from leaf") > SHARD
        assert await old.beside.value("select min(year) from access_subject") == year
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "insert into access_subject (csa, ref, sealed, year) values ($1, '', '', 2000)",
                old.index.csa,
            )
    finally:
        await connection.close()


def test_the_job_is_told_how_long_or_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"CSA": "northmere", "KEY_DIRECTORY": "/k", "REGION_POLICY": "none"}
    for name, value in told.items():
        monkeypatch.setenv(f"INDEX_{name}", value)
    monkeypatch.setenv("DATABASE_URL", "postgresql://{role}@h/d")
    for years in (None, "5", "0"):
        monkeypatch.setenv("INDEX_LOG_POLICY", "/p")
        if years is not None:
            monkeypatch.setenv("INDEX_LOG_YEARS", years)
        with pytest.raises(ValidationError, match="log_years"):
            ExpirySettings()
    monkeypatch.setenv("INDEX_LOG_YEARS", "6")
    assert ExpirySettings().log_years == 6


async def test_what_is_dropped_is_said_to_be(old: Old, issuer: Issuer) -> None:
    places = [f"/v1/log/{what}?shard={SHARD}&from=1&to=4" for what in ("leaves", "consistency")]
    served = old.beside.served
    transport = httpx.ASGITransport(app=served.built.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://index.test") as client:
        ask = Ask(client, issuer, served)
        assert [(await ask("auditor", "GET", place)).status_code for place in places] == [200, 200]
        assert await old.run()
        for place in places:
            answer = await ask("auditor", "GET", place)
            assert (answer.status_code, answer.json()["code"]) == (410, "log_year_dropped")
        heads = (await ask("auditor", "GET", "/v1/log/heads?kind=minute")).json()["heads"]
        assert SHARD in [opened(note, old.beside.verifiers).shard for note in heads]
        since = int(datetime(OLD, 3, 1, tzinfo=UTC).timestamp())
        found = await searched(ask, since=since, until=since + 20 * DAY_S)
        assert (found["entries"], found["closed_years"]) == ([], [OLD])
