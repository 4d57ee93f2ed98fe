"""What auditors look for in the access log on the wire, and the entries they are shown."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from consent.facts import AccessReason, Action, AgencyKind, DisclosureClass, Purpose, Role
from index_service.api.wire import Id, Wire
from index_service.api.wire_matter import PAGE_MAX, Next, Seconds
from index_service.domain.errors import Code
from index_service.domain.inspection import EntryState, Sought
from index_service.log.entry import Outcome

SUBJECTS_MAX = 100_000
MISSING_MAX = 100_000
YEARS_MAX = 100

Word = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$", max_length=60, examples=["read_child"])]
Reference = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{32}$",
        max_length=32,
        examples=["4a0c5b7e91d2f3864c0b9a7d5e1f2836"],
        description="The log's keyed reference of a child, another each year.",
    ),
]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64, examples=["0" * 64])]
Account = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f-]{32,36}$",
        max_length=36,
        examples=["51e0b7c8-a94d-4f26-8b13-c6d7f2093ea4"],
        description="An account's id; a login's reference where the request ended before.",
    ),
]
Years = Annotated[
    list[StrictInt],
    Field(max_length=YEARS_MAX, description="Years whose entries no key opens any more."),
]
Missing = Annotated[
    list[Id],
    Field(
        max_length=MISSING_MAX,
        description="Entries the log names elsewhere and no longer holds; on the first page.",
    ),
]
Stated = Annotated[
    str | None,
    Field(pattern=r"^[A-Z0-9/-]{3,24}$", max_length=24, description="As Access-Reference said."),
]


class LogSought(Wire):
    """What is looked for: from a moment until before another; null matches anything."""

    since: Annotated[StrictInt, Field(ge=0, lt=2**33, description="In seconds of the epoch.")]
    until: Annotated[
        StrictInt,
        Field(
            ge=0,
            lt=2**33,
            description="At most 366 days after `since`; 3,660 where one child is asked about.",
        ),
    ]
    account_id: Id | None = None
    agency_id: Id | None = None
    child_id: Id | None = None
    agency_kind: AgencyKind | None = None
    role: Role | None = None
    action: Action | None = None
    purpose: Purpose | None = None
    outcome: Outcome | None = None
    code: Code | None = None
    mediated: Annotated[StrictBool | None, Field(description="On a requester's behalf.")] = None
    override: Annotated[StrictBool | None, Field(description="Of a shield.")] = None
    federated: Annotated[StrictBool | None, Field(description="By another authority.")] = None

    def sought(self) -> Sought:
        """Return the search; Invalid where its times allow none."""
        return Sought(
            self.since,
            self.until,
            self.account_id,
            self.agency_id,
            self.child_id,
            self.agency_kind,
            self.role,
            self.action,
            self.purpose,
            self.outcome,
            self.code,
            self.mediated,
            self.override,
            self.federated,
        )


class LogSearched(LogSought):
    """A search, or with `cursor` the next page of the same search."""

    cursor: Next = None


class MediationTold(Wire):
    """Under which grant somebody asked on whose behalf."""

    grant_id: Id
    requester_id: Id


class ChildInspected(Wire):
    """A child an entry names; `child_id` only where that very child was asked about."""

    reference: Reference
    child_id: Id | None
    shown: Annotated[StrictBool, Field(description="Whether anything of the child was shown.")]
    classes: Annotated[list[DisclosureClass], Field(max_length=len(DisclosureClass))]


class EntrySaid(Wire):
    """What an entry says, in codes, ids of askers and references of children."""

    account: Account | None
    agency: Id | None
    agency_kind: AgencyKind | None
    role: Role | None
    action: Word | None
    purpose: Purpose | None
    reason: AccessReason | None
    reference: Stated
    outcome: Outcome
    code: Word | None
    mediation: MediationTold | None
    override: StrictBool
    federated: StrictBool
    agreement_version: Annotated[StrictInt, Field(ge=0)]
    count: Annotated[StrictInt, Field(ge=0)]
    children: Annotated[list[ChildInspected], Field(max_length=SUBJECTS_MAX)]


class EntryInspected(Wire):
    """One entry that was looked for; nothing of it is said where it cannot be opened."""

    entry_id: Id
    at: Seconds
    state: EntryState
    said: EntrySaid | None


class LogFound(Wire):
    """A page of entries, oldest first, of the log as it stood at the first page."""

    entries: Annotated[list[EntryInspected], Field(max_length=PAGE_MAX)]
    missing: Missing
    broken: Annotated[
        StrictInt, Field(ge=0, description="Rows that should name an entry and do not open.")
    ]
    closed_years: Years
    next: Next = None


class EntryOpened(Wire):
    """One entry whole: the exact text and its blind, from which anybody makes the leaf."""

    entry_id: Id
    at: Seconds
    state: EntryState
    leaf: Hash
    receipt: Annotated[
        str,
        Field(
            pattern=r"^v1\.[A-Za-z0-9_.-]{1,100}$",
            max_length=110,
            description="What the receipt of this entry begins with, before its signature.",
        ),
    ]
    blind: Hash | None
    entry: Annotated[
        str | None, Field(max_length=64 * 1024 * 1024, description="The canonical text.")
    ]
    shard: Annotated[StrictInt | None, Field(ge=0, description="Null while not sealed.")]
    leaf_index: Annotated[StrictInt | None, Field(ge=0)]


class SampleAsked(LogSought):
    """A cohort, how many of its accesses to draw, and a seed to draw the same ones again."""

    size: Annotated[StrictInt, Field(ge=1, le=PAGE_MAX)]
    seed: Hash | None = None


class SampleDrawn(Wire):
    """A random sample; the seed, and what the access log has committed to before it was seen."""

    seed: Hash
    committed: Hash
    cohort: Annotated[
        StrictInt | None, Field(ge=0, description="How many were drawn from; null below 5.")
    ]
    entries: Annotated[list[EntryInspected], Field(max_length=PAGE_MAX)]
    closed_years: Years
