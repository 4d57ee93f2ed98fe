"""The core record of a child, in the parts that are disclosed or withheld as one.

Items follow Schedule 1 of SI 2007/2182: name and former names (1), address as a
union with statements (2), gender or a statement (3), date of birth (4), persons with
parental responsibility or care (6), educational institution (7), primary medical
services. No field can hold a note: every text is a short name or number in form.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Gender(StrEnum):
    """Schedule 1 paragraph 3: gender, or a statement that it is not specified."""

    FEMALE = "female"
    MALE = "male"
    NOT_SPECIFIED = "not_specified"


class IdentifierScheme(StrEnum):
    """Numbers a supplier body allocates; each is one disclosure class."""

    NHS_NUMBER = "nhs_number"
    UPN = "upn"
    CASE_NUMBER = "case_number"


class AddressKind(StrEnum):
    """Schedule 1 paragraph 2: an address or one of the statements in its place."""

    CURRENT = "current"
    LAST_KNOWN = "last_known"
    NONE_KNOWN = "none_known"
    LEFT_MAY_RETURN = "left_england_may_return"  # intends to return within 3 years
    LEFT_NOT_RETURNING = "left_england_not_returning"
    LEFT_INTENTION_UNKNOWN = "left_england_intention_unknown"


class CarerRelation(StrEnum):
    """How a carer stands to the child."""

    MOTHER = "mother"
    FATHER = "father"
    STEP_PARENT = "step_parent"
    GRANDPARENT = "grandparent"
    OTHER_RELATIVE = "other_relative"
    FOSTER_CARER = "foster_carer"
    GUARDIAN = "guardian"
    LOCAL_AUTHORITY = "local_authority"
    OTHER = "other"


class Education(StrEnum):
    """Attending, or the statement that stands instead (s.436A Education Act 1996)."""

    ATTENDING = "attending"
    EDUCATED_OTHERWISE = "educated_otherwise"
    NOT_RECEIVING = "not_receiving"
    NOT_OF_SCHOOL_AGE = "not_of_school_age"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as it was given; a person of one name has it as `family`."""

    family: str
    given: str = ""
    middle: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """What even a shielded record shows: reg 6(5) of SI 2007/2182."""

    name: PersonName
    date_of_birth: date
    gender: Gender
    carers: tuple[PersonName, ...] = ()  # names only, at most CARERS_MAX


@dataclass(frozen=True, slots=True)
class Tracing:
    """What helps find a child and betrays where: never shown, only compared."""

    former_names: tuple[PersonName, ...] = ()
    postcode: str = ""
    house: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Schedule 1 paragraph 2. Lines are empty unless the kind is an address."""

    kind: AddressKind
    house: str = ""
    street: str = ""
    town: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Carer:
    """A person with parental responsibility or care, and how to reach them."""

    name: PersonName
    relation: CarerRelation
    parental_responsibility: bool
    phone: str = ""


@dataclass(frozen=True, slots=True)
class School:
    """An educational institution: URN of six digits, name, telephone, dates."""

    urn: str
    name: str
    phone: str
    starts: date
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Practice:
    """A GP practice: ODS code (letter and five digits), name, telephone, since when."""

    ods: str
    name: str
    phone: str
    since: date


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the child is taught and where registered with a doctor."""

    education: Education = Education.NOT_KNOWN
    school: School | None = None
    practice: Practice | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact came from: who said it, as of which day, received when (epoch seconds).

    `by_person` marks a correction a person made; an older feed line never overwrites it.
    """

    agency: str
    as_of: date
    received_s: int
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class ChildRecord:
    """All parts of one child's core record, opened. Withheld parts are never opened."""

    identity: Identity
    tracing: Tracing = field(default_factory=Tracing)
    identifiers: dict[IdentifierScheme, str] = field(default_factory=dict)
    address: Address = field(default_factory=lambda: Address(AddressKind.NONE_KNOWN))
    carers: tuple[Carer, ...] = ()
    settings: Settings = field(default_factory=Settings)
    provenance: dict[str, Source] = field(default_factory=dict)  # by attribute


CARERS_MAX = 4
FORMER_NAMES_MAX = 3
NAME_LENGTH_MAX = 35  # characters, as in the national demographics service
