"""The sharing agreement: a dated document as data, checked strictly and compiled to look-ups.

The format is described in README.md; the floor under it is in agreement_sections.py.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from types import MappingProxyType

from consent import agreement_sections as sections
from consent.agreement_document import AgreementFault, AgreementInvalid, Place, in_force
from consent.agreement_sections import AGREED_ACTIONS
from consent.agreement_subscriptions import subscription_terms
from consent.agreement_terms import (
    ActionsByHolder,
    Budget,
    CafTelling,
    ClassesByKind,
    CoverageMode,
    InForce,
    Instrument,
    LevelsByKinds,
    LevelsOfAgencies,
    MediationTerms,
    NamedAgency,
    OverrideTerms,
    PurposesByHolder,
    ReasonsByPurpose,
    SubscriptionTerms,
)
from consent.facts import AgencyKind, DisclosureClass, Purpose

__all__ = [
    "AGREED_ACTIONS",
    "Agreement",
    "AgreementFault",
    "AgreementInvalid",
    "Instrument",
    "compile_agreement",
    "default_document",
]

FORMAT = 2
CHECK_YEARS_MAX = 3  # the law's; an agreement may ask for less, never for more

_VERSION = re.compile(r"[0-9a-z][0-9a-z.-]{0,15}")
_KEYS = (
    "format",
    "version",
    "name",
    "instrument",
    "in_force_from",
    "in_force_until",
    "check_years_max",
    "parties",
    "roles",
    "purposes",
    "classes",
    "identifiers",
    "coverage",
    "levels",
    "sensitive",
    "caf",
    "override",
    "mediation",
    "named",
    "budgets",
)
# Told of only where an authority says so: left out, the answer is no.
_MAY_BE_LEFT_OUT = ("subscriptions",)


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """A compiled agreement. Immutable; equal and hashed by the text of its document.

    A key absent from a mapping means none; from `agency_levels` and `named`, no exception.
    """

    canonical: str  # the document as JSON, keys sorted
    version: str
    name: str
    instrument: Instrument
    in_force: InForce
    check_years_max: int
    parties: frozenset[AgencyKind]
    actions: ActionsByHolder
    purposes: PurposesByHolder
    reasons: ReasonsByPurpose
    classes: ClassesByKind
    numbers: ClassesByKind
    gateways: Mapping[Purpose | DisclosureClass, InForce]  # of each purpose and number
    coverage: CoverageMode
    levels: LevelsByKinds  # (asking, recording)
    agency_levels: LevelsOfAgencies  # (asking, the recording agency's id)
    brokered_told_to: frozenset[AgencyKind]
    caf: CafTelling
    override: OverrideTerms
    mediation: MediationTerms
    named: Mapping[str, NamedAgency]
    budgets: Mapping[AgencyKind, Budget]
    subscriptions: SubscriptionTerms

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Agreement) and self.canonical == other.canonical

    def __hash__(self) -> int:
        return hash(self.canonical)

    @property
    def in_force_from(self) -> date:
        """The first day in force."""
        return self.in_force.begins

    @property
    def in_force_until(self) -> date | None:
        """The last day in force, if there is one."""
        return self.in_force.until


def default_document() -> dict[str, object]:
    """Return the document of the packaged default agreement, version 1, as a fresh dict."""
    text = resources.files("consent").joinpath("agreement_v1.json").read_text("utf-8")
    document: dict[str, object] = json.loads(text)
    return document


def compile_agreement(document: Mapping[str, object]) -> Agreement:
    """Return the agreement a document states; AgreementInvalid unless all of it is understood."""
    said = [key for key in _MAY_BE_LEFT_OUT if key in document]
    parts = Place(dict(document), "").parts(*_KEYS, *said)
    parts["format"].number(FORMAT, FORMAT)
    parties = parts["parties"].words(AgencyKind)
    purposes, reasons, of_purposes = sections.purposes_opened(parts["purposes"], parties)
    numbers, of_numbers = sections.numbers_given(parts["identifiers"], parties)
    levels, agency_levels = sections.levels_agreed(parts["levels"], parties)
    override = sections.override_terms(parts["override"], parties)
    return Agreement(
        version=parts["version"].text(_VERSION),
        name=parts["name"].text(),
        instrument=parts["instrument"].instrument(),
        in_force=in_force(parts["in_force_from"], parts["in_force_until"]),
        check_years_max=parts["check_years_max"].number(1, CHECK_YEARS_MAX),
        parties=parties,
        actions=sections.actions_held(parts["roles"], parties, override.approvers),
        purposes=purposes,
        reasons=reasons,
        classes=sections.classes_given(parts["classes"], parties),
        numbers=numbers,
        gateways=MappingProxyType({**of_purposes, **of_numbers}),
        coverage=sections.coverage(parts["coverage"]),
        levels=levels,
        agency_levels=agency_levels,
        brokered_told_to=sections.brokered_told_to(parts["sensitive"], parties),
        caf=sections.caf_telling(parts["caf"]),
        override=override,
        mediation=sections.mediation_terms(parts["mediation"], parties),
        named=sections.named_agencies(parts["named"]),
        budgets=sections.budgets(parts["budgets"], parties),
        subscriptions=subscription_terms(parts.get("subscriptions"), parties),
        # Last: only a document understood in full is surely plain JSON.
        canonical=json.dumps(dict(document), sort_keys=True, separators=(",", ":")),
    )
