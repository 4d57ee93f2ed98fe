"""Made children for the benches: nobody's names, test-range numbers, known candidates.

For lookups they come in groups of 20 with one family name and one date of birth, and no
group meets another's tokens: a question about any of them opens exactly 20 in every build.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice, product
from typing import Any
from uuid import uuid4

from consent.facts import AgencyKind, Role
from demo.personas import (
    HEALTH_VISITING,
    OFFICE_HOURS,
    SCHOOL_HOURS,
    SCHOOLS,
    SOCIAL_CARE,
    made_id,
)
from index_service.domain.child import (
    Address,
    AddressKind,
    Carer,
    CarerRelation,
    ChildRecord,
    Education,
    Gender,
    IdentifierScheme,
    Identity,
    PersonName,
    Practice,
    School,
    Settings,
    Source,
)
from index_service.domain.involvement import (
    Contact,
    Hours,
    Involvement,
    PersonContact,
    Service,
    TeamContact,
)
from index_service.domain.matching.grade import Graded, rank
from index_service.domain.matching.keys import Facts, index_keys, query_keys
from index_service.domain.matching.score import Candidate, prepare, score
from index_service.services.lookup import concluded
from index_service.services.record import attributes_of, sourced, traced
from index_service.services.sealing import facts_of

GROUP = 20
BORN_FIRST = date(2009, 1, 1)
BORN_DAYS = 5800
GIVEN = tuple(
    """aaron abigail adam amber archie bethany caleb daisy dylan eleanor felix freya gabriel
    hannah isaac jasmine kieran leah logan martha nathan olivia poppy quentin rosie samuel
    tabitha tilly victor willow xander yasmin zachary imogen rupert sienna toby una""".split()
)
_ONSETS = "b br d dr f fl g gr h k kl l m n p pl r s st t tr v w z".split()
_VOWELS = "a e i o u".split()
_CODAS = "bel den fer gan kin lor mas ned pol rin sil tam vor wes zan".split()
_SERVICES = (
    (HEALTH_VISITING, Service.HEALTH_VISITING, OFFICE_HOURS),
    (SCHOOLS, Service.SCHOOL, SCHOOL_HOURS),
    (SOCIAL_CARE, Service.SOCIAL_CARE, OFFICE_HOURS),
)


@dataclass(frozen=True, slots=True)
class Made:
    """One made child, with the involvements it stands under in every build."""

    record: ChildRecord
    involvements: tuple[Involvement, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a lookup, and the place of the child meant among those made."""

    given: str
    family: str
    born: date
    place: int

    def body(self) -> dict[str, str]:
        """Return the question as the contract has it."""
        return {
            "given_name": self.given,
            "family_name": self.family,
            "date_of_birth": self.born.isoformat(),
        }


def nhs_numbers() -> Iterator[str]:
    """Yield numbers of the test range, which no child has, with their check digit."""
    for number in range(10**6):
        nine = f"999{number:06d}"
        total = sum(
            int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)
        )
        check = (11 - total % 11) % 11
        if check < 10:
            yield f"{nine}{check}"


def family_names() -> Iterator[str]:
    """Yield 54,000 family names put together from syllables, then again, in a fixed order."""
    parts = list(product(_ONSETS, _VOWELS, _CODAS, _VOWELS, ("", "n", "r", "s", "th", "ck")))
    random.Random(4).shuffle(parts)
    for part in cycle(parts):
        yield "".join(part).title()


def days_of_birth() -> list[date]:
    """Return days that read one way only, each once, in a fixed order."""
    days = [BORN_FIRST + timedelta(days=each) for each in range(BORN_DAYS)]
    unambiguous = [day for day in days if day.day > 12]
    random.Random(5).shuffle(unambiguous)
    return unambiguous


def made_children(count: int) -> list[Made]:
    """Return groups of 20 that share family name, date of birth and address."""
    numbers, families, days = nhs_numbers(), family_names(), days_of_birth()
    if count > GROUP * len(days):
        raise ValueError(f"at most {GROUP * len(days)} children have a day of their own group")
    chosen = random.Random(6)
    made: list[Made] = []
    pairs, groups = zip(families, days, strict=False), -(-count // GROUP)
    for group, (family, born) in enumerate(islice(pairs, groups)):
        made += [
            _made(PersonName(family, given.title()), born, group, next(numbers))
            for given in chosen.sample(GIVEN, GROUP)
        ]
    return made


def _made(name: PersonName, born: date, group: int, number: str) -> Made:
    carer = Carer(
        PersonName(name.family, "Parent"), CarerRelation.MOTHER, True, phone="+441632960001"
    )
    gender = Gender.FEMALE if len(name.given) % 2 else Gender.MALE
    address = Address(
        AddressKind.CURRENT,
        house=str(group % 98 + 1),
        street="Mill Lane",
        town="Northmere",
        postcode=f"ZX{group % 9 + 1} {group // 9 % 9 + 1}AB",
    )
    settings = Settings(
        Education.ATTENDING,
        School("999001", "Northmere Primary School", "+441632960120", date(2024, 9, 2)),
        Practice("Z99999", "Northmere Surgery", "+441632960130", date(2020, 1, 6)),
    )
    record = ChildRecord(
        identity=Identity(name, born, gender, (carer.name,)),
        identifiers={IdentifierScheme.NHS_NUMBER: number},
        address=address,
        carers=(carer,),
        settings=settings,
    )
    source = Source(str(HEALTH_VISITING.id), date(2026, 11, 1), 1_793_500_000)
    whole = sourced(traced(record), attributes_of(record), source)
    return Made(whole, tuple(_involvements(number)))


def _involvements(number: str) -> Iterator[Involvement]:
    for agency, service, hours in _SERVICES:
        yield Involvement(
            id=uuid4(),
            agency=str(agency.id),
            agency_kind=AgencyKind(agency.kind),
            service=service,
            contact=_contact(service, hours),
            began=date(2026, 1, 5),
            confirmed=date(2026, 11, 1),
            practitioner=str(made_id(f"worker {number[-2:]}")),
        )


def _contact(service: Service, hours: tuple[Hours, ...]) -> Contact:
    team = TeamContact(f"North {service.value.replace('_', ' ')} team", "+441632960055", hours)
    return Contact(team, PersonContact("Named Worker", "+441632960056", "worker@team.example"))


def questions(made: list[Made]) -> list[Question]:
    """Return one question of each group, where its tokens lead to its 20 children and no others.

    Groups with a name so like the one asked for that no child is shown are left out.
    """
    holders: dict[tuple[int, str], set[int]] = defaultdict(set)
    for place, child in enumerate(made):
        for key in index_keys(facts_of(child.record)):
            holders[key.kind, key.text].add(place)
    asked = []
    for group in range(len(made) // GROUP):
        place = group * GROUP + group % GROUP
        identity = made[place].record.identity
        question = Question(
            identity.name.given, identity.name.family, identity.date_of_birth, place
        )
        found = set[int]().union(*(holders.get(key, ()) for key in query_keys(facts(question), 1)))
        if len(found) == GROUP and _shown(question, made, found) == [place]:
            asked.append(question)
    return asked


def _shown(question: Question, made: list[Made], found: set[int]) -> list[int]:
    """Return the places of the children a practitioner is shown."""
    query = prepare(facts(question))
    scored = []
    for place in found:
        candidate = Candidate(facts_of(made[place].record))
        scored.append((place, query, candidate, score(query, candidate)))
    ranked: list[Graded[Any]] = rank(scored)
    shown: Sequence[Graded[Any]] = concluded(ranked, Role.PRACTITIONER).shown
    return [one.key for one in shown]


def facts(question: Question) -> Facts:
    """Return a question as the matcher takes it."""
    return Facts(names=(PersonName(question.family, question.given),), date_of_birth=question.born)


def groups_of(size: int, total: int) -> Iterator[range]:
    """Yield ranges that cover `total` places, `size` at a time."""
    starts = iter(range(0, total, size))
    for start in islice(starts, total):
        yield range(start, min(start + size, total))
