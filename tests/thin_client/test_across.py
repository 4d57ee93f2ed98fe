"""An answer of several authorities: what its page says first is true of all of them together."""

import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.stories.asking import Ask
from tests.stories.made import a_child, by_name, day
from tests.thin_client.browsing import Page, text_of
from tests.thin_client.conftest import Line, Signing
from tests.thin_client.test_core import dialled, typed_of
from thin_client.outcomes import outcome_of

Stated = dict[str, Any]
SPELLING = "Try another spelling"
NOT_NOBODY = "This does not mean that nobody"
OWN = ("found", "several", "too_many", "none")
PARTS = ("nothing", "unreachable", "known", "too_many", "shown")


@pytest.fixture(autouse=True)
def whole_again(line: Line) -> Iterator[None]:
    """Leave the line as it was."""
    line.whole()
    yield
    line.whole()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def found(ask: Ask) -> tuple[Stated, Stated]:
    """What the index answers of one child, and what that child is."""
    child = a_child()
    await ask.begin("social_worker", await ask.create(child))
    return await ask.look_up("teacher", **by_name(child)), child


def part(title: str, outcome: str, match: Stated) -> Stated:
    """Return what one other authority answers."""
    silent = outcome in ("nothing", "unreachable")
    return {
        "name": title.casefold(),
        "title": title,
        "state": outcome if silent else "answered",
        "as_of": None,
        "front_door": {"name": f"{title} front door", "phone": "+441632960333"},
        "outcome": None if silent else outcome,
        "matches": [match] if outcome == "shown" else [],
        "receipt": None,
    }


def answered(found: Stated, own: str, *outcomes: str) -> Stated:
    """Return an answer that came to this here, and to these in other authorities."""
    (match,) = found["matches"]
    titles = ("Camfield", "Eastbrook")
    parts = [part(*each, match) for each in zip(titles, outcomes, strict=False)]
    complete = "unreachable" not in outcomes
    region = {"across": "region", "complete": complete, "wider_offered": False}
    matches = {"found": [match], "several": [match, match]}.get(own, [])
    return {**found, "outcome": own, "matches": matches, "region": {**region, "authorities": parts}}


async def drawn(sign_in: Signing, line: Line, child: Stated, answer: Stated) -> Page:
    """Return the page of an answer."""
    line.answer, line.only = httpx.Response(200, json=answer), "/v1/lookups"
    return await (await sign_in("teacher")).searches(**typed_of(child), across="region")


def heading_of(page: Page) -> str:
    return page.text.partition('<h1 class="govuk-heading-l">')[2].partition("</h1>")[0]


@pytest.mark.parametrize(("own", "there"), list(itertools.product(OWN, PARTS)))
async def test_the_headline_is_true_of_what_every_authority_answered(
    sign_in: Signing, line: Line, found: tuple[Stated, Stated], own: str, there: str
) -> None:
    answer, child = found
    page = await drawn(sign_in, line, child, answered(answer, own, there))
    said, heading = text_of(page), heading_of(page)
    assert heading in page.text.partition("</title>")[0]
    elsewhere = there in ("known", "shown")
    assert ("Camfield" in heading) is elsewhere
    assert ("No child" in heading) is (own == "none" and not elsewhere)
    assert (SPELLING in said) is (own == "none" and there in ("nothing", "unreachable"))
    assert (NOT_NOBODY in said) is (own == "none")
    assert ("Too many children fit in Camfield" in said) is (there == "too_many" != own)
    assert ("ask for the date of birth" in said) is (
        own == "several" or (own == "found" and there == "shown")
    )
    assert ("Not every authority answered" in said) is (there == "unreachable")
    assert "tel:+441632960333" in dialled(page)


async def test_a_child_another_authority_alone_shows_is_not_said_to_be_found_nowhere(
    sign_in: Signing, line: Line, found: tuple[Stated, Stated]
) -> None:
    answer, child = found
    page = await drawn(sign_in, line, child, answered(answer, "none", "shown", "known"))
    said = text_of(page)
    heading = "One child shown by Camfield and a child like this is known to Eastbrook"
    assert heading_of(page) == heading
    assert "Ring Eastbrook" in said
    assert said.index(heading) < said.index("family name: the same")
    assert "/children/" not in page.text  # its ids are Camfield's


def test_many_authorities_are_counted_and_not_named(found: tuple[Stated, Stated]) -> None:
    answer, _ = found
    (match,) = answer["matches"]
    parts = [part(f"Town {n}", "shown", match) for n in range(4)]
    region = {"complete": True, "wider_offered": False, "authorities": parts}
    outcome = outcome_of({**answer, "region": region})
    assert outcome.heading == "One child found here and 4 children shown by 4 other authorities"


def led(child: Stated) -> Stated:
    """Return a child with a lead professional as answers hold one."""
    contact = {"team": {"name": "Lead team", "phone": "+441632960444", "hours": []}}
    contact |= {"person": None, "ask_for_duty": True}
    return {**child, "lead_professional": {"agency": "", "contact": contact, "since": day(9)}}


async def test_whoever_leads_can_be_rung_though_no_service_is_shown(
    sign_in: Signing, line: Line, found: tuple[Stated, Stated]
) -> None:
    answer, child = found
    (match,) = answer["matches"]
    alone = {**match, "child": {**led(match["child"]), "involvements": []}}
    page = await drawn(sign_in, line, child, {**answer, "matches": [alone]})
    assert dialled(page)[0] == "tel:+441632960444"
    assert "Ring a front door" not in text_of(page)


async def test_where_all_have_ended_that_is_said_and_who_worked_there_before(
    sign_in: Signing, line: Line, found: tuple[Stated, Stated]
) -> None:
    answer, child = found
    (match,) = answer["matches"]
    ended = [{**each, "ceased": day(3)} for each in match["child"]["involvements"]]
    alone = {**match, "child": {**match["child"], "involvements": ended}}
    page = await drawn(sign_in, line, child, {**answer, "matches": [alone]})
    said = text_of(page)
    assert "working with this child now that can be shown to you. Ring a front door" in said
    assert said.index("working with this child now") < said.index("Ended ")


async def test_a_service_that_gave_nobody_to_ring_leads_to_its_front_door(
    sign_in: Signing, line: Line, found: tuple[Stated, Stated]
) -> None:
    answer, child = found
    (match,) = answer["matches"]
    (one,) = match["child"]["involvements"]
    told = {**one, "level": "existence", "contact": None, "agency": None, "agency_kind": "police"}
    alone = {**match, "child": {**match["child"], "involvements": [told]}}
    (door,) = [each for each in answer["front_doors"] if each["agency_kind"] == "police"]
    page = await drawn(sign_in, line, child, {**answer, "matches": [alone]})
    assert dialled(page)[0] == f"tel:{door['duty_phone']}"
    assert f"Ring the front door: {door['agency']}" in text_of(page)
