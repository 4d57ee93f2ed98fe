"""Every rule about a record and its involvements written down once more, over either logic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from consent import rules_child, rules_involvement
from consent.facts import DisclosureClass, InvolvementLevel, Obligation
from proofs.workings.policy_logic import Truth
from proofs.workings.policy_rules import EVERY, AskerBook

LEVELS = tuple(InvolvementLevel)
ALL_BUT_IDENTITY = EVERY - {DisclosureClass.IDENTITY}
INVOLVEMENTS, IDENTITY = DisclosureClass.INVOLVEMENTS, DisclosureClass.IDENTITY


@dataclass(frozen=True, slots=True)
class Written:
    """What one rule says: of each class and obligation, when it permits, forbids, requires it."""

    permits: Mapping[Any, Truth] = field(default_factory=dict)
    forbids: Mapping[Any, Truth] = field(default_factory=dict)
    requires: Mapping[Any, Truth] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """What one rule says of an involvement; `caps`: of each level, when it is the most."""

    permit: Truth = False
    forbid: Truth = False
    caps: Mapping[Any, Truth] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """What is decided of a record: of each class and obligation, when it is shown or owed."""

    shown: Mapping[Any, Truth]
    allowed: Truth
    owed: Mapping[Any, Truth]


class Book(AskerBook):
    """All rules as written down, for one agreement, in one logic, of one question."""

    # Rules about the child's record

    def team_sees_every_class(self) -> Written:
        """Permit the team every class of what is asked of a child."""
        asks = self._all(self._team(), self._action(*rules_child.ASKED_OF_A_CHILD))
        return Written(permits=dict.fromkeys(EVERY, asks))

    def agreement_gives_the_classes(self) -> Written:
        """Permit those who work with children what is agreed."""
        return Written(permits=self._given(self.tables.classes))

    def _given(
        self, table: Mapping[Any, tuple[tuple[frozenset[Any], ...], ...]]
    ) -> dict[Any, Truth]:
        works = self._role(*rules_child.WORKING_ROLES)
        return {
            name: self._all(works, self._among(rows, "kind", "action"))
            for name, rows in table.items()
        }

    def numbers_return_to_their_body(self) -> Written:
        """Permit numbers to the kinds they are for, while their gateways are in force."""
        given = self._given(self.tables.numbers)
        gateways = self.agreement.gateways
        return Written(
            permits={
                name: self._all(when, self._covers(gateways[name]))
                for name, when in given.items()
                if name in gateways
            }
        )

    def asker_with_a_defect_is_answered_nothing(self) -> Written:
        """Forbid all where any asker rule finds a defect."""
        return self._nothing(self._any(*self.defects().values()))

    def _nothing(self, when: Truth) -> Written:
        return Written(forbids=dict.fromkeys(EVERY, when))

    def suppliers_and_auditors_see_no_child(self) -> Written:
        """Forbid all to roles that work with no child."""
        return self._nothing(self._not(self._role(*rules_child.SEEING_ROLES)))

    def archive_is_closed(self) -> Written:
        """Forbid all of an archived record, but to the team's reading."""
        reads = self._all(self._team(), self._action(*rules_child.READS_OF_THE_ARCHIVE))
        return self._nothing(self._all(self.facts.archived, self._not(reads)))

    def held_record_waits_for_the_team(self) -> Written:
        """Forbid all of a held record, but to the team."""
        return self._nothing(self._all(self.facts.held, self._not(self._team())))

    def _hidden(self) -> Truth:
        return self._not(self._any(self._team(), self._overrides()))

    def shielded_record_shows_identity_only(self) -> Written:
        """Forbid all but identity of a shielded record, but to the team and under an override."""
        when = self._all(self.facts.shielded, self._hidden())
        return Written(forbids=dict.fromkeys(ALL_BUT_IDENTITY, when))

    def shielded_record_is_overwritten_by_the_team_alone(self) -> Written:
        """Forbid others to overwrite a shielded record, but to end their own assessment."""
        overwrites = self._action(*rules_child.OVERWRITES)
        ends_own = self._all(self._action("record_assessment"), self.facts.own_assessment)
        others = self._not(self._any(self._team(), ends_own))
        return self._nothing(self._all(self.facts.shielded, overwrites, others))

    def override_opens_nothing_until_it_is_in_force(self) -> Written:
        """Forbid all but identity to who asks for an override."""
        when = self._all(self._action("override"), self._hidden())
        return Written(forbids=dict.fromkeys(ALL_BUT_IDENTITY, when))

    def classes_are_withheld_from_a_named_agency(self) -> Written:
        """Forbid a named agency what is withheld from it."""
        named = self.agreement.named.items()
        return Written(
            forbids={
                name: self._all(
                    self._not(self._team()),
                    self._any(*(self._agency(a) for a, denied in named if name in denied.withheld)),
                )
                for name in EVERY
            }
        )

    def shielded_record_withholds_whereabouts(self) -> Written:
        """Require silence on whereabouts of a shielded record."""
        when = self._all(self.facts.shielded, self._hidden())
        return Written(requires={Obligation.WITHHOLD_WHEREABOUTS: when})

    def sensitive_services_are_brokered(self) -> Written:
        """Require of every answer but the team's that the broker is offered."""
        owed = (Obligation.WITHHOLD_SENSITIVE, Obligation.OFFER_BROKERING)
        return Written(requires=dict.fromkeys(owed, self._not(self._team())))

    def record(self, without: frozenset[str] = frozenset()) -> Record:
        """Return what the rules come to, some perhaps left out."""
        names = [rule.__name__ for rule in rules_child.CHILD_RULES]
        said: list[Written] = [getattr(self, name)() for name in names if name not in without]
        shown = {
            name: self._all(
                self._any(*(each.permits[name] for each in said if name in each.permits)),
                self._not(
                    self._any(*(each.forbids[name] for each in said if name in each.forbids))
                ),
            )
            for name in EVERY
        }
        allowed = self._any(*shown.values())
        owed = {
            owing: self._all(
                allowed,
                self._any(*(each.requires[owing] for each in said if owing in each.requires)),
            )
            for owing in Obligation
        }
        return Record(shown, allowed, owed)

    # Rules about one involvement

    def _others(self) -> Truth:
        """Return whether it is another agency's and not the team that asks."""
        return self._not(self._any(self.facts.own, self._team()))

    def team_sees_every_involvement(self, _record: Record) -> WrittenEntry:
        """Permit the team every involvement."""
        return WrittenEntry(permit=self._team())

    def own_involvement_is_shown_to_its_agency(self, _record: Record) -> WrittenEntry:
        """Permit an agency its own, where the action shows involvements."""
        agreed = self._among(self.tables.classes[INVOLVEMENTS], "kind", "action")
        return WrittenEntry(permit=self._all(self.facts.own, agreed))

    def agreement_shows_involvements(self, record: Record) -> WrittenEntry:
        """Permit an involvement where the record's decision permits involvements."""
        return WrittenEntry(permit=record.shown[INVOLVEMENTS])

    def no_involvement_without_the_record(self, record: Record) -> WrittenEntry:
        """Forbid involvements of a record that is not disclosed."""
        return WrittenEntry(forbid=self._not(record.allowed))

    def suppliers_and_auditors_see_no_involvement(self, _record: Record) -> WrittenEntry:
        """Forbid involvements to roles that work with no child."""
        return WrittenEntry(forbid=self._not(self._role(*rules_child.SEEING_ROLES)))

    def sensitive_entry_stands_on_a_basis(self, _record: Record) -> WrittenEntry:
        """Forbid a sensitive entry without a basis to all but the team."""
        based = self.logic.in_(self.facts.basis, rules_involvement.BASES, "basis")
        closed = self._not(self._any(based, self._team()))
        return WrittenEntry(forbid=self._all(self.facts.sensitive, closed))

    def sensitive_involvement_is_brokered(self, _record: Record) -> WrittenEntry:
        """Cap others' sensitive involvements at brokering, where that is told at all."""
        capped = self._all(self.facts.sensitive, self._others())
        told = self._kind(self.agreement.brokered_told_to)
        return WrittenEntry(
            caps={
                InvolvementLevel.BROKERED: self._all(capped, told),
                InvolvementLevel.NOTHING: self._all(capped, self._not(told)),
            }
        )

    def involvement_would_betray_a_shielded_child(self, record: Record) -> WrittenEntry:
        """Forbid others' involvements where silence on whereabouts is owed."""
        owed = record.owed[Obligation.WITHHOLD_WHEREABOUTS]
        return WrittenEntry(forbid=self._all(owed, self._others()))

    def involvement_is_shown_as_far_as_agreed(self, _record: Record) -> WrittenEntry:
        """Cap others' involvements as agreed between the kinds; where nothing is, at nothing."""
        levels, others = self.agreement.levels, self._others()
        caps = {
            level: self._all(
                others, self._among(self.tables.levels.get(level, ()), "kind", "of_kind")
            )
            for level in LEVELS
        }
        agreed = self._any(*(self._pair(pair) for pair in self.tables.pairs)) if levels else False
        caps[InvolvementLevel.NOTHING] = self._any(
            caps[InvolvementLevel.NOTHING], self._all(others, self._not(agreed))
        )
        return WrittenEntry(caps=caps)

    def _pair(self, pair: tuple[frozenset[str], ...]) -> Truth:
        return self._among((pair,), "kind", "of_kind")

    def involvement_of_a_named_agency_is_shown_as_excepted(self, _record: Record) -> WrittenEntry:
        """Cap involvements of an agency by name."""
        rows = self.agreement.agency_levels.items()
        return WrittenEntry(
            caps={
                level: self._all(
                    self._others(),
                    self._any(
                        *(
                            self._all(
                                self._kind((kind,)),
                                self.logic.in_(self.facts.of_agency, (agency,), "of_agency"),
                            )
                            for (kind, agency), most in rows
                            if most == level
                        )
                    ),
                )
                for level in LEVELS
            }
        )

    def named_agency_is_shown_as_excepted(self, _record: Record) -> WrittenEntry:
        """Cap what is shown to an agency by name."""
        named = self.agreement.named.items()
        return WrittenEntry(
            caps={
                level: self._all(
                    self._others(),
                    self._any(*(self._agency(a) for a, denied in named if denied.level == level)),
                )
                for level in LEVELS
            }
        )

    def involvement(
        self, record: Record, without: frozenset[str] = frozenset()
    ) -> dict[str, Truth]:
        """Return of each level when at least so much is shown, some rules perhaps left out."""
        names = [rule.__name__ for rule in rules_involvement.INVOLVEMENT_RULES]
        said: list[WrittenEntry] = [
            getattr(self, name)(record) for name in names if name not in without
        ]
        shown = self._all(
            self._any(*(each.permit for each in said)),
            self._not(self._any(*(each.forbid for each in said))),
        )
        found = {}
        for place, level in enumerate(LEVELS[1:], 1):
            less = [each.caps[cap] for each in said for cap in LEVELS[:place] if cap in each.caps]
            found[level.value] = self._all(shown, self._not(self._any(*less)))
        return found
