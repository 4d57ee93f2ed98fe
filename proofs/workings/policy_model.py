"""The policy once more, naively: from the words of consent/README.md and an agreement's document.

Knows nothing of the rules and of what an agreement is compiled to: it reads the document
itself, section by section, at every question. Slow, plain, and another hand's reading.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from consent.facts import (
    Ask,
    AskerFacts,
    AssessmentFacts,
    ChildFacts,
    InvolvementFacts,
)

EVERY_CLASS = frozenset(
    "identity tracing identifier:nhs_number identifier:upn identifier:case_number whereabouts"
    " carers settings involvements assessment provenance restriction status consents".split()
)
LEVELS = ("nothing", "brokered", "existence", "contact", "content")
NEEDS_NO_PURPOSE = frozenset(
    "supply read_batch read_holds keep_directory read_directory broker approve_override"
    " investigate read_due keep_agreement read_decision read_notices read_proof inspect_log"
    " read_panel tell_who_looked handle_misuse supervise release_log".split()
)
THE_TEAMS = frozenset(
    "shield lift_shield broker approve_override investigate release_hold close_identity"
    " transfer keep_agreement tell_who_looked".split()
)
THE_AUDITORS = frozenset({"inspect_log", "read_panel", "handle_misuse"})
SENSITIVE = frozenset({"mental_health", "sexual_health", "substance_misuse"})
OPEN_WHEN_LAPSED = frozenset({"read_directory", "read_decision", "read_proof"})
# What opens a child's record to the team; all else is asked of the index, not of a child.
OF_A_CHILD = frozenset(
    "lookup read_child create_child amend_child read_involvement record_involvement"
    " record_assessment shield lift_shield read_holds record_consent read_consents broker"
    " ask_shield override release_hold close_identity transfer record_status record_dissent".split()
)
READS_THE_ARCHIVE = frozenset({"read_child", "read_holds", "read_consents"})
_ALL = "all_parties"
_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What the model says of one record: empty classes mean it is not disclosed."""

    classes: frozenset[str]
    obligations: frozenset[str]
    reasons: frozenset[str]


class Model:
    """One agreement's document, read as its parties would."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    # The document

    def _names(self, kinds: Any, kind: str) -> bool:
        if kinds == _ALL:
            return kind in self.document["parties"]
        return kind in kinds

    def _in_force(self, what: _Row, day: date) -> bool:
        said = day.isoformat()
        last = what["in_force_until"]
        return bool(what["in_force_from"] <= said and (last is None or said <= last))

    def _does(self, role: str, kind: str, action: str) -> bool:
        rows = self.document["roles"][role]
        given = any(
            self._names(row["agency_kinds"], kind) and action in row["actions"] for row in rows
        )
        approves = role == "practitioner" and action == "approve_override"
        return given or (approves and self._names(self.document["override"]["approvers"], kind))

    def _opens(self, purpose: str, role: str, kind: str, action: str) -> bool:
        return any(
            role in row["roles"]
            and self._names(row["agency_kinds"], kind)
            and action in row["actions"]
            for row in self.document["purposes"][purpose]["open_to"]
        )

    def _denied(self, agency: str) -> list[_Row]:
        return [row for row in self.document["named"] if agency in row["agencies"]]

    def by_statute(self, asker: AskerFacts, ask: Ask) -> bool:
        """Whether this is a statutory task of a practitioner's kind of agency."""
        statutory = self.document["override"]["statutory"]
        return (
            asker.role == "practitioner"
            and self._names(statutory["agency_kinds"], asker.agency_kind)
            and ask.purpose in statutory["purposes"]
        )

    # May it be asked

    def _account(self, asker: AskerFacts, ask: Ask, *, lapsed_too: bool) -> list[str]:
        wrong = []
        if asker.account_state == "suspended":
            wrong.append("account_suspended")
        elif asker.account_state != "active":
            wrong.append("account_closed")
        if not lapsed_too:
            years = self.document["check_years_max"]
            if not _is_recent(asker.checked_on, ask.today, years):
                wrong.append("check_lapsed")
            if asker.trained_on is None or asker.trained_on > ask.today:
                wrong.append("training_missing")
            if asker.signed_on is None or asker.signed_on > ask.today:
                wrong.append("agreement_unsigned")
        if not asker.employer_accredited:
            wrong.append("employer_not_accredited")
        if not self._in_force(self.document, ask.today):
            wrong.append("no_agreement_in_force")
        if asker.agency_kind not in self.document["parties"]:
            wrong.append("agency_not_party")
        return wrong

    def may_ask(self, asker: AskerFacts, ask: Ask) -> tuple[str, ...]:
        """Return everything wrong with the asker or the question, in the README's order."""
        role, kind, action = asker.role, asker.agency_kind, ask.action
        wrong = self._account(asker, ask, lapsed_too=action in OPEN_WHEN_LAPSED)
        if not self._does(role, kind, action) or not self._may_have(asker, action):
            wrong.append("role_not_allowed")
        persons = ("practitioner", "management_team")
        if action == "supervise" and not (asker.may_supervise and role in persons):
            wrong.append("supervision_not_granted")
        if action == "override" and not asker.may_override and not self.by_statute(asker, ask):
            wrong.append("override_not_granted")
        if action == "mediate" and not self._names(self._mediation("requesters"), kind):
            wrong.append("role_not_allowed")
        wrong += self._purpose(asker, ask) + self._reason(ask)
        return tuple(dict.fromkeys(wrong))

    def _may_have(self, asker: AskerFacts, action: str) -> bool:
        """Whether what is some role's alone is asked by that role, or an override so approved."""
        if action == "record_assessment":
            return asker.agency_kind not in SENSITIVE
        if action in THE_AUDITORS:
            return asker.role == "auditor"
        if action == "release_log":
            return asker.role in ("auditor", "management_team")
        if action not in THE_TEAMS or asker.role == "management_team":
            return True
        return (
            action == "approve_override"
            and asker.role == "practitioner"
            and asker.may_override
            and self._names(self.document["override"]["approvers"], asker.agency_kind)
        )

    def _mediation(self, side: str) -> Any:
        return self.document["mediation"][side]

    def _purpose(self, asker: AskerFacts, ask: Ask) -> list[str]:
        if ask.purpose is None:
            return [] if ask.action in NEEDS_NO_PURPOSE else ["purpose_missing"]
        gateway = self.document["purposes"][ask.purpose]
        closed = any(ask.purpose in row["purposes_closed"] for row in self._denied(asker.agency))
        opened = self._opens(ask.purpose, asker.role, asker.agency_kind, ask.action)
        if opened and self._in_force(gateway, ask.today) and not closed:
            return []
        return ["purpose_not_allowed"]

    def _reason(self, ask: Ask) -> list[str]:
        if ask.reason is None:
            return [] if ask.action in NEEDS_NO_PURPOSE else ["reason_missing"]
        belongs = ask.purpose and ask.reason in self.document["purposes"][ask.purpose]["reasons"]
        return [] if belongs else ["reason_not_allowed"]

    def may_mediate(self, mediator: AskerFacts, ask: Ask) -> tuple[str, ...]:
        """Return everything wrong with whoever asks on another's behalf."""
        wrong = self._account(mediator, ask, lapsed_too=ask.action in OPEN_WHEN_LAPSED)
        person = mediator.role in ("practitioner", "management_team")
        if not person or not self._names(self._mediation("mediators"), mediator.agency_kind):
            wrong.append("role_not_allowed")
        return tuple(wrong)

    # What of a record is seen

    def decide(self, asker: AskerFacts, ask: Ask, child: ChildFacts) -> Said:
        """Return what of a child's record may be opened, what the answer owes, and why."""
        team, action = asker.role == "management_team", ask.action
        given, why = self._given(asker, ask)
        taken: frozenset[str] = frozenset()
        why_not = {reason for reason, applies in self._closed(asker, ask, child) if applies}
        if why_not:
            taken = EVERY_CLASS
        overridden = action == "override" and child.overridden
        hides = not team and not overridden
        if hides and child.shielded:
            taken |= EVERY_CLASS - {"identity"}
            why_not.add("record_shielded")
        if hides and action == "override":
            taken |= EVERY_CLASS - {"identity"}
            why_not.add("override_not_in_force")
        excepted = _together(row["classes_withheld"] for row in self._denied(asker.agency))
        if excepted and not team:
            taken |= excepted
            why_not.add("agency_excepted")
        if not given - taken:
            return Said(frozenset(), frozenset(), frozenset(why_not or {"no_rule_permits"}))
        owed = set() if team else {"withhold_sensitive", "offer_brokering"}
        owed |= {"withhold_whereabouts"} if hides and child.shielded else set()
        return Said(given - taken, frozenset(owed), frozenset({*why, *why_not}))

    def _given(self, asker: AskerFacts, ask: Ask) -> tuple[frozenset[str], set[str]]:
        """Return what is given before anything is taken away, and why."""
        if asker.role == "management_team":
            seen = EVERY_CLASS if ask.action in OF_A_CHILD else frozenset()
            return seen, {"team_keeps_the_index"} if seen else set()
        if asker.role not in ("practitioner", "case_system"):
            return frozenset(), set()
        agreed, numbers = self.agreed(asker.agency_kind, ask.action), self._numbers(asker, ask)
        why = {"agreement_gives"} if agreed else set()
        return agreed | numbers, why | ({"own_number"} if numbers else set())

    def agreed(self, kind: str, action: str) -> frozenset[str]:
        """Return the classes agreed for a kind of agency and an action."""
        by_action = self.document["classes"]["by_action"]
        if action not in by_action or kind not in self.document["parties"]:
            return frozenset()
        withheld = _together(
            row["classes"]
            for row in self.document["classes"]["withheld"]
            if action in row["actions"] and self._names(row["agency_kinds"], kind)
        )
        return frozenset(by_action[action]) - withheld

    def _numbers(self, asker: AskerFacts, ask: Ask) -> frozenset[str]:
        identifiers = self.document["identifiers"]
        if ask.action not in identifiers["actions"]:
            return frozenset()
        return frozenset(
            f"identifier:{scheme}"
            for scheme, gateway in identifiers["schemes"].items()
            if self._names(gateway["agency_kinds"], asker.agency_kind)
            and self._in_force(gateway, ask.today)
        )

    def _closed(self, asker: AskerFacts, ask: Ask, child: ChildFacts) -> Iterable[tuple[str, bool]]:
        """Yield each reason for which nothing at all is seen, and whether it applies."""
        team = asker.role == "management_team"
        yield "asker_not_allowed", bool(self.may_ask(asker, ask))
        yield "role_sees_no_child", asker.role in ("supplier", "auditor")
        reads = team and ask.action in READS_THE_ARCHIVE
        yield "record_archived", child.archived and not reads
        yield "record_held", child.held and not team
        overwrites = ask.action in ("amend_child", "record_assessment")
        ends_own = ask.action == "record_assessment" and child.own_assessment
        written_over = child.shielded and overwrites and not team
        yield "shielded_not_overwritten", written_over and not ends_own

    # What of its entries is seen

    def involvement(self, asker: AskerFacts, ask: Ask, said: Said, facts: InvolvementFacts) -> str:
        """Return how much is shown of one involvement of a record of which this was said."""
        if not said.classes or asker.role in ("supplier", "auditor"):
            return "nothing"
        if asker.role == "management_team":
            return "content"
        if facts.sensitive and facts.basis == "none":
            return "nothing"
        if facts.own_agency:
            agreed = self.agreed(asker.agency_kind, ask.action)
            return "content" if "involvements" in agreed | said.classes else "nothing"
        hidden = "withhold_whereabouts" in said.obligations
        if hidden or "involvements" not in said.classes:
            return "nothing"
        return min(self._levels(asker, facts), key=LEVELS.index)

    def _levels(self, asker: AskerFacts, facts: InvolvementFacts) -> Iterable[str]:
        """Yield the most that each part of the agreement lets another agency's be shown."""
        parties, kind = self.document["parties"], asker.agency_kind
        yield "content" if kind in parties and facts.agency_kind in parties else "nothing"
        levels = self.document["levels"]
        rows = [row for row in levels["exceptions"] if self._names(row["asking"], kind)]
        of_kind = [
            row["level"]
            for row in rows
            if self._names(row["of"]["agency_kinds"], facts.agency_kind)
        ]
        yield from of_kind or [levels["default"]]
        yield from (row["level"] for row in rows if facts.agency in row["of"]["agencies"])
        yield from (row["level_max"] for row in self._denied(asker.agency))
        if facts.sensitive:
            told = self._names(self.document["sensitive"]["brokered_told_to"], kind)
            yield "brokered" if told else "nothing"

    def assessment(self, asker: AskerFacts, ask: Ask, said: Said, facts: AssessmentFacts) -> bool:
        """Return whether it is told that an assessment is held."""
        if not said.classes or asker.role in ("supplier", "auditor"):
            return False
        if "assessment" not in said.classes:
            denied = _together(row["classes_withheld"] for row in self._denied(asker.agency))
            agreed = self.agreed(asker.agency_kind, ask.action) - denied
            return "assessment" in agreed and facts.own_agency and facts.is_open
        if asker.role == "management_team" or facts.own_agency or facts.consent == "given":
            return True
        expressly = self.document["caf"]["consent"] == "express"
        return facts.consent == "not_stated" and not expressly

    def may_hold(self, kind: str) -> bool:
        """Return whether an assessment may be handed to an agency of this kind."""
        role, action = "practitioner", "record_assessment"
        opened = any(self._opens(each, role, kind, action) for each in self.document["purposes"])
        return self._does(role, kind, action) and opened and kind not in SENSITIVE

    def second_person(self, asker: AskerFacts, ask: Ask) -> str:
        """Return when somebody else must agree to an override."""
        terms = self.document["override"]
        key = "second_person_statutory" if self.by_statute(asker, ask) else "second_person"
        return str(terms[key])


def _together(lists: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(word for words in lists for word in words)


def _is_recent(checked: date | None, today: date, years: int) -> bool:
    """Whether a check is not of a day to come and its last good day is not over.

    That is its anniversary; of one made on 29 February, 28 February where no 29th is.
    """
    if checked is None or checked > today:
        return False
    year = checked.year + years
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if (checked.month, checked.day) == (2, 29) and not leap:
        return today <= date(year, 2, 28)
    return today <= checked.replace(year=year)
