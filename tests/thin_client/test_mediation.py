"""Asking for somebody else: a number read out, pages of their own, an end."""

import re
from typing import Any

import pytest

from tests.stories.asking import Ask
from tests.stories.made import Stated, a_child
from tests.thin_client.browsing import Forms, Page, Somebody, text_of
from tests.thin_client.conftest import Signing
from tests.thin_client.test_core import typed_of
from thin_client import clock

WHY = {"purpose": "safeguard", "reason": "contact_practitioner"}
MODE = "You ask for somebody else"


async def granted(requester: Somebody, **differs: str) -> str:
    """Grant it to whoever works for the health visitor's agency; return what is read out."""
    typed = {**WHY, "agency": "health visiting", **differs}
    page = await requester.send(await requester.get("/mediation"), "/mediation", **typed)
    assert "Read this number to your colleague" in text_of(page), text_of(page)
    return " ".join(re.findall(r"<span>([0-9a-f]{4})</span>", page.text))


async def begun(mediator: Somebody, number: str, **differs: str) -> Page:
    """Begin to ask for whoever granted it."""
    form = await mediator.get("/mediate")
    return await mediator.send(form, "/mediate", number=number, **(WHY | differs))


async def test_a_mediator_sees_what_the_requester_may_see_under_a_banner(
    sign_in: Signing, ask: Ask
) -> None:
    child: Stated = a_child()
    child_id = await ask.create(child)
    await ask.begin("social_worker", child_id)
    requester, mediator = await sign_in("social_worker"), await sign_in("health_visitor")
    number = await granted(requester)
    assert len(number) == 8 * 5 - 1
    page = await begun(mediator, number.upper().replace(" ", " - "))
    assert MODE in text_of(page)
    at = page.url.path
    page = await mediator.send(page, at, **typed_of(child))
    assert MODE in text_of(page)
    assert "One child found" in text_of(page)
    page = await mediator.get(f"{at}/children/{child_id}")
    assert MODE in text_of(page)
    assert child["name"]["family_name"] in text_of(page)
    assert "Record that we work with this child" not in text_of(page)
    entry = await ask.entry(await ask("manager", "GET", "/v1/me"))
    assert entry  # the log goes on
    ordinary = await mediator.get(f"/children/{child_id}")
    assert "/why/" in str(ordinary.url)  # nothing was stated for the mediator's own asking
    assert MODE not in text_of(ordinary)


async def test_it_ends_when_it_is_ended_and_by_itself(
    sign_in: Signing, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    child_id = await ask.create(a_child())
    requester, mediator = await sign_in("social_worker"), await sign_in("health_visitor")
    page = await begun(mediator, await granted(requester))
    at = page.url.path
    page = await mediator.send(page, f"{at}/end")
    assert "You no longer ask for somebody else." in text_of(page)
    again = await begun(mediator, await granted(requester))
    at_again = again.url.path
    now_s = clock.now_s
    for place, ahead_s in ((at, 0), (at_again, 16 * 60)):
        monkeypatch.setattr(clock, "now_s", lambda ahead_s=ahead_s: now_s() + ahead_s)
        for path in (place, f"{place}/children/{child_id}", f"{place}/results/none"):
            answer = await mediator.http.get(path)
            assert answer.headers["location"].startswith("/mediate?")


@pytest.mark.parametrize(
    ("number", "differs", "said"),
    [
        ("", {}, "Give the number that was read out to you"),
        ("12ab", {}, "it has 32 digits and letters from a to f"),
        ("0" * 32, {}, "No grant of this number holds for you"),
        ("granted", {"reason": "review"}, "No grant of this number holds for you"),
        ("of another", {}, "No grant of this number holds for you"),
    ],
)
async def test_a_number_that_does_not_hold_is_refused_alike(
    sign_in: Signing, number: str, differs: dict[str, str], said: str
) -> None:
    requester, mediator = await sign_in("social_worker"), await sign_in("health_visitor")
    if number == "granted":
        number = await granted(requester)
    if number == "of another":
        number = await granted(requester, agency="police")
    page = await begun(mediator, number, **differs)
    assert page.status_code == 400
    assert said in text_of(page)


async def test_of_several_agencies_one_is_chosen(sign_in: Signing) -> None:
    requester = await sign_in("social_worker")
    page = await requester.send(await requester.get("/mediation"), "/mediation", **WHY, agency="no")
    assert "Choose which of these is meant" in text_of(page)
    offered: Any = re.search(
        r'value="([0-9a-f-]{36})"[^>]*>\s*<label[^>]*>\s*Northmere Health Visiting', page.text
    )
    page = await requester.send(page, "/mediation", agency_id=offered[1])
    assert "Read this number" in text_of(page)
    page = await requester.send(await requester.get("/mediation"), "/mediation", **WHY, agency="zz")
    assert "No agency of this authority has a name like this" in text_of(page)


async def test_whoever_may_not_let_others_ask_is_told_so(sign_in: Signing) -> None:
    manager = await sign_in("manager")
    assert "/mediation" not in Forms.of((await manager.get("/")).text).links
