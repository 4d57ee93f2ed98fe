"""What the facts of a child's record permit, forbid and oblige, rule by rule.

A rule answers with a verdict or None. Nothing is shown unless a rule permits it and
none forbids it. Sources stand in README.md, by rule name.
"""

from collections.abc import Callable

from consent.agreement import Agreement
from consent.decision import (
    EVERY_CLASS,
    ChildReason,
    Decision,
    Forbid,
    Permit,
    Require,
    Verdict,
)
from consent.facts import (
    Action,
    Ask,
    AskerFacts,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    Obligation,
    Role,
)
from consent.rules_asker import defects

ChildRule = Callable[[AskerFacts, Ask, ChildFacts, Agreement], Verdict | None]
InvolvementRule = Callable[[AskerFacts, Ask, Decision, InvolvementFacts, Agreement], Verdict | None]

# Whoever works with children, at a keyboard or through a case system; a role not named
# here or as the team's sees no child.
WORKING_ROLES = frozenset({Role.PRACTITIONER, Role.CASE_SYSTEM})
SEEING_ROLES = WORKING_ROLES | {Role.MANAGEMENT_TEAM}

ASKED_OF_A_CHILD = frozenset(
    {
        Action.LOOKUP,
        Action.READ_CHILD,
        Action.CREATE_CHILD,
        Action.AMEND_CHILD,
        Action.READ_INVOLVEMENT,
        Action.RECORD_INVOLVEMENT,
        Action.RECORD_ASSESSMENT,
        Action.SHIELD,
        Action.LIFT_SHIELD,
        Action.READ_HOLDS,
    }
)
READS_OF_THE_ARCHIVE = frozenset({Action.READ_CHILD, Action.READ_HOLDS})
SHIELDING = frozenset({Action.SHIELD, Action.LIFT_SHIELD})
# They replace what stands; recording one's own involvement only adds.
OVERWRITES = frozenset({Action.AMEND_CHILD, Action.RECORD_ASSESSMENT})

# Bound once: reading a member off its enum costs as much as a rule.
_TEAM = Role.MANAGEMENT_TEAM
_INVOLVEMENTS = frozenset({DisclosureClass.INVOLVEMENTS})

_TEAM_SEES_ALL = Permit(ChildReason.TEAM_KEEPS_THE_INDEX, EVERY_CLASS)
_ASKER_NOT_ALLOWED = Forbid(ChildReason.ASKER_NOT_ALLOWED)
_ROLE_SEES_NO_CHILD = Forbid(ChildReason.ROLE_SEES_NO_CHILD)
_ARCHIVED = Forbid(ChildReason.RECORD_ARCHIVED)
_HELD = Forbid(ChildReason.RECORD_HELD)
_SHIELDED = Forbid(ChildReason.RECORD_SHIELDED, EVERY_CLASS - {DisclosureClass.IDENTITY})
_NOT_OVERWRITTEN = Forbid(ChildReason.SHIELDED_NOT_OVERWRITTEN)
_SHIELDING_IS_THE_TEAMS = Forbid(ChildReason.SHIELDING_IS_THE_TEAMS)
_WITHHOLD_WHEREABOUTS = Require(frozenset({Obligation.WITHHOLD_WHEREABOUTS}))
_BROKER = Require(frozenset({Obligation.WITHHOLD_SENSITIVE, Obligation.OFFER_BROKERING}))

_RECORD_NOT_DISCLOSED = Forbid(ChildReason.RECORD_NOT_DISCLOSED)
_TEAM_SEES_INVOLVEMENTS = Permit(ChildReason.TEAM_KEEPS_THE_INDEX, _INVOLVEMENTS)
_OWN_INVOLVEMENT = Permit(ChildReason.OWN_INVOLVEMENT, _INVOLVEMENTS)
_AGREED_INVOLVEMENT = Permit(ChildReason.AGREEMENT_GIVES, _INVOLVEMENTS)
_SENSITIVE_IS_BROKERED = Forbid(ChildReason.SENSITIVE_IS_BROKERED)
_INVOLVEMENT_SHIELDED = Forbid(ChildReason.RECORD_SHIELDED)


def team_sees_every_class(
    asker: AskerFacts, ask: Ask, _child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """The management team sees every class of a record, to keep the index."""
    if asker.role == _TEAM and ask.action in ASKED_OF_A_CHILD:
        return _TEAM_SEES_ALL
    return None


def agreement_gives_the_classes(
    asker: AskerFacts, ask: Ask, _child: ChildFacts, agreement: Agreement
) -> Verdict | None:
    """Practitioners and case systems see the classes agreed for their agency kind and action."""
    if asker.role not in WORKING_ROLES:
        return None
    classes = agreement.classes.get((asker.agency_kind, ask.action))
    return Permit(ChildReason.AGREEMENT_GIVES, classes) if classes else None


def numbers_return_to_their_body(
    asker: AskerFacts, ask: Ask, _child: ChildFacts, agreement: Agreement
) -> Verdict | None:
    """A number is seen by the kinds of agency for whose functions it was allocated."""
    if asker.role not in WORKING_ROLES:
        return None
    numbers = agreement.numbers.get((asker.agency_kind, ask.action))
    return Permit(ChildReason.OWN_NUMBER, numbers) if numbers else None


def asker_with_a_defect_is_answered_nothing(
    asker: AskerFacts, ask: Ask, _child: ChildFacts, agreement: Agreement
) -> Verdict | None:
    """Whoever may not ask sees nothing, even where nobody asked `may_ask` before."""
    return _ASKER_NOT_ALLOWED if defects(asker, ask, agreement) else None


def suppliers_and_auditors_see_no_child(
    asker: AskerFacts, _ask: Ask, _child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """Roles that work with no child see none, whatever an agreement says."""
    return None if asker.role in SEEING_ROLES else _ROLE_SEES_NO_CHILD


def archive_is_closed(
    asker: AskerFacts, ask: Ask, child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """An archived record is closed, but to the management team's reading of it."""
    if not child.archived:
        return None
    if asker.role == _TEAM and ask.action in READS_OF_THE_ARCHIVE:
        return None
    return _ARCHIVED


def held_record_waits_for_the_team(
    asker: AskerFacts, _ask: Ask, child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """A record in doubt is seen by the management team alone until a person decides."""
    return _HELD if child.held and asker.role != _TEAM else None


def shielded_record_shows_identity_only(
    asker: AskerFacts, _ask: Ask, child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """Of a shielded record only the identity is seen, but by the management team."""
    return _SHIELDED if child.shielded and asker.role != _TEAM else None


def shielded_record_is_overwritten_by_the_team_alone(
    asker: AskerFacts, ask: Ask, child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """What one may not see one may not replace; own involvements may still be recorded."""
    if child.shielded and ask.action in OVERWRITES and asker.role != _TEAM:
        return _NOT_OVERWRITTEN
    return None


def only_the_team_shields_and_lifts(
    asker: AskerFacts, ask: Ask, _child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """Shields are granted and lifted by the management team, whatever an agreement says."""
    if ask.action in SHIELDING and asker.role != _TEAM:
        return _SHIELDING_IS_THE_TEAMS
    return None


def shielded_record_withholds_whereabouts(
    asker: AskerFacts, _ask: Ask, child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """An answer about a shielded child owes silence on everything that tells where."""
    if child.shielded and asker.role != _TEAM:
        return _WITHHOLD_WHEREABOUTS
    return None


def sensitive_services_are_brokered(
    asker: AskerFacts, _ask: Ask, _child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """Every answer withholds sensitive services and offers the broker, having them or not."""
    return None if asker.role == _TEAM else _BROKER


CHILD_RULES: tuple[ChildRule, ...] = (
    team_sees_every_class,
    agreement_gives_the_classes,
    numbers_return_to_their_body,
    asker_with_a_defect_is_answered_nothing,
    suppliers_and_auditors_see_no_child,
    archive_is_closed,
    held_record_waits_for_the_team,
    shielded_record_shows_identity_only,
    shielded_record_is_overwritten_by_the_team_alone,
    only_the_team_shields_and_lifts,
    shielded_record_withholds_whereabouts,
    sensitive_services_are_brokered,
)


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


def sensitive_involvement_is_brokered(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    involvement: InvolvementFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """A sensitive service is seen by itself and the team; consent widens nothing yet."""
    if not involvement.sensitive or involvement.own_agency or asker.role == _TEAM:
        return None
    return _SENSITIVE_IS_BROKERED


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


INVOLVEMENT_RULES: tuple[InvolvementRule, ...] = (
    team_sees_every_involvement,
    own_involvement_is_shown_to_its_agency,
    agreement_shows_involvements,
    no_involvement_without_the_record,
    suppliers_and_auditors_see_no_involvement,
    sensitive_involvement_is_brokered,
    involvement_would_betray_a_shielded_child,
)
