"""What is true in one run: whose each record is, which must not be seen, and what is known."""

import random
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from uuid import UUID

from index_service.domain.matching.keys import Facts
from proofs.workings.shield_said import Inventor, Said, recognisable
from proofs.workings.shield_steps import Programme, Step


class Whose(Enum):
    """Of whom a statement truly is."""

    CHILDS = 1
    OTHERS = 2
    FORMER = 3  # of the child under an identity that was closed


@dataclass(slots=True)
class Standing:
    """One record the run made. `truly`: it speaks of the child, whoever sent it."""

    child_id: UUID
    truly: bool
    said: list[Said] = field(default_factory=list)
    shields: list[str] = field(default_factory=list)  # ids of those in force
    hidden: bool = False  # must show no ordinary asker more than a shielded record does
    released: bool = False  # two people, or one who checked, said: another child
    former: bool = False  # of an identity that was closed
    closed: bool = False  # closed itself, or joined to another record
    facts: Facts = field(default_factory=Facts)
    held: bool = False  # as stored: it tells what can be released, and is never judged by

    @property
    def stands(self) -> bool:
        """Whether it is a record of the child as it is now."""
        return self.truly and not (self.former or self.closed)


@dataclass(slots=True, eq=False)
class Run:
    """One run: its programme, the child it is about, another child, and their records."""

    number: int
    steps: Programme
    today: date
    inventor: Inventor = field(init=False)
    truth: Said = field(init=False)
    other: Said = field(init=False)
    old: Said | None = None  # the identity that was closed, as its record had it
    records: dict[UUID, Standing] = field(default_factory=dict)
    refs: dict[tuple[str, str], Whose] = field(default_factory=dict)
    awaited: dict[tuple[str, str], Said] = field(default_factory=dict)  # sent, not yet looked up
    unrecognised: int = 0
    done: list[str] = field(default_factory=list)  # deeds that had something to do
    unshielded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inventor = Inventor(self.number, random.Random(f"run {self.number}"))
        self.truth = self.inventor.child()
        self.other = self.inventor.child()

    def begin(self, step: Step) -> random.Random:
        """Return the chance of one step, the inventor's as well: it rests on nothing before it."""
        self.inventor.chance = random.Random(step.seed)
        return self.inventor.chance

    @property
    def shielded(self) -> bool:
        """Whether the child is shielded now: by any shield over any record of it."""
        return any(record.shields for record in self.of_child())

    def of_child(self) -> list[Standing]:
        """Return the records of the child as it is now, oldest first."""
        return [record for record in self.records.values() if record.stands]

    def guarded(self) -> list[Standing]:
        """Return the records that must not be seen now."""
        return [each for each in self.records.values() if each.hidden and not each.released]

    def near_miss(self) -> Said:
        """Return the child as a sender may have it, still to be recognised by somebody."""
        guarded = [record.facts for record in self.guarded() if record.stands]
        for _ in range(8):
            said = self.inventor.slipped(self.truth)
            if not guarded or any(recognisable(said, known) for known in guarded):
                return said
        return self.truth

    # What becomes of records

    def made(self, child_id: UUID, said: Said, whose: Whose) -> Standing:
        """Note that a record states this now; it speaks of the child from then on if it does."""
        record = self.records.setdefault(child_id, Standing(child_id, whose is not Whose.OTHERS))
        if whose is not Whose.OTHERS:
            record.truly = True
            record.said.append(said)
        record.former = record.former or whose is Whose.FORMER
        return record

    def grown(self, record: Standing, facts: Facts) -> None:
        """Note what a record holds after a step: it must hide if it may be a hidden one."""
        before, record.facts = record.facts, facts
        if record.shields and before != facts:
            self._spread(record, before)
        if before == facts or record.hidden or record.released or not record.truly:
            return
        others = [each for each in self.guarded() if each is not record]
        if any(self._betrays(record, other) for other in others):
            record.hidden = True
        elif self.shielded and not record.former:
            self.unrecognised += 1

    def _spread(self, record: Standing, before: Facts) -> None:
        """Note that a shielded record changed: what it is like only now must hide as well."""
        for other in self.of_child():
            apart = not self._alike(other.facts, before)
            if other is not record and apart and self._alike(other.facts, record.facts):
                other.hidden = other.hidden or not other.released

    def _betrays(self, record: Standing, hidden: Standing) -> bool:
        """Return whether a record may be taken for one that hides, and must hide as well."""
        if hidden.former:
            return hidden.closed and _same(record.facts, hidden.facts)
        if hidden.closed and not self.shielded:
            return False  # joined to a record that may be seen by now
        return not record.former and self._alike(record.facts, hidden.facts)

    def granted(self, record: Standing, shield_id: str) -> None:
        """Note a shield: every record that may be the same child's must hide from now on."""
        record.shields.append(shield_id)
        record.hidden, record.released = True, False
        for other in self.of_child():
            if other is not record and self._betrays(other, record):
                other.hidden = True

    def lifted(self, record: Standing, shield_id: str) -> None:
        """Note that a shield was lifted; once none is left nothing has to hide."""
        record.shields.remove(shield_id)
        if not self.shielded:
            for each in self.of_child():
                each.hidden = False

    def joined(self, record: Standing, survivor: Standing, shields: list[str]) -> None:
        """Note that a record was found to be the same child's as another, which stays."""
        survivor.said += record.said
        survivor.shields = shields
        survivor.hidden, survivor.released = bool(shields), False
        record.shields, record.closed, record.hidden = [], True, True

    def ended(self, record: Standing) -> None:
        """Note that an identity was closed, and that the child is somebody else from now on."""
        self.old = _as_said(record.facts)[0]
        for each in self.of_child():
            each.former = True
        record.shields, record.closed = [], True
        record.hidden, record.released = True, False
        for other in self.records.values():
            if other.former and _same(other.facts, record.facts):
                other.hidden = True
        self.truth = self.inventor.renumbered(self.inventor.renamed(self.truth))

    @staticmethod
    def _alike(facts: Facts, known: Facts) -> bool:
        """Return whether one record may be taken for the other, either way round."""
        return any(recognisable(said, known) for said in _as_said(facts))

    # What is known of the child

    def known(self) -> list[Said]:
        """Return every statement ever made of the child in a record that must hide."""
        said = [each for record in self.guarded() for each in record.said]
        return list(dict.fromkeys(said))

    def hidden_texts(self) -> frozenset[str]:
        """Return all that no ordinary asker is shown of it."""
        return frozenset().union(*(said.hidden() for said in self.known()))


def _same(facts: Facts, known: Facts) -> bool:
    """Return whether two records share a number, or name and date of birth to the letter."""
    if not set(facts.identifiers.values()).isdisjoint(known.identifiers.values()):
        return True
    names = {(name.given, name.family) for name in facts.names}
    return facts.date_of_birth == known.date_of_birth and any(
        (name.given, name.family) in names for name in known.names
    )


def _as_said(facts: Facts) -> list[Said]:
    from_scheme = {scheme.value: number for scheme, number in facts.identifiers.items()}
    assert facts.date_of_birth is not None  # INVARIANT: no record is without one
    return [
        Said(
            given=name.given,
            family=name.family,
            born=facts.date_of_birth,
            nhs_number=from_scheme.get("nhs_number", ""),
            upn=from_scheme.get("upn", ""),
            case_number=from_scheme.get("case_number", ""),
            postcode=facts.postcode,
            house=facts.house,
            phone="",
            school="",
        )
        for name in facts.names
    ]
