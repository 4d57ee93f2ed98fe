"""Many questions in one request, each decided, answered and entered as if asked alone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson

from consent.facts import Action
from index_service.domain.access import Access
from index_service.domain.errors import Code, Invalid, Refused
from index_service.domain.matching.keys import Facts
from index_service.log.access_log import RequestEntries
from index_service.log.entry import Outcome
from index_service.log.receipt import Receipt
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.budgets import AT_ONCE
from index_service.services.index import Index
from index_service.services.peering.asking import Across, RegionLookups
from index_service.store.reading import snapshot

BATCH_DEADLINE_S = 10.0
"""How long a subject of a batch waits for other authorities: nobody stands at the counter."""


@dataclass(frozen=True, slots=True)
class Question:
    """One subject of a batch; both parts raise Invalid if that subject is nonsense."""

    access: Callable[[], Access]
    facts: Callable[[], Facts]


class Batches:
    """Answers batches of lookups for one authority."""

    def __init__(self, index: Index, lookups: RegionLookups) -> None:
        self._index = index
        self._lookups = lookups

    async def lookup(
        self,
        login: Login,
        questions: Sequence[Question],
        attempt: Attempt,
        across: Across = Across.OWN,
    ) -> bytes:
        """Return the encoded answers, in order, each with the receipt of its own entry.

        Refused is raised for the whole only where the asker could ask nothing at all. Across
        the region a few are asked at a time, and each says itself how complete it is.
        """
        index = self._index
        async with snapshot(index.reading, index.csa) as reading:
            # Known before the first question, so that the batch's own entry names the asker.
            await admit(index, reading, Asked(login, Action.READ_DIRECTORY), attempt)
        limit = 1 if across is Across.OWN else AT_ONCE
        answers = await _some_at_once(
            limit,
            [
                partial(self._one, login, position, (question, across), attempt)
                for position, question in enumerate(questions)
            ],
        )
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.RECORDED), count=len(answers), code="batch"
        )
        attempt.answered(await index.log.append(entry))
        return orjson.dumps({"answers": answers})

    async def _one(
        self, login: Login, position: int, how: tuple[Question, Across], batch: Attempt
    ) -> dict[str, Any]:
        # Each subject has an entry of its own; what the batch comes to has another.
        with RequestEntries():
            return await self._answered(login, position, how, batch)

    async def _answered(
        self, login: Login, position: int, how: tuple[Question, Across], batch: Attempt
    ) -> dict[str, Any]:
        question, across = how
        own = Attempt(batch.request_id, batch.route, Action.LOOKUP.value, token_verified=True)
        own.asker, own.agreement, own.mediation = batch.asker, batch.agreement, batch.mediation
        try:
            own.access = replace(question.access(), mediation=batch.access.mediation)
            answer = await self._lookups.lookup(
                login, question.facts(), own, across, BATCH_DEADLINE_S
            )
        except (Invalid, Refused) as refusal:
            return await self._refused(position, refusal, own)
        assert own.receipt is not None
        return {
            "position": position,
            "code": None,
            "answer": orjson.Fragment(answer),
            "receipt": str(own.receipt),
        }

    async def _refused(
        self, position: int, refusal: Invalid | Refused, own: Attempt
    ) -> dict[str, Any]:
        if own.receipt is not None:  # entered where it was refused, with its question
            return _told_no(position, refusal, own.receipt)
        own.code = refusal.code
        own.rules = (Code(refusal.code),)
        outcome = Outcome.REFUSED if isinstance(refusal, Refused) else Outcome.INVALID
        receipt = await self._index.log.append(own.entry(self._index.log.stamp(), outcome))
        return _told_no(position, refusal, receipt)


def _told_no(position: int, refusal: Invalid | Refused, receipt: Receipt) -> dict[str, Any]:
    code = Code(refusal.code).value
    return {"position": position, "code": code, "answer": None, "receipt": str(receipt)}


async def _some_at_once(
    limit: int, stories: Sequence[Callable[[], Awaitable[dict[str, Any]]]]
) -> list[dict[str, Any]]:
    """Run these, so many at a time, and return what they came to in order.

    What one raises ends the whole: a batch is answered with all its entries, or not at all.
    """
    turns = asyncio.Semaphore(limit)

    async def in_turn(story: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        async with turns:
            return await story()

    tasks = [asyncio.create_task(in_turn(story)) for story in stories]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        return [task.result() for task in tasks if task.done()]
    finally:
        for task in tasks:
            task.cancel()
