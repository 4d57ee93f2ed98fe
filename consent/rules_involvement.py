"""How much is shown of one involvement of a record already decided on.

A rule answers with a verdict, a cap or None. Nothing is shown unless a rule permits it and
none forbids it, and then no more than the least cap says. Sources stand in README.md, by
rule name.
"""

from collections.abc import Callable

from consent.agreement import Agreement
from consent.decision import Cap, ChildReason, Decision, Forbid, Permit, Verdict
from consent.facts import (
    Ask,
    AskerFacts,
    DisclosureClass,
    InvolvementFacts,
    InvolvementLevel,
    Obligation,
    Role,
    SensitiveBasis,
)
from consent.rules_child import SEEING_ROLES

InvolvementRule = Callable[
    [AskerFacts, Ask, Decision, InvolvementFacts, Agreement], Verdict | Cap | None
]

BASES = frozenset({SensitiveBasis.CONSENT, SensitiveBasis.SIGNIFICANT_HARM})

_TEAM = Role.MANAGEMENT_TEAM
_INVOLVEMENTS = frozenset({DisclosureClass.INVOLVEMENTS})

_ROLE_SEES_NO_CHILD = Forbid(ChildReason.ROLE_SEES_NO_CHILD)
_RECORD_NOT_DISCLOSED = Forbid(ChildReason.RECORD_NOT_DISCLOSED)
_TEAM_SEES_INVOLVEMENTS = Permit(ChildReason.TEAM_KEEPS_THE_INDEX, _INVOLVEMENTS)
_OWN_INVOLVEMENT = Permit(ChildReason.OWN_INVOLVEMENT, _INVOLVEMENTS)
_AGREED_INVOLVEMENT = Permit(ChildReason.AGREEMENT_GIVES, _INVOLVEMENTS)
_SENSITIVE_WITHOUT_BASIS = Forbid(ChildReason.SENSITIVE_WITHOUT_BASIS)
_SENSITIVE_NOT_TOLD = Cap(ChildReason.SENSITIVE_IS_BROKERED, InvolvementLevel.NOTHING)
_SENSITIVE_BROKERED = Cap(ChildReason.SENSITIVE_IS_BROKERED, InvolvementLevel.BROKERED)
_INVOLVEMENT_SHIELDED = Forbid(ChildReason.RECORD_SHIELDED)


def team_sees_every_involvement(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    _involvement: InvolvementFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """The management team sees every involvement, to broker and to correct."""
    return _TEAM_SEES_INVOLVEMENTS if asker.role == _TEAM else None


def own_involvement_is_shown_to_its_agency(
    asker: AskerFacts,
    ask: Ask,
    _decision: Decision,
    involvement: InvolvementFacts,
    agreement: Agreement,
) -> Verdict | None:
    """An agency sees what it recorded itself, wherever the action shows involvements."""
    agreed = agreement.classes.get((asker.agency_kind, ask.action), frozenset())
    if involvement.own_agency and DisclosureClass.INVOLVEMENTS in agreed:
        return _OWN_INVOLVEMENT
    return None


def agreement_shows_involvements(
    _asker: AskerFacts,
    _ask: Ask,
    decision: Decision,
    _involvement: InvolvementFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """An involvement is shown where the decision on the record permits involvements."""
    return _AGREED_INVOLVEMENT if DisclosureClass.INVOLVEMENTS in decision.permits else None


def no_involvement_without_the_record(
    _asker: AskerFacts,
    _ask: Ask,
    decision: Decision,
    _involvement: InvolvementFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """Of a record that is not disclosed no involvement is, own ones included."""
    return None if decision.allowed else _RECORD_NOT_DISCLOSED


def suppliers_and_auditors_see_no_involvement(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    _involvement: InvolvementFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """Roles that work with no child see no involvement, their own agency's included."""
    return None if asker.role in SEEING_ROLES else _ROLE_SEES_NO_CHILD


def sensitive_entry_stands_on_a_basis(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    involvement: InvolvementFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """Without consent or significant harm a sensitive entry is the team's alone to see."""
    if not involvement.sensitive or involvement.basis in BASES or asker.role == _TEAM:
        return None
    return _SENSITIVE_WITHOUT_BASIS


def sensitive_involvement_is_brokered(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    involvement: InvolvementFacts,
    agreement: Agreement,
) -> Cap | None:
    """Of a sensitive service others learn at most that contact can be brokered, if agreed."""
    if not involvement.sensitive or involvement.own_agency or asker.role == _TEAM:
        return None
    told = asker.agency_kind in agreement.brokered_told_to
    return _SENSITIVE_BROKERED if told else _SENSITIVE_NOT_TOLD


def involvement_would_betray_a_shielded_child(
    asker: AskerFacts,
    _ask: Ask,
    decision: Decision,
    involvement: InvolvementFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """Who works with a shielded child tells where; each agency sees its own only."""
    if Obligation.WITHHOLD_WHEREABOUTS not in decision.obligations:
        return None
    if involvement.own_agency or asker.role == _TEAM:
        return None
    return _INVOLVEMENT_SHIELDED


def involvement_is_shown_as_far_as_agreed(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    involvement: InvolvementFacts,
    agreement: Agreement,
) -> Cap | None:
    """Another agency's involvement is shown as far as agreed between the two kinds."""
    if involvement.own_agency or asker.role == _TEAM:
        return None
    kinds = (asker.agency_kind, involvement.agency_kind)
    return Cap(ChildReason.LEVEL_AGREED, agreement.levels.get(kinds, InvolvementLevel.NOTHING))


def involvement_of_a_named_agency_is_shown_as_excepted(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    involvement: InvolvementFacts,
    agreement: Agreement,
) -> Cap | None:
    """An involvement of an agency the agreement names is shown no further than it says."""
    if involvement.own_agency or asker.role == _TEAM:
        return None
    level = agreement.agency_levels.get((asker.agency_kind, involvement.agency))
    return None if level is None else Cap(ChildReason.AGENCY_EXCEPTED, level)


def named_agency_is_shown_as_excepted(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    involvement: InvolvementFacts,
    agreement: Agreement,
) -> Cap | None:
    """To an agency the agreement names others' involvements are shown no further than it says."""
    if involvement.own_agency or asker.role == _TEAM:
        return None
    named = agreement.named.get(asker.agency)
    return None if named is None else Cap(ChildReason.AGENCY_EXCEPTED, named.level)


INVOLVEMENT_RULES: tuple[InvolvementRule, ...] = (
    team_sees_every_involvement,
    own_involvement_is_shown_to_its_agency,
    agreement_shows_involvements,
    no_involvement_without_the_record,
    suppliers_and_auditors_see_no_involvement,
    sensitive_entry_stands_on_a_basis,
    sensitive_involvement_is_brokered,
    involvement_would_betray_a_shielded_child,
    involvement_is_shown_as_far_as_agreed,
    involvement_of_a_named_agency_is_shown_as_excepted,
    named_agency_is_shown_as_excepted,
)
