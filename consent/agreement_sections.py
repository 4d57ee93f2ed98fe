"""Compiling an agreement section by section, and the floor no agreement goes below.

No practitioner is ever given provenance, restrictions or a sensitive service's entry;
identity goes with any other class; numbers go by scheme; exceptions for agencies by name
only take away. Enforced here, once, when compiling.
"""

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType

from consent.agreement_document import AgreementFault, Place, in_force
from consent.agreement_terms import (
    ActionsByHolder,
    Budget,
    CafTelling,
    ClassesByKind,
    CoverageMode,
    InForce,
    LevelsByKinds,
    LevelsOfAgencies,
    MediationTerms,
    NamedAgency,
    OverrideTerms,
    PurposesByHolder,
    ReasonsByPurpose,
    lesser_level,
)
from consent.facts import (
    AccessReason,
    Action,
    AgencyKind,
    DisclosureClass,
    InvolvementLevel,
    Purpose,
    Role,
    SecondPerson,
)

BUDGET_MAX = 1_000_000  # a day, of one account

# The only actions for which an agreement gives classes; the rest are the team's alone, or
# open no record.
AGREED_ACTIONS = (
    Action.LOOKUP,
    Action.READ_CHILD,
    Action.CREATE_CHILD,
    Action.AMEND_CHILD,
    Action.READ_INVOLVEMENT,
    Action.RECORD_INVOLVEMENT,
    Action.RECORD_ASSESSMENT,
    Action.RECORD_CONSENT,
    Action.READ_CONSENTS,
    Action.ASK_SHIELD,
    Action.OVERRIDE,
    Action.RECORD_STATUS,
    Action.RECORD_DISSENT,
)

SCHEMES = {
    "nhs_number": DisclosureClass.NHS_NUMBER,
    "upn": DisclosureClass.UPN,
    "case_number": DisclosureClass.CASE_NUMBER,
}
_NOT_GIVABLE = frozenset(
    {*SCHEMES.values(), DisclosureClass.PROVENANCE, DisclosureClass.RESTRICTION}
)
# That contact can be brokered is told of sensitive services, by a section of its own.
_LEVELS = tuple(level for level in InvolvementLevel if level != InvolvementLevel.BROKERED)

_Parties = frozenset[AgencyKind]
_Gateways = Mapping[Purpose | DisclosureClass, InForce]


def actions_held(place: Place, parties: _Parties, approvers: _Parties) -> ActionsByHolder:
    """Return what each role may do at each kind of agency; approvers' practitioners approve."""
    held: dict[tuple[Role, AgencyKind], frozenset[Action]] = {}
    roles = place.parts(*Role)
    for role in Role:
        for given in roles[role].listed():
            parts = given.parts("agency_kinds", "actions")
            actions = parts["actions"].words(Action)
            for kind in parts["agency_kinds"].kinds(parties):
                held[role, kind] = held.get((role, kind), frozenset()) | actions
    for kind in approvers:
        holder = (Role.PRACTITIONER, kind)
        held[holder] = held.get(holder, frozenset()) | {Action.APPROVE_OVERRIDE}
    return MappingProxyType(held)


def purposes_opened(
    place: Place, parties: _Parties
) -> tuple[PurposesByHolder, ReasonsByPurpose, _Gateways]:
    """Return who may state which purpose for what, the reasons of each, and its days."""
    opened: dict[tuple[Role, AgencyKind, Action], frozenset[Purpose]] = {}
    reasons: dict[Purpose, frozenset[AccessReason]] = {}
    gateways: dict[Purpose | DisclosureClass, InForce] = {}
    places = place.parts(*Purpose)
    for purpose in Purpose:
        parts = places[purpose].parts(
            "instrument", "in_force_from", "in_force_until", "reasons", "open_to"
        )
        parts["instrument"].instrument()
        gateways[purpose] = in_force(parts["in_force_from"], parts["in_force_until"])
        reasons[purpose] = parts["reasons"].words(AccessReason)
        for row in parts["open_to"].listed():
            open_to = row.parts("roles", "agency_kinds", "actions")
            actions = open_to["actions"].words(Action)
            kinds = open_to["agency_kinds"].kinds(parties)
            for role in open_to["roles"].words(Role):
                for key in [(role, kind, action) for kind in kinds for action in actions]:
                    opened[key] = opened.get(key, frozenset()) | {purpose}
    return MappingProxyType(opened), MappingProxyType(reasons), gateways


def classes_given(place: Place, parties: _Parties) -> ClassesByKind:
    """Return the classes each kind of agency is given for each action."""
    parts = place.parts("by_action", "withheld")
    by_action = parts["by_action"].parts(*AGREED_ACTIONS)
    given: dict[tuple[AgencyKind, Action], frozenset[DisclosureClass]] = {}
    for action in AGREED_ACTIONS:
        classes = by_action[action].words(DisclosureClass)
        if classes & _NOT_GIVABLE:
            raise by_action[action].fault(AgreementFault.CLASS_NOT_GIVABLE)
        if DisclosureClass.IDENTITY not in classes:
            raise by_action[action].fault(AgreementFault.IDENTITY_MISSING)
        given.update({(kind, action): classes for kind in parties})
    for exception in parts["withheld"].listed():
        withheld = exception.parts("agency_kinds", "actions", "classes")
        classes = _withheld(withheld["classes"])
        actions = withheld["actions"].words(AGREED_ACTIONS)
        for kind in withheld["agency_kinds"].kinds(parties):
            given.update({(kind, action): given[kind, action] - classes for action in actions})
    return MappingProxyType(given)


def numbers_given(place: Place, parties: _Parties) -> tuple[ClassesByKind, _Gateways]:
    """Return the numbers that go along for each kind and action, and the days of each scheme."""
    parts = place.parts("actions", "schemes")
    actions = parts["actions"].words(AGREED_ACTIONS)
    schemes = parts["schemes"].parts(*SCHEMES)
    given: dict[tuple[AgencyKind, Action], frozenset[DisclosureClass]] = {}
    gateways: dict[Purpose | DisclosureClass, InForce] = {}
    for scheme, number in SCHEMES.items():
        gateway = schemes[scheme].parts(
            "instrument", "in_force_from", "in_force_until", "agency_kinds"
        )
        gateway["instrument"].instrument()
        gateways[number] = in_force(gateway["in_force_from"], gateway["in_force_until"])
        kinds = gateway["agency_kinds"].kinds(parties)
        for key in [(kind, action) for kind in kinds for action in actions]:
            given[key] = given.get(key, frozenset()) | {number}
    return MappingProxyType(given), gateways


def coverage(place: Place) -> CoverageMode:
    """Return which children the index holds a record of."""
    parts = place.parts("mode", "instrument")
    parts["instrument"].instrument()
    return parts["mode"].word(CoverageMode)


def levels_agreed(place: Place, parties: _Parties) -> tuple[LevelsByKinds, LevelsOfAgencies]:
    """Return how much one kind is told of another's involvements, and of agencies by name.

    An exception by kind replaces the default; of two on the same pair the lesser counts.
    """
    parts = place.parts("default", "exceptions")
    default = parts["default"].word(_LEVELS)
    excepted: dict[tuple[AgencyKind, AgencyKind], InvolvementLevel] = {}
    named: dict[tuple[AgencyKind, str], InvolvementLevel] = {}
    for exception in parts["exceptions"].listed():
        row = exception.parts("asking", "of", "level")
        level, asking = row["level"].word(_LEVELS), row["asking"].kinds(parties)
        of = row["of"].parts("agency_kinds", "agencies")
        kinds, agencies = of["agency_kinds"].kinds(parties), of["agencies"].agencies()
        for pair in [(asker, kind) for asker in asking for kind in kinds]:
            excepted[pair] = lesser_level(level, excepted.get(pair, level))
        for by_name in [(asker, agency) for asker in asking for agency in agencies]:
            named[by_name] = lesser_level(level, named.get(by_name, level))
    pairs = [(asker, kind) for asker in parties for kind in parties]
    levels = {pair: excepted.get(pair, default) for pair in pairs}
    return MappingProxyType(levels), MappingProxyType(named)


def brokered_told_to(place: Place, parties: _Parties) -> frozenset[AgencyKind]:
    """Return who is told that contact with a sensitive service can be brokered; no more is."""
    parts = place.parts("instrument", "brokered_told_to")
    parts["instrument"].instrument()
    return parts["brokered_told_to"].kinds(parties)


def caf_telling(place: Place) -> CafTelling:
    """Return what it takes to tell that a common assessment is held."""
    parts = place.parts("instrument", "consent")
    parts["instrument"].instrument()
    return parts["consent"].word(CafTelling)


def override_terms(place: Place, parties: _Parties) -> OverrideTerms:
    """Return who may override by statute, and when somebody else must agree."""
    parts = place.parts(
        "instrument", "statutory", "second_person", "second_person_statutory", "approvers"
    )
    parts["instrument"].instrument()
    statutory = parts["statutory"].parts("agency_kinds", "purposes")
    return OverrideTerms(
        statutory_kinds=statutory["agency_kinds"].kinds(parties),
        statutory_purposes=statutory["purposes"].words(Purpose),
        second_person=parts["second_person"].word(SecondPerson),
        second_person_statutory=parts["second_person_statutory"].word(SecondPerson),
        approvers=parts["approvers"].kinds(parties),
    )


def mediation_terms(place: Place, parties: _Parties) -> MediationTerms:
    """Return who may ask through whom."""
    parts = place.parts("mediators", "requesters")
    return MediationTerms(parts["mediators"].kinds(parties), parts["requesters"].kinds(parties))


def named_agencies(place: Place) -> Mapping[str, NamedAgency]:
    """Return what agencies by name are denied; several exceptions add up."""
    named: dict[str, NamedAgency] = {}
    for exception in place.listed():
        row = exception.parts("agencies", "classes_withheld", "level_max", "purposes_closed")
        withheld = _withheld(row["classes_withheld"])
        level = row["level_max"].word(_LEVELS)
        closed = row["purposes_closed"].words(Purpose)
        for agency in row["agencies"].agencies():
            before = named.get(agency, NamedAgency(frozenset(), level, frozenset()))
            named[agency] = NamedAgency(
                before.withheld | withheld,
                lesser_level(before.level, level),
                before.closed | closed,
            )
    return MappingProxyType(named)


_BUDGET = tuple(each.name for each in fields(Budget))


def budgets(place: Place, parties: _Parties) -> Mapping[AgencyKind, Budget]:
    """Return each kind's budget: the default, or its one exception."""
    parts = place.parts("default", "exceptions")
    default = _budget(parts["default"].parts(*_BUDGET))
    excepted: dict[AgencyKind, Budget] = {}
    for exception in parts["exceptions"].listed():
        row = exception.parts("agency_kinds", *_BUDGET)
        kinds = row["agency_kinds"].kinds(parties)
        if kinds & excepted.keys():
            raise row["agency_kinds"].fault(AgreementFault.KIND_REPEATED)
        excepted.update(dict.fromkeys(kinds, _budget(row)))
    return MappingProxyType({kind: excepted.get(kind, default) for kind in parties})


def _budget(parts: Mapping[str, Place]) -> Budget:
    return Budget(**{name: parts[name].number(1, BUDGET_MAX) for name in _BUDGET})


def _withheld(place: Place) -> frozenset[DisclosureClass]:
    classes = place.words(DisclosureClass)
    if DisclosureClass.IDENTITY in classes:
        raise place.fault(AgreementFault.IDENTITY_MISSING)
    return classes
