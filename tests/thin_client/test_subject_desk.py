"""The subject desk: a family asks who looked; a consent, and the receipt as the child chose."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest
import pytest_asyncio

from demo.issuer import Issuer
from tests.stories.asking import Ask
from tests.stories.consent_said import aged
from tests.stories.made import a_child
from tests.stories.telling import CHILD, a_month_later, of_then, refuse, waits
from tests.thin_client.browsing import Forms, Page, Somebody, somebody, text_of
from tests.thin_client.conftest import Line, Signing
from thin_client.app import create_app
from thin_client.settings import Settings

CASE = "SAR/2026-9"


class MonthLater:
    """The desk once this month is over: the index asked a month later, its pages, two people."""

    def __init__(self, ask: Ask, first: Somebody, second: Somebody, line: Line) -> None:
        """Bind them."""
        self.ask, self.first, self.second, self.line = ask, first, second, line


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def later(client_settings: Settings, issuer: Issuer, ask: Ask) -> AsyncIterator[MonthLater]:
    """Two of the team at pages whose index is asked a month later."""
    async with a_month_later(ask) as asking:
        line = Line(asking.client._transport)
        app = create_app(client_settings, line)
        async with (
            somebody(app, issuer, "manager") as first,
            somebody(app, issuer, "second_manager") as second,
        ):
            yield MonthLater(asking, first, second, line)


def typed_of(found: dict[str, Any]) -> dict[str, str]:
    """Return what the desk found, as it is typed."""
    on = date.fromisoformat(found["judged_on"])
    typed = {name: value for name, value in found.items() if name != "judged_on"}
    return typed | {
        "judged_on-day": str(on.day),
        "judged_on-month": str(on.month),
        "judged_on-year": str(on.year),
    }


async def released(later: MonthLater, ask: Ask, who: Somebody, **found: str) -> tuple[str, Page]:
    """Let a child be looked at, and a month later the report be released; return both."""
    child_id = await ask.create(a_child())
    await ask.read("teacher", child_id)
    request_id = await waits(later.ask, child_id, {**of_then(CHILD), **found})
    path = f"/children/{child_id}/who-looked/{request_id}"
    return child_id, await who.send(await who.get(path), f"{path}/release", case=CASE)


# Who looked


async def test_who_is_not_of_the_team_is_refused(sign_in: Signing) -> None:
    auditor = await sign_in("auditor")
    assert (await auditor.get("/who-looked")).status_code == 403


async def test_a_request_in_order_waits_and_is_listed(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    manager = await sign_in("manager")
    page = await manager.get(f"/children/{child_id}/who-looked")
    page = await manager.send(page, f"/children/{child_id}/who-looked", **typed_of(CHILD))
    assert "it waits for its release" in text_of(page)
    listed = text_of(await manager.get("/who-looked"))
    assert "The child, or the adult they became" in listed
    assert "Recorded" in listed


async def test_what_stands_against_telling_is_the_desks_to_know(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    manager = await sign_in("manager")
    found = typed_of({**CHILD, "harm": "likely", "orders": "no_contact"})
    page = await manager.get(f"/children/{child_id}/who-looked")
    said = text_of(await manager.send(page, f"/children/{child_id}/who-looked", **found))
    assert "Recorded, and refused" in said
    assert "Telling is likely to do serious harm" in said


@pytest.mark.parametrize(
    ("differs", "told"),
    [
        ({"asked_by": ""}, "Say who asks"),
        ({"judged_by": ""}, "Say who judged it"),
        ({"wish": "not_asked"}, "Say why the child was not asked"),
        ({"detail": "names"}, "Say why more is told than kinds"),
    ],
)
async def test_what_does_not_fit_together_is_said_beside_its_field(
    sign_in: Signing, ask: Ask, differs: dict[str, str], told: str
) -> None:
    child_id = await ask.create(a_child())
    manager = await sign_in("manager")
    page = await manager.get(f"/children/{child_id}/who-looked")
    typed = {**typed_of(CHILD), **differs}
    page = await manager.send(page, f"/children/{child_id}/who-looked", **typed)
    assert page.status_code == 400
    assert told in text_of(page)


async def test_a_report_is_released_onto_paper_with_date_authority_and_case(
    later: MonthLater, ask: Ask
) -> None:
    child_id, report = await released(later, ask, later.first)
    said = text_of(report)
    assert report.status_code == 200
    for each in ("Authority Northmere", "Date", f"Case reference {CASE}", "Schools", "Identity"):
        assert each in said
    assert any(each.endswith("/print.css") for each in Forms.of(report.text).fetched)
    assert report.headers["cache-control"] == "no-store"
    assert CASE not in str(report.url)
    assert child_id not in text_of(report)
    assert "style=" not in report.text


async def test_a_report_is_shown_again_in_its_session_and_in_no_other(
    later: MonthLater, ask: Ask
) -> None:
    _, report = await released(later, ask, later.first)
    assert text_of(await later.first.get(report.url.path)) == text_of(report)
    elsewhere = await later.second.get(report.url.path)
    assert elsewhere.url.path == "/who-looked"


async def test_a_report_whose_answer_was_lost_is_had_by_sending_the_form_again(
    later: MonthLater, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    await ask.read("teacher", child_id)
    request_id = await waits(later.ask, child_id, of_then(CHILD))
    path = f"/children/{child_id}/who-looked/{request_id}"
    form, line = await later.first.get(path), later.line
    line.only, line.after, line.fault = "/release", True, httpx.ReadTimeout("lost")
    down = await later.first.send(form, f"{path}/release", case=CASE)
    line.whole()
    assert (down.status_code, "Nothing you typed is lost" in text_of(down)) == (503, True)
    (back,) = [each for each in Forms.of(down.text).links if each.startswith("/kept/")]
    kept = await later.first.get(back)
    report = await later.first.send(kept, f"{path}/release")
    assert "Schools" in text_of(report)
    assert report.url.path.startswith("/who-looked/reports/")


async def test_more_than_kinds_is_released_by_a_second_person(later: MonthLater, ask: Ask) -> None:
    found = {"detail": "agencies", "detail_ground": "complaint"}
    _, alone = await released(later, ask, later.first, **found)
    assert "A second person is needed" in text_of(alone)
    _, report = await released(later, ask, later.second, **found)
    assert "Northmere Primary School" in text_of(report)


async def test_a_request_is_refused_and_leaves_the_list(later: MonthLater, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    request_id = await waits(later.ask, child_id, of_then(CHILD))
    listed = Forms.of((await later.first.get("/who-looked")).text).links
    path = f"/children/{child_id}/who-looked/{request_id}"
    assert path in listed
    page = await later.first.get(path)
    page = await later.first.send(page, f"{path}/refuse", reason="harm_possible")
    assert page.url.path == "/who-looked"
    assert request_id not in page.text
    assert (await refuse(later.ask, request_id)).status_code == 409


async def test_what_the_record_holds_is_put_onto_paper(sign_in: Signing, ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("social_worker", child_id)
    request_id = await waits(ask, child_id, CHILD)
    manager = await sign_in("manager")
    path = f"/children/{child_id}/access-report/{request_id}"
    page = await manager.send(await manager.get(path), f"/case/{request_id}", case=CASE)
    said = text_of(page)
    assert page.status_code == 200, said
    for each in ("Authority Northmere", f"Case reference {CASE}", "Social care"):
        assert each in said
    name = child["name"]["family_name"]
    assert name in said
    assert name not in page.text.partition("<title>")[2].partition("</title>")[0]
    assert any(each.endswith("/print.css") for each in Forms.of(page.text).fetched)
    other = await ask.create(a_child())
    nobodys = await manager.get(f"/children/{other}/access-report/{request_id}")
    assert nobodys.status_code == 404
    assert name not in nobodys.text


# Consents


async def consented(ask: Ask, therapist: Somebody, receipt: str) -> tuple[str, Page]:
    """Record a consent of a girl of 14 with proof of a kind; return her id and what is shown."""
    child_id = await ask.create(aged(14))
    path = f"/children/{child_id}/consents/new"
    page = await therapist.get(path)
    if "/why/" in str(page.url):
        page = await therapist.states_why(page)
    typed = {
        "given_for": "confidentiality",
        "giver": "child",
        "understanding": "sufficient",
        "receipt": receipt,
    }
    return child_id, await therapist.send(page, path, **typed)


async def test_nothing_is_printed_where_the_child_wants_no_proof(
    sign_in: Signing, ask: Ask
) -> None:
    _, page = await consented(ask, await sign_in("therapist"), "none")
    assert "There is no receipt" in text_of(page)
    assert "thin-paper__code" not in page.text


async def test_a_code_is_shown_once_and_proves_the_consent_at_the_counter(
    sign_in: Signing, ask: Ask
) -> None:
    child_id, page = await consented(ask, await sign_in("therapist"), "code_only")
    said = text_of(page)
    assert "Authority Northmere" in said
    code = said.partition("no service. ")[2][:14]
    assert len(code.split()) == 3
    for service in ("ental health", "Listening"):
        assert service not in said.partition("A code to keep")[2].partition("What you ask")[0]
    manager = await sign_in("manager")
    listed = await manager.get(f"/children/{child_id}/consents")
    (link,) = [each for each in Forms.of(listed.text).links if each.endswith("/prove")]
    wrong = await manager.send(await manager.get(link), link, receipt="AAAA AAAA AAAA")
    assert wrong.status_code == 400
    assert "not the receipt of this consent" in text_of(wrong)
    right = await manager.send(await manager.get(link), link, receipt=code)
    assert "It does" in text_of(right)


async def test_a_signed_receipt_is_for_the_service_to_keep(sign_in: Signing, ask: Ask) -> None:
    _, page = await consented(ask, await sign_in("therapist"), "kept_by_service")
    assert "for the service to keep" in text_of(page)
    assert " c1." in text_of(page)


async def test_a_consent_is_withdrawn(sign_in: Signing, ask: Ask) -> None:
    therapist = await sign_in("therapist")
    child_id, _ = await consented(ask, therapist, "none")
    listed = await therapist.get(f"/children/{child_id}/consents")
    assert "In force" in text_of(listed)
    (link,) = [each for each in Forms.of(listed.text).links if each.endswith("/withdraw")]
    page = await therapist.get(link)
    page = await therapist.send(page, link, giver="child", understanding="sufficient")
    assert "Withdrawn" in text_of(page)
    assert "In force" not in text_of(page)
