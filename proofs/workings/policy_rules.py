"""Every rule about the asker and the question written down once more, over either logic.

The tables come from the compiled agreement. A rule that is not written down here, or is no
more there, is a failed proof: so this cannot drift from the rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from consent import rules_asker
from consent.agreement import Agreement
from consent.agreement_terms import InForce
from consent.facts import SENSITIVE_KINDS, DisclosureClass, Role
from proofs.workings.policy_logic import Facts, Logic, Truth, day_number

EVERY = frozenset(DisclosureClass)
TEAM = Role.MANAGEMENT_TEAM
_Rows = tuple[tuple[frozenset[Any], ...], ...]


class Tables:
    """A compiled agreement's tables, rows that differ in one word alone put together."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        held = {(r, k, a) for (r, k), acts in agreement.actions.items() for a in acts}
        opened = {(r, k, a, p) for (r, k, a), ps in agreement.purposes.items() for p in ps}
        self.held = _together(held)
        self.opened = _together(opened)
        self.classes = _by_class(agreement.classes)
        self.numbers = _by_class(agreement.numbers)
        levels = agreement.levels
        self.pairs = _together(set(levels))
        self.levels = {
            level: _together({pair for pair, most in levels.items() if most == level})
            for level in set(levels.values())
        }


def _by_class(
    table: Mapping[tuple[Any, Any], frozenset[DisclosureClass]],
) -> dict[DisclosureClass, _Rows]:
    return {
        name: _together({key for key, classes in table.items() if name in classes})
        for name in EVERY
    }


def _together(rows: set[tuple[Any, ...]]) -> _Rows:
    """Return rows of sets that cover exactly these rows: columns are put together in turn."""
    found = {tuple(frozenset({word}) for word in row) for row in rows}
    for column in range(len(next(iter(found), ()))):
        joined: dict[tuple[Any, ...], frozenset[Any]] = defaultdict(frozenset)
        for row in found:
            joined[*row[:column], *row[column + 1 :]] |= row[column]
        found = {(*key[:column], words, *key[column:]) for key, words in joined.items()}
    return tuple(found)


class AskerBook:
    """The asker's rules as written down, for one agreement, in one logic, of one question."""

    def __init__(self, logic: Logic, tables: Tables, facts: Facts) -> None:
        self.logic = logic
        self.tables = tables
        self.agreement = tables.agreement
        self.facts = facts
        self._all, self._any, self._not = logic.all_, logic.any_, logic.not_

    # The words a rule is written in

    def _role(self, *roles: str) -> Truth:
        return self.logic.in_(self.facts.role, roles, "role")

    def _kind(self, kinds: Iterable[str]) -> Truth:
        return self.logic.in_(self.facts.kind, kinds, "kind")

    def _action(self, *actions: str) -> Truth:
        return self.logic.in_(self.facts.action, actions, "action")

    def _purpose(self, *purposes: str | None) -> Truth:
        return self.logic.in_(self.facts.purpose, purposes, "purpose")

    def _covers(self, days: InForce) -> Truth:
        last = None if days.until is None else day_number(days.until)
        return self.logic.between(day_number(days.begins), self.facts.today, last)

    def _has_come(self, said: Truth, day: Truth) -> Truth:
        return self._all(said, self.logic.between(None, day, self.facts.today))

    def _team(self) -> Truth:
        return self._role(TEAM)

    def _overrides(self) -> Truth:
        return self._all(self._action("override"), self.facts.overridden)

    def _open_to_the_lapsed(self) -> Truth:
        return self._action(*rules_asker.OPEN_TO_THE_LAPSED)

    def _by_statute(self) -> Truth:
        terms = self.agreement.override
        return self._all(
            self._role("practitioner"),
            self._kind(terms.statutory_kinds),
            self._purpose(*terms.statutory_purposes),
        )

    def _approves(self) -> Truth:
        kinds = self._kind(self.agreement.override.approvers)
        return self._all(self._role("practitioner"), kinds, self.facts.right)

    def _among(self, rows: _Rows, *columns: str) -> Truth:
        """Return whether the question is in a table of these columns."""
        facts = self.facts
        return self._any(
            *(
                self._all(
                    *(
                        self.logic.in_(getattr(facts, name), words, name)
                        for name, words in zip(columns, row, strict=True)
                    )
                )
                for row in rows
            )
        )

    # Rules about the asker and the question: whether each finds a defect

    def suspended_account_asks_nothing(self) -> Truth:
        """Find an account suspended."""
        return self.logic.in_(self.facts.state, ("suspended",), "state")

    def closed_account_asks_nothing(self) -> Truth:
        """Find an account closed, or in no state known."""
        return self._not(self.logic.in_(self.facts.state, ("active", "suspended"), "state"))

    def check_is_recent(self) -> Truth:
        """Find a check never made, to come, or too old."""
        facts = self.facts
        oldest = facts.today - self.agreement.check_years_max * 10_000
        recent = self.logic.between(oldest, facts.checked, facts.today)
        return self._not(
            self._any(self._open_to_the_lapsed(), self._all(facts.was_checked, recent))
        )

    def training_is_complete(self) -> Truth:
        """Find training missing or to come."""
        done = self._has_come(self.facts.was_trained, self.facts.trained)
        return self._not(self._any(self._open_to_the_lapsed(), done))

    def end_user_agreement_is_signed(self) -> Truth:
        """Find the agreement unsigned or signed on a day to come."""
        done = self._has_come(self.facts.has_signed, self.facts.signed)
        return self._not(self._any(self._open_to_the_lapsed(), done))

    def employer_is_accredited(self) -> Truth:
        """Find the employer not accredited."""
        return self._not(self.facts.accredited)

    def agreement_is_in_force(self) -> Truth:
        """Find the agreement not in force that day."""
        return self._not(self._covers(self.agreement.in_force))

    def agency_is_party(self) -> Truth:
        """Find the kind of agency no party."""
        return self._not(self._kind(self.agreement.parties))

    def role_may_do_the_action(self) -> Truth:
        """Find the action not the role's at this kind of agency."""
        return self._not(self._among(self.tables.held, "role", "kind", "action"))

    def what_is_the_teams_is_asked_by_the_team(self) -> Truth:
        """Find the team's action asked by another."""
        approves = self._all(self._action("approve_override"), self._approves())
        return self._all(
            self._action(*rules_asker.TEAM_ACTIONS), self._not(self._any(self._team(), approves))
        )

    def what_is_the_auditors_is_asked_by_an_auditor(self) -> Truth:
        """Find the auditors' action asked by another."""
        asked = self._action(*rules_asker.AUDITORS_ACTIONS)
        return self._all(asked, self._not(self._role("auditor")))

    def a_rollback_is_released_by_team_or_auditor(self) -> Truth:
        """Find a rollback released by another."""
        theirs = self._any(self._team(), self._role("auditor"))
        return self._all(self._action("release_log"), self._not(theirs))

    def supervision_is_a_granted_right(self) -> Truth:
        """Find supervision without the right, or by no person."""
        person = self._any(self._team(), self._role("practitioner"))
        granted = self._all(self.facts.supervises, person)
        return self._all(self._action("supervise"), self._not(granted))

    def sensitive_services_hold_no_assessment(self) -> Truth:
        """Find an assessment recorded by a sensitive service."""
        return self._all(self._action("record_assessment"), self._kind(SENSITIVE_KINDS))

    def override_is_a_granted_right(self) -> Truth:
        """Find an override asked for without right or statutory task."""
        granted = self._any(self.facts.right, self._by_statute())
        return self._all(self._action("override"), self._not(granted))

    def mediation_is_agreed(self) -> Truth:
        """Find mediation asked for by a kind that may not."""
        agreed = self._kind(self.agreement.mediation.requesters)
        return self._all(self._action("mediate"), self._not(agreed))

    def purpose_is_stated(self) -> Truth:
        """Find no purpose where one is needed."""
        return self._all(self._purpose(None), self._not(self._states_none()))

    def _states_none(self) -> Truth:
        return self._action(*rules_asker.STATES_NO_PURPOSE)

    def purpose_is_open_to_the_asker(self) -> Truth:
        """Find a purpose not open to the asker for this."""
        opened = self._among(self.tables.opened, "role", "kind", "action", "purpose")
        return self._not(self._any(self._purpose(None), opened))

    def purpose_rests_on_law_in_force(self) -> Truth:
        """Find a purpose whose gateway is not in force that day."""
        purposes = {
            word: days for word, days in self.agreement.gateways.items() if word not in EVERY
        }
        lawful = (
            self._all(self._purpose(purpose), self._covers(days))
            for purpose, days in purposes.items()
        )
        return self._not(self._any(self._purpose(None), *lawful))

    def purpose_is_not_closed_to_the_agency(self) -> Truth:
        """Find a purpose closed to this agency by name."""
        return self._any(
            *(
                self._all(self._agency(agency), self._purpose(*denied.closed))
                for agency, denied in self.agreement.named.items()
            )
        )

    def _agency(self, agency: str) -> Truth:
        return self.logic.in_(self.facts.agency, (agency,), "agency")

    def reason_is_stated(self) -> Truth:
        """Find no reason where one is needed."""
        none = self.logic.in_(self.facts.reason, (None,), "reason")
        return self._all(none, self._not(self._states_none()))

    def reason_belongs_to_the_purpose(self) -> Truth:
        """Find a reason that is not the purpose's."""
        facts = self.facts
        belongs = (
            self._all(self._purpose(purpose), self.logic.in_(facts.reason, reasons, "reason"))
            for purpose, reasons in self.agreement.reasons.items()
        )
        none = self.logic.in_(facts.reason, (None,), "reason")
        return self._not(self._any(none, *belongs))

    def defects(self, without: frozenset[str] = frozenset()) -> dict[str, Truth]:
        """Return of each asker rule when it finds a defect."""
        names = [rule.__name__ for rule in rules_asker.ASKER_RULES]
        return {name: getattr(self, name)() for name in names if name not in without}
