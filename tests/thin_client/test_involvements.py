"""An involvement is recorded, confirmed, changed and ended, each in one screen."""

import re

import pytest

from tests.stories.asking import Ask
from tests.stories.made import a_child, day
from tests.thin_client.browsing import Forms, Page, Somebody, text_of
from tests.thin_client.conftest import Signing

TEAM = {"team": "Assessment team", "team_phone": "01632 960111"}


async def opened(one: Somebody, child_id: str) -> Page:
    """Open a child's record, saying why if that was not said yet."""
    page = await one.get(f"/children/{child_id}")
    if "/why/" in str(page.url):
        page = await one.states_why(page)
    assert page.status_code == 200, text_of(page)
    return page


def involvement_of(page: Page) -> str:
    """Return where the one involvement of a record is looked at."""
    (where,) = {
        link
        for link in Forms.of(page.text).links
        if re.search(r"/involvements/[0-9a-f-]{36}$", link)
    }
    return where


async def test_an_involvement_is_recorded_in_one_screen_with_what_is_suggested(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    worker = await sign_in("social_worker")
    await opened(worker, child_id)
    where = f"/children/{child_id}/involvements/new"
    form = await worker.get(where)
    assert "Northmere Childrens Social Care" in form.text  # its front door is suggested
    page = await worker.send(form, where, service="social_care", **TEAM)
    assert "Recorded." in text_of(page)
    assert "Social care: Northmere Childrens Social Care" in text_of(page)
    (made,) = (await ask.shown("social_worker", child_id))["involvements"]
    assert made["contact"]["team"]["name"] == "Assessment team"
    assert made["began"] == day()
    again = await worker.get(where)
    assert "Assessment team" in again.text  # what was given last, where one sees it


async def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    worker = await sign_in("social_worker")
    await opened(worker, child_id)
    where = f"/children/{child_id}/involvements/new"
    wrong = {"service": "", "team": "Night desk", "team_phone": "x", "person": ""}
    wrong["person_phone"] = "01632 960112"  # and nobody whose it is
    page = await worker.send(await worker.get(where), where, **wrong)
    assert page.status_code == 400
    for said in ("Say what kind of service yours is", "Say whose number or address it is"):
        assert said in text_of(page)
    assert 'value="Night desk"' in page.text
    assert not (await ask.shown("social_worker", child_id)).get("involvements")


async def test_other_hours_are_given_in_the_same_screen(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    worker = await sign_in("social_worker")
    await opened(worker, child_id)
    where = f"/children/{child_id}/involvements/new"
    typed = {"service": "social_care", **TEAM, "hours": "other", "days": "sat"}
    page = await worker.send(await worker.get(where), where, **typed, opens="9", closes="12.30")
    assert "Give a time" in text_of(page)
    page = await worker.send(page, where, days="sat", opens="9:00", closes="12.30")
    assert page.status_code == 200
    (made,) = (await ask.shown("social_worker", child_id))["involvements"]
    hours = [{"days": ["sat"], "opens": "09:00", "closes": "12:30"}]
    assert made["contact"]["team"]["hours"] == hours


async def test_a_sensitive_entry_rests_on_consent_or_on_significant_harm(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    therapist = await sign_in("therapist")
    await opened(therapist, child_id)
    where = f"/children/{child_id}/involvements/new"
    page = await therapist.send(await therapist.get(where), where, service="mental_health", **TEAM)
    assert page.status_code == 400
    assert "Say on what the entry of a sensitive service rests" in text_of(page)
    page = await therapist.send(page, where, rests_on="is_suffering")
    assert "Say when that is looked at again" in text_of(page)
    page = await therapist.send(page, where, rests_on="consent")
    assert page.status_code == 200
    assert len((await ask.shown("therapist", child_id))["involvements"]) == 1


async def test_an_own_involvement_is_confirmed_changed_and_ended(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("social_worker", child_id)
    worker = await sign_in("social_worker")
    where = involvement_of(await opened(worker, child_id))
    page = await worker.send(await worker.get(where), f"{where}/confirm")
    assert "Confirmed as of today." in text_of(page)
    page = await worker.send(page, f"{where}/amend", **TEAM, person="J. Harrowell", duty="yes")
    assert "Changed, and confirmed as of today." in text_of(page)
    assert "J. Harrowell" in text_of(page)
    page = await worker.send(page, f"{where}/amend", team="")
    assert page.status_code == 400
    assert "Say which team or desk is to be rung" in text_of(page)
    ends = {"ceased_day": "31", "ceased_month": "2", "ceased_year": "2026"}
    page = await worker.send(page, f"{where}/cease", **ends)
    assert "Enter a real date" in text_of(page)
    page = await worker.send(await worker.get(where), f"{where}/cease")
    assert "Ended." in text_of(page)
    assert not [form for form in Forms.of(page.text).forms if form.action.startswith(where)]


async def test_a_second_click_records_nothing_twice(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    worker = await sign_in("social_worker")
    await opened(worker, child_id)
    where = f"/children/{child_id}/involvements/new"
    form = await worker.get(where)
    for _ in range(2):
        await worker.send(form, where, service="social_care", **TEAM)
    assert len((await ask.shown("social_worker", child_id))["involvements"]) == 1


@pytest.mark.parametrize("outcome", ["wrong_number", ""])
async def test_it_is_said_whether_a_contact_worked(
    sign_in: Signing, ask: Ask, outcome: str
) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("social_worker", child_id)
    teacher = await sign_in("teacher")
    where = involvement_of(await opened(teacher, child_id))
    page = await teacher.get(where)
    assert [form.action for form in Forms.of(page.text).forms if where in form.action] == [
        f"{where}/feedback"
    ]
    page = await teacher.send(page, f"{where}/feedback", outcome=outcome)
    said = "Noted. Thank you" if outcome else "Say what came of it"
    assert said in text_of(page)
