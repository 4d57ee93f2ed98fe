"""Why a child is asked about: always in sight, taken only as the index takes it, and changeable."""

import pytest

from demo.issuer import Issuer
from demo.signing_in import Browser, signed_in
from tests.stories.asking import Ask
from tests.stories.made import a_child
from tests.thin_client.browsing import Forms, Page, Somebody, nobody, somebody, text_of
from tests.thin_client.conftest import Line, Signing
from tests.thin_client.test_core import typed_of
from tests.thin_client.test_signing_in import house_of, session_of
from thin_client.security import Secured

WHY = {"purpose": "safeguard", "reason": "contact_practitioner"}


async def stated(one: Somebody, child_id: str, where: str, **differs: str) -> Page:
    """Say why a child is asked about, on the way to a page."""
    page = await one.get(f"/why/{child_id}?back={where}")
    return await one.send(page, f"/why/{child_id}", **{**WHY, **differs})


def linked(page: Page) -> list[str]:
    return [each for each in Forms.of(page.text).links if each.startswith("/why/")]


@pytest.mark.parametrize(
    "form",
    ["involvements/new", "assessment/hold", "lead-professional", "bases/new", "not-shared",
     "contact", "dissents", "subscribe", "consents/new"],
)  # fmt: skip
async def test_a_form_that_records_says_why_that_is_sent_with_it(
    sign_in: Signing, ask: Ask, form: str
) -> None:
    child_id = await ask.create(a_child())
    worker = await sign_in("social_worker")
    where = f"/children/{child_id}/{form}"
    page = await stated(worker, child_id, where, reference="RPT/10442")
    assert page.url.path == where
    said = text_of(page)
    assert "Asked for: keep a child safe; to contact others" in said
    assert "RPT/10442" in said
    assert linked(page) == [f"/why/{child_id}?back={where}"]


async def test_a_reference_the_index_would_not_take_is_said_beside_its_field(
    sign_in: Signing, ask: Ask, line: Line
) -> None:
    child_id = await ask.create(a_child())
    teacher = await sign_in("teacher")
    line.whole()
    for page in (
        await stated(teacher, child_id, f"/children/{child_id}", reference="Zo\u00eb 7"),
        await teacher.searches(**typed_of(a_child()), reference="999 000 0018"),
    ):
        assert page.status_code == 400
        assert page.text.count('href="#reference"') == 1
        assert "Access-Reference" not in page.text
    assert not [each for each in line.asked if each.url.path.startswith("/v1/children")]
    record = await stated(teacher, child_id, f"/children/{child_id}", reference="RPT\u20137")
    assert record.status_code == 200
    assert "RPT-7" in text_of(record)


async def test_a_purpose_that_is_not_allowed_can_be_changed_from_where_it_is_refused(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    teacher = await sign_in("teacher")
    where = f"/children/{child_id}"
    differs = {"purpose": "enquire_significant_harm", "reason": "review"}
    page = await stated(teacher, child_id, where, **differs)
    assert page.status_code == 403
    assert "the same for every child" in text_of(page)
    (change,) = linked(page)
    again = await teacher.send(await teacher.get(change), f"/why/{child_id}", **WHY)
    assert again.status_code == 200
    assert again.url.path == where
    searched = await teacher.searches(**typed_of(a_child()), **differs)
    assert searched.status_code == 403
    (change,) = [each for each in Forms.of(searched.text).links if each.startswith("/searches/")]
    assert (await teacher.get(change)).status_code == 200


async def test_what_depends_on_a_record_is_not_said_to_depend_on_the_account(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    worker = await sign_in("social_worker")
    where = f"/children/{child_id}/assessment/close"
    page = await stated(worker, child_id, where)
    typed = {"reason": "needs_met", "closed_day": "1", "closed_month": "9", "closed_year": "2026"}
    page = await worker.send(page, where, **typed)
    assert page.status_code in (400, 404)
    assert "the same for every child" not in text_of(page)


async def test_a_form_sent_before_anybody_said_why_is_kept_until_that_is_said(
    app: Secured, issuer: Issuer, ask: Ask, line: Line
) -> None:
    child_id = await ask.create(a_child())
    where = f"/children/{child_id}/contact"
    async with somebody(app, issuer, "teacher") as one:
        form = await stated(one, child_id, where)
        session_of(app, one).drop(f"why:{child_id}")  # the oldest that is kept goes first
        line.whole()
        typed = {"urgency": "same_day", "name": "Northmere Primary", "phone": "01632 960121"}
        page = await one.send(form, where, **typed)
        assert "What you typed is kept" in text_of(page)
        shown = await one.states_why(page)
        assert "Nothing was sent" in text_of(shown)
        assert Forms.of(shown.text).forms[-1].fields["name"] == "Northmere Primary"
        assert not [each for each in line.asked if each.method == "POST"]
        assert "Waiting for the index team" in text_of(await one.send(shown, where))


async def test_a_form_of_a_session_that_is_gone_is_said_to_be_neither_sent_nor_kept(
    app: Secured, issuer: Issuer
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "teacher") as browser:
        await signed_in(one.http, browser)
        page = await one.get("/")
        house_of(app).sessions.end(session_of(app, one))
        told = await one.send(page, "/", given_name="Quillon")
        said = text_of(told)
        assert "You were signed out before it was sent" in said
        assert "what you typed is gone" in said
        assert "Quillon" not in told.text + str(told.url)


async def test_why_is_asked_of_what_it_is_about(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    worker = await sign_in("social_worker")
    mine = await worker.get("/mine")
    (change,) = linked(mine)
    assert "about this child" not in text_of(await worker.get(change))
    asked = await worker.get(f"/why/{child_id}?back=/children/{child_id}")
    assert "Why do you ask about this child?" in text_of(asked)
