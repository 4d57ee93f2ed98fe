"""Many questions in one request, each decided, answered and entered as if asked alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from consent.facts import Action
from index_service.domain.access import Access
from index_service.domain.errors import Code, Invalid, Refused
from index_service.domain.matching.keys import Facts
from index_service.log.access_log import RequestEntries
from index_service.log.entry import Outcome
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.lookup import Lookups
from index_service.store.reading import snapshot


@dataclass(frozen=True, slots=True)
class Question:
    """One subject of a batch; both parts raise Invalid if that subject is nonsense."""

    access: Callable[[], Access]
    facts: Callable[[], Facts]


class Batches:
    """Answers batches of lookups for one authority."""

    def __init__(self, index: Index, lookups: Lookups) -> None:
        self._index = index
        self._lookups = lookups

    async def lookup(self, login: Login, questions: Sequence[Question], attempt: Attempt) -> bytes:
        """Return the encoded answers, in order, each with the receipt of its own entry.

        Refused is raised for the whole only where the asker could ask nothing at all.
        """
        index = self._index
        async with snapshot(index.reading, index.csa) as reading:
            # Known before the first question, so that the batch's own entry names the asker.
            await admit(index, reading, Asked(login, Action.READ_DIRECTORY), attempt)
        answers = []
        for position, question in enumerate(questions):
            # Each subject has an entry of its own; what the batch comes to has another.
            with RequestEntries():
                answers.append(await self._one(login, position, question, attempt))
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.RECORDED), count=len(answers), code="batch"
        )
        attempt.answered(await index.log.append(entry))
        return orjson.dumps({"answers": answers})

    async def _one(
        self, login: Login, position: int, question: Question, batch: Attempt
    ) -> dict[str, Any]:
        own = Attempt(batch.request_id, batch.route, Action.LOOKUP.value, token_verified=True)
        own.asker, own.agreement, own.mediation = batch.asker, batch.agreement, batch.mediation
        try:
            own.access = replace(question.access(), mediation=batch.access.mediation)
            answer = await self._lookups.lookup(login, question.facts(), own)
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
        own.code = refusal.code
        own.rules = (Code(refusal.code),)
        outcome = Outcome.REFUSED if isinstance(refusal, Refused) else Outcome.INVALID
        receipt = await self._index.log.append(own.entry(self._index.log.stamp(), outcome))
        return {
            "position": position,
            "code": refusal.code.value,
            "answer": None,
            "receipt": str(receipt),
        }
