"""Racing a shield against feed lines about the same child: is an unshielded one ever seen?

Each race records a child, then at once grants a shield, has two suppliers send lines about
the same child, and has an ordinary practitioner look on: all as they come. From the moment
the grant is acknowledged, nobody but the team may see the child unrestricted, under any
record.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Stated = dict[str, Any]
SILENT = 503
CHILD_PARTS_HIDDEN = ("address", "settings", "carer_contacts")


class Asks(Protocol):
    """What a race asks an index for, as its people do over HTTP."""

    async def create(self, child: Stated) -> str:
        """Record a child and return its id."""
        ...

    async def shield(self, child_id: str, review: str) -> str:
        """Shield a child; returns once that is acknowledged."""
        ...

    async def feed(self, *lines: Stated, who: str) -> Stated:
        """Send lines as a supplier."""
        ...

    async def __call__(self, who: str | None, method: str, path: str, body: Any = None) -> Any:
        """Send one request and return its answer."""
        ...

    async def read(self, who: str, child_id: str) -> Any:
        """Read a child's record."""
        ...

    async def amend(self, who: str, child_id: str, etag: str, **facts: Any) -> Any:
        """Amend a child's record."""
        ...


@dataclass(frozen=True, slots=True)
class Race:
    """One child, the lines that speak of the child, the questions that lead there.

    The rival is another child whose record is amended meanwhile to state the first one's
    number, and is led to by `rival_question`. All set out `head_start_s` before the grant:
    vary it, or one of them always wins.
    """

    child: Stated
    rival: Stated
    rival_question: Stated
    lines: Sequence[tuple[str, Stated]]  # supplier, line
    questions: Sequence[Stated]
    review: str
    head_start_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Raced:
    """How races went: what was seen that must not be, and how often it was looked."""

    races: int
    looked: int
    unshielded: tuple[str, ...]
    unanswered: int = 0


async def raced(ask: Asks, made: Callable[[int], Race], races: int, who: str) -> Raced:
    """Run so many races, one after the other; `made` makes the child of each."""
    looked = unanswered = 0
    seen: list[str] = []
    for number in range(races):
        each = _OneRace(ask, made(number), who)
        await each.run()
        looked += each.looked
        unanswered += each.unanswered
        seen += each.unshielded
    return Raced(races, looked, tuple(seen), unanswered)


class _OneRace:
    """One race: grant, lines and looks at once, and looks again when all is done."""

    def __init__(self, ask: Asks, race: Race, who: str) -> None:
        self._ask = ask
        self._race = race
        self._who = who
        self._granted = asyncio.Event()
        self.looked = self.unanswered = 0
        self.unshielded: list[str] = []

    async def run(self) -> None:
        """Race once."""
        child_id = await self._ask.create(self._race.child)
        rival_id = await self._ask.create(self._race.rival)
        tag = (await self._ask.read(self._who, rival_id)).headers["etag"]
        number = {"nhs_number": self._race.child["nhs_number"]}
        racers: list[Awaitable[object]] = [self._grant(child_id)]
        racers.append(self._ask.amend(self._who, rival_id, tag, **number))
        racers += [self._ask.feed(line, who=source) for source, line in self._race.lines]
        racers += [self._look(question) for question in self._race.questions]
        await asyncio.gather(*racers)
        for question in (*self._race.questions, self._race.rival_question):
            await self._look(question)

    async def _grant(self, child_id: str) -> None:
        await asyncio.sleep(self._race.head_start_s)
        await self._ask.shield(child_id, self._race.review)
        self._granted.set()

    async def _look(self, question: Stated) -> None:
        """Look once; what was asked for after the grant was acknowledged must be restricted."""
        after = self._granted.is_set()
        answer = await self._ask(self._who, "POST", "/v1/lookups", question)
        if answer.status_code == SILENT and not answer.text:
            self.unanswered += 1  # the log could not take its entry in time: nothing was shown
            return
        self.looked += after
        for match in answer.json()["matches"] if after else ():
            child = match["child"]
            hidden = [part for part in CHILD_PARTS_HIDDEN if part in child]
            if not child["restricted"] or hidden:
                self.unshielded.append(json.dumps({"question": sorted(question), "hidden": hidden}))
