"""What the team keeps: accounts, agencies, practitioners, feeds, agreements, peers, moves."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.stories.agreeing import DEFAULT, approve, listed, propose, wider
from tests.stories.asking import NO_WHY, Ask, ndjson
from tests.stories.made import a_child, child_line, day, key, reference
from tests.thin_client.browsing import Forms, Page, Somebody, text_of
from tests.thin_client.conftest import Line, Signing
from thin_client import codes_team

CAMFIELD = {
    "name": "camfield",
    "title": "Camfield Council",
    "kind": "index",
    "state": "active",
    "reached": "call",
    "suspended": False,
    "answers": True,
}
LOCATOR = {**CAMFIELD, "name": "locator", "title": "Locator", "kind": "locator", "answers": None}
PEERS: dict[str, Any] = {
    "directory": {"region": "marches", "version": 3, "valid_until": 2_000_000_000, "epoch": 7},
    "peers": [CAMFIELD, LOCATOR],
    "checks": [
        {"what": "locator", "at": 1_700_000_000, "well_at": 0, "finding": "unanswered"},
        {"what": "deriver", "at": 1_700_000_000, "well_at": 1_700_000_000, "finding": "well"},
    ],
}

NOBODY = "6a1f4c1e-5a0a-4d0c-9a54-7b1f0c2d3e4f"


@pytest.fixture(autouse=True)
def whole(line: Line) -> Iterator[None]:
    """Every test begins and ends with the line to the index whole."""
    line.whole()
    yield
    line.whole()


def answers(line: Line, path: str, body: Any) -> None:
    """Let one path be answered as an index in a region answers: this one has joined none."""
    line.whole()
    line.only, line.answer = path, httpx.Response(200, json=body)


async def doing(browser: Somebody, path: str, action: str, **typed: str) -> Page:
    """Fill in a page's form, read what it will do, and do it."""
    page = await browser.send(await browser.get(path), action, **typed)
    assert "Nothing has been done yet" in text_of(page), text_of(page)
    return await browser.send(page, action, confirmed="yes")


def sent_to(line: Line, end: str) -> list[httpx.Request]:
    return [each for each in line.asked if each.method != "GET" and each.url.path.endswith(end)]


# The directory


async def test_agency_practitioner_and_account_are_added(sign_in: Signing, ask: Ask) -> None:
    manager = await sign_in("manager")
    path = "/team/agencies/add"
    said = {"kind": "housing", "duty_phone": "01632 960 007", "lead_phone": "01632 960007"}
    page = await manager.send(await manager.get(path), path, name="Larkfield Homes", **said)
    assert "Name its safeguarding lead" in text_of(page)
    page = await manager.send(page, path, lead_name="Osk Barenfen")
    assert page.url.path == "/team/agencies"
    assert "Larkfield Homes" in text_of(page)
    told = (await ask("manager", "GET", "/v1/agencies", why=NO_WHY)).json()["agencies"]
    (agency,) = [each for each in told if each["agency"] == "Larkfield Homes"]
    assert agency["hours"][0]["opens"] == "09:00"
    path, team = "/team/practitioners/add", {"team": "Larkfield Duty", "team_phone": "01632960008"}
    form, agency_id = await manager.get(path), agency["agency_id"]
    page = await manager.send(form, path, agency_id=agency_id, name="Il Corander", **team)
    one = page.url.path
    assert "Il Corander" in text_of(page)
    page = await manager.send(await manager.get(f"{one}/shield"), f"{one}/shield")
    assert "shown the team line only" in text_of(page)
    path, subject = "/team/accounts/add", f"made-{key()}"
    login = {"subject": subject, "agency_id": agency_id, "role": "practitioner"}
    form = await manager.get(path)
    assert ask.issuer.url in form.text
    page = await doing(manager, path, path, practitioner_id=one.rpartition("/")[2], **login)
    assert page.url.path.startswith("/team/accounts/")


# Feeds


async def test_a_batch_is_shown_with_its_faults_as_charts_and_tables(
    sign_in: Signing, ask: Ask
) -> None:
    wrong = child_line(reference(), a_child(gender="purple"))
    batch = key()
    lines = [child_line(reference(), a_child()), wrong, {"kind": "child"}]
    answer = await ask.supply("schools_feed", f"schools/{batch}", ndjson(lines))
    assert answer.status_code == 200, answer.text
    manager = await sign_in("manager")
    form = await manager.get("/team/batches")
    page = await manager.send(form, "/team/batches", source="schools", batch_id=batch)
    said = text_of(page)
    assert "3 lines, 1 accepted (33.3 %), 2 invalid" in said
    assert "A new record" in said
    assert page.text.count("<svg") == page.text.count("<desc") >= 2
    assert "Invalid lines by fault" in said
    page = await manager.send(form, "/team/batches", source="Schools!", batch_id=batch)
    assert page.status_code == 400


# Agreements


async def test_an_agreement_is_compared_term_by_term_proposed_and_approved_by_another(
    sign_in: Signing, ask: Ask
) -> None:
    manager, second = await sign_in("manager"), await sign_in("second_manager")
    document: Any = deepcopy(wider())
    path = "/team/agreements/propose"
    form = await manager.get(path)
    page = await manager.send(form, path, document="{")
    assert "This is not JSON" in text_of(page)
    page = await manager.send(form, path, document=json.dumps(document))
    said = text_of(page)
    assert "classes, then withheld" in said
    assert "somebody else than you approves it" in said
    before = await listed(ask)
    page = await manager.send(page, path, document=json.dumps(document), confirmed="yes")
    here = page.url.path
    assert here.startswith("/team/agreements/waiting/")
    said = text_of(page)
    assert "Which classes of facts are shown" in said
    assert "read child / school / status" in said
    assert "You proposed this agreement: somebody else approves it" in said
    assert here not in {each.action for each in Forms.of(page.text).forms}
    page = await second.get(here)
    answer = await second.send(page, here)
    assert "Say that you have read all that it widens" in text_of(answer)
    assert (await listed(ask))["in_force"] == before["in_force"]
    page = await second.send(page, here, seen="yes")
    assert page.url.path == "/team/agreements"
    version = (await listed(ask))["in_force"]["version"]
    assert version == before["in_force"]["version"] + 1
    said = text_of(await manager.get(f"/team/agreements/versions/{version}"))
    assert f"What it changed of version {version - 1}" in said
    assert "classes, then withheld" in said
    kept = (await propose(ask, DEFAULT)).json()
    if kept["state"] == "waiting":
        await approve(ask, kept)


# The region: this index has joined none, so the line answers as one that has


async def test_without_a_region_the_page_says_so(sign_in: Signing) -> None:
    manager = await sign_in("manager")
    assert "has joined no region" in text_of(await manager.get("/team/peers"))
    assert "no other authority to ask now" in text_of(await manager.get("/team/moves/propose"))


async def test_a_member_is_suspended_with_its_effects_told_first(
    sign_in: Signing, line: Line
) -> None:
    manager = await sign_in("manager")
    answers(line, "/v1/peers", PEERS)
    page = await manager.get("/team/peers")
    said = text_of(page)
    assert "Not tried of late" in said
    assert "The locator 14 November 2023 at 22:13 Never Unanswered" in said
    path = "/team/peers/camfield/suspend"
    assert path in Forms.of(page.text).links
    page = await manager.get(path)
    assert "the answers here say that they are incomplete" in text_of(page)
    assert not sent_to(line, "/suspension")
    await manager.send(page, path, confirmed="yes")
    (sent,) = sent_to(line, "/suspension")
    assert (sent.method, sent.url.path) == ("PUT", "/v1/peers/camfield/suspension")
    answers(line, "/v1/peers", {**PEERS, "peers": [{**CAMFIELD, "suspended": True}]})
    page = await manager.get("/team/peers/camfield/release")
    await manager.send(page, "/team/peers/camfield/release", confirmed="yes")
    (sent,) = sent_to(line, "/suspension")
    assert sent.method == "DELETE"


def moving(child: dict[str, Any], **differs: Any) -> dict[str, Any]:
    """Return the team's list of moves: one, of this child."""
    meant = {"name": child["name"], "date_of_birth": child["date_of_birth"], "upn": None}
    move = {
        "transfer_id": str(uuid4()),
        "side": "holding",
        "authority": "camfield",
        "step": "proposed",
        "reason": "moved_home",
        "refusal": None,
        "child": {**meant, "nhs_number": child["nhs_number"]},
        "child_id": None,
        "opened": 1_700_000_000,
        "review_due": None,
        "reviewed": None,
        **differs,
    }
    return {"transfers": [move], "next": None}


async def test_a_move_is_agreed_to_beside_the_record_and_says_whether_a_caf_goes_along(
    sign_in: Signing, ask: Ask, line: Line
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    held = {"contact": {"team": {"name": "North Team", "phone": "+441632960111"}}}
    path = f"/v1/children/{child_id}/assessment"
    answer = await ask("teacher", "PUT", path, {**held, "held_since": day(9)})
    assert answer.status_code == 204, answer.text
    manager, moves = await sign_in("manager"), moving(child)
    answers(line, "/v1/transfers", moves)
    place = f"/team/moves/{moves['transfers'][0]['transfer_id']}"
    assert place in (await manager.get("/team/moves")).text
    agree = f"{place}/agree/{child_id}"
    assert agree in (await manager.get(place)).text
    page = await manager.get(agree)
    said = text_of(page)
    assert "does not go along: no consent to its transfer is in force" in said
    assert "= Same" in said
    page = await manager.send(page, agree, confirmed="yes")
    (sent,) = sent_to(line, "/transfer")
    assert json.loads(sent.content) == {"transfer_id": moves["transfers"][0]["transfer_id"]}
    assert sent.url.path == f"/v1/children/{child_id}/transfer"


async def test_a_move_is_proposed_refused_and_looked_through(sign_in: Signing, line: Line) -> None:
    manager = await sign_in("manager")
    child, child_id = a_child(), str(uuid4())
    answers(line, "/v1/peers", PEERS)
    form = await manager.get("/team/moves/propose")
    assert "Locator" not in form.text
    said = {"authority": "camfield", "reason": "placed", "family_name": "Barenfen"}
    born = {"born-day": "2", "born-month": "3", "born-year": "2019"}
    page = await manager.send(form, "/team/moves/propose", **said, **born)
    assert "Camfield Council&#39;s team is told the name" in page.text
    moves = moving(child)
    answers(line, "/v1/transfers", moves)
    place = f"/team/moves/{moves['transfers'][0]['transfer_id']}"
    await doing(manager, place, place, reason="still_lives_here")
    (sent,) = sent_to(line, "/refuse")
    assert json.loads(sent.content) == {"reason": "still_lives_here"}
    came = moving(child, side="receiving", step="closed", child_id=child_id, review_due=day(-20))
    answers(line, "transfer", came)
    place = f"/team/moves/{came['transfers'][0]['transfer_id']}"
    review = f"{place}/review/{child_id}"
    assert review in (await manager.get(place)).text
    await manager.send(await manager.get(review), review, confirmed="yes")
    (sent,) = sent_to(line, "/transfer/review")
    assert sent.url.path == f"/v1/children/{child_id}/transfer/review"


# Alerts, and a restored log


@pytest.mark.parametrize("outcome", codes_team.ALERT_OUTCOMES)
async def test_an_alert_is_concluded_after_its_effects_were_read(
    sign_in: Signing, line: Line, outcome: str
) -> None:
    alert = {
        "id": str(uuid4()),
        "what": "shield_from_region",
        "since": day(3),
        "child_id": str(uuid4()),
        "opened": 1_700_000_000,
        "due": 1_700_009_000,
        "account_id": None,
        "mediator_account_id": None,
        "entry_id": None,
        "matter_id": None,
        "authority": "camfield",
        "phone": "+441632960112",
        "reference": str(uuid4()),
        "steps": [],
    }
    manager = await sign_in("manager")
    answers(line, "/v1/alerts", {"alerts": [alert], "next": None})
    assert "Late" in text_of(await manager.get("/team/alerts"))
    path = f"/team/alerts/{alert['id']}"
    page = await manager.get(path)
    assert "tel:+441632960112" in page.text
    assert f"/team/children/{alert['child_id']}" in page.text
    await doing(manager, path, path, outcome=outcome)
    (sent,) = sent_to(line, "/conclude")
    assert json.loads(sent.content) == {"outcome": outcome}


async def test_a_restored_index_is_released_by_two_and_the_page_says_so(
    sign_in: Signing, line: Line
) -> None:
    stated = {"shields": "re_entered", "withdrawals": "none_since", "suspensions": "re_entered"}
    manager, release_id = await sign_in("manager"), str(uuid4())
    shown = {**stated, "release_id": release_id, "state": "waiting", "follows_shard": 2}
    shown |= {"follows_size": 40, "entry_id": None, "id": release_id}
    answers(line, "/v1/log/releases", shown)
    start = "/team/log-releases"
    page = await manager.send(await manager.get(start), start, shields="re_entered")
    assert page.status_code == 400
    page = await doing(manager, start, start, **stated)
    assert "cannot approve it, with another account neither" in text_of(page)
    path = f"{start}/{release_id}"
    page = await manager.send(page, path)
    assert not sent_to(line, "/approval")
    await manager.send(page, path, confirmed="yes")
    assert len(sent_to(line, "/approval")) == 1


async def test_the_teams_first_page_leads_to_every_page_and_all_are_drawn(
    sign_in: Signing,
) -> None:
    manager = await sign_in("manager")
    links = Forms.of((await manager.get("/team")).text).links
    pages = [each for each in links if each.startswith("/team/") or each == "/shield-requests"]
    assert len(set(pages)) == 14
    for path in pages:
        assert (await manager.get(path)).status_code == 200, path


@pytest.mark.parametrize(
    "path",
    [
        "/team/batches/Schools!/x",
        "/team/batches/schools/%2e%2e",
        "/team/peers/NO%20BODY/suspend",
        "/team/agreements/versions/0",
        "/team/holds?cursor=%21",
        f"/team/moves/{NOBODY}",
        f"/team/alerts/{NOBODY}",
        f"/team/overrides/{NOBODY}",
        f"/team/shield-requests/{NOBODY}",
        f"/team/agreements/waiting/{NOBODY}",
    ],
)
async def test_what_is_not_there_leads_back_to_its_list(sign_in: Signing, path: str) -> None:
    manager = await sign_in("manager")
    page = await manager.get(path)
    assert page.status_code in (200, 404)
    assert "went wrong" not in text_of(page)
