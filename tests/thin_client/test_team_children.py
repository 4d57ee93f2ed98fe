"""The team's decisions about a child: each told before it is done, and done by whoever may."""

import re
from typing import Any

from tests.stories.asking import KEEP, Ask, not_shown
from tests.stories.made import a_child, child_line, day, reference
from tests.stories.test_brokering import asked as contact_asked
from tests.stories.test_brokering import hidden_service, told
from tests.stories.test_holds import held_by_name, held_by_number
from tests.stories.test_override import investigated, override, shielded
from tests.stories.test_override import read as read_under_override
from tests.stories.test_shield_request import made, state
from tests.thin_client.browsing import Page, Somebody, text_of
from tests.thin_client.conftest import Line, Signing


async def looked_at(browser: Somebody, path: str, action: str, **typed: str) -> Page:
    """Fill in a page's form, and return what is told before anything is done."""
    page = await browser.send(await browser.get(path), action, **typed)
    assert "Nothing has been done yet" in text_of(page), text_of(page)
    return page


async def agreed(browser: Somebody, page: Page, action: str) -> Page:
    """Do what a page told of, and return where it leads."""
    page = await browser.send(page, action, confirmed="yes")
    assert page.status_code == 200, text_of(page)
    return page


def of(listed: Page, child_id: str) -> bool:
    return child_id in listed.text


# Shields


async def test_a_shield_is_asked_for_granted_looked_at_and_lifted(
    sign_in: Signing, ask: Ask
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    worker, manager = await sign_in("social_worker"), await sign_in("manager")
    path = f"/children/{child_id}/shield-request"
    form = await worker.states_why(await worker.get(path))
    page = await worker.send(form, path, ground="named_threat", asked_by="child")
    assert page.status_code == 400
    assert "Whoever asks must be one the team can reach" in text_of(page)
    said = {"identity_checked": "known_to_agency", "can_be_contacted": "yes"}
    page = await worker.send(page, path, ground="named_threat", asked_by="child", **said)
    assert "A named person is a threat: waits for a decision" in text_of(page)
    page = await manager.get("/shield-requests")
    assert "keep the index right" in text_of(page)
    (request,) = re.findall(r"/team/shield-requests/[0-9a-f-]{36}", page.text)
    grant = f"/team/children/{child_id}/shield"
    page = await looked_at(manager, request, grant)
    assert "everybody but the team sees only the name" in text_of(page)
    assert "address" in await ask.shown("teacher", child_id)
    page = await agreed(manager, page, grant)
    assert "address" not in await ask.shown("teacher", child_id)
    assert "Shields in force" in text_of(page)
    (lift,) = re.findall(r"/team/children/\S+?/lift", page.text)
    page = await manager.get(lift)
    assert "sees address, school, practice and services again" in text_of(page)
    page = await agreed(manager, page, lift)
    assert "No shield is in force" in text_of(page)
    assert (await ask.shown("teacher", child_id))["address"] == child["address"]


async def test_looking_at_a_shield_again_sets_its_next_day(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-20))
    manager = await sign_in("manager")
    page = await manager.get(f"/team/children/{child_id}")
    (review,) = re.findall(r"/team/children/\S+?/review", page.text)
    page = await manager.send(await manager.get(review), review)
    (shield,) = (await ask.shown("manager", child_id))["restriction"]["shields"]
    assert (shield["reviewed"], shield["review"]) == (day(), day(-182))
    assert "last looked at" in text_of(page)


async def test_a_refusal_is_appealed_and_another_person_refuses(sign_in: Signing, ask: Ask) -> None:
    _, request_id = await made(ask)
    manager, worker = await sign_in("manager"), await sign_in("social_worker")
    action = f"/team/shield-requests/{request_id}/refuse"
    path = f"/team/shield-requests/{request_id}"
    page = await looked_at(manager, path, action, reason="whereabouts_known")
    assert "They can appeal, once" in text_of(page)
    assert await state(ask, request_id) == "waiting"
    await agreed(manager, page, action)
    assert await state(ask, request_id) == "refused"
    appeal = f"/shield-requests/{request_id}/appeal"
    assert appeal not in (await manager.get("/shield-requests")).text
    assert appeal in (await worker.get("/shield-requests")).text
    await agreed(worker, await worker.get(appeal), appeal)
    assert await state(ask, request_id) == "appealed"
    page = await manager.get(path)
    assert "Needs a second person" in text_of(page)
    page = await looked_at(manager, path, action, reason="whereabouts_known")
    page = await manager.send(page, action, confirmed="yes")
    assert (page.status_code, "A second person is needed" in text_of(page)) == (400, True)
    second = await sign_in("second_manager")
    page = await looked_at(second, path, action, reason="whereabouts_known")
    await agreed(second, page, action)
    assert await state(ask, request_id) == "refused"


async def test_what_was_said_can_be_changed_after_its_effects_were_read(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    manager = await sign_in("manager")
    path = f"/team/children/{child_id}/shield"
    page = await looked_at(manager, path, path, ground="named_threat", asked_by="court")
    page = await manager.send(page, path, change="yes")
    assert 'value="court" checked' in page.text
    assert not (await ask.shown("teacher", child_id))["restricted"]


# Overrides


async def test_an_override_is_approved_and_concluded_by_somebody_else(
    sign_in: Signing, ask: Ask
) -> None:
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    await read_under_override(ask, child_id, override_id)
    manager = await sign_in("manager")
    page = await manager.get("/team/overrides")
    path = f"/team/overrides/{override_id}"
    assert path in page.text
    assert "hours left" in text_of(page) or "days left" in text_of(page)
    page = await manager.get(path)
    assert "somebody has said whether it is approved" in text_of(page)
    assert f"{path}/conclude" not in page.text
    page = await looked_at(manager, path, f"{path}/approve", approved="yes")
    assert "approved it after the fact" in text_of(page)
    await agreed(manager, page, f"{path}/approve")
    assert (await investigated(ask, override_id))["approved"] is True
    page = await looked_at(manager, path, f"{path}/conclude", outcome="in_order")
    page = await agreed(manager, page, f"{path}/conclude")
    assert path not in page.text


async def test_ones_own_override_cannot_be_decided_and_says_so(sign_in: Signing, ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    made = await override(ask, child_id, "double_manager", KEEP)
    assert made.status_code == 201, made.text
    own = await sign_in("double_manager")
    page = await own.get(f"/team/overrides/{made.json()['id']}")
    assert "somebody else approves it" in text_of(page)
    assert "See what this does" not in page.text


# Contact to bring about


async def test_a_request_for_contact_is_taken_and_answered_in_words_first(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    service = await hidden_service(ask, child_id)
    request_id = await contact_asked(ask, child_id=child_id, service="mental_health")
    manager = await sign_in("manager")
    path = f"/team/contact-requests/{request_id}"
    assert path in (await manager.get("/team/contact-requests")).text
    page = await manager.send(await manager.get(path), f"{path}/take")
    assert "You are at it" in text_of(page)
    page = await manager.send(page, f"{path}/answer", outcome="contact_given")
    assert page.status_code == 400
    assert "Say who of the service agreed" in text_of(page)
    assert f'<option value="{service["agreed_by"]}">' in page.text
    year, month, on = day().split("-")
    days = {"agreed_on-day": on, "agreed_on-month": month, "agreed_on-year": year}
    given = {"involvement_id": service["involvement_id"], "agreed_by": service["agreed_by"]}
    page = await manager.send(page, f"{path}/answer", outcome="contact_given", **given, **days)
    assert "told the service's name" in text_of(page).replace("&#39;", "'")
    await agreed(manager, page, f"{path}/answer")
    assert (await told(ask, "social_worker", request_id))["answer"] == "contact"


async def test_nobody_and_not_agreed_are_told_alike(sign_in: Signing, ask: Ask) -> None:
    request_id = await contact_asked(ask, child_id=await ask.create(a_child()))
    manager = await sign_in("manager")
    path = f"/team/contact-requests/{request_id}"
    for outcome in ("nobody_to_broker", "not_agreed"):
        page = await looked_at(manager, path, f"{path}/answer", outcome=outcome)
        assert "that no contact can be made" in text_of(page)
        assert "cannot tell whether there is a service" in text_of(page)


# Holds


async def test_a_held_record_is_compared_and_released_after_its_effects_were_read(
    sign_in: Signing, ask: Ask
) -> None:
    child_id, _ = await held_by_name(ask)
    manager = await sign_in("manager")
    assert of(await manager.get("/team/holds"), child_id)
    page = await manager.get(f"/team/holds/{child_id}")
    (beside, *_) = re.findall(r"/team/holds/[0-9a-f-]{36}/beside/[0-9a-f-]{36}", page.text)
    page = await manager.get(beside)
    said = text_of(page)
    assert "≠ Differs" in said
    assert "= Same" in said
    assert "What each choice does" in said
    assert "join this record to the child" in said
    page = await manager.send(page, beside, decision="another_child")
    assert (page.status_code, "Say with whom you checked it" in page.text) == (400, True)
    page = await looked_at(manager, beside, beside, decision="another_child", checked_with="family")
    assert "finds the record, with its address" in text_of(page)
    not_shown(await ask.read("teacher", child_id))
    page = await agreed(manager, page, beside)
    assert not of(page, child_id)
    assert (await ask.read("teacher", child_id)).status_code == 200


async def test_a_shielded_childs_number_needs_two_and_the_page_says_so(
    sign_in: Signing, ask: Ask
) -> None:
    child_id, _ = await held_by_number(ask)
    manager, second = await sign_in("manager"), await sign_in("second_manager")
    path = f"/team/holds/{child_id}"
    checked = {"decision": "another_child", "checked_with": "supplier"}
    page = await looked_at(manager, path, path, **checked)
    page = await manager.send(page, path, confirmed="yes")
    assert "Needs a second person: the record carries a number" in text_of(page)
    page = await looked_at(manager, path, path, decision="at_once")
    assert "Nothing is released yet" in text_of(page)
    page = await agreed(manager, page, path)
    assert "Whoever asked cannot agree to it themselves" in text_of(page)
    here = page.url.path
    page = await manager.send(page, here, confirmed="yes")
    assert (page.status_code, "A second person is needed" in text_of(page)) == (400, True)
    not_shown(await ask.read("teacher", child_id))
    await agreed(second, await second.get(here), here)
    assert (await ask.read("teacher", child_id)).status_code == 200


async def test_a_doubtful_record_is_joined_to_the_childs_own(sign_in: Signing, ask: Ask) -> None:
    child = a_child()
    own = await ask.create(child)
    before = await ask.holds()
    again = {name: child[name] for name in ("name", "date_of_birth", "gender")}
    again["address"] = {"kind": "none_known"}
    await ask.feed(child_line(reference(), again))
    (doubtful,) = (await ask.holds()).keys() - before.keys()
    manager = await sign_in("manager")
    beside = f"/team/holds/{doubtful}/beside/{own}"
    page = await manager.get(f"/team/holds/{doubtful}")
    assert beside in page.text
    page = await looked_at(manager, beside, beside, decision="same_child", checked_with="family")
    assert "The stricter stays" in text_of(page)
    await agreed(manager, page, beside)
    not_shown(await ask.read("teacher", doubtful))
    assert doubtful not in await ask.holds()


async def test_a_second_click_releases_once(sign_in: Signing, ask: Ask, line: Line) -> None:
    child_id, _ = await held_by_name(ask)
    manager = await sign_in("manager")
    path = f"/team/holds/{child_id}"
    checked = {"decision": "another_child", "checked_with": "supplier"}
    page = await looked_at(manager, path, path, **checked)
    line.whole()
    for _ in range(2):
        answer = await manager.send(page, path, confirmed="yes")
        assert answer.url.path == "/team/holds"
    sent = [each for each in line.asked if each.url.path.endswith("/release")]
    assert len(sent) == 1


async def test_a_practitioner_is_told_plainly_that_the_teams_pages_are_not_theirs(
    sign_in: Signing, ask: Ask
) -> None:
    child_id, _ = await held_by_name(ask)
    teacher = await sign_in("teacher")
    for path in ("/team/holds", "/team/overrides", "/team/contact-requests/" + child_id):
        page = await teacher.get(path)
        assert page.status_code in (403, 404), path
    assert "/team" not in (await teacher.get("/agencies")).text


async def test_the_team_finds_a_child_and_no_fact_stands_in_an_address(
    sign_in: Signing, ask: Ask
) -> None:
    child: dict[str, Any] = a_child()
    child_id = await ask.create(child)
    manager = await sign_in("manager")
    form = await manager.get("/team/find")
    page = await manager.send(form, "/team/find", nhs_number=child["nhs_number"])
    assert f"/team/children/{child_id}" in page.text
    assert child["nhs_number"] not in str(page.url)
    page = await manager.get(f"/children/{child_id}")
    assert page.status_code == 200, "the purpose was stated by the page that leads here"


async def test_an_identity_is_closed_for_good_after_its_effects_were_read(
    sign_in: Signing, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    manager = await sign_in("manager")
    path = f"/team/children/{child_id}/close-identity"
    assert path in (await manager.get(f"/team/children/{child_id}")).text
    page = await looked_at(manager, path, path, cause="adoption")
    assert "nothing in the index says that the two are one child" in text_of(page)
    assert (await ask.read("teacher", child_id)).status_code == 200
    page = await agreed(manager, page, path)
    assert page.url.path == "/team"
    not_shown(await ask.read("teacher", child_id))
