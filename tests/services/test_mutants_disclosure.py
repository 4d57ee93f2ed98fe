"""How every part of a record leaves, word for word: a part shown otherwise is noticed here."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from consent.agreement import compile_agreement, default_document
from consent.facts import AgencyKind, InvolvementLevel
from index_service.domain import disclosure
from index_service.domain.child import (
    Address,
    AddressKind,
    Carer,
    CarerRelation,
    Education,
    Gender,
    Identity,
    PersonName,
    Practice,
    School,
    Settings,
    Source,
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

ROW = UUID("0c1f7a52-8d1b-4f0e-a7a3-5b1c9e6d2f41")
BEGAN, LATER, LAST = date(2026, 1, 2), date(2026, 3, 4), date(2026, 5, 6)
TODAY = date(2026, 11, 21)
NAME = PersonName("Larkwick", "Ashva", "Merrin")
HOURS = (Hours((Day.MON, Day.TUE), "08:30", "17:30"), Hours((Day.SAT,), "10:00", "12:00"))
TEAM = TeamContact("Northmere North Team", "+441632960111", HOURS)
CONTACT = Contact(TEAM, PersonContact("Fenwick Galdra", "+441632960112", "f@galdra.example"), True)
SHOWN_CONTACT = {
    "team": {
        "name": "Northmere North Team",
        "phone": "+441632960111",
        "hours": [
            {"days": ["mon", "tue"], "opens": "08:30", "closes": "17:30"},
            {"days": ["sat"], "opens": "10:00", "closes": "12:00"},
        ],
    },
    "person": {
        "name": "Fenwick Galdra",
        "phone": "+441632960112",
        "email": "f@galdra.example",
    },
    "ask_for_duty": True,
}


def test_a_name_is_shown_in_its_parts_and_empty_parts_as_null() -> None:
    assert disclosure.shown_name(NAME) == {
        "given_name": "Ashva",
        "middle_names": "Merrin",
        "family_name": "Larkwick",
    }
    assert disclosure.shown_name(PersonName("Larkwick")) == {
        "given_name": None,
        "middle_names": None,
        "family_name": "Larkwick",
    }


def test_identity_is_name_birth_gender_and_the_carers_names() -> None:
    carers = (PersonName("Ottermoss", "Wyndra"), PersonName("Mevtarn", "Hestor"))
    shown = disclosure.shown_identity(Identity(NAME, BEGAN, Gender.FEMALE, carers))
    assert shown == {
        "name": disclosure.shown_name(NAME),
        "date_of_birth": "2026-01-02",
        "gender": "female",
        "carers": [disclosure.shown_name(carer) for carer in carers],
    }


@pytest.mark.parametrize("kind", AddressKind)
def test_an_address_is_shown_where_there_is_one(kind: AddressKind) -> None:
    whole = Address(kind, "9", "Mill Lane", "Northmere", "NM1 1AA")
    bare = Address(kind)
    if kind not in (AddressKind.CURRENT, AddressKind.LAST_KNOWN):
        assert disclosure.shown_address(whole) == {"kind": kind.value}
        return
    assert disclosure.shown_address(whole) == {
        "kind": kind.value,
        "house": "9",
        "street": "Mill Lane",
        "town": "Northmere",
        "postcode": "NM1 1AA",
    }
    nothing = dict.fromkeys(("house", "street", "town", "postcode"))
    assert disclosure.shown_address(bare) == {"kind": kind.value, **nothing}


@pytest.mark.parametrize("responsible", [False, True])
def test_a_carer_is_shown_with_how_to_reach_them(responsible: bool) -> None:
    carer = Carer(NAME, CarerRelation.MOTHER, responsible, "+441632960113")
    silent = replace(carer, phone="")
    expected = {
        "name": disclosure.shown_name(NAME),
        "relation": "mother",
        "parental_responsibility": responsible,
        "phone": "+441632960113",
    }
    shown = disclosure.shown_carers([carer, silent])
    assert shown == [expected, {**expected, "phone": None}]


SCHOOL = School("900001", "Mill Lane Primary", "+441632960114", BEGAN, LATER)
PRACTICE = Practice("Z99001", "Mill Lane Surgery", "+441632960115", LAST)


def test_school_and_practice_are_shown_and_what_is_not_known_is_null() -> None:
    whole = disclosure.shown_settings(Settings(Education.ATTENDING, SCHOOL, PRACTICE))
    assert whole == {
        "education": "attending",
        "school": {
            "urn": "900001",
            "name": "Mill Lane Primary",
            "phone": "+441632960114",
            "starts": "2026-01-02",
            "ends": "2026-03-04",
        },
        "practice": {
            "ods": "Z99001",
            "name": "Mill Lane Surgery",
            "phone": "+441632960115",
            "since": "2026-05-06",
        },
    }
    bare = Settings(
        Education.NOT_KNOWN, replace(SCHOOL, phone="", ends=None), replace(PRACTICE, phone="")
    )
    shown = disclosure.shown_settings(bare)
    assert (shown["school"]["phone"], shown["school"]["ends"]) == (None, None)
    assert shown["practice"]["phone"] is None
    assert disclosure.shown_settings(Settings()) == {
        "education": "not_known",
        "school": None,
        "practice": None,
    }


@pytest.mark.parametrize("by_person", [False, True])
def test_provenance_says_who_and_as_of_when_in_order_of_attribute(by_person: bool) -> None:
    source = Source("agency", LATER, 1_800_000_000, by_person)
    shown = disclosure.shown_provenance({"name": source, "address": source})
    one = {
        "agency_id": "agency",
        "as_of": "2026-03-04",
        "received_at": 1_800_000_000,
        "by_person": by_person,
    }
    assert list(shown.items()) == [("address", one), ("name", one)]


def test_a_contact_is_the_team_and_the_person_if_one_was_given() -> None:
    assert disclosure.shown_contact(CONTACT) == SHOWN_CONTACT
    nameless = Contact(TEAM, PersonContact("Fenwick Galdra"))
    assert disclosure.shown_contact(nameless) == {
        **SHOWN_CONTACT,
        "person": {"name": "Fenwick Galdra", "phone": None, "email": None},
        "ask_for_duty": False,
    }
    assert disclosure.shown_contact(Contact(TEAM))["person"] is None


INVOLVEMENT = Involvement(
    ROW, "agency", AgencyKind.SCHOOL, Service.SCHOOL, CONTACT, BEGAN, LATER, LAST
)
WHOLE = {
    "involvement_id": str(ROW),
    "level": "content",
    "agency": "Mill Lane Primary",
    "agency_kind": "school",
    "service": "school",
    "contact": SHOWN_CONTACT,
    "began": "2026-01-02",
    "ceased": "2026-03-04",
    "last_confirmed": "2026-05-06",
}
DATES = ("began", "ceased", "last_confirmed")


@pytest.mark.parametrize("level", InvolvementLevel)
def test_an_involvement_is_shown_as_far_as_its_level_and_the_rest_is_null(
    level: InvolvementLevel,
) -> None:
    left_out = {
        InvolvementLevel.CONTENT: (),
        InvolvementLevel.CONTACT: DATES,
    }.get(level, ("agency", "contact", *DATES))
    shown = disclosure.shown_involvement(INVOLVEMENT, "Mill Lane Primary", level)
    assert shown == {**WHOLE, **dict.fromkeys(left_out), "level": level.value}


def test_an_involvement_that_goes_on_has_neither_end_nor_confirmation() -> None:
    going_on = replace(INVOLVEMENT, ceased=None, confirmed=None)
    content = InvolvementLevel.CONTENT
    shown = disclosure.shown_involvement(going_on, "Mill Lane Primary", content)
    assert shown == {**WHOLE, "ceased": None, "last_confirmed": None}


def test_an_assessment_is_shown_with_its_holder_its_review_and_its_end() -> None:
    caf = CafStatus("agency", CONTACT, BEGAN, LATER, review_due=LAST, closure=CafClosure.NEEDS_MET)
    shown = disclosure.shown_assessment(caf, "Early Help")
    assert shown == {
        "agency": "Early Help",
        "contact": SHOWN_CONTACT,
        "held_since": "2026-01-02",
        "review_due": "2026-05-06",
        "closed": "2026-03-04",
        "closure": "needs_met",
    }
    open_ = disclosure.shown_assessment(replace(caf, closed=None, closure=None), "Early Help")
    assert open_ == {**shown, "closed": None, "closure": None}


def test_who_leads_is_shown_with_contact_and_of_content_since_when() -> None:
    lead = LeadProfessional("agency", AgencyKind.EARLY_HELP, CONTACT, LATER)
    whole = {"agency": "Early Help", "contact": SHOWN_CONTACT, "since": "2026-03-04"}
    assert disclosure.shown_lead(lead, "Early Help", InvolvementLevel.CONTENT) == whole
    contact_only = disclosure.shown_lead(lead, "Early Help", InvolvementLevel.CONTACT)
    assert contact_only == {**whole, "since": None}


STATUS = Status("agency", CONTACT, Spell(BEGAN, LATER), LookedAfter("camfield", Spell(LATER)), ROW)
SHOWN_STATUS = {
    "agency": "Childrens Social Care",
    "contact": SHOWN_CONTACT,
    "child_protection_plan": {"began": "2026-01-02", "ended": "2026-03-04"},
    "looked_after": {"authority": "camfield", "began": "2026-03-04", "ended": None},
}


def test_a_status_is_what_is_so_or_was_in_the_last_twelve_months() -> None:
    agency = "Childrens Social Care"
    assert disclosure.shown_status(STATUS, agency, TODAY) == SHOWN_STATUS
    anniversary, after = date(2027, 3, 4), date(2027, 3, 5)
    assert disclosure.shown_status(STATUS, agency, anniversary) == SHOWN_STATUS
    over = {**SHOWN_STATUS, "child_protection_plan": None}
    assert disclosure.shown_status(STATUS, agency, after) == over
    left = replace(STATUS, looked_after=LookedAfter("camfield", Spell(BEGAN, LATER)))
    assert disclosure.shown_status(left, agency, anniversary)["looked_after"] == {
        "authority": "camfield",
        "began": "2026-01-02",
        "ended": "2026-03-04",
    }
    assert disclosure.shown_status(left, agency, after)["looked_after"] is None
    neither = Status("agency", CONTACT)
    nothing = {"child_protection_plan": None, "looked_after": None}
    assert disclosure.shown_status(neither, agency, TODAY) == {**SHOWN_STATUS, **nothing}


@pytest.mark.parametrize("until", [None, "2027-06-30"])
def test_an_agreement_says_its_name_its_law_and_its_days(until: str | None) -> None:
    document = {**default_document(), "in_force_until": until, "version": "7a"}
    document["instrument"] = {"title": "Children Act 2004, section 10", "dated": "2004-11-15"}
    assert disclosure.shown_agreement(compile_agreement(document)) == {
        "name": "Default sharing agreement",
        "label": "7a",
        "instrument": {"title": "Children Act 2004, section 10", "dated": "2004-11-15"},
        "in_force_from": "2026-05-01",
        "in_force_until": until,
        "coverage": "universal",
    }


SHIELD = Shield(
    ROW,
    ShieldGround.DOMESTIC_ABUSE,
    ShieldAskedBy.COURT,
    "decider",
    BEGAN,
    LATER,
    LAST,
    "lifter",
    "request",
    "requester",
    appealed=True,
    reviewed=LATER,
    reviewed_by="reviewer",
)
SHOWN_SHIELD = {
    "shield_id": str(ROW),
    "ground": "domestic_abuse",
    "asked_by": "court",
    "decided_by": "decider",
    "granted": "2026-01-02",
    "review": "2026-03-04",
    "lifted": "2026-05-06",
    "request_id": "request",
    "requested_by": "requester",
    "appealed": True,
    "reviewed": "2026-03-04",
}


@pytest.mark.parametrize(("shielded", "held"), [(True, False), (False, True)])
def test_a_restriction_is_shown_with_every_shield_and_what_is_not_is_null(
    shielded: bool, held: bool
) -> None:
    bare = Shield(ROW, ShieldGround.DOMESTIC_ABUSE, ShieldAskedBy.COURT, "decider", BEGAN, LATER)
    nothing = dict.fromkeys(("lifted", "request_id", "requested_by", "reviewed"))
    shown = disclosure.shown_restriction(shielded=shielded, held=held, shields=[SHIELD, bare])
    assert shown == {
        "shielded": shielded,
        "held": held,
        "shields": [SHOWN_SHIELD, {**SHOWN_SHIELD, **nothing, "appealed": False}],
    }


@pytest.mark.parametrize("restricted", [False, True])
def test_an_answer_is_the_id_whether_it_is_restricted_and_the_parts_given(
    restricted: bool,
) -> None:
    shown = disclosure.disclose(ROW, restricted=restricted, parts={"gender": "female"})
    assert shown == {"child_id": str(ROW), "restricted": restricted, "gender": "female"}
