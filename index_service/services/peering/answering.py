"""Answering another authority: leg 1, whether to go on, and leg 2, what is disclosed.

Decided here as for this authority's own askers, by its agreement with the one that asks, its
consents and its shields. A question that came from a peer is never passed on.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from consent.decide import decide
from consent.facts import DisclosureClass
from consent.peers import PeerMode, PeerTerms, across, shown_across
from index_service.domain.disclosure import Shown
from index_service.domain.matching.keys import Facts
from index_service.federation.answer import FirstAnswer, PeerOutcome, SecondAnswer, fitting
from index_service.federation.question import (
    FIRST_PATH,
    SECOND_PATH,
    FirstQuestion,
    SecondQuestion,
    enough,
    malformed,
)
from index_service.federation.sizes import ANSWER_BYTES, FIRST_ANSWER_BYTES
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted
from index_service.services.attempt import told
from index_service.services.facts import child_facts
from index_service.services.index import Index
from index_service.services.lookup import SHOWN_CLASSES, concluded, shown_cases, shown_match
from index_service.services.peering.heard import PeerAsked, PeerHandler, PeerSaid
from index_service.services.peering.leg import Leg, admitted_peer, recorded
from index_service.services.peering.peer_day import FIRST, SECOND, Asking, PeerDay, PeerLimits
from index_service.services.peering.region_sheet import region_token
from index_service.services.peering.ticket import Ticket, open_ticket, seal_ticket
from index_service.services.sealing import open_policy
from index_service.services.search import Search
from index_service.services.showing import Showing, released, told_on_consent
from index_service.services.stand_in import (
    facts_of_stand_in,
    open_another_pointer,
    remember,
    remember_pointer,
    stand_in,
)
from index_service.store.reading import OverTheBound, Snapshot, snapshot

USED_UP = "peer_day_used_up"
NOT_GONE_ON = "not_gone_on"
TOO_MANY = "too_many"


class Answering:
    """Answers the questions other authorities ask of one index."""

    def __init__(self, index: Index, limits: PeerLimits | None = None) -> None:
        self._index = index
        own = PeerLimits() if index.region is None else index.region.limits
        self._limits = limits or own
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def handlers(self) -> tuple[PeerHandler, PeerHandler]:
        """Return the routes of both legs."""
        return (
            PeerHandler(FIRST_PATH, self.first, FIRST_ANSWER_BYTES),
            PeerHandler(SECOND_PATH, self.second, ANSWER_BYTES),
        )

    async def first(self, message: PeerAsked) -> PeerSaid:
        """Answer leg 1: whether anything may be disclosed of whom the digests stand for."""
        asked = FirstQuestion.decoded(message.body)
        leg = Leg(message, asked.stated)
        async with self._turn(leg.member):
            async with self._reading() as reading:
                day = await self._begin(reading, leg, asked.question_id, FIRST)
                admitted = await admitted_peer(self._index, reading, leg)
                children = await self._hit(reading, leg, admitted, asked)
                if admitted is None or not await day.allows(reading, admitted.agreement, children):
                    children = self._kept_back(leg, admitted)
            leg.subjects = tuple(SubjectShown(child_id) for child_id in children)
            leg.code = "go_on" if children else PeerOutcome.NOTHING.value
            leg.charges = day.charges(children, missed=not children)
            ticket = Ticket(bool(children), asked.stated.digest(), self._now_s())
            sealed = seal_ticket(self._index.keyring, leg.member, asked.question_id, ticket)
            body = FirstAnswer(asked.question_id, bool(children), sealed).encoded()
            return await recorded(self._index, leg, body, None)

    async def second(self, message: PeerAsked) -> PeerSaid:
        """Answer leg 2: what this authority discloses of the child meant, or nothing."""
        index = self._index
        asked = SecondQuestion.decoded(message.body, index.clock.today())
        leg = Leg(message, asked.stated)
        goes_on = self._goes_on(leg, asked)
        leg.facts = asked.facts if asked.facts is not None and goes_on else Facts()
        async with self._turn(leg.member):
            async with self._reading() as reading:
                day = await self._begin(reading, leg, asked.question_id, SECOND)
                admitted = await admitted_peer(self._index, reading, leg)
                answer = SecondAnswer(asked.question_id, PeerOutcome.NOTHING)
                if not goes_on:
                    leg.rules = (NOT_GONE_ON,)
                elif admitted is not None:
                    answer = await self._disclosed(reading, leg, admitted, asked.question_id)
                    children = [subject.child_id for subject in leg.subjects]
                    if not await day.allows(reading, admitted.agreement, children):
                        self._kept_back(leg, admitted)
                        answer = SecondAnswer(asked.question_id, PeerOutcome.NOTHING)
            children = [subject.child_id for subject in leg.subjects]
            missed = goes_on and answer.outcome is PeerOutcome.NOTHING
            leg.charges, leg.code = day.charges(children, missed=missed), answer.outcome.value
            body = answer.encoded()
            return await recorded(self._index, leg, body, leg.facts)

    @asynccontextmanager
    async def _turn(self, member: str) -> AsyncIterator[None]:
        """Let a peer be answered one leg at a time: else many pass before the first is charged."""
        turn = self._turns.setdefault(member, asyncio.Lock())
        async with turn:
            yield

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Snapshot]:
        async with snapshot(self._index.reading, self._index.csa) as reading:
            yield reading

    def _now_s(self) -> int:
        return int(self._index.clock.now().timestamp())

    def _goes_on(self, leg: Leg, asked: SecondQuestion) -> bool:
        """Return whether leg 1 said so of this very question; a dummy has nothing to go on with."""
        ticket = open_ticket(self._index.keyring, leg.member, asked.question_id, asked.ticket)
        if ticket is None or ticket.stated != asked.stated.digest():
            raise malformed()
        if asked.facts is not None and not enough(asked.facts):
            raise malformed()
        return ticket.go_on and ticket.is_fresh(self._now_s()) and asked.facts is not None

    async def _begin(self, reading: Snapshot, leg: Leg, question_id: UUID, name: bytes) -> PeerDay:
        index, body = self._index, leg.asked.body
        asking = Asking(leg.member, question_id, name, hashlib.sha256(body).digest())
        today = index.clock.now().astimezone(UTC).date()
        day = PeerDay(index.keyring, asking, today, self._limits)
        await day.begin(reading)
        return day

    async def _hit(
        self, reading: Snapshot, leg: Leg, admitted: Admitted | None, asked: FirstQuestion
    ) -> Sequence[UUID]:
        """Return the children that may be disclosed by what a digest led to, in order of id."""
        index = self._index
        hits = await self._led_to(reading, asked)
        rows = await reading.policies(list(hits) or [stand_in(index)])
        decided = _Decided(admitted)
        if not hits:
            for row in rows:
                decided.pass_over(facts_of_stand_in(index, row))
        found = []
        for row in rows if hits else ():
            child = open_policy(index.keyring, row)
            permits = decided.permits(child_facts(child.policy))
            if not permits.isdisjoint(hits[child.child_id]):
                found.append(child.child_id)
                remember(index, row)
        leg.rules = leg.rules or decided.told()
        return sorted(found)

    async def _led_to(
        self, reading: Snapshot, asked: FirstQuestion
    ) -> Mapping[UUID, set[DisclosureClass]]:
        keyring, epoch = self._index.keyring, asked.stated.epoch
        tokens = [region_token(keyring, epoch, digest) for digest in asked.digests]
        try:
            rows = await reading.region_pointers(tokens)
        except OverTheBound:
            raise malformed() from None
        hits: dict[UUID, set[DisclosureClass]] = {}
        for row in rows:
            pointer = keyring.pointers.open(row["token"], row["pointer"])
            hits.setdefault(pointer.child_id, set()).add(pointer.shown_by)
        for _ in tokens[len(rows) :]:  # a digest that hits nothing takes as long as one
            open_another_pointer(self._index)
        if rows:
            remember_pointer(self._index, rows[0])
        return hits

    def _kept_back(self, leg: Leg, admitted: Admitted | None) -> Sequence[UUID]:
        """Tell of nobody; of an asker admitted it is the peer's day that is used up."""
        leg.subjects = ()
        if admitted is not None:
            leg.rules = (USED_UP,)
        return ()

    async def _disclosed(
        self, reading: Snapshot, leg: Leg, admitted: Admitted, question_id: UUID
    ) -> SecondAnswer:
        """Search as for an own asker, and show what this peer's mode leaves of it."""
        terms = admitted.peer
        assert terms is not None  # INVARIANT: _admitted sets it
        index, nothing = self._index, SecondAnswer(question_id, PeerOutcome.NOTHING)
        try:
            graded = await Search(index, admitted, leg.facts).run(reading)
            found = concluded(graded, admitted.asker.facts.role)
            mode = _mode_of(found.shown, terms)
            showing = Showing(index, admitted)
            cases = await shown_cases(index, reading, mode)
        except OverTheBound:
            raise malformed() from None
        if not found.shown:
            leg.rules = (TOO_MANY,) if found.outcome == TOO_MANY else ()
            # That there are too many is no field of any child, but that there are children is:
            # who may ask on is told so, as an own asker is.
            return (
                SecondAnswer(question_id, PeerOutcome.TOO_MANY, terms.mode)
                if found.outcome == TOO_MANY
                else nothing
            )
        leg.rules = tuple(
            dict.fromkeys(word for one in found.shown for word in told(one.key.decision))
        )
        if terms.mode is PeerMode.EXISTENCE:
            leg.subjects = tuple(
                SubjectShown(one.key.child.child_id, shown=True) for one in found.shown
            )
            return SecondAnswer(question_id, PeerOutcome.KNOWN, terms.mode)
        matches = [shown_match(showing, one, cases.get(one.key.child.child_id)) for one in mode]
        answer = fitting(question_id, terms.mode, [_sent(match) for match in matches])
        leg.subjects = tuple(
            _subject(one.key.child.child_id, one.key.decision.permits, match["child"], answer)
            for one, match in zip(mode, matches, strict=True)
        )
        return answer


class _Decided:
    """Decisions of one question for one asker, each made once."""

    def __init__(self, admitted: Admitted | None) -> None:
        self._admitted = admitted
        self._known: dict[Any, Any] = {}

    def permits(self, facts: Any) -> frozenset[DisclosureClass]:
        """Return by which classes a record with these facts may be found."""
        admitted = self._admitted
        if admitted is None:
            return frozenset()
        if facts not in self._known:
            here = decide(admitted.asker.facts, admitted.ask, facts, admitted.agreement)
            self._known[facts] = across(here)
        permits: frozenset[DisclosureClass] = self._known[facts].permits
        return permits

    def pass_over(self, facts: Any) -> None:
        """Decide on a record nothing led to, and tell nobody."""
        if facts is not None:
            self.permits(facts)
            self._known.clear()

    def told(self) -> tuple[str, ...]:
        """Return the words of the decisions made."""
        return tuple(dict.fromkeys(word for each in self._known.values() for word in told(each)))


def _mode_of(shown: Iterable[Any], terms: PeerTerms) -> list[Any]:
    """Return the candidates to be shown with what this peer's mode leaves of their decisions."""
    return [
        one._replace(key=replace(one.key, decision=shown_across(one.key.decision, terms)))
        for one in shown
    ]


def _sent(match: Shown) -> Shown:
    """Return a match as messages hold it: whole numbers only."""
    rest = {name: part for name, part in match.items() if name != "score_bits"}
    return {**rest, "score_tenths": round(match["score_bits"] * 10)}


def _subject(
    child_id: UUID, permits: frozenset[DisclosureClass], shown: Shown, answer: SecondAnswer
) -> SubjectShown:
    if answer.outcome is not PeerOutcome.SHOWN:
        return SubjectShown(child_id, shown=True)
    classes = released(permits & SHOWN_CLASSES, shown)
    return SubjectShown(child_id, classes, shown=True, told=told_on_consent(shown))
