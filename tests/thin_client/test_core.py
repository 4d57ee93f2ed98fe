"""The core story: sign in, say why, search, open a child, ring somebody, ask for contact."""

import re
from typing import Any

import pytest

from demo.issuer import Issuer
from tests.stories.asking import Ask
from tests.stories.made import a_child, by_name, day, nhs_number
from tests.thin_client.browsing import Forms, Page, somebody, text_of
from tests.thin_client.conftest import Line, Signing
from thin_client.security import Secured


def typed_of(child: dict[str, Any]) -> dict[str, str]:
    """Return a search by name and date of birth as it is typed."""
    year, month, born = child["date_of_birth"].split("-")
    return {
        "given_name": child["name"]["given_name"],
        "family_name": child["name"]["family_name"],
        "born_day": born.lstrip("0"),
        "born_month": month.lstrip("0"),
        "born_year": year,
    }


def dialled(page: Page) -> list[str]:
    return [link for link in Forms.of(page.text).links if link.startswith("tel:")]


async def test_two_screens_after_signing_in_there_is_a_number_to_ring(
    sign_in: Signing, ask: Ask
) -> None:
    child = a_child()
    await ask.begin("social_worker", await ask.create(child))
    teacher = await sign_in("teacher")
    page = await teacher.searches(**typed_of(child))
    said = text_of(page)
    assert "One child found" in said
    assert "family name: the same" in said
    assert "01632 960111 ask for duty" in said
    assert dialled(page)[0] == "tel:+441632960111"  # before the broker and the front doors
    assert "How complete this is" in said
    assert "The broker line" in said


async def test_an_opened_child_tells_who_is_involved_before_anything_else(
    sign_in: Signing, ask: Ask
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("social_worker", child_id)
    teacher = await sign_in("teacher")
    found = await teacher.searches(**typed_of(child))
    assert f"/children/{child_id}" in Forms.of(found.text).links
    record = await teacher.get(f"/children/{child_id}")
    said = text_of(record)
    assert said.index("Who to ring") < said.index("Northmere North Team") < said.index("About the")
    assert "Asked for: keep a child safe" in said


async def test_a_child_nobody_said_why_of_is_not_read_before_that_is_said(
    sign_in: Signing, ask: Ask, line: Line
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    teacher = await sign_in("teacher")
    line.whole()
    page = await teacher.get(f"/children/{child_id}")
    assert "Why do you ask about this child?" in text_of(page)
    assert not [each for each in line.asked if "/children/" in each.url.path]
    record = await teacher.states_why(page)
    assert child["name"]["family_name"] in text_of(record)
    (asked,) = [each for each in line.asked if "/children/" in each.url.path]
    assert asked.headers["access-reason"] == "contact_practitioner"


async def test_a_reason_is_suggested_in_plain_sight_and_a_reference_is_not(
    app: Secured, issuer: Issuer
) -> None:
    async with somebody(app, issuer, "social_worker") as worker:  # who said nothing yet
        blank = Forms.of((await worker.get("/")).text).forms[-1].fields
        assert "purpose" not in blank
        await worker.searches(**typed_of(a_child()), purpose="promote_welfare", reference="rpt/7")
        page = await worker.get("/")
    form = Forms.of(page.text).forms[-1].fields
    assert (form["purpose"], form["reason"]) == ("promote_welfare", "contact_practitioner")
    assert form["reference"] == ""
    assert "Filled in as you said last time" in text_of(page)


async def test_nothing_found_is_no_dead_end(sign_in: Signing) -> None:
    teacher = await sign_in("teacher")
    page = await teacher.searches(given_name="Zyxw", family_name="Vutsrq", postcode="NM1 1AA")
    said = text_of(page)
    assert "No child to show" in said
    assert "This does not mean that nobody works with the child" in said
    assert "Schools" in said
    assert len(dialled(page)) > 5
    assert page.text.count('<details class="govuk-details" open>') == 2
    contact = next(each for each in Forms.of(page.text).links if each.endswith("/contact"))
    form = await teacher.get(contact)
    told = await teacher.send(
        form, contact, urgency="same_day", name="Northmere Primary School", phone="01632 960121"
    )
    assert "Waiting for the index team" in text_of(told)


async def test_contact_is_asked_for_once_however_often_it_is_sent(
    sign_in: Signing, ask: Ask, line: Line
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    teacher = await sign_in("teacher")
    await teacher.searches(**typed_of(child))
    where = f"/children/{child_id}/contact"
    form = await teacher.get(where)
    line.whole()
    typed = {"urgency": "three_days", "name": "Northmere Primary School", "phone": "01632 960121"}
    first = await teacher.send(form, where, **typed)
    second = await teacher.send(form, where, **typed)
    assert first.url == second.url
    made = [each for each in line.asked if each.method == "POST"]
    assert len(made) == 1
    assert made[0].headers["idempotency-key"] in form.text
    assert "Waiting for the index team" in text_of(second)


async def test_too_little_is_said_beside_the_field_and_nothing_is_asked(
    sign_in: Signing, line: Line
) -> None:
    teacher = await sign_in("teacher")
    line.whole()
    page = await teacher.searches(given_name="Ann", family_name="Bell", age="9")
    assert page.status_code == 400
    assert page.text.index("<title>Error:") < page.text.index('href="#postcode"')
    assert not [each for each in line.asked if each.url.path == "/v1/lookups"]
    again = await teacher.send(page, "/", purpose="", born_day="31", born_month="2")
    assert "Say why you ask" in text_of(again)
    assert "Enter a real date" in text_of(again)
    form = Forms.of(again.text).forms[-1].fields
    assert (form["given_name"], form["born-day"], form["age"]) == ("Ann", "31", "9")


async def test_what_the_index_finds_at_fault_stands_beside_its_field(sign_in: Signing) -> None:
    worker = await sign_in("social_worker")
    wrong = f"{int(nhs_number(77)) + 1}"
    page = await worker.searches(number=wrong, given_name="Ann")
    assert page.status_code == 400
    assert "Check the number" in text_of(page)
    assert Forms.of(page.text).forms[-1].fields["number"] == wrong


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("999 000 0018", "nhs_number"), ("n999000001001", "upn"), ("NM00017", "case_number")],
)
async def test_a_number_is_known_by_its_shape(
    sign_in: Signing, line: Line, typed: str, asked: str
) -> None:
    worker = await sign_in("social_worker")
    line.whole()
    await worker.searches(number=typed, given_name="Ann")
    (lookup,) = [each for each in line.asked if each.url.path == "/v1/lookups"]
    assert asked.encode() in lookup.content


async def test_a_number_that_finds_nobody_for_an_agency_is_refused_and_not_answered_none(
    sign_in: Signing, line: Line
) -> None:
    teacher, officer = await sign_in("teacher"), await sign_in("police_desk")
    line.whole()
    for sitting, number, text in (
        (teacher, nhs_number(78), "NHS number"),
        (officer, nhs_number(78), "NHS number"),
        (officer, "NM00018", "case number"),
    ):
        page = await sitting.searches(number=number)
        assert page.status_code == 400
        assert f"does not let it look children up by {text}" in text_of(page)
    assert not [each for each in line.asked if each.url.path == "/v1/lookups"]


async def test_the_search_asks_for_those_numbers_alone_that_find_somebody(
    sign_in: Signing,
) -> None:
    pages = {who: await sign_in(who) for who in ("social_worker", "teacher", "police_desk")}
    said = {who: text_of(await page.get("/")) for who, page in pages.items()}
    assert "NHS number, pupil number or case number" in said["social_worker"]
    assert "Pupil number" in said["teacher"]
    assert "NHS number" not in said["teacher"].partition("Postcode")[2]
    assert "umber" not in said["police_desk"].partition("Postcode")[2].partition("Find")[0]


async def test_the_team_changes_why_to_what_it_may_ask_for(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    manager = await sign_in("manager")
    page = await manager.get(f"/why/{child_id}?back=/children/{child_id}")
    assert "Keep a child safe" not in text_of(page)
    child = await manager.send(page, f"/why/{child_id}", purpose="keep_index", reason="review")
    assert child.status_code == 200


async def test_an_age_is_compared_with_what_is_found(sign_in: Signing, ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    teacher = await sign_in("teacher")
    typed = {**child["name"], "postcode": child["address"]["postcode"]}
    page = await teacher.searches(**typed, age="1")
    assert "age: does not fit" in text_of(page)
    years = int(day()[:4]) - int(child["date_of_birth"][:4])
    page = await teacher.searches(**typed, age=str(years))
    assert "does not fit" not in text_of(page)


async def test_a_shielded_child_shows_no_place_and_no_gap_where_it_would_be(
    sign_in: Signing, ask: Ask
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("social_worker", child_id)
    await ask.shield(child_id, day(-300))
    teacher = await sign_in("teacher")
    found = await teacher.searches(**typed_of(child))
    record = await teacher.get(f"/children/{child_id}")
    for page in (found, record):
        said = text_of(page)
        assert child["address"]["street"] not in said
        assert child["address"]["postcode"] not in said
        assert "hielded" in said
    for word in ("Address", "address", "School", "General practice", "withheld", "hidden"):
        assert (
            word not in text_of(record).partition("About the child")[2].partition("The broker")[0]
        )


async def test_a_withheld_child_and_none_are_one_page(sign_in: Signing, ask: Ask) -> None:
    teacher = await sign_in("teacher")
    pages = []
    for child_id in (
        "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90",
        "0c1f7a52-8d1b-4f0e-a7a3-5b1c9e6d2f41",
    ):
        page = await teacher.states_why(await teacher.get(f"/children/{child_id}"))
        assert page.status_code == 404
        said = re.sub(r"csrf.*?>|nonce=\S+|decisions/\S+", "", page.text)
        pages.append(said)
    assert pages[0] == pages[1]
    assert "There is nothing here that can be shown to you" in pages[0]


async def _held(ask: Ask) -> str:
    """Return the id of a child born held: of the very number of a shielded one."""
    shielded = a_child()
    await ask.shield(await ask.create(shielded), day(-300))
    twin = a_child(nhs_number=shielded["nhs_number"], name=shielded["name"])
    return await ask.create({**twin, "date_of_birth": shielded["date_of_birth"]})


async def test_an_account_that_may_not_look_up_is_told_why_and_what_to_do(
    sign_in: Signing,
) -> None:
    nurse = await sign_in("lapsed_nurse")
    page = await nurse.get("/")
    assert "You cannot look a child up just now" in text_of(page)
    assert "disclosure check has lapsed" in text_of(page)


async def test_several_children_are_shown_with_what_tells_them_apart(
    sign_in: Signing, ask: Ask
) -> None:
    one = a_child()
    other = a_child(name=one["name"], date_of_birth=one["date_of_birth"])
    for child in (one, other):
        await ask.create(child)
    found = await ask.look_up("teacher", **by_name(one))
    assert found["outcome"] == "several"
    teacher = await sign_in("teacher")
    page = await teacher.searches(**typed_of(one))
    assert "2 children may be meant" in text_of(page)
    assert page.text.count("Open the record of") == 2
