"""From a case system to a child in one click: signed in, why confirmed, used once."""

from uuid import uuid4

import pytest

from demo.issuer import Issuer
from demo.signing_in import Browser, signed_in
from tests.stories.asking import Ask
from tests.stories.made import a_child
from tests.thin_client.browsing import Page, Somebody, nobody, text_of
from tests.thin_client.conftest import Signing
from tests.thin_client.launching import CaseSystem, registered
from thin_client.security import Secured
from thin_client.settings import Settings

SYSTEM = CaseSystem()
OVER = "This link no longer holds"


@pytest.fixture(scope="module")
def client_settings(
    client_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Register one case system."""
    file = registered(tmp_path_factory.mktemp("launch"), SYSTEM.public())
    return client_settings.model_copy(update={"launch_keys": str(file)})


async def follow(one: Somebody, link: str) -> Page:
    """Follow a link from a case system."""
    return await one.get(f"/launch?link={link}")


async def test_a_link_opens_the_child_once_why_is_confirmed(sign_in: Signing, ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    link = SYSTEM.link(child=child_id, purpose="safeguard", reason="review", reference="NM/17")
    teacher = await sign_in("teacher")
    page = await follow(teacher, link)
    assert "You come from Northmere case system" in text_of(page)
    assert child["name"]["family_name"] not in page.text  # nothing is shown, or asked, yet
    assert 'value="NM/17"' in page.text
    record = await teacher.send(page, page.url.path)
    assert child["name"]["family_name"] in text_of(record)
    assert "Asked for: keep a child safe; a review" in text_of(record)
    assert OVER in text_of(await follow(teacher, link))


async def test_a_link_without_a_reason_leaves_it_to_be_said(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    teacher = await sign_in("teacher")
    page = await follow(teacher, SYSTEM.link(child=child_id))
    page = await teacher.send(page, page.url.path)
    assert page.status_code == 400
    assert "Say why you ask" in text_of(page)


async def test_a_link_to_nobody_begins_a_search(sign_in: Signing) -> None:
    teacher = await sign_in("teacher")
    page = await follow(teacher, SYSTEM.link(purpose="promote_welfare", reason="planned_care"))
    page = await teacher.send(page, page.url.path, reference="nm-18")
    assert page.url.path.startswith("/searches/")
    assert 'value="NM-18"' in page.text
    assert 'value="promote_welfare" checked' in page.text


async def test_a_link_waits_for_whoever_signs_in_with_it_and_for_nobody_else(
    app: Secured, issuer: Issuer, sign_in: Signing
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "health_visitor") as browser:
        page = await follow(one, SYSTEM.link(reason="review"))
        assert "Sign in" in text_of(page)
        back = page.url.params["back"]
        assert back.startswith("/launched/")
        begun = await one.http.get("/sign-in", params={"back": back})
        answer = await signed_in(one.http, browser, first=begun)
        assert answer.headers["location"] == back
        assert "You come from Northmere case system" in text_of(await one.get(back))
        assert "You come from Northmere case system" in text_of(await one.get(back))  # reloaded
    assert OVER in text_of(await (await sign_in("teacher")).get(back))


@pytest.mark.parametrize("link", ["", "e30.e30.e30", CaseSystem().link()])
async def test_a_link_that_is_not_believed_says_nothing_of_why(
    stranger: Somebody, link: str
) -> None:
    page = await follow(stranger, link)
    assert page.status_code == 400
    assert OVER in text_of(page)
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_a_link_leads_nowhere_but_here(stranger: Somebody) -> None:
    link = SYSTEM.link()
    answer = await stranger.http.get(f"/launch?link={link}&back=https://elsewhere.test/")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/launched/")
    assert link not in answer.headers["location"]
    assert (await stranger.http.get(f"/launch?link={link}")).status_code == 400


async def test_looking_whether_a_link_is_there_does_not_use_it(stranger: Somebody) -> None:
    link = SYSTEM.link()
    assert (await stranger.http.head(f"/launch?link={link}")).status_code == 405
    assert (await stranger.http.get(f"/launch?link={link}")).status_code == 303


async def test_a_child_nobody_may_see_is_as_one_that_is_not_there(sign_in: Signing) -> None:
    teacher = await sign_in("teacher")
    link = SYSTEM.link(child=str(uuid4()), purpose="safeguard", reason="review")
    page = await follow(teacher, link)
    page = await teacher.send(page, page.url.path)
    assert page.status_code == 404
