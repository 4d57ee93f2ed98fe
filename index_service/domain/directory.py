"""Who may ask and whom to ring: agencies, accounts and practitioners as the index keeps them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from consent.facts import AccountState, AgencyKind, Role
from index_service.domain.involvement import Hours, TeamContact


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency: its kind, duty line with hours, and named safeguarding lead.

    `front_door` marks the agency every answer names for its kind; `out_of_hours` is the
    line to ring when the duty line is closed.
    """

    id: UUID
    name: str
    kind: AgencyKind
    duty_phone: str
    hours: tuple[Hours, ...]
    lead_name: str
    lead_phone: str
    accredited: bool
    front_door: bool = False
    out_of_hours: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Who may ask: the index's own record of a login; never a practitioner's contact."""

    id: UUID
    agency_id: UUID
    role: Role
    state: AccountState
    checked_on: date | None = None
    trained_on: date | None = None
    signed_on: date | None = None
    binding_demanded: bool = False  # tokens must be bound to a key (RFC 7800 cnf)
    practitioner_id: UUID | None = None
    may_override: bool = False  # a shield, where it is not the statutory task
    may_supervise: bool = False  # sees how its own agency's staff use the index


@dataclass(frozen=True, slots=True)
class HomeStated:
    """Where a practitioner lives and by which family name, as stated: never stored in clear."""

    family_name: str
    postcode: str
    house: str


@dataclass(frozen=True, slots=True)
class HomeDigests:
    """The same as keyed digests: equal where a child's are, and telling nothing else."""

    family: str
    postcode: str
    place: str  # postcode and house


@dataclass(frozen=True, slots=True)
class Practitioner:
    """A person who works with children, and the team that answers for them.

    `contact_shielded`: everybody but the management team reaches the team only. `home` is
    kept to notice misuse, where it was stated.
    """

    id: UUID
    agency_id: UUID
    name: str
    team: TeamContact
    phone: str = ""
    email: str = ""
    contact_shielded: bool = False
    home: HomeDigests | None = None


@dataclass(frozen=True, slots=True)
class Fed:
    """That an agency feeds the index, and the day its last complete batch speaks of."""

    source: str
    agency_id: UUID
    as_of: date | None
