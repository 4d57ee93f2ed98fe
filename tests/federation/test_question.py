"""What authorities ask and answer: one size each, one form, and nothing else gets in."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from consent.facts import AccessReason, AgencyKind, Purpose, Role
from consent.peers import PeerMode
from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.matching.keys import Facts
from index_service.federation.answer import FirstAnswer, PeerOutcome, SecondAnswer, fitting
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.question import (
    DIGESTS_OF,
    FirstQuestion,
    PeerAsker,
    SecondQuestion,
    Stated,
    enough,
)
from index_service.federation.sizes import ANSWER_BYTES, FIRST_ANSWER_BYTES, QUESTION_BYTES

ID = UUID("6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90")
OTHER_ID = UUID("6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e91")
TODAY = date(2026, 11, 22)
ASKER = PeerAsker(ID, OTHER_ID, Role.PRACTITIONER, AgencyKind.SCHOOL, TODAY, TODAY, None)
STATED = Stated(ASKER, None, Purpose.SAFEGUARD, AccessReason.NEW_REFERRAL, "RPT/10442", 3, "first")
FACTS = Facts(
    names=(PersonName("Okonedo-Vale", "Tamsin", ""),),
    date_of_birth=date(2016, 5, 14),
    postcode="NM1 4QT",
    house="12",
    identifiers={IdentifierScheme.NHS_NUMBER: "9990000018"},
    gender=Gender.FEMALE,
)
LONGEST = Facts(
    names=(PersonName("Ñ" * 35, "Ñ" * 35, "Ñ" * 35),),
    date_of_birth=date(2016, 5, 14),
    postcode="NM1 4QT",
    house="Ñ" * 40,
    identifiers={
        IdentifierScheme.NHS_NUMBER: "9990000018",
        IdentifierScheme.UPN: "C999000000001",
        IdentifierScheme.CASE_NUMBER: "NM40217",
    },
    gender=Gender.FEMALE,
)


def first(set_name: str = "first") -> FirstQuestion:
    """A question of leg 1."""
    digests = tuple(bytes([at]) * 16 for at in range(DIGESTS_OF[set_name]))
    return FirstQuestion(ID, replace(STATED, set_name=set_name), digests)


def contact() -> dict[str, Any]:
    """Whom to ring."""
    hours = [{"days": ["mon", "tue"], "opens": "08:30", "closes": "17:00"}]
    team = {"name": "Camfield Health Visiting", "phone": "+441632960101", "hours": hours}
    return {"team": team, "person": None, "ask_for_duty": False}


def involvement() -> dict[str, Any]:
    """An involvement as a lookup shows it."""
    return {
        "involvement_id": str(OTHER_ID),
        "level": "contact",
        "agency": "Camfield Community Health",
        "agency_kind": "health_visiting",
        "service": "health_visiting",
        "contact": contact(),
        "began": None,
        "ceased": None,
        "last_confirmed": None,
    }


def match() -> dict[str, Any]:
    """A child as a peer shows it."""
    name = {"given_name": "Tamsin", "middle_names": None, "family_name": "Okonedo-Vale"}
    return {
        "grade": "certain",
        "score_tenths": 241,
        "why": [{"field": "given_name", "level": "exact"}],
        "child": {
            "child_id": str(ID),
            "restricted": False,
            "name": name,
            "date_of_birth": "2016-05-14",
            "gender": "female",
            "carers": [name],
            "identifiers": {"nhs_number": "9990000018"},
            "involvements": [involvement()],
            "contact_can_be_brokered": True,
            "assessment": None,
            "lead_professional": {"agency": "", "contact": contact(), "since": None},
        },
    }


def shown(*matches: dict[str, Any]) -> SecondAnswer:
    """An answer that shows these."""
    return SecondAnswer(ID, PeerOutcome.SHOWN, PeerMode.CONTENT, matches or (match(),))


@pytest.mark.parametrize("set_name", DIGESTS_OF)
def test_a_first_question_is_read_as_it_was_written(set_name: str) -> None:
    asked = first(set_name)
    assert FirstQuestion.decoded(asked.encoded()) == asked


@pytest.mark.parametrize("facts", [FACTS, LONGEST, None])
def test_a_second_question_is_read_as_it_was_written(facts: Facts | None) -> None:
    asked = SecondQuestion(ID, STATED, b"t" * 100, facts)
    assert SecondQuestion.decoded(asked.encoded(), TODAY) == asked


def test_every_question_has_one_size_the_dummy_too() -> None:
    longest = replace(STATED, mediator=OTHER_ID, set_name="wide", epoch=2**31 - 1)
    bodies = [
        first().encoded(),
        first("wide").encoded(),
        *(
            SecondQuestion(ID, stated, bytes(256), facts).encoded()
            for stated in (STATED, longest)
            for facts in (None, FACTS, LONGEST)
        ),
    ]
    assert {len(body) for body in bodies} == {QUESTION_BYTES}


def test_no_field_of_the_question_is_in_leg_one() -> None:
    text = first().encoded().decode()
    for field in ("Okonedo", "Tamsin", "2016-05-14", "NM1", "9990000018"):
        assert field not in text
    assert set(json.loads(text)) == {
        "question_id",
        "asker",
        "mediator",
        "purpose",
        "reason",
        "reference",
        "epoch",
        "set",
        "digests",
    }


def test_leg_two_is_bound_to_what_leg_one_stated() -> None:
    for changed in (
        {"purpose": Purpose.PROMOTE_WELFARE},
        {"reference": None},
        {"mediator": OTHER_ID},
        {"epoch": 4},
        {"asker": replace(ASKER, account=OTHER_ID)},
    ):
        assert replace(STATED, **changed).digest() != STATED.digest()  # type: ignore[arg-type]  # one at a time


def _question(**changed: Any) -> bytes:
    said = json.loads(first().encoded()) | changed
    return json.dumps(said).encode().ljust(QUESTION_BYTES)


@pytest.mark.parametrize(
    "changed",
    [
        {"epoch": -1},
        {"epoch": True},
        {"epoch": 2**31},
        {"set": "all"},
        {"digests": ["00" * 16] * (DIGESTS_OF["first"] - 1)},
        {"digests": ["00" * 15] * DIGESTS_OF["first"]},
        {"digests": ["AB" * 16] * DIGESTS_OF["first"]},
        {"question_id": str(ID).upper()},
        {"purpose": "browse"},
        {"reference": "999 000 0018"},
        {"reference": "9990000018"},
        {"mediator": "somebody"},
        {"asker": {}},
        {"note": "hello"},
    ],
)
def test_a_question_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MessageRefused) as refused:
        FirstQuestion.decoded(_question(**changed))
    assert refused.value.code is PeerCode.MALFORMED


@pytest.mark.parametrize("cut", [0, 1, QUESTION_BYTES - 1, QUESTION_BYTES + 1])
def test_a_question_of_another_size_is_refused(cut: int) -> None:
    with pytest.raises(MessageRefused):
        FirstQuestion.decoded(first().encoded().ljust(QUESTION_BYTES + 1)[:cut])


def test_a_question_with_nonsense_for_facts_is_refused() -> None:
    body = json.loads(SecondQuestion(ID, STATED, b"t", FACTS).encoded())
    for name, value in (
        ("date_of_birth", "2016-02-30"),
        ("names", [["x", "y"]]),
        ("names", [["a", "b", "c"], ["a", "b", "c"]]),
        ("postcode", "none"),
        ("identifiers", {"nhs_number": "9990000019"}),
        ("identifiers", {"passport": "1"}),
        ("gender", "f"),
    ):
        said = {**body, "lookup": {**body["lookup"], name: value}}
        with pytest.raises(MessageRefused):
            SecondQuestion.decoded(json.dumps(said).encode().ljust(QUESTION_BYTES), TODAY)


@pytest.mark.parametrize(
    ("facts", "suffices"),
    [
        (FACTS, True),
        (Facts(identifiers={IdentifierScheme.UPN: "C999000000001"}), True),
        (Facts(names=(PersonName("Vale", "", ""),), date_of_birth=TODAY), True),
        (Facts(names=(PersonName("Vale", "Tam", ""),), postcode="NM1 4QT"), True),
        (Facts(names=(PersonName("Vale", "Tam", ""),)), False),
        (Facts(date_of_birth=TODAY, postcode="NM1 4QT"), False),
        (Facts(names=(PersonName("Vale", "", ""),), postcode="NM1 4QT"), False),
    ],
)
def test_a_peer_asks_with_no_fewer_facts_than_a_practitioner(facts: Facts, suffices: bool) -> None:
    assert enough(facts) is suffices


def test_every_answer_has_one_size_whatever_it_says() -> None:
    firsts = [FirstAnswer(ID, go_on, bytes(120)).encoded() for go_on in (True, False)]
    assert {len(body) for body in firsts} == {FIRST_ANSWER_BYTES}
    seconds = [
        SecondAnswer(ID, PeerOutcome.NOTHING).encoded(),
        SecondAnswer(ID, PeerOutcome.KNOWN, PeerMode.EXISTENCE).encoded(),
        shown().encoded(),
    ]
    assert {len(body) for body in seconds} == {ANSWER_BYTES}


def test_answers_are_read_as_they_were_written() -> None:
    told = FirstAnswer(ID, True, b"ticket")
    assert FirstAnswer.decoded(told.encoded(), ID) == told
    for answer in (
        SecondAnswer(ID, PeerOutcome.NOTHING),
        SecondAnswer(ID, PeerOutcome.KNOWN, PeerMode.EXISTENCE),
        shown(),
    ):
        assert SecondAnswer.decoded(answer.encoded(), ID) == answer


def test_an_answer_to_another_question_is_refused() -> None:
    with pytest.raises(MessageRefused):
        FirstAnswer.decoded(FirstAnswer(ID, True, b"").encoded(), OTHER_ID)
    with pytest.raises(MessageRefused):
        SecondAnswer.decoded(shown().encoded(), OTHER_ID)


def _spoilt(*path: str | int, value: object) -> dict[str, Any]:
    spoilt = match()
    place: Any = spoilt
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return spoilt


CHILD = ("child",)
INVOLVED = ("child", "involvements", 0)


@pytest.mark.parametrize(
    "spoilt",
    [
        _spoilt("grade", value="none"),
        _spoilt("score_tenths", value=24.1),
        _spoilt("note", value="a word too many"),
        _spoilt(*CHILD, "restricted", value=True),
        _spoilt(*CHILD, "address", value={"kind": "current"}),
        _spoilt(*CHILD, "date_of_birth", value="14 May 2016"),
        _spoilt(*CHILD, "name", "given_name", value="ring me, please"),
        _spoilt(*CHILD, "identifiers", "nhs_number", value="999 000 0018"),
        _spoilt(*INVOLVED, "service", value="sexual_health"),
        _spoilt(*INVOLVED, "agency_kind", value="mental_health"),
        _spoilt(*INVOLVED, "level", value="brokered"),
        _spoilt(*INVOLVED, "contact", "team", "name", value="a: note"),
        _spoilt(*CHILD, "involvements", value=[involvement()] * 65),
    ],
)
def test_an_answer_with_anything_the_contract_cannot_say_is_refused(spoilt: dict[str, Any]) -> None:
    answer = SecondAnswer(ID, PeerOutcome.SHOWN, PeerMode.CONTENT, (spoilt,))
    body = json.dumps(
        {
            "question_id": str(ID),
            "outcome": "shown",
            "mode": "content",
            "matches": list(answer.matches),
        }
    ).encode()
    with pytest.raises(MessageRefused):
        SecondAnswer.decoded(body[:ANSWER_BYTES].ljust(ANSWER_BYTES), ID)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: SecondAnswer(ID, PeerOutcome.NOTHING, PeerMode.CONTENT),
        lambda: SecondAnswer(ID, PeerOutcome.NOTHING, None, (match(),)),
        lambda: SecondAnswer(ID, PeerOutcome.SHOWN, PeerMode.CONTENT, ()),
        lambda: SecondAnswer(ID, PeerOutcome.SHOWN, PeerMode.EXISTENCE, (match(),)),
        lambda: SecondAnswer(ID, PeerOutcome.KNOWN, PeerMode.CONTACT, (match(),)),
        lambda: shown(match(), match()),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(answer: Callable[[], SecondAnswer]) -> None:
    with pytest.raises(MessageRefused):
        SecondAnswer.decoded(answer().encoded(), ID)


def test_what_does_not_fit_together_is_told_as_known_and_never_cut() -> None:
    many = match()
    many["child"]["involvements"] = [involvement()] * 64
    two = json.loads(json.dumps(many))
    two["child"]["child_id"] = str(OTHER_ID)
    three = json.loads(json.dumps(many))
    assert fitting(ID, PeerMode.CONTENT, [match()]).outcome is PeerOutcome.SHOWN
    told = fitting(ID, PeerMode.CONTENT, [many, two, three])
    assert (told.outcome, told.matches) == (PeerOutcome.KNOWN, ())
    assert len(told.encoded()) == ANSWER_BYTES
