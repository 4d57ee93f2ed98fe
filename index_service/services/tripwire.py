"""The tripwire: replays questions lately asked against what is hidden, and alerts the team.

Who hunts a shielded child asks by its new address, its number or a former name, and is
answered as if nobody lived there. Here, minutes later, under a role of its own, the
question is asked again of what was hidden. A run leaves as many rows whatever it found, but for
one in which more accounts were right than a run has alerts.
"""

import logging
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from consent.facts import DisclosureClass
from index_service.crypto.envelope import SealBroken
from index_service.crypto.keyring import Keyring
from index_service.domain.child import Address
from index_service.domain.matching import fold
from index_service.domain.matching.compare import Level, compare_address
from index_service.domain.matching.keys import Facts, TokenKind, guard_keys, query_keys
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.log.entry import AccessEntry, Outcome
from index_service.services import encoding
from index_service.services.asked import Question, open_asked
from index_service.services.index import Index
from index_service.services.matters import ALERTS, open_matter
from index_service.services.sealing import SealedChild, open_facts, open_policy
from index_service.services.tokens import guard_tokens_of
from index_service.store.reading import OverTheBound
from index_service.store.tables import child_token
from index_service.store.work import Work, work_on

QUESTIONS_A_RUN = 500
ALERTS_A_RUN = 4
ASKED_AGO_S_MIN = 60
"""A question is left alone so long, so that an alert does not stand beside its cause."""

_process_log = logging.getLogger(__name__)
_LISTED_MAX = 8  # entries and children one alert names
_YEARS_BACK = 26  # participating young people stay to the 25th birthday
_NAME_KINDS = frozenset(
    {
        TokenKind.FAMILY_DOB,
        TokenKind.GIVEN_DOB,
        TokenKind.INITIALS_DOB,
        TokenKind.FAMILY_GIVEN_YEAR,
    }
)
_NUMBER_KINDS = frozenset({TokenKind.NHS_NUMBER, TokenKind.UPN, TokenKind.CASE_NUMBER})
Key = tuple[TokenKind, str]


class Touched(StrEnum):
    """What of a hidden record a question was right about."""

    NUMBER = "number"
    FORMER_NAME = "former_name"
    ADDRESS = "address"
    CLOSED_NAME = "closed_name"  # the name of an identity given up


@dataclass(slots=True)
class Trail:
    """What one account's questions of a run were right about, through one mediator or none."""

    account: str
    agency: str
    mediator: str
    entries: list[UUID] = field(default_factory=list)
    children: set[UUID] = field(default_factory=set)
    touched: set[Touched] = field(default_factory=set)

    def add(self, question: Question, hits: dict[UUID, set[Touched]]) -> None:
        """Add one question's hits."""
        self.entries.append(question.entry_id)
        self.children |= hits.keys()
        self.touched |= set().union(*hits.values())


class Tripwire:
    """Replays the questions of one authority (role tripwire)."""

    def __init__(self, index: Index, engine: AsyncEngine) -> None:
        self._index = index
        self._engine = engine

    async def run(self) -> int:
        """Replay what waits, write the alerts and remove the questions: all, or nothing.

        Returns how many questions it took. One alert an account, and one more for each
        mediator who asked for it.
        """
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.alone("tripwire")
            before = index.clock.now() - timedelta(seconds=ASKED_AGO_S_MIN)
            rows = await work.upkeep.questions(before, QUESTIONS_A_RUN)
            trails: dict[tuple[str, str], Trail] = {}
            done: list[UUID] = []
            broken: list[UUID] = []
            for row in rows:
                try:
                    question = open_asked(index.keyring, row.id, row.sealed)
                    hits = {} if question.by_team else await self._hits(work, question.facts)
                except SealBroken:
                    # Altered in the store: it can be replayed no better another time.
                    broken.append(row.id)
                    continue
                if hits:
                    who = (question.account, question.mediator)
                    fresh = Trail(question.account, question.agency, question.mediator)
                    trails.setdefault(who, fresh).add(question, hits)
                done.append(row.id)
            await self._alert(work, list(trails.values()))
            await work.upkeep.forget(done + broken)
            entry = AccessEntry(
                *index.log.stamp(),
                action="tripwire",
                route="job",
                outcome=Outcome.RECORDED,
                count=len(done),
            )
            await work.commit(index.log.prepare(entry))
        if broken:
            _process_log.error("tripwire: questions that do not open, count=%s", len(broken))
        return len(done) + len(broken)

    async def _alert(self, work: Work, trails: Sequence[Trail]) -> None:
        """Write one matter a trail, and decoys up to the number every run writes.

        Where that is too few as many again are written: nobody waits to be told of.
        """
        now_s = int(self._index.clock.now().timestamp())
        matters = [_alert_of(trail, now_s) for trail in trails]
        written = ALERTS_A_RUN * max(1, math.ceil(len(matters) / ALERTS_A_RUN))
        matters += [_decoy(now_s) for _ in range(written - len(matters))]
        for matter in sorted(matters, key=lambda each: each.id.bytes):
            lists = (ALERTS,) if matter.kind is MatterKind.ALERT else ()
            await open_matter(self._index, work, matter, lists)

    async def _hits(self, work: Work, asked: Facts) -> dict[UUID, set[Touched]]:
        """Return whom a question was right about in what was hidden from its asker."""
        found = _Replay(self._index.keyring, asked, self._index.clock.today())
        ids = await found.candidates(work)
        hits: dict[UUID, set[Touched]] = {}
        for row in await work.children.beheld(sorted(ids)) if ids else ():
            child = open_policy(self._index.keyring, row)
            if child.policy.guarded and (touched := found.touched(child)):
                hits[child.child_id] = touched
        return hits


class _Replay:
    """One question asked again, of what is hidden only."""

    def __init__(self, keyring: Keyring, asked: Facts, today: date) -> None:
        self._keyring = keyring
        self._asked = asked
        keys = {*query_keys(asked, 1), *query_keys(asked, 2)}
        self._names = {key for key in keys if key[0] in _NAME_KINDS}
        self._broad = {key for key in keys if key[0] is TokenKind.FAMILY_GIVEN}
        self._exact = {key for key in keys if key[0] in _NUMBER_KINDS} | _places(asked, today)
        self._stated_place = {key for key in keys if key[0] is TokenKind.POSTCODE_YEAR}
        self._guards = guard_tokens_of(keyring, asked)
        self._hit: dict[UUID, set[Key]] = {}

    async def candidates(self, work: Work) -> set[UUID]:
        """Return the children a withheld class or a guard row leads to."""
        for keys in (self._exact, self._names, self._broad):
            try:
                await self._follow(work, keys)
            except OverTheBound:
                # Two names alike to thousands: the narrower keys have been followed.
                continue
        guarded = set()
        for row in await work.children.guards_of(list(self._guards)) if self._guards else ():
            guarded.add(self._keyring.pointers.open(row.token, row.pointer).child_id)
        return self._hit.keys() | guarded

    async def _follow(self, work: Work, keys: Iterable[Key]) -> None:
        key_of = {
            token: key for key in keys for token in self._keyring.digests.tokens_for_query(*key)
        }
        for row in await work.children.pointers(child_token, list(key_of)) if key_of else ():
            pointer = self._keyring.pointers.open(row.token, row.pointer)
            if pointer.shown_by is not DisclosureClass.IDENTITY:
                self._hit.setdefault(pointer.child_id, set()).add(key_of[row.token])

    def touched(self, child: SealedChild) -> set[Touched]:
        """Return what of this child's hidden facts the question states."""
        facts = open_facts(child)
        found = set()
        asked = self._asked.identifiers.items()
        if any(facts.identifiers.get(scheme) == number for scheme, number in asked):
            found.add(Touched.NUMBER)
        if self._by_former_name(child.child_id, facts):
            found.add(Touched.FORMER_NAME)
        if child.policy.closed and self._guarded_by(Facts(facts.names, (), facts.date_of_birth)):
            found.add(Touched.CLOSED_NAME)
        if self._by_address(child, facts):
            found.add(Touched.ADDRESS)
        return found

    def _guarded_by(self, facts: Facts) -> bool:
        return not set(guard_keys(facts)).isdisjoint(self._guards.values())

    def _by_former_name(self, child_id: UUID, facts: Facts) -> bool:
        """Return whether the question has a name that what all may see does not explain."""
        names = (*facts.names, *(replace(name, middle="") for name in facts.names))
        shown = Facts(names=names, date_of_birth=facts.date_of_birth)
        visible = {*query_keys(shown, 1), *query_keys(shown, 2)}
        named = self._hit.get(child_id, set()) & (self._names | self._broad)
        if named - visible:
            return True
        former = Facts(names=facts.former_names, date_of_birth=facts.date_of_birth)
        own = set(guard_keys(shown))
        return bool((set(guard_keys(former)) - own) & set(self._guards.values()))

    def _by_address(self, child: SealedChild, facts: Facts) -> bool:
        """Return whether the question states where the child lives.

        Another house of the same street is another home. A postcode without a house
        counts with the year of birth, as a search would have counted it.
        """
        address: Address = encoding.decode_address(child.part("whereabouts"))
        asked = _place(self._asked.postcode, self._asked.house)
        levels = {
            compare_address(asked, _place(facts.postcode, facts.house)),
            compare_address(asked, _place(address.postcode, address.house)),
        }
        if Level.EXACT in levels:
            return True
        by_year = self._hit.get(child.child_id, set()) & self._stated_place
        return bool(by_year) and Level.CLOSE in levels


def _place(postcode: str, house: str) -> tuple[str, str]:
    return fold.postcode(postcode), fold.house(house)


def _places(asked: Facts, today: date) -> set[Key]:
    """Return the keys of everybody at a postcode, whatever year they were born in."""
    place = fold.postcode(asked.postcode)
    years = range(today.year - _YEARS_BACK, today.year + 2) if place else ()
    return {(TokenKind.POSTCODE_YEAR, f"{place}.{year}") for year in years}


def _alert_of(trail: Trail, now_s: int) -> Matter:
    children = sorted(trail.children)[:_LISTED_MAX]
    return Matter(
        id=uuid4(),
        kind=MatterKind.ALERT,
        state=MatterState.WAITING,
        opened_s=now_s,
        account=trail.account,
        agency=trail.agency,
        child_id=children[0],
        details={
            "cause": "tripwire",
            "mediator": trail.mediator,
            "touched": sorted(each.value for each in trail.touched),
            "questions": len(trail.entries),
            "entries": [str(entry) for entry in trail.entries[-_LISTED_MAX:]],
            "children": [str(child) for child in children],
        },
    )


def _decoy(now_s: int) -> Matter:
    return Matter(uuid4(), MatterKind.DECOY, MatterState.ENDED, now_s)
