"""A shield is overridden after a warning, with the second factor given anew, for one read."""

import pytest

from demo.issuer import Issuer
from demo.signing_in import Browser, signed_in
from tests.stories.asking import Ask
from tests.stories.made import Stated, a_child, day
from tests.stories.test_override import approve
from tests.thin_client.browsing import Forms, Page, Somebody, somebody, text_of
from tests.thin_client.conftest import Signing
from tests.thin_client.test_involvements import opened
from tests.thin_client.test_signing_in import session_of
from thin_client import asking, clock
from thin_client.security import Secured

S47 = {"purpose": "enquire_significant_harm", "reason": "strategy_discussion"}
OTHERWISE = {"purpose": "safeguard", "reason": "strategy_discussion"}


async def shielded(ask: Ask) -> tuple[str, Stated]:
    """Record a child with an involvement, and shield it."""
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("teacher", child_id, service="school")
    await ask.shield(child_id, day(-90))
    return child_id, child


async def stated(one: Somebody, child_id: str, why: dict[str, str]) -> Page:
    """Say why a child is asked about, and open the record."""
    page = await one.get(f"/why/{child_id}?back=/children/{child_id}")
    return await one.send(page, f"/why/{child_id}", **why)


async def warned(one: Somebody, issuer: Issuer, who: str, child_id: str) -> Page:
    """Go to the warning, through a second factor given anew."""
    where = f"/children/{child_id}/override"
    page = await one.get(where)
    if "Confirm that it is you" in text_of(page):
        async with Browser.opened(issuer, who) as browser:
            first = await one.http.get("/sign-in", params={"back": where, "stronger": "yes"})
            answer = await signed_in(one.http, browser, first=first)
        page = await one.get(answer.headers["location"])
    assert "This starts an investigation at once" in text_of(page)
    return page


def told_of_shield(page: Page) -> bool:
    return any(link.endswith("/override") for link in Forms.of(page.text).links)


async def overridden(ask: Ask) -> set[str]:
    """Return the children over whose records there is an override."""
    told = (await ask("manager", "GET", "/v1/overrides")).json()["overrides"]
    return {each["child_id"] for each in told}


async def test_the_warning_comes_first_and_the_record_is_read_once(
    sign_in: Signing, ask: Ask, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    child_id, child = await shielded(ask)
    worker = await sign_in("social_worker")
    record = await stated(worker, child_id, S47)
    assert told_of_shield(record)
    assert child["address"]["postcode"] not in record.text
    with monkeypatch.context() as later:
        later.setattr(asking, "now_s", lambda: clock.now_s() + 301)
        page = await worker.get(f"/children/{child_id}/override")
    assert "Confirm that it is you" in text_of(page)
    page = await warned(worker, issuer, "social_worker", child_id)
    where = f"/children/{child_id}/override"
    page = await worker.send(page, where, ground="section_47_enquiry")
    assert "Say that you have read what it sets off" in text_of(page)
    assert child_id not in await overridden(ask)
    with monkeypatch.context() as later:
        later.setattr(asking, "now_s", lambda: clock.now_s() + 301)
        kept = await worker.send(page, where, ground="section_47_enquiry", warning_read="yes")
    assert "What you typed is kept" in text_of(kept)
    page = await worker.get(kept.url.params["back"])
    assert 'value="section_47_enquiry" checked' in page.text
    assert child_id not in await overridden(ask)
    page = await worker.send(page, where)
    assert "You may read the record once" in text_of(page)
    assert child_id in await overridden(ask)
    place = page.url.path
    shown = await worker.send(page, place)
    assert child["address"]["postcode"] in shown.text
    assert "You read this under an override, once." in text_of(shown)
    assert shown.headers["cache-control"] == "no-store"
    again = await worker.send(page, place)
    assert "This override is over" in text_of(again)
    assert child["address"]["postcode"] not in again.text
    assert child["address"]["postcode"] not in (await worker.get(f"/children/{child_id}")).text


async def test_where_a_second_person_must_agree_that_is_said_with_whom_to_ring(
    sign_in: Signing, ask: Ask, issuer: Issuer
) -> None:
    child_id, child = await shielded(ask)
    holder = await sign_in("override_holder")
    await stated(holder, child_id, OTHERWISE)
    page = await warned(holder, issuer, "override_holder", child_id)
    typed = {"ground": "immediate_danger", "warning_read": "yes"}
    page = await holder.send(page, f"/children/{child_id}/override", **typed)
    assert "A second person must agree first" in text_of(page)
    assert any(link.startswith("tel:") for link in Forms.of(page.text).links)
    place = page.url.path
    page = await holder.send(page, place)
    assert "Nobody has agreed yet" in text_of(page)
    assert (await approve(ask, place.rsplit("/", 1)[1])).status_code == 204
    page = await holder.send(page, place)
    assert child["address"]["postcode"] in page.text


@pytest.mark.parametrize("who", ["teacher", "social_worker"])
async def test_nothing_on_a_page_of_a_child_tells_who_is_shielded_but_what_the_record_says(
    sign_in: Signing, ask: Ask, who: str
) -> None:
    plain_id = await ask.create(a_child())
    shielded_id, _ = await shielded(ask)
    one = await sign_in(who)
    assert not told_of_shield(await opened(one, plain_id))
    page = await opened(one, shielded_id)
    assert "Shielded" in page.text or "shielded" in page.text  # policy says it, to whoever reads
    assert told_of_shield(page) is (who == "social_worker")  # by the account's right alone


async def test_what_is_not_shielded_or_not_there_is_overridden_by_nobody(
    sign_in: Signing, ask: Ask, issuer: Issuer
) -> None:
    child_id = await ask.create(a_child())
    worker = await sign_in("social_worker")
    await stated(worker, child_id, S47)
    page = await warned(worker, issuer, "social_worker", child_id)
    typed = {"ground": "missing_child", "warning_read": "yes"}
    page = await worker.send(page, f"/children/{child_id}/override", **typed)
    assert page.status_code == 400
    assert "This has changed meanwhile" in text_of(page)


async def test_an_override_of_an_earlier_session_is_not_said_to_be_granted(
    app: Secured, issuer: Issuer, ask: Ask
) -> None:
    child_id, child = await shielded(ask)
    async with somebody(app, issuer, "override_holder") as holder:
        await stated(holder, child_id, OTHERWISE)
        page = await warned(holder, issuer, "override_holder", child_id)
        typed = {"ground": "immediate_danger", "warning_read": "yes"}
        page = await holder.send(page, f"/children/{child_id}/override", **typed)
        place = page.url.path
        session_of(app, holder).drop(f"override:{place.rsplit('/', 1)[1]}")
        page = await holder.get(place)
        assert "You may read" not in text_of(page)
        page = await holder.send(page, place)
        assert "Nobody has agreed yet" in text_of(page)
        assert (await approve(ask, place.rsplit("/", 1)[1])).status_code == 204
        page = await holder.send(page, place)
        assert child["address"]["postcode"] in page.text
