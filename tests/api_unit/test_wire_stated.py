"""What is stated on the wire becomes the domain's own types."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from consent.facts import (
    AccountState,
    AgencyKind,
    Role,
)
from index_service.api.wire_child import ChildAmended, ChildFacts
from index_service.api.wire_directory import (
    AccountAmended,
    AccountStated,
    AgencyStated,
)
from index_service.api.wire_involvement import (
    AssessmentStated,
    Contact,
    InvolvementAmended,
    InvolvementBegun,
    InvolvementCeased,
    LeadProfessionalStated,
)
from index_service.api.wire_practitioner import PractitionerStated
from index_service.api.wire_shield import ShieldGranted
from index_service.domain import involvement as domain
from index_service.domain.child import (
    Address,
    AddressKind,
    Education,
    PersonName,
)
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Day, Service
from index_service.domain.shield import ShieldAskedBy, ShieldGround
from tests.api_unit.test_wire import AN_ID, TODAY

CONTACT: dict[str, Any] = {
    "team": {
        "name": "Northmere Health Visiting North",
        "phone": "01632 960400",
        "hours": [{"days": ["fri", "mon"], "opens": "09:00", "closes": "17:00"}],
    },
    "person": {"name": "J. Harrowell", "email": "J.Harrowell@northmere.example"},
    "ask_for_duty": True,
}
CHECKED = domain.Contact(
    domain.TeamContact(
        "Northmere Health Visiting North",
        "+441632960400",
        (domain.Hours((Day.MON, Day.FRI), "09:00", "17:00"),),
    ),
    domain.PersonContact("J. Harrowell", "", "j.harrowell@northmere.example"),
    True,
)


CHILD: dict[str, Any] = {
    "name": {"family_name": "Okonedo-Vale", "given_name": "Tamsin"},
    "date_of_birth": "2016-05-14",
    "gender": "female",
    "nhs_number": "9990000018",
    "address": {"kind": "current", "house": "12", "postcode": "NM1 4QT"},
    "school": {"urn": "900123", "name": "Larkfield Primary School", "starts": "2021-09-01"},
    "as_of": "2026-11-01",
}


def test_a_childs_facts_become_a_record() -> None:
    facts = ChildFacts.model_validate(CHILD)
    record = facts.to_domain(TODAY)
    assert record.identity.name == PersonName("Okonedo-Vale", "Tamsin")
    assert record.settings.education is Education.ATTENDING
    assert facts.as_of_day(TODAY) == date(2026, 11, 1)
    assert ChildAmended().as_of_day(TODAY) == TODAY


def test_an_address_is_an_address_or_a_statement() -> None:
    for address in (
        {"kind": "none_known", "house": "12"},
        {"kind": "elsewhere"},
        {"house": "12"},
        {},
        "none",
    ):
        with pytest.raises(ValidationError):
            ChildFacts.model_validate({**CHILD, "address": address})
    record = ChildFacts.model_validate({**CHILD, "address": {"kind": "none_known"}})
    assert record.to_domain(TODAY).address == Address(AddressKind.NONE_KNOWN)


def test_an_amendment_tells_what_is_stated_from_what_is_not() -> None:
    record = ChildFacts.model_validate(CHILD).to_domain(TODAY)
    amended = ChildAmended.model_validate(
        {"nhs_number": None, "school": None, "as_of": "2026-11-02"}
    )
    after = amended.to_domain(record, TODAY)
    assert (after.identifiers, after.settings.school) == ({}, None)
    assert after.identity == record.identity
    assert amended.attributes == ("nhs_number", "school")
    assert ChildAmended().to_domain(record, TODAY) == record
    with pytest.raises(Invalid) as caught:
        ChildAmended.model_validate({"name": None}).to_domain(record, TODAY)
    assert (caught.value.code, caught.value.field) == (Code.FIELD_MISSING, "name")


def test_a_contact_becomes_the_domains() -> None:
    assert Contact.model_validate(CONTACT).to_domain() == CHECKED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"team": {"name": "Team", "phone": "999"}}, "contact.team.phone"),
        ({"person": {"name": "Vale-"}}, "contact.person.name"),
        ({"person": {"name": "Vale", "email": "a..b@c.example"}}, "contact.person.email"),
        (
            {
                "team": {
                    **CONTACT["team"],
                    "hours": [{"days": ["mon"], "opens": "09:00", "closes": "09:00"}],
                }
            },
            "contact.team.hours[0].closes",
        ),
        (
            {
                "team": {
                    **CONTACT["team"],
                    "hours": [{"days": ["mon", "mon"], "opens": "09:00", "closes": "10:00"}],
                }
            },
            "contact.team.hours[0].days",
        ),
    ],
)
def test_a_wrong_contact_is_named_where_it_stands(change: dict[str, Any], field: str) -> None:
    begun = InvolvementBegun.model_validate(
        {"service": "school", "contact": {**CONTACT, **change}, "began": "2026-11-01"}
    )
    with pytest.raises(Invalid) as caught:
        begun.to_domain(TODAY)
    assert (caught.value.code, caught.value.field) == (Code.FIELD_INVALID, field)


def test_involvements_assessments_and_leads_become_the_domains() -> None:
    begun = {"service": "mental_health", "contact": CONTACT, "began": "2026-11-01", "consent": True}
    first = date(2026, 11, 1)
    assert InvolvementBegun.model_validate(begun).to_domain(TODAY) == (
        Service.MENTAL_HEALTH,
        CHECKED,
        first,
        True,
        None,
    )
    assert InvolvementAmended.model_validate({"contact": CONTACT}).to_domain() == CHECKED
    assert InvolvementCeased().to_domain(TODAY) == TODAY
    assert InvolvementCeased(ceased="2026-11-01").to_domain(TODAY) == first
    held = {"contact": CONTACT, "held_since": "2026-11-01"}
    assert AssessmentStated.model_validate(held).to_domain(TODAY) == (CHECKED, first)
    lead = {"contact": CONTACT, "since": "2026-11-01"}
    assert LeadProfessionalStated.model_validate(lead).to_domain(TODAY) == (CHECKED, first)
    with pytest.raises(Invalid):
        InvolvementCeased(ceased="2026-12-01").to_domain(TODAY)


def test_a_shield_is_reviewed_on_a_day_to_come() -> None:
    stated = {"ground": "named_threat", "asked_by": "court", "review": "2027-05-01"}
    assert ShieldGranted.model_validate(stated).to_domain(TODAY) == (
        ShieldGround.NAMED_THREAT,
        ShieldAskedBy.COURT,
        date(2027, 5, 1),
    )
    for review in ("2026-11-21", "2020-01-01", "2040-01-01"):
        with pytest.raises(Invalid) as caught:
            ShieldGranted.model_validate({**stated, "review": review}).to_domain(TODAY)
        assert (caught.value.code, caught.value.field) == (Code.DATE_OUT_OF_RANGE, "review")


AGENCY: dict[str, Any] = {
    "name": "Northmere Health Visiting",
    "kind": "health_visiting",
    "duty_phone": "01632 960400",
    "hours": [{"days": ["mon"], "opens": "09:00", "closes": "17:00"}],
    "lead_name": "Ines Harrowell",
    "lead_phone": "01632 960401",
    "accredited": True,
    "source": "northmere-health-visiting",
}


def test_the_directory_becomes_the_domains() -> None:
    agency = AgencyStated.model_validate(AGENCY).to_domain(UUID(AN_ID))
    assert (agency.kind, agency.duty_phone) == (AgencyKind.HEALTH_VISITING, "+441632960400")
    who = PractitionerStated.model_validate(
        {"agency_id": AN_ID, "name": "J. Harrowell", "team": CONTACT["team"]}
    ).to_domain(UUID(AN_ID))
    assert (who.team, who.phone) == (CHECKED.team, "")
    stated = {
        "issuer": "https://login.northmere.example",
        "subject": "p-4410",
        "agency_id": AN_ID,
        "role": "practitioner",
        "checked_on": "2026-01-01",
    }
    account = AccountStated.model_validate(stated).to_domain(UUID(AN_ID), TODAY)
    assert (account.role, account.state) == (Role.PRACTITIONER, AccountState.ACTIVE)
    suspended = AccountAmended(state=AccountState.SUSPENDED).to_domain(account, TODAY)
    assert (suspended.state, suspended.checked_on) == (AccountState.SUSPENDED, date(2026, 1, 1))
    lapsed = AccountAmended.model_validate({"checked_on": None, "trained_on": "2026-02-02"})
    after = lapsed.to_domain(account, TODAY)
    assert (after.checked_on, after.trained_on) == (None, date(2026, 2, 2))
    with pytest.raises(Invalid) as caught:
        AccountAmended(signed_on="2027-01-01").to_domain(account, TODAY)
    assert caught.value.field == "signed_on"
