"""Assessments, consents, dissents, subscriptions, contact requests, and why one was answered so."""

import re

import pytest

from tests.stories.asking import Ask
from tests.stories.made import a_child, day
from tests.thin_client.browsing import Forms, Page, Somebody, text_of
from tests.thin_client.conftest import Signing
from tests.thin_client.test_core import typed_of
from tests.thin_client.test_involvements import TEAM, opened


def on(name: str, iso: str) -> dict[str, str]:
    """Return a day as a form takes it."""
    year, month, day_ = iso.split("-")
    return {f"{name}-day": day_, f"{name}-month": month, f"{name}-year": year}


async def test_a_common_assessment_is_held_led_handed_on_and_closed(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    visitor = await sign_in("health_visitor")
    await opened(visitor, child_id)
    at = f"/children/{child_id}"
    page = await visitor.send(
        await visitor.get(f"{at}/assessment/hold"), f"{at}/assessment/hold", **TEAM
    )
    assert "Held since" in text_of(page)
    page = await visitor.send(
        await visitor.get(f"{at}/lead-professional"),
        f"{at}/lead-professional",
        **TEAM,
        person="J. Harrowell",
    )
    assert "Lead professional" in text_of(page)
    where = f"{at}/assessment/reassign"
    page = await visitor.send(await visitor.get(where), where, agency="primary school", **TEAM)
    assert "Handed on." in text_of(page)
    where = f"{at}/assessment/close"
    page = await visitor.send(await visitor.get(where), where)
    assert "Say why it is closed" in text_of(page)
    page = await visitor.send(page, where, reason="needs_met")
    assert page.status_code == 404  # it is the school's now
    teacher = await sign_in("teacher")
    await opened(teacher, child_id)
    page = await teacher.send(await teacher.get(where), where, reason="needs_met")
    assert "Ended." in text_of(page)


async def test_it_is_offered_elsewhere_only_with_consent(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    visitor = await sign_in("health_visitor")
    await opened(visitor, child_id)
    where = f"/children/{child_id}/assessment/offer"
    page = await visitor.send(await visitor.get(where), where)
    assert "Say which authority" in text_of(page)
    page = await visitor.send(page, where, authority="Camfield")
    assert page.status_code in (400, 404)


async def test_reviews_due_are_listed(sign_in: Signing, ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    visitor = await sign_in("health_visitor")
    await opened(visitor, child_id)
    where = f"/children/{child_id}/assessment/hold"
    await visitor.send(await visitor.get(where), where, **TEAM, **on("review_due", day(-10)))
    page = await visitor.get("/assessments/due")
    assert child["name"]["family_name"] in text_of(page)


async def test_a_consent_is_renewed_and_a_basis_ends(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child(date_of_birth="2009-03-14"))
    therapist = await sign_in("therapist")
    await opened(therapist, child_id)
    at = f"/children/{child_id}"
    said = {"given_for": "confidentiality", "state": "given", "giver": "child"}
    await therapist.send(await therapist.get(f"{at}/consents/new"), f"{at}/consents/new", **said)
    page = await therapist.get(f"{at}/consents")
    (where,) = [each for each in Forms.of(page.text).links if each.endswith("/renew")]
    page = await therapist.send(await therapist.get(where), where)
    assert "Say whose word it is" in text_of(page)
    page = await therapist.send(page, where, giver="child")
    assert page.url.path == f"{at}/consents"
    where = f"{at}/bases/new"
    typed = {"reason": "harm_to_an_adult", **on("review", day(-90))}
    page = await therapist.send(await therapist.get(where), where, **typed)
    assert "harm to an adult" in text_of(page).lower()
    (where,) = [each for each in Forms.of(page.text).links if each.endswith("/end")]
    page = await therapist.send(await therapist.get(where), where)
    assert f"ended {int(day()[8:])} " in text_of(page)


async def test_a_decision_not_to_share_is_recorded(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    teacher = await sign_in("teacher")
    await opened(teacher, child_id)
    where = f"/children/{child_id}/not-shared"
    typed = {"recipient_kind": "police", "reason": "not_proportionate"}
    page = await teacher.send(await teacher.get(where), where, **typed)
    assert "police: it is not proportionate" in text_of(page)


async def test_that_one_disagrees_is_recorded_and_seen_by_ones_agency(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    teacher = await sign_in("teacher")
    await opened(teacher, child_id)
    where = f"/children/{child_id}/dissents"
    page = await teacher.send(await teacher.get(where), where, **TEAM)
    assert "Say with what you disagree" in text_of(page)
    page = await teacher.send(page, where, about="threshold_not_met")
    assert "Recorded." in text_of(page)
    assert "That the threshold was not met, Northmere Primary School" in text_of(page)
    notices = await teacher.get("/notices")
    assert "A colleague disagrees with what was decided" in text_of(notices)


async def test_one_asks_to_be_told_by_ones_own_reference(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    worker = await sign_in("social_worker")
    await opened(worker, child_id)
    where = f"/children/{child_id}/subscribe"
    page = await worker.send(await worker.get(where), where, reference="9990000018")
    assert page.status_code == 400
    page = await worker.send(page, where, reference="nm/case-7")
    assert "You will be told to ask again." in text_of(page)
    assert "NM/CASE-7" in text_of(page)
    (form,) = [each for each in Forms.of(page.text).forms if each.action.endswith("/end")]
    page = await worker.send(page, form.action)
    assert "You will no longer be told." in text_of(page)
    assert "NM/CASE-7" not in text_of(page)


async def asked_for_contact(one: Somebody, page: Page, where: str) -> Page:
    """Ask the team for contact from a form."""
    assert where in str(page.url)
    return await one.send(page, where, urgency="same_day", name="Office", phone="01632 960121")


async def test_contact_is_asked_for_though_nothing_was_found_and_its_answer_read(
    sign_in: Signing, ask: Ask
) -> None:
    teacher = await sign_in("teacher")
    page = await teacher.searches(**typed_of(a_child()))
    (where,) = [each for each in Forms.of(page.text).links if each.endswith("/contact")]
    page = await asked_for_contact(teacher, await teacher.get(where), where)
    assert "Waiting for the index team" in text_of(page)
    place = page.url.path
    listed = await teacher.get("/contact-requests")
    assert place in Forms.of(listed.text).links
    request_id = place.rsplit("/", 1)[1]
    path = f"/v1/contact-requests/{request_id}"
    assert (await ask("manager", "POST", f"{path}/take")).status_code == 204
    answer = await ask("manager", "POST", f"{path}/answer", {"outcome": "nobody_to_broker"})
    assert answer.status_code == 204, answer.text
    assert "No contact can be made" in text_of(await teacher.get(place))


@pytest.mark.parametrize("there", [True, False])
async def test_why_one_was_answered_so_is_one_click_away(
    sign_in: Signing, ask: Ask, there: bool
) -> None:
    child = a_child()
    if there:
        await ask.begin("social_worker", await ask.create(child))
    teacher = await sign_in("teacher")
    page = await teacher.searches(**typed_of(child))
    (where,) = [each for each in Forms.of(page.text).links if "/decisions/" in each]
    told = text_of(await teacher.get(where))
    assert "Look up a child" in told
    assert ("Of 1 child:" in told) is there
    if there:  # owed whatever there is: it must not read as if this child had such a service
        assert "left out of every answer like this, whether or not there are any" in told
        assert "is offered with every answer like this" in told
        assert "were left out" not in told


async def test_why_nothing_was_shown_is_one_answer(sign_in: Signing, ask: Ask) -> None:
    teacher = await sign_in("teacher")
    absent = "00000000-0000-4000-8000-000000000000"
    page = await teacher.states_why(await teacher.get(f"/children/{absent}"))
    assert page.status_code == 404
    (where,) = [each for each in Forms.of(page.text).links if "/decisions/" in each]
    assert "it says nothing about any child" in text_of(await teacher.get(where))
    other = await sign_in("social_worker")
    assert (await other.get(where)).status_code == 404  # of others' requests there is nothing


async def test_what_a_page_of_a_child_offers_is_the_same_for_every_child(
    sign_in: Signing, ask: Ask
) -> None:
    plain, shielded, busy = [await ask.create(a_child()) for _ in range(3)]
    await ask.shield(shielded, day(-90))
    await ask.begin("social_worker", busy)
    teacher = await sign_in("teacher")
    offered = []
    for child_id in (plain, shielded, busy):
        page = await opened(teacher, child_id)
        links = Forms.of(page.text).links
        own = [each for each in links if each.startswith(f"/children/{child_id}/")]
        offered.append([each for each in own if not re.search(r"/involvements/[0-9a-f]", each)])
    assert [[each[46:] for each in one] for one in offered] == [
        [each[46:] for each in offered[0]]
    ] * 3
