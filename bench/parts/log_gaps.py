"""Whether the log stays without a gap while two processes write, roll back, and are killed.

One of them is killed again and again, connections of either and of the sealer are cut, and
stories roll back; then all that was acknowledged must have a leaf, and the leaves be dense.
"""

import asyncio
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.parts.log_stand import Stand
from bench.parts.log_verified import INTACT, Export, verify, write_export, write_policy
from bench.parts.log_writing import ROLLED_BACK, UNKNOWN
from demo.authority import CSA, ROOT, bound_to_us
from index_service.crypto.providers import FileKeyProvider
from index_service.crypto.sealer_keys import SealerSecrets
from index_service.log.checkpoint import HeadKeys

BEGUN_S_MAX = 60.0
REFUSED = "batches refused"
ADOPTED = "entries adopted, count="
_ID_LENGTH = 36
_CUT = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = any($1)"
_LEAVES = "select shard, leaf_index, hash, entry_id from leaf order by shard, leaf_index"
_HELD_OTHERWISE = (
    "select count(*) from access_entry e left join leaf l using (csa, entry_id)"
    " where l.hash is distinct from e.leaf"
)


@dataclass(frozen=True, slots=True)
class Gaps:
    """What was done to the log, and what was found of it afterwards."""

    acknowledged: int
    unknown: int
    rolled_back: int
    kills: int
    cuts: int
    leaves: int
    adopted: int
    missing: int  # acknowledged, without a leaf
    differing: int  # entries whose leaf is none or another
    holes: int  # places without a leaf
    refused: int  # writers the sealer did not believe
    verified: bool  # the whole log, by index_verify against the head in the second place

    @property
    def sound(self) -> bool:
        """Whether the log is whole, and something was done to it."""
        done = self.acknowledged and self.kills and self.cuts and self.rolled_back
        broken = self.missing or self.differing or self.holes or self.refused
        return bool(done) and not broken and self.verified


@dataclass(slots=True)
class Said:
    """What the writers said: files of a line each."""

    files: list[Path]

    def lines(self) -> list[str]:
        """Return every line; a last one may have been cut short."""
        return [line for file in self.files for line in file.read_text().split("\n")]

    def begun(self) -> bool:
        """Whether both have written something."""
        return all(file.stat().st_size for file in self.files)

    def sure(self) -> set[UUID]:
        """Return the entries they were sure of."""
        return {UUID(line) for line in self.lines() if len(line) == _ID_LENGTH}


def _writer(stands: Stand, said: Path) -> "subprocess.Popen[bytes]":
    settings = stands.authority.settings
    command = [*bound_to_us(), sys.executable, "-m", "bench.parts.log_writing"]
    with said.open("ab") as out, (stands.directory / "writers.log").open("ab") as errors:
        return subprocess.Popen(
            [*command, settings.database_url, str(settings.key_directory)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
        )


@dataclass(slots=True)
class Harried:
    """Two writers, and what is done to them."""

    stands: Stand
    directory: Path
    said: Said
    running: list["subprocess.Popen[bytes]"]
    kills: int = 0
    cuts: int = 0

    async def begun(self) -> None:
        """Wait until both writers have written."""
        async with asyncio.timeout(BEGUN_S_MAX):
            while not self.said.begun():  # noqa: ASYNC110 (other processes tell a file)
                await asyncio.sleep(0.05)

    async def harry(self, seconds: float, chance: random.Random) -> None:
        """Cut connections and kill the second writer, again and again; it is begun anew."""
        connection = await self.stands.connected()
        ends_s = asyncio.get_running_loop().time() + seconds
        turn = 0
        try:
            while asyncio.get_running_loop().time() < ends_s:
                await asyncio.sleep(chance.uniform(0.2, 0.5))
                turn += 1
                if turn % 3 == 0:
                    await self._kill()
                else:
                    duties = ("api", "seal") if turn % 3 == 1 else ("api",)
                    roles = [f"{CSA}_{duty}" for duty in duties]
                    self.cuts += await connection.fetchval(_CUT, roles)
        finally:
            await connection.close()

    async def _kill(self) -> None:
        """Kill the second writer once it writes, and begin it anew."""
        size = self.said.files[1].stat().st_size
        async with asyncio.timeout(BEGUN_S_MAX):
            while self.said.files[1].stat().st_size == size:  # noqa: ASYNC110 (it tells a file)
                await asyncio.sleep(0.01)
        self.running[1].kill()
        self.running[1].wait()
        self.kills += 1
        self.running[1] = _writer(self.stands, self.said.files[1])

    def end(self) -> None:
        """Kill both."""
        for process in self.running:
            process.kill()
            process.wait()


async def gaps(stands: Stand, seconds: float, chance: random.Random) -> Gaps:
    """Have two processes write while this is done to them, and look at the log."""
    directory = Path(tempfile.mkdtemp(dir=stands.directory))
    said = Said([directory / "first", directory / "second"])
    noted = stands.sealer_log.stat().st_size if stands.sealer_log.exists() else 0
    with stands.sealing():
        harried = Harried(stands, directory, said, [_writer(stands, file) for file in said.files])
        try:
            await harried.begun()
            await harried.harry(seconds, chance)
            await harried.begun()
        finally:
            harried.end()
        await stands.all_sealed()
    # Stopped: what it had under way is done, and the head stands over all of it.
    return await looked_at(harried, stands.sealer_log.read_text(errors="replace")[noted:])


async def looked_at(harried: Harried, noted: str) -> Gaps:
    """Look at the log as rows, and as anybody does who verifies an export of it."""
    connection = await harried.stands.connected()
    try:
        rows = await connection.fetch(_LEAVES)
        differing = await connection.fetchval(_HELD_OTHERWISE)
    finally:
        await connection.close()
    lines, sure = harried.said.lines(), harried.said.sure()
    return Gaps(
        acknowledged=len(sure),
        unknown=lines.count(UNKNOWN),
        rolled_back=lines.count(ROLLED_BACK),
        kills=harried.kills,
        cuts=harried.cuts,
        leaves=len(rows),
        adopted=sum(int(part.split()[0]) for part in noted.split(ADOPTED)[1:]),
        missing=len(sure - {row["entry_id"] for row in rows}),
        differing=differing,
        holes=_holes(rows),
        refused=noted.count(REFUSED),
        verified=_verified(harried, [row["hash"] for row in rows]),
    )


def _holes(rows: list[Any]) -> int:
    sizes: dict[int, int] = {}
    holes = 0
    for row in rows:
        due = sizes.get(row["shard"], 0)
        holes += row["leaf_index"] - due
        sizes[row["shard"]] = row["leaf_index"] + 1
    return holes


def _verified(harried: Harried, leaves: list[bytes]) -> bool:
    settings = harried.stands.sealer
    note = settings.second_place.read_text(encoding="utf-8")
    origin, size = note.split("\n", 2)[:2]
    secrets = SealerSecrets(CSA, FileKeyProvider(settings.sealer_key_directory))
    keys = HeadKeys(settings.log_origin, secrets.ed25519_seed, secrets.ml_dsa_seed)
    export = Export(harried.directory / "export", harried.directory / "policy", len(leaves))
    write_policy(export.policy, keys.verifiers)
    write_export(export.path, leaves, origin, note)
    return int(size) == len(leaves) and verify(export).status == INTACT
