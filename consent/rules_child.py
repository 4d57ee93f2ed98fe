"""What the facts of a child's record permit, forbid and oblige, rule by rule.

A rule answers with a verdict or None. Nothing is shown unless a rule permits it and
none forbids it. Sources stand in README.md, by rule name.
"""

from collections.abc import Callable

from consent.agreement import Agreement
from consent.decision import (
    EVERY_CLASS,
    ChildReason,
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
    Obligation,
    Role,
)
from consent.rules_asker import defects

ChildRule = Callable[[AskerFacts, Ask, ChildFacts, Agreement], Verdict | None]

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
        Action.RECORD_CONSENT,
        Action.READ_CONSENTS,
        Action.BROKER,
        Action.ASK_SHIELD,
        Action.OVERRIDE,
        Action.RELEASE_HOLD,
        Action.CLOSE_IDENTITY,
        Action.TRANSFER,
        Action.RECORD_STATUS,
        Action.RECORD_DISSENT,
    }
)
READS_OF_THE_ARCHIVE = frozenset({Action.READ_CHILD, Action.READ_HOLDS, Action.READ_CONSENTS})
# Stated of the child as a whole; an agency's own involvement, consent or status only adds.
OVERWRITES = frozenset({Action.AMEND_CHILD, Action.RECORD_ASSESSMENT})

# Bound once: reading a member off its enum costs as much as a rule.
_TEAM = Role.MANAGEMENT_TEAM
_NUMBERS = frozenset({DisclosureClass.NHS_NUMBER, DisclosureClass.UPN, DisclosureClass.CASE_NUMBER})
_ALL_BUT_IDENTITY = EVERY_CLASS - {DisclosureClass.IDENTITY}

_TEAM_SEES_ALL = Permit(ChildReason.TEAM_KEEPS_THE_INDEX, EVERY_CLASS)
_ASKER_NOT_ALLOWED = Forbid(ChildReason.ASKER_NOT_ALLOWED)
_ROLE_SEES_NO_CHILD = Forbid(ChildReason.ROLE_SEES_NO_CHILD)
_ARCHIVED = Forbid(ChildReason.RECORD_ARCHIVED)
_HELD = Forbid(ChildReason.RECORD_HELD)
_SHIELDED = Forbid(ChildReason.RECORD_SHIELDED, _ALL_BUT_IDENTITY)
_NOT_OVERWRITTEN = Forbid(ChildReason.SHIELDED_NOT_OVERWRITTEN)
_OVERRIDE_NOT_IN_FORCE = Forbid(ChildReason.OVERRIDE_NOT_IN_FORCE, _ALL_BUT_IDENTITY)
_WITHHOLD_WHEREABOUTS = Require(frozenset({Obligation.WITHHOLD_WHEREABOUTS}))
_BROKER = Require(frozenset({Obligation.WITHHOLD_SENSITIVE, Obligation.OFFER_BROKERING}))


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


def own_numbers(asker: AskerFacts, ask: Ask, agreement: Agreement) -> frozenset[DisclosureClass]:
    """Return the numbers that are for an asker's kind of agency on that day, whoever the child."""
    if asker.role not in WORKING_ROLES:
        return frozenset()
    given = agreement.numbers.get((asker.agency_kind, ask.action), frozenset())
    return frozenset(each for each in given if agreement.gateways[each].covers(ask.today))


def numbers_that_find(
    asker: AskerFacts, ask: Ask, agreement: Agreement
) -> frozenset[DisclosureClass]:
    """Return the classes of numbers by which an asker finds a child: all, for the team."""
    if asker.role == _TEAM:
        return _NUMBERS
    return own_numbers(asker, ask, agreement)


def numbers_return_to_their_body(
    asker: AskerFacts, ask: Ask, _child: ChildFacts, agreement: Agreement
) -> Verdict | None:
    """A number is seen by the kinds of agency it is for, while its gateway is in force."""
    numbers = own_numbers(asker, ask, agreement)
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
    asker: AskerFacts, ask: Ask, child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """Of a shielded record only the identity is seen, but by the team and under an override."""
    if not child.shielded or asker.role == _TEAM or _overrides(ask, child):
        return None
    return _SHIELDED


def shielded_record_is_overwritten_by_the_team_alone(
    asker: AskerFacts, ask: Ask, child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """What one may not see one may not replace; what is one's own may be recorded or ended."""
    if not child.shielded or ask.action not in OVERWRITES or asker.role == _TEAM:
        return None
    return None if _ends_its_own(ask, child) else _NOT_OVERWRITTEN


def override_opens_nothing_until_it_is_in_force(
    asker: AskerFacts, ask: Ask, child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """Who asks for an override is shown the identity only, shielded or not, until it is granted."""
    if ask.action != Action.OVERRIDE or asker.role == _TEAM or _overrides(ask, child):
        return None
    return _OVERRIDE_NOT_IN_FORCE


def classes_are_withheld_from_a_named_agency(
    asker: AskerFacts, _ask: Ask, _child: ChildFacts, agreement: Agreement
) -> Verdict | None:
    """An agency the agreement names is not given the classes withheld from it."""
    named = agreement.named.get(asker.agency)
    if named is None or asker.role == _TEAM:
        return None
    return Forbid(ChildReason.AGENCY_EXCEPTED, named.withheld) if named.withheld else None


def shielded_record_withholds_whereabouts(
    asker: AskerFacts, ask: Ask, child: ChildFacts, _agreement: Agreement
) -> Verdict | None:
    """An answer about a shielded child owes silence on what tells where, but under an override."""
    if not child.shielded or asker.role == _TEAM or _overrides(ask, child):
        return None
    return _WITHHOLD_WHEREABOUTS


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
    override_opens_nothing_until_it_is_in_force,
    classes_are_withheld_from_a_named_agency,
    shielded_record_withholds_whereabouts,
    sensitive_services_are_brokered,
)


def _ends_its_own(ask: Ask, child: ChildFacts) -> bool:
    return ask.action == Action.RECORD_ASSESSMENT and child.own_assessment is True


def _overrides(ask: Ask, child: ChildFacts) -> bool:
    return ask.action == Action.OVERRIDE and child.overridden is True
