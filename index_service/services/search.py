"""Finding the right child on sealed facts, for one admitted asker, within one snapshot.

For every candidate only the policy is opened to decide; a hit the asker may not know of
is dropped as if it had never been fetched; what may not be shown is not compared.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from consent.decide import decide
from consent.decision import Decision
from consent.facts import ChildFacts, DisclosureClass
from consent.peers import across
from index_service.domain.child import Identity, Tracing
from index_service.domain.matching.grade import TIER_1_SUFFICES_BITS, Graded, rank
from index_service.domain.matching.keys import Facts, query_keys
from index_service.domain.matching.score import (
    Candidate,
    Score,
    prepare,
    score,
    withheld_fields,
)
from index_service.services.admitting import Admitted
from index_service.services.facts import child_facts
from index_service.services.index import Index
from index_service.services.sealing import CLASS_OF_SCHEME, SealedChild, open_policy
from index_service.services.stand_in import (
    facts_of_stand_in,
    open_another_pointer,
    remember,
    remember_pointer,
    stand_in,
)
from index_service.store.reading import Snapshot

_NO_TRACING = Tracing()


@dataclass(frozen=True, slots=True)
class Visible:
    """A candidate this asker may be shown, opened as far as policy permits."""

    child: SealedChild
    decision: Decision
    identity: Identity
    candidate: Candidate
    score: Score


class Search:
    """One question being answered. Decisions are remembered for this request only."""

    def __init__(self, index: Index, admitted: Admitted, asked: Facts) -> None:
        self._index = index
        self._admitted = admitted
        self._asked = asked
        self._query = prepare(asked)
        self._decisions: dict[ChildFacts, Decision] = {}
        self._withheld: dict[frozenset[DisclosureClass], frozenset[str]] = {}
        self._seen: set[UUID] = set()
        self.visible: list[Visible] = []

    async def run(self, snapshot: Snapshot) -> list[Graded[Visible]]:
        """Return the visible candidates worth showing, best first, graded."""
        await self._tier(snapshot, 1)
        best = max((found.score.bits for found in self.visible), default=0.0)
        if best < TIER_1_SUFFICES_BITS:
            await self._tier(snapshot, 2)
        # In order of id, so that equals stand alike however their rows lie in the store.
        self.visible.sort(key=lambda found: found.child.child_id)
        query = self._query
        return rank((found, query, found.candidate, found.score) for found in self.visible)

    async def _tier(self, snapshot: Snapshot, tier: int) -> None:
        hits = await self._hits(snapshot, tier)
        unseen = [child_id for child_id in hits if child_id not in self._seen]
        permitted = []
        rows = await snapshot.candidates(unseen or [stand_in(self._index)])
        if not unseen:
            self._pass_over(rows)
            return
        for row in rows:
            child = open_policy(self._index.keyring, row)
            decision = self._decided(child_facts(child.policy))
            # What no permitted class leads to is dropped, as if it had never been fetched.
            if decision.allowed and not decision.permits.isdisjoint(hits[child.child_id]):
                permitted.append((child, decision))
                remember(self._index, row)
        # Only these are seen: a later tier may find by what is permitted the very child a
        # withheld number led to here, and must, or its absence would tell the number.
        self._seen.update(child.child_id for child, _ in permitted)
        for child, decision in await self._completed(snapshot, permitted):
            self.visible.append(self._opened(child, decision))

    def _pass_over(self, rows: list[Any]) -> None:
        """Decide on a record that nothing led to, so that a hidden hit takes no longer."""
        for row in rows:
            facts = facts_of_stand_in(self._index, row)
            if facts is not None:
                self._decided(facts)

    async def _completed(
        self, snapshot: Snapshot, permitted: list[tuple[SealedChild, Decision]]
    ) -> list[tuple[SealedChild, Decision]]:
        """Fetch the further parts of those visible candidates that have any."""
        ids = [child.child_id for child, _ in permitted if child.policy.more]
        if not ids:
            return permitted
        further = {row["child_id"]: row for row in await snapshot.further(ids)}
        return [
            (replace(child, row={**child.row, **further.get(child.child_id, {})}), decision)
            for child, decision in permitted
        ]

    async def _hits(self, snapshot: Snapshot, tier: int) -> dict[UUID, set[DisclosureClass]]:
        keyring = self._index.keyring
        tokens = [
            token
            for kind, text in query_keys(self._asked, tier)
            for token in keyring.digests.tokens_for_query(kind, text)
        ]
        hits: dict[UUID, set[DisclosureClass]] = {}
        if tokens:
            rows = await snapshot.pointers(tokens)
            for row in rows:
                pointer = keyring.pointers.open(row["token"], row["pointer"])
                hits.setdefault(pointer.child_id, set()).add(pointer.shown_by)
            for _ in tokens[len(rows) :]:  # a token that hits nothing takes as long as one
                open_another_pointer(self._index)
            if rows:
                remember_pointer(self._index, rows[0])
        return hits

    def _opened(self, child: SealedChild, decision: Decision) -> Visible:
        identity = child.identity()
        candidate = self._candidate(child, decision, identity)
        return Visible(child, decision, identity, candidate, score(self._query, candidate))

    def _decided(self, facts: ChildFacts) -> Decision:
        decision = self._decisions.get(facts)
        if decision is None:
            asked = self._admitted
            decision = decide(asked.asker.facts, asked.ask, facts, asked.agreement)
            if asked.peer is not None:
                decision = across(decision)
            self._decisions[facts] = decision
        return decision

    def _candidate(self, child: SealedChild, decision: Decision, identity: Identity) -> Candidate:
        permits = decision.permits
        tracing = child.tracing() if DisclosureClass.TRACING in permits else _NO_TRACING
        facts = Facts(
            names=(identity.name,),
            former_names=tracing.former_names,
            date_of_birth=identity.date_of_birth,
            postcode=tracing.postcode,
            house=tracing.house,
            gender=identity.gender,
        )
        for scheme in self._asked.identifiers:
            if CLASS_OF_SCHEME[scheme] in permits and (n := child.identifier(scheme)):
                facts.identifiers[scheme] = n
        withheld = self._withheld.get(permits)
        if withheld is None:
            withheld = self._withheld[permits] = withheld_fields(permits)
        return Candidate(facts, withheld)
