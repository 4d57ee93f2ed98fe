"""Shapes on the wire: closed, bounded, strict, and turned into the domain's own types."""

import importlib
import inspect
import json
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError, create_model

from consent.facts import (
    AccessReason,
    AccountState,
    AgencyKind,
    InvolvementLevel,
    Purpose,
    Role,
)
from index_service.api.wire import Id, Wire, shaped
from index_service.api.wire_agreements import AgreementApproved, AgreementProposed
from index_service.api.wire_assessment import (
    AssessmentClosed,
    AssessmentReassigned,
    TransferOffered,
)
from index_service.api.wire_child import ChildAmended, ChildFacts
from index_service.api.wire_directory import (
    AccountAmended,
    AccountStated,
    AgencyShown,
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
from index_service.api.wire_lookup import BatchAsked, BatchSubject, ChildAnswer, LookupAsked
from index_service.api.wire_practitioner import PractitionerStated
from index_service.api.wire_shield import ShieldGranted, ShieldLifted
from index_service.api.wire_shown import ChildShown, InvolvementShown
from index_service.api.wire_status import StatusShown, StatusStated
from index_service.domain import disclosure, shapes, status
from index_service.domain import involvement as domain
from index_service.domain.access import Access
from index_service.domain.child import (
    Address,
    AddressKind,
    Carer,
    CarerRelation,
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
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Day, Service
from index_service.domain.matching.keys import Facts
from index_service.domain.shield import Shield, ShieldAskedBy, ShieldGround

TODAY = date(2026, 11, 21)
AN_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
MODULES = ["", "_child", "_directory", "_feed", "_involvement", "_lookup", "_shield", "_shown"]
MODULES += ["_agreements", "_assessment", "_status"]
REQUESTS: list[type[Wire]] = [
    AccountAmended,
    AccountStated,
    AgencyStated,
    AgreementApproved,
    AgreementProposed,
    AssessmentClosed,
    AssessmentReassigned,
    AssessmentStated,
    BatchAsked,
    ChildAmended,
    ChildFacts,
    InvolvementAmended,
    InvolvementBegun,
    InvolvementCeased,
    LeadProfessionalStated,
    LookupAsked,
    PractitionerStated,
    ShieldGranted,
    ShieldLifted,
    StatusStated,
    TransferOffered,
]
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


def all_models() -> list[type[Wire]]:
    found = []
    for name in MODULES:
        module = importlib.import_module(f"index_service.api.wire{name}")
        for _, model in inspect.getmembers(module, inspect.isclass):
            if issubclass(model, Wire) and model.__module__ == module.__name__:
                found.append(model)
    return found


def schemas_within(schema: object) -> list[dict[str, Any]]:
    if isinstance(schema, dict):
        return [schema] + [found for part in schema.values() for found in schemas_within(part)]
    if isinstance(schema, list):
        return [found for part in schema for found in schemas_within(part)]
    return []


@pytest.mark.parametrize("model", all_models())
def test_every_model_is_closed_and_every_text_bounded(model: type[Wire]) -> None:
    """No field holds a note: a text has a pattern or is a word, and each has a length."""
    for part in schemas_within(model.model_json_schema()):
        if part.get("type") == "object" and "properties" in part:
            assert part["additionalProperties"] is False
        if part.get("type") == "string" and "enum" not in part and "const" not in part:
            assert "maxLength" in part
            assert "pattern" in part or model.__name__ == "Problem"
    assert model.model_config["frozen"]


@pytest.mark.parametrize("model", REQUESTS)
def test_every_request_is_bounded_and_strict(model: type[Wire]) -> None:
    """Lists have a longest length, nothing is a number or has free keys, truth is truth."""
    for part in schemas_within(model.model_json_schema()):
        if part.get("type") == "array":
            assert "maxItems" in part
        assert part.get("type") not in ("number", "integer")
        assert not isinstance(part.get("additionalProperties"), dict)
    for field in schemas_within(model.__pydantic_core_schema__):
        if field.get("type") == "bool":
            assert field.get("strict") is True


def test_the_list_of_requests_forgets_none() -> None:
    """Whatever can be turned into the domain is a request, or part of one."""
    reached: set[type[BaseModel]] = set()

    def reach(model: type[BaseModel]) -> None:
        reached.add(model)
        for field in model.model_fields.values():
            for other in all_models():
                if other not in reached and other.__name__ in str(field.annotation):
                    reach(other)

    for model in REQUESTS:
        reach(model)
    turning = {model for model in all_models() if "to_domain" in vars(model)}
    assert turning <= reached


@pytest.mark.parametrize("model", all_models())
def test_no_model_prints_what_it_holds(model: type[Wire]) -> None:
    made = model.model_construct(name="Zephyrine", family_name="Zephyrine")
    assert "Zephyrine" not in f"{made!r}{made}"


@pytest.mark.parametrize("shape", [s for s in vars(shapes).values() if isinstance(s, shapes.Shape)])
def test_a_shapes_own_example_fits_and_a_line_end_never_does(shape: shapes.Shape) -> None:
    model = create_model("OfShape", text=(str, shaped(shape)))
    model.model_validate({"text": shape.example})
    for text in (shape.example + "\n", "", shape.example * 40):
        with pytest.raises(ValidationError):
            model.model_validate({"text": text})


@pytest.mark.parametrize(
    "value",
    [
        AN_ID.upper(),
        AN_ID.replace("-", ""),
        f"{{{AN_ID}}}",
        f"urn:uuid:{AN_ID}",
        f" {AN_ID}",
        7,
        None,
        b"x" * 16,
        AN_ID + "\n",
        AN_ID.replace("6f9d", "６f9d"),
    ],
)
def test_an_id_has_one_spelling(value: object) -> None:
    adapter: TypeAdapter[UUID] = TypeAdapter(Id)
    assert adapter.validate_python(AN_ID) == UUID(AN_ID)
    with pytest.raises(ValidationError):
        adapter.validate_python(value)


def test_words_are_taken_as_written_only() -> None:
    for gender in ("Female", "FEMALE", " female", 1, True, None, ["female"]):
        with pytest.raises(ValidationError):
            ChildFacts.model_validate(
                {"name": {"family_name": "Vale"}, "date_of_birth": "2016-05-14", "gender": gender}
            )


def lookup(**facts: Any) -> Facts:
    return LookupAsked.model_validate(facts).to_domain(TODAY)


def test_a_question_becomes_searchable_facts() -> None:
    assert lookup(
        given_name="Zoe\u0308",
        family_name="D’Arvel",
        date_of_birth="2016-05-14",
        gender="female",
        postcode="nm14qt",
        house="12",
        nhs_number="999 000 0018",
    ) == Facts(
        names=(PersonName("D’Arvel", "Zoë"),),
        date_of_birth=date(2016, 5, 14),
        postcode="NM1 4QT",
        house="12",
        identifiers={IdentifierScheme.NHS_NUMBER: "9990000018"},
        gender=Gender.FEMALE,
    )


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"family_name": "Vale"},
        {"family_name": "Vale", "given_name": "Tamsin", "gender": "female"},
        {"date_of_birth": "2016-05-14"},
        {"postcode": "NM1 4QT", "house": "12"},
        {"middle_names": "Wren", "date_of_birth": "2016-05-14"},
        {"family_name": "Vale", "date_of_birth": None},
    ],
)
def test_too_few_facts_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        lookup(**facts)
    assert caught.value.code is Code.TOO_FEW_FACTS


def test_an_authority_may_ask_for_more_or_less() -> None:
    asked = LookupAsked.model_validate({"family_name": "Vale", "gender": "female"})
    asked.to_domain(TODAY, [frozenset({"family_name", "gender"})])
    with pytest.raises(Invalid):
        LookupAsked.model_validate({"upn": "C999000000001"}).to_domain(TODAY, [])


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"nhs_number": "9990000019"}, Code.IDENTIFIER_INVALID, "nhs_number"),
        ({"upn": "A999000000001"}, Code.IDENTIFIER_INVALID, "upn"),
        ({"case_number": "9990000018"}, Code.IDENTIFIER_INVALID, "case_number"),
        (
            {"upn": "C999000000001", "date_of_birth": "2016-02-30"},
            Code.DATE_OUT_OF_RANGE,
            "date_of_birth",
        ),
        (
            {"upn": "C999000000001", "date_of_birth": "1990-01-01"},
            Code.DATE_OUT_OF_RANGE,
            "date_of_birth",
        ),
        ({"upn": "C999000000001", "postcode": "ZZ99 3VZ"}, Code.FIELD_INVALID, "postcode"),
        ({"upn": "C999000000001", "given_name": "Ada-"}, Code.FIELD_INVALID, "given_name"),
        ({"upn": "C999000000001", "house": "12-"}, Code.FIELD_INVALID, "house"),
    ],
)
def test_a_wrong_fact_is_named(facts: dict[str, Any], code: Code, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        lookup(**facts)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_batch_holds_one_to_a_hundred_questions() -> None:
    subject = {
        "purpose": "safeguard",
        "reason": "coming_to_notice",
        "reference": "RPT/10442",
        "lookup": {"upn": "C999000000001"},
    }
    batch = BatchAsked.model_validate({"subjects": [subject] * 100})
    assert batch.subjects[0].access() == Access(
        Purpose.SAFEGUARD, AccessReason.COMING_TO_NOTICE, "RPT/10442"
    )
    for subjects in ([], [subject] * 101, [{**subject, "purpose": None}]):
        with pytest.raises(ValidationError):
            BatchAsked.model_validate({"subjects": subjects})


def test_a_reference_that_holds_a_number_is_refused_where_it_stands() -> None:
    subject = BatchSubject.model_validate(
        {
            "purpose": "safeguard",
            "reason": "review",
            "reference": "9990000018",
            "lookup": {"upn": "C999000000001"},
        }
    )
    with pytest.raises(Invalid) as caught:
        subject.access()
    assert (caught.value.code, caught.value.field) == (Code.REFERENCE_INVALID, "reference")


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


def shown_child() -> dict[str, Any]:
    """A child with every part, as the disclosing code shows it."""
    name = PersonName("Okonedo-Vale", "Tamsin", "Wren")
    carer = Carer(PersonName("Okonedo", "Ines"), CarerRelation.MOTHER, True)
    settings = Settings(
        Education.ATTENDING,
        School("900123", "Larkfield Primary School", "", date(2021, 9, 1)),
        Practice("Z99123", "Northmere Road Surgery", "+441632960300", date(2016, 6, 1)),
    )
    flag = domain.Involvement(UUID(AN_ID), AN_ID, AgencyKind.SCHOOL, Service.SCHOOL, CHECKED, TODAY)
    shield = Shield(
        UUID(AN_ID), ShieldGround.NAMED_THREAT, ShieldAskedBy.COURT, AN_ID, TODAY, TODAY
    )
    identity = Identity(name, date(2016, 5, 14), Gender.FEMALE, (carer.name,))
    parts = disclosure.shown_identity(identity)
    parts["identifiers"] = {"nhs_number": "9990000018", "upn": None}
    parts["address"] = disclosure.shown_address(
        Address(AddressKind.CURRENT, "12", "", "", "NM1 4QT")
    )
    parts["carer_contacts"] = disclosure.shown_carers([carer])
    parts["settings"] = disclosure.shown_settings(settings)
    parts["provenance"] = disclosure.shown_provenance({"name": Source(AN_ID, TODAY, 1_700_000_000)})
    parts["involvements"] = [
        disclosure.shown_involvement(flag, "Larkfield Primary School", InvolvementLevel.CONTENT)
    ]
    parts["assessment"] = None
    parts["lead_professional"] = None
    told = status.Status(AN_ID, CHECKED, status.Spell(TODAY))
    parts["status"] = [disclosure.shown_status(told, "Northmere Childrens Social Care", TODAY)]
    parts["restriction"] = disclosure.shown_restriction(shielded=True, held=False, shields=[shield])
    return disclosure.disclose(UUID(AN_ID), restricted=True, parts=parts)


def test_what_is_disclosed_is_what_the_contract_says() -> None:
    """The answers' bytes are made without the models; here the models read them."""
    shown = json.loads(json.dumps(shown_child()))
    ChildShown.model_validate(shown)
    InvolvementShown.model_validate(shown["involvements"][0])
    StatusShown.model_validate(shown["status"][0])
    least = {key: shown[key] for key in ("child_id", "restricted", "name", "date_of_birth")}
    least |= {"gender": "female", "carers": [], "identifiers": {}}
    ChildShown.model_validate(least)
    door = {
        "agency": "Northmere Health Visiting",
        "agency_kind": "health_visiting",
        "duty_phone": "+441632960400",
        "hours": [],
        "safeguarding_lead": {"name": "Ines Harrowell", "phone": "+441632960401"},
        "out_of_hours_phone": None,
    }
    AgencyShown.model_validate({"agency_id": AN_ID, **door})
    answer = {
        "child": shown,
        "agreement_version": 1,
        "coverage": [{"agency_kind": "school", "feeds": True, "as_of": "2026-11-20"}],
        "front_doors": [door],
        "broker": None,
    }
    ChildAnswer.model_validate(answer)
    with pytest.raises(ValidationError):
        ChildShown.model_validate({**shown, "former_names": []})


def test_every_word_on_the_wire_is_of_a_closed_vocabulary() -> None:
    """An enum in a model is one of the domain's own: the contract cannot grow words of its own."""
    for model in all_models():
        for field in model.model_fields.values():
            kind = field.annotation
            if inspect.isclass(kind) and issubclass(kind, Enum):
                assert kind.__module__.split(".")[0] in ("consent", "index_service")
                assert ".api." not in kind.__module__
