"""A lookup across boroughs: the own index first, then whoever may know, one answer, honest.

"May ask" and the local part are durable before anything is sent; a second entry releases what
came back. The answer leaves at a step that nobody's part in it can be read from.
"""

import asyncio
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid, Refused
from index_service.domain.matching.keys import Facts
from index_service.federation.members import Member
from index_service.federation.sizes import DEADLINE_S, RELEASE_STEP_S
from index_service.log.entry import Outcome, SubjectShown
from index_service.log.leaf import Left
from index_service.services.admitting import Login
from index_service.services.attempt import Attempt
from index_service.services.budgets import Budgets, Cost
from index_service.services.index import Index
from index_service.services.lookup import Local, Lookups
from index_service.services.peering.completeness import Reached, State, reached
from index_service.services.peering.rounds import Question, Round, Rounds
from index_service.services.peering.taking import Taking, subject_of

TOLD_AT_LEAST_S = 6 * RELEASE_STEP_S
"""The step of a whole answer: as long as two legs and the region's calls take, asked or not."""


class Across(StrEnum):
    """How far a lookup goes."""

    OWN = "own"
    REGION = "region"
    REGION_WIDER = "region_wider"


_SETS = {Across.REGION: "first", Across.REGION_WIDER: "wide"}


@dataclass(frozen=True, slots=True)
class Told:
    """The region's part of an answer, encoded, and what its entry says of it."""

    encoded: bytes
    subjects: tuple[SubjectShown, ...]
    asked: int


class RegionLookups:
    """Answers lookups for one authority, in its own index and across its region."""

    def __init__(self, index: Index, lookups: Lookups, budgets: Budgets) -> None:
        self._index = index
        self._lookups = lookups
        self._budgets = budgets

    async def lookup(
        self,
        login: Login,
        facts: Facts,
        attempt: Attempt,
        across: Across = Across.OWN,
        deadline_s: float = DEADLINE_S,
    ) -> bytes:
        """Return the encoded answer to one question, already in the access log.

        The wider search is for a case: it states a reference. Refused before anybody is asked.
        """
        if across is Across.OWN:
            return await self._lookups.lookup(login, facts, attempt)
        if self._index.region is None:
            raise Invalid(Code.FIELD_INVALID, "across")
        if across is Across.REGION_WIDER and attempt.access.reference is None:
            raise Refused(Code.CASE_MISSING)
        async with self._budgets.turn(login, attempt.access):
            begun = asyncio.get_running_loop().time()
            local = await self._lookups.local(login, facts, attempt)
            # The answer itself leaves at a step after that, inside the deadline still.
            until = begun + deadline_s - 2 * RELEASE_STEP_S
            told = await self._told(local, facts, attempt, (across, until))
            await self._released(local, told, attempt, across)
            await _until_a_step(begun)
            return orjson.dumps({**local.body(), "region": orjson.Fragment(told.encoded)})

    async def _told(
        self, local: Local, facts: Facts, attempt: Attempt, how: tuple[Across, float]
    ) -> Told:
        region, (across, until) = self._index.region, how
        assert region is not None  # INVARIANT: asked across a region
        standing = await region.standing()
        if standing is None:
            return _told(across, [], complete=False)
        question = Question(facts, _SETS[across], local.admitted, attempt, until)
        heard = await Rounds(self._index, region).put(standing, question)
        taking, now = Taking(local.admitted), self._index.clock.now()
        parts = [
            self._authority(member, reached(region, standing, member, now), heard, taking)
            for member in standing.directory.others
        ]
        complete = all(part["state"] != State.UNREACHABLE for part in parts)
        return _told(across, parts, complete=complete, asked=heard.asked)

    def _authority(
        self, member: Member, known: Reached, heard: Round, taking: Taking
    ) -> dict[str, Any]:
        """Return one authority's part: of those that disclosed nothing, as for every child."""
        door = member.front_door
        part: dict[str, Any] = {
            "name": member.name,
            "title": member.title,
            "state": State.NOTHING.value,
            "as_of": None if known.as_of is None else int(known.as_of.timestamp()),
            "front_door": door and {"name": door.name, "phone": door.phone},
            "outcome": None,
            "matches": [],
            "receipt": None,
        }
        disclosed = heard.disclosed.get(member.name)
        if disclosed is not None:
            matches = [taking.taken(match) for match in disclosed.answer.matches]
            shown = [match for match in matches if match is not None]
            if shown or not matches:
                part["state"] = State.ANSWERED.value
                part["outcome"] = disclosed.answer.outcome.value
                part["matches"], part["receipt"] = shown, disclosed.receipt
        elif not heard.located or member.name in heard.silent or not known.answers:
            part["state"] = State.UNREACHABLE.value
        return part

    async def _released(self, local: Local, told: Told, attempt: Attempt, across: Across) -> None:
        """Make the entry durable that releases what came back, with what it costs the asker."""
        index = self._index
        outcome = Outcome.SHOWN if told.subjects else Outcome.NOTHING
        entry = replace(
            attempt.entry(index.log.stamp(), outcome),
            code=across.value,
            subjects=told.subjects,
            count=told.asked,
            result_commit=hashlib.sha256(told.encoded).hexdigest(),
        )
        shown: tuple[UUID, ...] = tuple(subject.child_id for subject in told.subjects)
        left = Left(charges=local.day.charges(Cost(shown=shown)))
        attempt.answered(await index.log.append(entry, left))


def _told(across: Across, parts: list[Shown], *, complete: bool, asked: int = 0) -> Told:
    said: Mapping[str, Any] = {
        "across": across.value,
        "complete": complete,
        "wider_offered": across is Across.REGION,
        "authorities": parts,
    }
    subjects = [subject_of(match) for part in parts for match in part["matches"]]
    return Told(orjson.dumps(said), tuple(subjects), asked)


async def _until_a_step(begun: float) -> None:
    """Wait for the next moment at which answers leave, whoever was asked and whoever answered."""
    loop = asyncio.get_running_loop()
    steps = math.ceil((loop.time() - begun) / RELEASE_STEP_S)
    due = begun + max(TOLD_AT_LEAST_S, steps * RELEASE_STEP_S)
    await asyncio.sleep(due - loop.time())
