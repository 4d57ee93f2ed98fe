"""Where a new record belongs: nobody's yet, a child's already here, or a shielded child's.

Matching here has full knowledge and tells nobody: the supplier hears of its own line
only. In doubt about a shielded child a record is born held (the fault of March 2009
was an update that made a second, unshielded record).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from index_service.domain.child import ChildRecord
from index_service.domain.feed import LineOutcome
from index_service.domain.matching.compare import Level
from index_service.domain.matching.grade import Grade, grade
from index_service.domain.matching.keys import Facts, guard_keys, query_keys
from index_service.domain.matching.score import Candidate, Field, PreparedQuery, prepare, score
from index_service.services.encoding import Policy
from index_service.services.index import Index
from index_service.services.pointers import Waiting, Waits, decoy, waiting_pointer
from index_service.services.sealing import (
    NewChild,
    SealedChild,
    new_child,
    open_facts,
    open_policy,
)
from index_service.services.tokens import guard_tokens_of
from index_service.services.unchecked import unchecked_pointer
from index_service.store.work import Work

NO_LINE = bytes(16)
GUARD_BITS_MIN = 0.0
"""As likely as not the same child: with a guarded one that is doubt enough to hold."""
_NOBODY: frozenset[UUID] = frozenset()
_NO_PLACE = frozenset({Field.ADDRESS})


@dataclass(frozen=True, slots=True)
class Known:
    """A child already here, opened with full knowledge."""

    child_id: UUID
    facts: Facts
    guarded: bool  # shielded, held or closed: whatever resembles it must not be seen
    archived: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """A record's facts with the tokens they are searched and guarded by, made once."""

    facts: Facts
    tokens: tuple[bytes, ...]
    guards: dict[bytes, str]


def sought(index: Index, facts: Facts) -> Sought:
    """Return what a record is looked up by before it is placed or changed."""
    digests = index.keyring.digests
    tokens = [
        token
        for kind, text in query_keys(facts, 1)
        for token in digests.tokens_for_query(kind, text)
    ]
    return Sought(facts, tuple(tokens), guard_tokens_of(index.keyring, facts))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a record's facts come to: the outcome, and the child it is, if it is one."""

    outcome: LineOutcome
    same: UUID | None = None


class Surroundings:
    """All that records about to be placed could be, as far as the index knows."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._by_token: dict[bytes, set[UUID]] = {}
        self._known: dict[UUID, Known] = {}
        self._guards: set[bytes] = set()
        self._guard_texts: dict[str, set[UUID]] = {}

    async def gather(
        self, work: Work, records: Sequence[Sought], also: Iterable[UUID] = ()
    ) -> dict[UUID, SealedChild]:
        """Read the candidates and guard hits of these records; return the rows now locked.

        Candidates and `also` are locked in one statement, in id order: no two writers
        wait for each other.
        """
        ids = await self._candidate_ids(work, records) | set(also)
        rows = await work.children.locked(sorted(ids)) if ids else ()
        return await self._opened(work, records, rows)

    async def behold(self, work: Work, record: Sought, own: UUID) -> None:
        """Read what one record is compared with, its own child being locked already.

        Locks no other: of two writers who each hold one such child, neither could go on.
        Nobody can become shielded meanwhile, and a verdict on `own` is all this is for.
        """
        ids = await self._candidate_ids(work, [record]) | {own}
        await self._opened(work, [record], await work.children.beheld(sorted(ids)))

    async def _candidate_ids(self, work: Work, records: Sequence[Sought]) -> set[UUID]:
        keyring = self._index.keyring
        tokens = {token for each in records for token in each.tokens}
        for row in await work.children.candidates_of(list(tokens)) if tokens else ():
            pointer = keyring.pointers.open(row.token, row.pointer)
            self._by_token.setdefault(row.token, set()).add(pointer.child_id)
        return {child_id for found in self._by_token.values() for child_id in found}

    async def _opened(
        self, work: Work, records: Sequence[Sought], rows: Iterable[Any]
    ) -> dict[UUID, SealedChild]:
        opened = {row["child_id"]: open_policy(self._index.keyring, row) for row in rows}
        for child in opened.values():
            policy = child.policy
            self.note(Known(child.child_id, open_facts(child), policy.guarded, policy.archived))
        guards = {token for each in records for token in each.guards}
        if guards:
            found = await work.children.guards_of(list(guards))
            self._guards = {row.token for row in found}
        return opened

    def note(self, known: Known) -> None:
        """Remember a child, so that a later record of the same chunk is compared with it."""
        self._known[known.child_id] = known
        if known.guarded:
            for text in guard_keys(known.facts):
                self._guard_texts.setdefault(text, set()).add(known.child_id)

    def index_new(self, child: NewChild, facts: Facts) -> None:
        """Make a record placed in this chunk findable by the records after it."""
        for token, _ in child.sheet.search:
            self._by_token.setdefault(token, set()).add(child.child_id)
        policy = child.policy
        self.note(Known(child.child_id, facts, policy.guarded, policy.archived))

    def judge(self, each: Sought) -> Judged:
        """Say what a new record is."""
        if self.resembles_guarded(each, None):
            return Judged(LineOutcome.HELD)
        candidates = [known for known in self._candidates(each) if not known.guarded]
        if not candidates:
            return Judged(LineOutcome.NEW)
        query = prepare(each.facts)
        certain: list[Known] = []
        likely = False
        for known in candidates:
            candidate = Candidate(known.facts)
            graded = grade(query, candidate, score(query, candidate))
            certain += [known] if graded is Grade.CERTAIN else []
            likely = likely or graded is Grade.PROBABLE
        if len(certain) == 1 and not certain[0].archived:
            return Judged(LineOutcome.SAME, certain[0].child_id)
        return Judged(LineOutcome.DOUBTFUL if certain or likely else LineOutcome.NEW)

    def newly_resembles(self, after: Sought, own: UUID) -> bool:
        """Return whether a change makes `own` resemble a guarded child it did not resemble.

        What stood beside a guarded child before has been looked at; only what a change
        brings is new doubt. Asked of each guarded child by itself: beside one it may have
        stood for years, and come to resemble another only now.
        """
        before = sought(self._index, self._known[own].facts)
        known_texts = set(before.guards.values())
        if self._guards_touched(after, own) - known_texts:
            return True
        query = prepare(before.facts)
        return any(
            known_texts.isdisjoint(guard_keys(each.facts)) and not _doubt(query, each.facts)
            for each in self._doubted(after, own)
        )

    def beside_shielded(self, after: Sought, own: UUID) -> list[UUID]:
        """Hold here, and return, the open records that a change of shielded `own` makes like it.

        A shield is the child's: where its record takes a number or a name that another record
        has, that one may be the same child's, as if it had stood there when the shield was set.
        """
        before = self._known[own].facts
        like = [
            known
            for known in self._candidates(after)
            if known.child_id != own
            and not (known.guarded or known.archived)
            and may_be_one_child(after.facts, known.facts)
            and not may_be_one_child(before, known.facts)
        ]
        for known in like:
            self.note(replace(known, guarded=True))
        return [known.child_id for known in like]

    def resembles_guarded(self, each: Sought, own: UUID | None) -> bool:
        """Return whether facts may be those of a shielded or held child other than `own`.

        By number, and by who the child is; never by where: else whoever adds a record at a
        guessed address would learn from its being held that the guess was right.
        """
        return bool(self._guards_touched(each, own) or self._doubted(each, own))

    def _doubted(self, each: Sought, own: UUID | None) -> list[Known]:
        """Return the guarded children other than `own` these facts are as likely as not."""
        guarded = [
            known for known in self._candidates(each) if known.guarded and known.child_id != own
        ]
        query = prepare(each.facts) if guarded else None
        return [known for known in guarded if query is not None and _doubt(query, known.facts)]

    def _candidates(self, each: Sought) -> list[Known]:
        found: set[UUID] = set()
        for token in each.tokens:
            found |= self._by_token.get(token, _NOBODY)
        return [self._known[child_id] for child_id in sorted(found) if child_id in self._known]

    def _guards_touched(self, each: Sought, own: UUID | None) -> set[str]:
        """Return which facts are those of a shielded or held child other than `own`.

        Asked of the guard tokens, which outlast the move of search tokens, and of the
        guarded candidates themselves, which need no upkeep to be true.
        """
        touched = {
            text for text in each.guards.values() if self._guard_texts.get(text, _NOBODY) - {own}
        }
        hit = {text for token, text in each.guards.items() if token in self._guards}
        if hit and own in self._known:
            hit -= set(guard_keys(self._known[own].facts))
        return touched | hit


def may_be_one_child(facts: Facts, others: Facts) -> bool:
    """Return whether two records may be one child's: by a guard they share, or as likely as not.

    What is asked of a new record beside a guarded one, asked of two that stand.
    """
    if not set(guard_keys(facts)).isdisjoint(guard_keys(others)):
        return True
    return _doubt(prepare(facts), others) or _doubt(prepare(others), facts)


def _doubt(query: PreparedQuery, known: Facts) -> bool:
    """Return whether a record is as likely as not this guarded child's, by names and birth.

    Numbers are asked of exactly, by the guard; another one may be a slip and releases
    nobody. A twin, who has another given name, is another child.
    """
    facts = replace(known, postcode="", house="", identifiers={})
    scored = score(query, Candidate(facts, _NO_PLACE))
    return scored.level(Field.GIVEN_NAME) is not Level.DIFFERS and scored.bits >= GUARD_BITS_MIN


@dataclass(frozen=True, slots=True)
class Placed:
    """A new record, sealed, with the pointer rows that say whether it waits."""

    child: NewChild
    work: tuple[tuple[bytes, bytes], ...]


def placed(
    index: Index, record: ChildRecord, outcome: LineOutcome, agency: str, source_ref: bytes
) -> Placed:
    """Seal a new record: held where it may be a shielded child's, seen otherwise.

    In a region nobody but the team sees it before the shield set has answered. That wait is
    beside the other, and its end leaves what is placed here.
    """
    held, unchecked = outcome is LineOutcome.HELD, index.in_region
    policy = Policy(held=held, unchecked=unchecked, created_by=agency)
    child = new_child(index.keyring, record, policy)
    rows = [waits(index, child.child_id, outcome, source_ref)]
    if unchecked:
        since_s = int(index.clock.now().timestamp())
        rows.append(unchecked_pointer(index.keyring, child.child_id, since_s))
    return Placed(child, tuple(sorted(rows)))


def waits(
    index: Index, child_id: UUID, outcome: LineOutcome, source_ref: bytes = NO_LINE
) -> tuple[bytes, bytes]:
    """Return the pointer row of a record that waits, or a decoy."""
    why = {LineOutcome.HELD: Waits.HELD, LineOutcome.DOUBTFUL: Waits.DOUBTFUL}.get(outcome)
    if why is None:
        return decoy()
    since_s = int(index.clock.now().timestamp())
    return waiting_pointer(index.keyring, Waiting(why, child_id, source_ref, since_s))


def held_now(policy: Policy) -> Policy:
    """Return the policy of a record that waits for the team. Only ever takes away."""
    return replace(policy, held=True)


def birth_digests(index: Index, records: Iterable[Sought]) -> list[bytes]:
    """Return the keyed digests of dates of birth whose buckets a creation locks."""
    return [
        index.keyring.references.reference("birth", each.facts.date_of_birth.isoformat().encode())
        for each in records
        if each.facts.date_of_birth
    ]
