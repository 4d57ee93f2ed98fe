"""Forks and rollbacks by whoever holds the log's own keys, shown to two real witnesses.

Both histories are signed by both of the log's keys, and each witness is offered the best proof
there is. A fork is caught when no two heads that contradict each other come by both cosignatures,
and what the witnesses keep convicts the log; a rollback when neither cosigns it.
"""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import httpx

from index_service.commands.witness import Witness
from index_service.domain.clock import SystemClock
from index_service.log.policy import logs_of
from index_service.log.witness import ADD_PATH, WitnessKey
from index_service.log.witness_state import WitnessState, begin_state
from index_verify.words import Verdict
from proofs.workings.log_real import RealLog
from tests.verify.handed import by_index_verify
from tests.verify.made import MadeLog, Stored
from tests.verify.second import Case, faults

NAMES = ("camfield.example/witness", "eastbrook.example/witness")
SHARD = 300_000  # each trial's log is of a year of its own
FIRST_MAX, GROWTH_MAX = 200, 64


@dataclass(slots=True)
class Shown:
    """What two witnesses were shown, and what they let pass."""

    forks: int = 0
    forks_caught: int = 0
    rollbacks: int = 0
    rollbacks_caught: int = 0
    honest: int = 0
    honest_cosigned: int = 0


@dataclass
class Two:
    """Two witnesses, over their own protocol."""

    log: RealLog
    clients: list[httpx.AsyncClient]
    policy: str
    lines: dict[str, list[str]] = field(default_factory=dict)
    last: dict[tuple[int, int], tuple[int, str]] = field(default_factory=dict)

    async def add(self, which: int, history: MadeLog, size: int) -> bool:
        """Ask one witness for a cosignature, with the best proof this history has."""
        old, _ = self.last.get((which, history.shard), (0, ""))
        note = self.note(history, size)
        proof = history.growth_path(old, size) if 0 < old <= size else []
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in proof)
        body = f"old {old}\n{hashes}\n{note}"
        answer = await self.clients[which].post(ADD_PATH, content=body.encode())
        if answer.status_code == httpx.codes.OK:
            self.lines.setdefault(note, []).append(answer.text)
            self.last[which, history.shard] = size, note
        return answer.status_code == httpx.codes.OK

    def note(self, history: MadeLog, size: int) -> str:
        """Return a head of a history, with the log's own two signatures."""
        return history.keys.note(history.shard, history.leaves(size))

    def case(self, history: MadeLog, size: int) -> Case:
        """Return an export of a history with the cosignatures it came by."""
        note = self.note(history, size)
        cosigned = note + "".join(self.lines.get(note, []))
        history.keys.made[_text(note)] = cosigned
        try:
            return Case(self.policy, exports=[history.export(size)])
        finally:
            history.keys.made[_text(note)] = note


async def shown_to_two(log: RealLog, times: int, chance: Random, place: Path) -> Shown:
    """Show so many forks, and so many rollbacks, each to both witnesses."""
    shown = Shown()
    async with _two(log, place) as two:
        for number in range(times):
            await _fork(two, _history(log, SHARD + 200 * number), chance, (shown, place))
            await _rollback(two, _history(log, SHARD + 200 * number + 100), chance, shown)
    return shown


async def _fork(two: Two, honest: MadeLog, chance: Random, told: tuple[Shown, Path]) -> None:
    shown, place = told
    first = chance.randrange(1, FIRST_MAX)
    size = first + chance.randrange(1, GROWTH_MAX)
    at = chance.randrange(size)
    stored = list(honest.stored)
    stored[at] = Stored(chance.randbytes(32), b"", b"", None)
    other = MadeLog(honest.keys, shard=honest.shard, stored=stored)
    size_of_other = chance.choice([size, at + 1 + chance.randrange(GROWTH_MAX)])
    size_of_other = max(size_of_other, first)

    shown.honest += 1
    begun = [await two.add(which, honest, first) for which in (0, 1)]
    shown.honest_cosigned += all(begun) and await two.add(0, honest, size)
    await two.add(1, other, size_of_other)
    await two.add(1, honest, size)
    await two.add(0, other, size_of_other)
    case, against = two.case(honest, size), two.case(other, size_of_other)
    passed = _intact(against, place)
    shown.forks += 1
    shown.forks_caught += not passed and _convicts(two.note(honest, size), against, place)
    if at < first and not _intact(case, place):
        raise RuntimeError("what both witnesses saw grow is not intact")


def _convicts(head: str, case: Case, place: Path) -> bool:
    """Return whether the one history's head and the other's export convict the log."""
    told = by_index_verify(replace(case, heads=[head]), place)
    return bool({"fork", "head_not_in_log", "rollback"} & set(told.kinds))


async def _rollback(two: Two, honest: MadeLog, chance: Random, shown: Shown) -> None:
    size = chance.randrange(2, FIRST_MAX)
    shown.honest += 1
    begun = [await two.add(which, honest, size) for which in (0, 1)]
    shown.honest_cosigned += all(begun)
    older = chance.randrange(1, size)
    kept = dict(two.last)
    shown.rollbacks += 1
    again = [await two.add(which, honest, older) for which in (0, 1)]
    two.last = {**kept, (0, honest.shard): (older, ""), (1, honest.shard): (older, "")}
    again += [await two.add(which, honest, older) for which in (0, 1)]
    shown.rollbacks_caught += not any(again)


def _intact(case: Case, place: Path) -> bool:
    """Return whether both verifiers find it intact; RuntimeError where they differ."""
    first = by_index_verify(case, place).verdict is Verdict.INTACT
    if first != (faults(case) == []):
        raise RuntimeError("the two verifiers differ")
    return first


def _history(log: RealLog, shard: int) -> MadeLog:
    keys = log.keys.without_witnesses()
    return MadeLog(keys, shard=shard, stored=log.stored[: FIRST_MAX + 2 * GROWTH_MAX])


def _text(note: str) -> tuple[str, int]:
    text, _, lines = note.partition("\n\n")
    signature = b64decode(lines.split("\n")[1].split(" ")[2])
    return f"{text}\n", int.from_bytes(signature[4:12])


@asynccontextmanager
async def _two(log: RealLog, place: Path) -> AsyncIterator[Two]:
    lines = [line for line in log.policy().splitlines() if line.startswith(("csa", "log", "rec"))]
    keys = [WitnessKey(name, bytes([number]) * 32) for number, name in enumerate(NAMES)]
    policy = [*lines, *(f"witness {key.verifier.text()}" for key in keys), "quorum 2", ""]
    clients, states = [], []
    try:
        for number, key in enumerate(keys):
            directory = place / f"witness-{number}"
            directory.mkdir(mode=0o700)
            begin_state(directory, key.verifier.public)
            logs = logs_of("\n".join(line for line in lines if line.startswith("log")))
            states.append(WitnessState(directory, key.verifier, logs))
            app = Witness(key, logs, states[-1], SystemClock())
            transport = httpx.ASGITransport(app=app)
            clients.append(httpx.AsyncClient(transport=transport, base_url="http://witness.test"))
        yield Two(log, clients, "\n".join(policy))
    finally:
        for client in clients:
            await client.aclose()
        for state in states:
            state.close()
