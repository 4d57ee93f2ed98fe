"""Reading one child's record by its id, and one involvement by its own."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from consent.decide import decide
from consent.decision import Decision
from consent.facts import Action, DisclosureClass
from index_service.domain import disclosure
from index_service.domain.disclosure import Shown
from index_service.domain.errors import NotDisclosed
from index_service.log.entry import Outcome, SubjectShown
from index_service.log.leaf import Left
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt, told
from index_service.services.budgets import Budgets, Cost
from index_service.services.facts import child_facts
from index_service.services.index import Index
from index_service.services.opening import ABSENT
from index_service.services.sealing import SealedChild, open_policy
from index_service.services.showing import Showing, released, shows_cases, told_on_consent
from index_service.services.stand_in import pass_over, remember, remember_first, stand_in
from index_service.store.reading import Snapshot, snapshot


@dataclass(frozen=True, slots=True)
class ChildRead:
    """An answer about one child: the encoded body, and the tag of what was disclosed."""

    body: bytes
    etag: str


def canonical_child(shown: Shown) -> bytes:
    """Return the bytes an ETag stands for: what was disclosed, never what is stored."""
    return orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)


class Reads:
    """Answers reads for one authority."""

    def __init__(self, index: Index, budgets: Budgets) -> None:
        self._index = index
        self._budgets = budgets

    async def child(self, login: Login, child_id: UUID, attempt: Attempt) -> ChildRead:
        """Disclose one child's record to an asker entitled to see it.

        Raises NotDisclosed alike for a child that is absent, archived, held back or
        forbidden by its facts; the entry alone says which.
        """
        async with self._budgets.turn(login, attempt.access):
            return await self._child(login, child_id, attempt)

    async def _child(self, login: Login, child_id: UUID, attempt: Attempt) -> ChildRead:
        index = self._index
        attempt.subjects = (child_id,)
        asked = Asked(login, Action.READ_CHILD, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            day = await self._budgets.day(reading, admitted, attempt)
            showing = Showing(index, admitted)
            shown, decision = await self._shown(reading, showing, child_id, attempt)
        etag = index.keyring.tags.etag(admitted.tags_bound_to, canonical_child(shown))
        body = orjson.dumps(
            {
                "child": shown,
                "agreement_version": admitted.agreement_version,
                **admitted.view.next_step,
            }
        )
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.SHOWN),
            rules=told(decision),
            subjects=(subject_shown(child_id, decision, shown),),
            result_commit=hashlib.sha256(canonical_child(shown)).hexdigest(),
        )
        cost = Cost(shown=(child_id,), own=frozenset(showing.own))
        attempt.answered(await index.log.append(entry, Left(charges=day.charges(cost))))
        return ChildRead(body, etag)

    async def _shown(
        self,
        reading: Snapshot,
        showing: Showing,
        child_id: UUID,
        attempt: Attempt,
    ) -> tuple[Shown, Decision]:
        admitted = showing.admitted
        row = await reading.whole_or(child_id, stand_in(self._index))
        # Asked for whether or not there is a row, so that the two take as long.
        cases = await reading.cases([self._index.keyring.references.case_ref(child_id)])
        if row is None or row["child_id"] != child_id:
            pass_over(self._index, admitted, row)
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        remember_first(self._index, row)
        child, decision = self._decided(row, admitted)
        if not decision.allowed:
            attempt.rules = tuple(reason.value for reason in decision.reasons)
            raise NotDisclosed(*attempt.rules)
        remember(self._index, row)
        return shown_child(showing, child, decision, cases), decision

    def _decided(self, row: Any, admitted: Admitted) -> tuple[SealedChild, Decision]:
        child = open_policy(self._index.keyring, row)
        facts = child_facts(child.policy)
        return child, decide(admitted.asker.facts, admitted.ask, facts, admitted.agreement)


def shown_child(
    showing: Showing, child: SealedChild, decision: Decision, cases: list[Any]
) -> Shown:
    """Open everything a decision permits of one child."""
    identity = child.identity()
    parts = disclosure.shown_identity(identity)
    parts["identifiers"] = showing.identifiers(child, decision)
    parts |= showing.parts(child, decision, identity)
    if shows_cases(decision):
        parts |= showing.cases(child, decision, cases)
    return disclosure.disclose(child.child_id, restricted=child.policy.shielded, parts=parts)


def subject_shown(child_id: UUID, decision: Decision, shown: Shown) -> SubjectShown:
    """Return what an entry says of a child displayed."""
    classes = released(decision.permits - {DisclosureClass.TRACING}, shown)
    return SubjectShown(child_id, classes, shown=True, told=told_on_consent(shown))
