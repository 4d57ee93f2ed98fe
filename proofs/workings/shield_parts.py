"""What each process of `prove shield` does, and how far it is; for several processes at once."""

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index_service.commands.starting import uvloop_run
from proofs.workings.judged import Proof
from proofs.workings.shield_index import tried_index
from proofs.workings.shield_machine import DEFECTS, Share, Tally, planted, run_share
from proofs.workings.shield_origins import Held, held_in_error
from proofs.workings.shield_raced import Races, race_consents, race_shields

CONTROL_RACES = 30


@dataclass(frozen=True, slots=True)
class Part:
    """What one process does: a function, its arguments, and what it is called meanwhile."""

    name: str
    does: Callable[..., Any]
    arguments: tuple[Any, ...]


def done(parts: Sequence[Part], workers: int, proof: Proof) -> list[Any]:
    """Do all parts, in this process or in several at once; return what came of each."""
    with tempfile.TemporaryDirectory(prefix="index-shield-") as directory:
        notes = [Path(directory) / str(place) for place in range(len(parts))]
        if workers == 1:
            return [
                part.does(note, *part.arguments) for part, note in zip(parts, notes, strict=True)
            ]
        spawned = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=spawned) as pool:
            futures = [
                pool.submit(part.does, note, *part.arguments)
                for part, note in zip(parts, notes, strict=True)
            ]
            while not all(future.done() for future in futures):
                proof.doing("; ".join(_told(parts, notes, [each.done() for each in futures])))
                time.sleep(0.2)
            return [future.result() for future in futures]


def _told(parts: Sequence[Part], notes: Sequence[Path], over: Sequence[bool]) -> list[str]:
    return [
        f"{part.name}: {note.read_text('utf-8')}"
        for part, note, is_over in zip(parts, notes, over, strict=True)
        if note.exists() and not is_over
    ] or ["founding an authority for each process"]


def run_shares(note: Path, shares: list[Share]) -> list[Tally]:
    """Run some shares on one index."""

    async def run() -> list[Tally]:
        async with tried_index() as tried:
            return [await run_share(tried, share, _noting(note, share)) for share in shares]

    tallies: list[Tally] = uvloop_run(run())
    return tallies


def _noting(note: Path, share: Share) -> Callable[[int], None]:
    what = f" ({share.defect})" if share.defect else ""
    return lambda count: _noted(note, f"{count} of {len(share.numbers)}{what}")


def _noted(note: Path, text: str) -> None:
    note.write_text(text, "utf-8")


def run_races(note: Path, races: int) -> tuple[Races, Races, Races]:
    """Race shields, withdrawals, and shields again with a defect planted."""

    async def run() -> tuple[Races, Races, Races]:
        async with tried_index() as tried:
            shields = await race_shields(tried, races, lambda text: _noted(note, text))
            consents = await race_consents(tried, races, lambda text: _noted(note, text))
            with planted(next(iter(DEFECTS))):
                control = await race_shields(tried, CONTROL_RACES, lambda text: _noted(note, text))
        return shields, consents, control

    found: tuple[Races, Races, Races] = uvloop_run(run())
    return found


def run_origins(note: Path, share: int, shares: int, seed: int) -> Held:
    """Let a share of a population arrive beside shielded children."""
    _noted(note, "names by origin")
    return held_in_error(share, shares, seed)
