"""How long both worlds take: four operations by four flips, in pairs, by the sign test.

In this process, one request at a time, which world first by chance. Two servers of equal
databases differ a little by themselves, so that the fact is in either world by turns, each
made anew. Welch's t and the box test are wrong for this; the sign test asks only which of a
pair took longer. A tenth of a millisecond put into one world must be seen, or nothing was
measured.
"""

import gc
import math
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from proofs.workings.worlds_probes import RECORD, Probe, Secret, Stage
from proofs.workings.worlds_programme import Round
from proofs.workings.worlds_running import NO_TAG, asked

FLIPS_TIMED = ("hidden_number", "sensitive_involvement", "held_record", "archived_child")
ASKER = "social_worker"
BLOCKS = 4
CONTROL = "control"
CONTROL_S = 100e-6
MEDIAN_S_MAX = 100e-6
P_MIN = 0.001
WARM_PAIRS = 30
OK = 200


@dataclass(frozen=True, slots=True)
class Timed:
    """One operation under one flip: by how much the flipped world took longer, pair by pair."""

    operation: str
    flip: str
    apart_s: tuple[float, ...]

    @property
    def pairs(self) -> int:
        """How many pairs."""
        return len(self.apart_s)

    @property
    def slower(self) -> int:
        """In how many of them the flipped world took longer."""
        return sum(each > 0 for each in self.apart_s)

    @property
    def median_s(self) -> float:
        """By how much in the middle."""
        return statistics.median(self.apart_s)

    @property
    def p(self) -> float:
        """The two-sided sign test's p."""
        half = self.pairs / 2
        far = max(0.0, abs(self.slower - half) - 0.5)
        return math.erfc(far / math.sqrt(self.pairs / 4) / math.sqrt(2))


def timed_probes(stage: Stage, secret: Secret) -> list[Probe]:
    """Return the four operations, aimed: one finds, two read, one would write; and a control."""
    child = f"/v1/children/{secret.child_id}"
    one = secret.ids.get("involvement") or stage.ids["involvement of shielded"]
    body, tag = {"gender": "female"}, {"If-Match": NO_TAG}
    return [
        Probe("lookUpChild", ASKER, "POST", "/v1/lookups", secret.questions[0]),
        Probe("readChild", ASKER, "GET", child),
        Probe("readInvolvement", ASKER, "GET", f"/v1/involvements/{one}"),
        Probe("amendChild", ASKER, "PATCH", child, body, RECORD, tag),
        Probe(CONTROL, ASKER, "GET", child),
    ]


async def in_service(of: Round) -> None:
    """Let both worlds show a record, as each has that anybody asks in earnest."""
    shown = Probe("readChild", ASKER, "GET", f"/v1/children/{of.stage.children['plain-1']}")
    for world in of.worlds:
        seen = await asked(world.app, shown.request(of.grounds, 0))
        assert seen.status == OK, seen.status


class Delayed:
    """An application that takes a little longer: the control."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait without giving way, then answer."""
        until = time.perf_counter() + CONTROL_S
        while time.perf_counter() < until:
            pass
        await self._app(scope, receive, send)


async def timed(of: Round, probe: Probe, pairs: int, flipped: int, seed: int) -> list[float]:
    """Return by how much the flipped world took longer each time; which first by chance.

    Of a probe that is the control's, the flipped world is made to.
    """
    chance = random.Random(seed)
    apps = [world.app for world in of.worlds]
    if probe.operation == CONTROL:
        apps[flipped] = Delayed(apps[flipped])
    spent: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()
    try:
        for number in range(WARM_PAIRS + pairs):
            of.grounds.clock.move()
            request = probe.request(of.grounds, number)
            for which in chance.sample((0, 1), 2):
                begun = time.perf_counter()
                await asked(apps[which], request)
                if number >= WARM_PAIRS:
                    spent[which].append(time.perf_counter() - begun)
            if number % 100 == 0:
                gc.collect()
    finally:
        gc.enable()
    return [b - a for a, b in zip(spent[1 - flipped], spent[flipped], strict=True)]


def corrected(cells: Sequence[Timed]) -> list[float]:
    """Return the p of each cell after Holm's correction, in their order."""
    order = sorted(range(len(cells)), key=lambda place: cells[place].p)
    after, least = [1.0] * len(cells), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, (len(cells) - rank) * cells[place].p))
        after[place] = least
    return after
