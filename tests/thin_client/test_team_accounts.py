"""The team finds an account, reads how it stands, changes and suspends it."""

from tests.stories.asking import NO_WHY, Ask, refused
from tests.stories.made import day, key
from tests.stories.test_directory import PRACTITIONER, a_worker, add
from tests.thin_client.browsing import Forms, text_of
from tests.thin_client.conftest import Signing
from tests.thin_client.test_team_keeping import doing


async def test_an_account_is_suspended_in_one_action_and_made_active_again(
    sign_in: Signing, ask: Ask
) -> None:
    manager = await sign_in("manager")
    account_id = str(ask.issuer.personas["colleague"].account.id)
    page = await manager.send(
        await manager.get("/team/accounts"), "/team/accounts", account_id=account_id.upper()
    )
    assert "State Active" in text_of(page)
    path = f"/team/accounts/{account_id}"
    suspend = f"{path}/suspend"
    assert suspend in Forms.of(page.text).links
    page = await manager.get(suspend)
    assert "refused everything" in text_of(page)
    refused_not_yet = await ask("colleague", "GET", "/v1/me", why=NO_WHY)
    assert refused_not_yet.json()["state"] == "active"
    page = await manager.send(page, suspend, confirmed="yes")
    assert "Done The account is now suspended" in text_of(page)
    assert "State Suspended" in text_of(page)
    assert suspend not in Forms.of(page.text).links
    answer = await ask("colleague", "POST", "/v1/lookups", {"case_number": "NM00001"})
    refused(answer, 403, "account_suspended")
    await doing(manager, path, path, change_of="activate")
    assert (await ask("colleague", "GET", "/v1/me", why=NO_WHY)).json()["state"] == "active"


async def test_an_account_is_found_by_the_name_and_agency_of_whose_it_is(
    sign_in: Signing, ask: Ask
) -> None:
    """To suspend somebody one knows the name of: nobody knows an id by heart."""
    family, made = f"Quillfeather-{key()[:4]}", []
    told = (await ask("manager", "GET", "/v1/agencies", why=NO_WHY)).json()["agencies"]
    for agency in told[:2]:
        agency_id = agency["agency_id"]
        who = {**PRACTITIONER, "agency_id": agency_id, "name": f"Zoë {family}"}
        practitioner_id = (await add(ask, "/v1/practitioners", who)).json()["id"]
        stated = {"agency_id": agency_id, "practitioner_id": practitioner_id}
        _, account_id = await a_worker(ask, ask.issuer, **stated)
        made.append((agency["agency"], agency_id, account_id))
    manager = await sign_in("manager")
    form = await manager.get("/team/accounts")
    assert made[0][0] in text_of(form)
    page = await manager.send(form, "/team/accounts", name=f"zoe {family.lower()}")
    assert family not in str(page.url)
    links = Forms.of(page.text).links
    assert all(f"/team/accounts/{account_id}" in links for _, _, account_id in made)
    assert all(agency_name in text_of(page) for agency_name, _, _ in made)
    _, agency_id, account_id = made[0]
    page = await manager.send(form, "/team/accounts", name=family, agency_id=agency_id)
    found = {each for each in Forms.of(page.text).links if each.startswith("/team/accounts/")}
    assert found == {f"/team/accounts/{account_id}", "/team/accounts/add"}
    page = await manager.send(form, "/team/accounts", agency_id=agency_id)
    assert page.url.path == f"/team/accounts/of/{agency_id}"
    said = text_of(page)
    assert f"Zoë {family} Practitioner Active Checked" in said
    assert "agreement signed" in said
    page = await manager.send(form, "/team/accounts", name="Nobody Of That Name")
    assert "No account is found" in text_of(page)
    page = await (await sign_in("teacher")).get("/team/accounts")
    assert page.status_code == 403


async def test_what_an_account_has_is_not_offered_to_it(sign_in: Signing, ask: Ask) -> None:
    manager = await sign_in("manager")
    path = f"/team/accounts/{ask.issuer.personas['override_holder'].account.id}"
    page = await manager.get(path)
    assert "May ask to override shields" in text_of(page)
    assert 'value="take_override"' in page.text
    assert 'value="give_override"' not in page.text
    assert 'value="activate"' not in page.text


async def test_a_clearance_is_changed_by_its_day(sign_in: Signing, ask: Ask) -> None:
    manager = await sign_in("manager")
    path = f"/team/accounts/{ask.issuer.personas['untrained_worker'].account.id}"
    page = await manager.send(await manager.get(path), path, change_of="trained_on")
    assert "Say on which day" in text_of(page)
    year, month, on = day(1).split("-")
    days = {"on-day": on, "on-month": month, "on-year": year}
    await doing(manager, path, path, change_of="trained_on", **days)
    me = (await ask("untrained_worker", "GET", "/v1/me", why=NO_WHY)).json()
    assert me["trained_on"] == day(1)
