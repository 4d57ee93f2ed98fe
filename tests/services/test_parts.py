"""Every part of a record, and every case row, comes back as it was and fits where it is kept."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.facts import AgencyKind
from index_service.crypto.envelope import SealBroken
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import MemoryKeyProvider, make_keys
from index_service.crypto.seal import SIZES, envelope_size
from index_service.domain.child import (
    CARERS_MAX,
    FORMER_NAMES_MAX,
    NAME_LENGTH_MAX,
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
    Tracing,
)
from index_service.domain.involvement import (
    CafClosure,
    CafStatus,
    Contact,
    Day,
    Hours,
    Involvement,
    LeadProfessional,
    PersonContact,
    Service,
    TeamContact,
)
from index_service.domain.shield import Shield, ShieldAskedBy, ShieldGround
from index_service.domain.status import LookedAfter, Spell, Status
from index_service.services.cases import CaseFact, SealedCase, case_mark, checked_cases, seal_case
from index_service.services.encoding import Policy, decode_policy, encode_policy
from index_service.services.sealing import (
    facts_of,
    new_child,
    open_facts,
    open_policy,
    open_record,
)
from index_service.services.tokens import ROWS_USUAL, TokenSheet

DAY = date(2026, 11, 20)
AGENCY = str(UUID(int=7, version=4))
WIDEST_AUTHORITY = "a" * 31

words = st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=12)
names = st.builds(PersonName, words, words, words)


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    provider = MemoryKeyProvider()
    make_keys(provider, 202647, 2026)
    return Keyring("northmere", provider)


def widest(length: int) -> str:
    """The longest text of a name in bytes: some scripts' letters take four."""
    return "\U00010400" * length


def whole(name: PersonName, several: int) -> ChildRecord:
    """A record with everything in it, `several` of whatever may be several."""
    carers = tuple(
        Carer(name, CarerRelation.LOCAL_AUTHORITY, True, "+4416329609999") for _ in range(several)
    )
    source = Source(AGENCY, DAY, 1_800_000_000, True)
    attributes = (
        "name",
        "date_of_birth",
        "gender",
        "address",
        "carers",
        "school",
        "practice",
        "upn",
    )
    return ChildRecord(
        identity=Identity(name, date(2015, 3, 2), Gender.NOT_SPECIFIED, (name,) * several),
        tracing=Tracing((name,) * min(several, FORMER_NAMES_MAX), "ZX99 9ZZ", widest(40)),
        identifiers={
            IdentifierScheme.NHS_NUMBER: "9990000018",
            IdentifierScheme.UPN: "C999000000001",
            IdentifierScheme.CASE_NUMBER: "A234567890123456",
        },
        address=Address(AddressKind.LAST_KNOWN, *(widest(40),) * 3, "ZX99 9ZZ"),
        carers=carers,
        settings=Settings(
            Education.ATTENDING,
            School("900123", widest(60), "+4416329609999", DAY, DAY),
            Practice("Z99123", widest(60), "+4416329609999", DAY),
        ),
        provenance=dict.fromkeys((*attributes, "nhs_number", "case_number"), source),
    )


@given(names, st.integers(0, CARERS_MAX))
def test_a_record_comes_back_as_it_was_sealed(name: PersonName, several: int) -> None:
    keyring_ = _KEYRING
    record = whole(name, several)
    made = new_child(keyring_, record, Policy())
    child = open_policy(keyring_, made.row)
    assert open_record(child) == record
    assert open_facts(child) == facts_of(record)
    assert TokenSheet.decoded(child.part("tokens")) == made.sheet


def test_the_largest_record_an_asker_can_state_fits(keyring: Keyring) -> None:
    """Names of 35 letters outside Latin, as many of each as are allowed."""
    name = PersonName(*(widest(NAME_LENGTH_MAX),) * 3)
    record = whole(name, CARERS_MAX)
    made = new_child(keyring, record, Policy(created_by=AGENCY, due=DAY))
    child = open_policy(keyring, made.row)
    assert child.policy.created_by == AGENCY
    assert child.policy.more
    assert open_record(child) == record


def test_every_child_has_rows_of_one_size_and_as_many_tokens(keyring: Keyring) -> None:
    """Shielded or not, with much known or little: nothing of it shows in storage."""
    little = ChildRecord(Identity(PersonName("Solo"), DAY, Gender.FEMALE))
    much = whole(PersonName("Ashby-Cole", "Maria Lena", "Wren"), CARERS_MAX)
    rows = [
        new_child(keyring, record, Policy(shielded=shielded, held=held))
        for record in (little, much)
        for shielded, held in ((False, False), (True, False), (False, True))
    ]
    sizes = {
        tuple((name, len(value)) for name, value in each.row.items() if isinstance(value, bytes))
        for each in rows
    }
    assert len(sizes) == 1
    assert {len(each.sheet.guard) for each in rows} == {8}
    assert {len(each.sheet.search) for each in rows} <= {ROWS_USUAL, 24}


def contact(letters: str) -> Contact:
    week = Hours(tuple(Day), "00:00", "23:59")
    return Contact(
        TeamContact(letters * 60, "+4416329609999", (week,) * 3),
        PersonContact(letters * NAME_LENGTH_MAX, "+4416329609999", "e" * 60),
        True,
    )


def facts(letters: str) -> list[CaseFact]:
    one = contact(letters)
    return [
        Involvement(
            uuid4(),
            AGENCY,
            AgencyKind.SUBSTANCE_MISUSE,
            Service.SUBSTANCE_MISUSE,
            one,
            DAY,
            DAY,
            DAY,
            AGENCY,
            True,
        ),
        CafStatus(AGENCY, one, DAY, DAY, uuid4()),
        CafStatus(
            AGENCY,
            one,
            DAY,
            DAY,
            uuid4(),
            DAY,
            CafClosure.MOVED_TO_SOCIAL_CARE,
            WIDEST_AUTHORITY,
            DAY,
            99_999_999_999,
            handed_on=True,
        ),
        Status(
            AGENCY, one, Spell(DAY, DAY), LookedAfter(WIDEST_AUTHORITY, Spell(DAY, DAY)), uuid4()
        ),
        Status(AGENCY, one, Spell(DAY), None, uuid4()),
        LeadProfessional(AGENCY, AgencyKind.SUBSTANCE_MISUSE, one, DAY, uuid4()),
        Shield(
            uuid4(),
            ShieldGround.WELL_KNOWN_FAMILY,
            ShieldAskedBy.PARENT_OR_CARER,
            AGENCY,
            DAY,
            DAY,
            DAY,
            AGENCY,
        ),
    ]


@pytest.mark.parametrize("fact", facts("\U00010400"), ids=lambda fact: type(fact).__name__)
def test_a_case_row_of_any_kind_has_one_size_and_comes_back(
    keyring: Keyring, fact: CaseFact
) -> None:
    key = keyring.wrap.new_subject("child", uuid4()).key
    assert fact.id is not None
    sealed = seal_case(key, fact.id, fact)
    assert len(sealed) == envelope_size("case_head") + envelope_size("case")
    case = SealedCase(fact.id, key, sealed)
    assert case.body(case.head()) == fact


def test_case_rows_dropped_added_or_put_back_are_noticed(keyring: Keyring) -> None:
    key = keyring.wrap.new_subject("child", uuid4()).key
    policy, rows = Policy(), list[dict[str, Any]]()
    for fact in facts("a"):
        assert fact.id is not None
        sealed = seal_case(key, fact.id, fact)
        policy = policy.with_mark(case_mark(keyring, fact.id, sealed), added=1)
        rows.append({"id": fact.id, "sealed": sealed})
    assert len(checked_cases(keyring, key, policy, rows)) == len(rows)
    older = [{**rows[0], "sealed": seal_case(key, rows[0]["id"], facts("b")[0])}, *rows[1:]]
    for tampered in (rows[1:], [*rows, rows[0]], older, []):
        with pytest.raises(SealBroken):
            checked_cases(keyring, key, policy, tampered)


@given(
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 10_000),
    st.binary(min_size=16, max_size=16),
)
def test_a_policy_comes_back_and_fits(
    shielded: bool, held: bool, archived: bool, cases: int, mark: bytes
) -> None:
    policy = Policy(shielded, held, archived, shielded, DAY, cases, mark, AGENCY)
    text = encode_policy(policy)
    assert decode_policy(text) == policy
    assert len(text) <= SIZES["policy"]


def _made() -> Keyring:
    provider = MemoryKeyProvider()
    make_keys(provider, 202647, 2026)
    return Keyring("northmere", provider)


_KEYRING = _made()
