"""Forms: each kind of field, what is said when it is at fault, and what is no form of ours."""

from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from index_client import Refused
from index_client.errors import Problem
from index_service.domain.fields import checked_phone
from thin_client.forms import FORM_BYTES_MAX, FORM_TYPE, Form, FormRefused, read_form

ONCE = "A" * 22
CSRF = "c" * 64


def sent(**fields: str) -> Form:
    return Form({name.replace("_", "-"): [each] for name, each in fields.items()}, ONCE, sent=True)


def request_of(body: bytes, kind: str = FORM_TYPE) -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", kind.encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    return Request(scope, receive)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("  Ann  Marie ", "Ann Marie"), ("", None), ("Zoe\u0308", "Zoë"), ("<b>", "<b>")],
)
def test_a_line_is_read_tidied(typed: str, read: str | None) -> None:
    form = sent(name=typed)
    assert form.text("name") == read
    assert form.ready


@pytest.mark.parametrize("typed", ["a\u202eb", "a\u200bb", "a\x00b", "x" * 201])
def test_what_cannot_be_seen_or_is_too_long_is_at_fault(typed: str) -> None:
    form = sent(name=typed)
    assert form.text("name") is None
    assert form.fault_of("name")


@pytest.mark.parametrize(
    ("day", "month", "year", "read"),
    [("14", "5", "2016", "2016-05-14"), (" 1 ", "02", "2020", "2020-02-01"), ("", "", "", None)],
)
def test_a_day_is_read_from_its_three_fields(
    day: str, month: str, year: str, read: str | None
) -> None:
    form = sent(born_day=day, born_month=month, born_year=year)
    assert form.day("born") == read
    assert form.ready


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("31", "2", "2020"),
        ("1", "", "2020"),
        ("x", "1", "2020"),
        ("1", "1", "16"),
        ("1", "1", "9" * 5),
        ("9990000018", "1", "2016"),
        ("1", "9990000018", "2016"),
        ("1", "1", "9990000018"),
        ("1", "1", "9" * 5000),
    ],
)
def test_a_day_there_is_not_is_at_fault(day: str, month: str, year: str) -> None:
    form = sent(born_day=day, born_month=month, born_year=year)
    assert form.day("born") is None
    assert "real date" in str(form.fault_of("born"))


@pytest.mark.parametrize(
    "typed",
    [
        "01632 960 111",
        "+44 1632 960111",
        "(01632) 960-111",
        "+44 (0)1632 960111",
        "+44 01632 960111",
        "0044 1632 960111",
        "0044 (0) 1632 960 111",
    ],
)
def test_a_number_is_read_however_it_is_written(typed: str) -> None:
    assert sent(phone=typed).phone("phone") == "+441632960111"


@pytest.mark.parametrize("typed", ["101", "111", "0033 1 99 00 12 34"])
def test_a_number_is_sent_as_the_index_takes_it(typed: str) -> None:
    assert sent(phone=typed).phone("phone") == checked_phone(typed)


@pytest.mark.parametrize(
    "typed", ["12", "999", "+44 4632 960111", "javascript:1", "01632 960 11x", "+0"]
)
def test_what_is_no_number_is_at_fault(typed: str) -> None:
    form = sent(phone=typed)
    assert form.phone("phone") is None
    assert not form.ready


def test_only_what_is_listed_can_be_chosen() -> None:
    form = sent(urgency="yesterday", service="")
    assert form.choice("urgency", {"today": ""}) is None
    assert form.choice("service", {"police": ""}, "Choose one") is None
    assert [each.text for each in form.faults] == ["Choose one of those listed", "Choose one"]


def test_a_form_shown_again_is_at_no_fault_and_not_ready() -> None:
    form = Form({}, ONCE, sent=False, resumed=True)
    assert form.text("name", "Say a name") is None
    assert not form.faults
    assert not form.ready


def test_what_the_index_found_at_fault_stands_beside_its_field() -> None:
    form = sent(phone="x")
    problem = Problem(422, "field_invalid", fields=[("call_back.phone", "field_invalid")])
    assert form.take(Refused(problem), {"call_back.phone": "phone"})
    assert form.fault_of("phone")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("RPT\u20137", "RPT-7"),
        ("rpt\u20117", "RPT-7"),
        ("rpt\u22127 ", "RPT-7"),
        ("NM/20/114", "NM/20/114"),
        ("", None),
    ],
)
def test_a_case_reference_is_read_whatever_hyphen_it_was_typed_with(
    typed: str, read: str | None
) -> None:
    form = sent(reference=typed)
    assert form.reference("reference") == read
    assert form.ready


@pytest.mark.parametrize(
    "typed", ["RPT 7", "Zo\u00eb-7", "AB", "999 000 0018", "999-000-0018", "R" * 25, "A_7"]
)
def test_what_the_index_takes_for_no_reference_is_at_fault(typed: str) -> None:
    form = sent(reference=typed)
    assert form.reference("reference") is None
    assert "3 to 24" in str(form.fault_of("reference"))


def test_what_was_stated_elsewhere_is_no_fault_of_this_form() -> None:
    fields = [("Access-Reference", "reference_invalid")]
    refused = Refused(Problem(422, "reference_invalid", fields=fields))
    form = sent(phone="x")
    assert not form.take(refused)
    form = sent(reference="X")
    assert form.take(refused)
    assert [each.field for each in form.faults] == ["reference"]


async def test_a_form_of_this_session_counts_as_sent_once_it_has_its_word() -> None:
    body = urlencode({"csrf": CSRF, "once": ONCE, "name": "Ann"}).encode()
    form = await read_form(request_of(body), CSRF)
    assert (form.sent, form.value("name"), form.once) == (True, "Ann", ONCE)
    assert "csrf" not in form.fields
    strange = await read_form(request_of(body), "d" * 64)
    assert (strange.sent, strange.ready, strange.value("name")) == (False, False, "Ann")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"once=" + ONCE.encode(), "application/json"),
        (b"once=" + ONCE.encode(), "multipart/form-data; boundary=x"),
        (b"once=short", FORM_TYPE),
        (
            b"once=" + ONCE.encode() + b"&a=" + b"x" * FORM_BYTES_MAX,
            "application/x-www-form-urlencoded",
        ),
        (b"&".join([b"a=1"] * 400), FORM_TYPE),
        (b"once=" + ONCE.encode() + b"&a=\xff", FORM_TYPE),
        (b"once=" + ONCE.encode() + b"&a=%ff", FORM_TYPE),
    ],
)
async def test_what_is_no_form_of_ours_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(FormRefused):
        await read_form(request_of(body, kind), CSRF)
