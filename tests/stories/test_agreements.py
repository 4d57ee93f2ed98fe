"""Sharing agreements: what narrows holds at once; what widens waits for a second person."""

import asyncio
import json
from collections.abc import AsyncIterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from consent.agreement import default_document
from demo.authority import ROOT, roomy
from demo.personas import MANAGEMENT, personas
from index_service.domain.clock import SystemClock
from index_service.domain.errors import Code, Invalid
from index_service.services.admitting import Login
from index_service.services.founding import FoundedAlready, Founding, found
from tests.authority import Served
from tests.stories.asking import NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.made import Stated, a_child, by_name, contact, day, involvement, key

PATH = "/v1/agreements"
# As packaged but for budgets: one test asks more than a day of one account holds.
DEFAULT = roomy(default_document())
CAMFIELD: Stated = roomy(
    json.loads((Path(ROOT) / "demo" / "agreement_camfield.json").read_text("utf-8"))
)
NOBODYS = {"difference": "0" * 64}


async def propose(
    ask: Ask, document: object, who: str | None = "manager", sent: str | None = None
) -> Answer:
    """Propose an agreement."""
    headers = {"Idempotency-Key": sent or key()}
    return await ask(who, "POST", PATH, {"document": document}, why=NO_WHY, headers=headers)


async def approve(ask: Ask, kept: Stated, who: str = "second_manager", **differs: str) -> Answer:
    """Approve a proposal, by the difference it was told with unless another is given."""
    said = {"difference": kept["difference"], **differs}
    return await ask(who, "POST", f"{PATH}/{kept['id']}/approve", said, why=NO_WHY)


async def listed(ask: Ask) -> Stated:
    """Return what the team is told of its agreements."""
    answer = await ask("manager", "GET", PATH, why=NO_WHY)
    assert answer.status_code == 200, answer.text
    told: Stated = answer.json()
    return told


async def in_force(ask: Ask) -> Stated:
    """Return the document in force."""
    version = (await listed(ask))["in_force"]["version"]
    answer = await ask("manager", "GET", f"{PATH}/{version}", why=NO_WHY)
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == version
    document: Stated = answer.json()["document"]
    return document


async def bring(ask: Ask, document: Stated) -> Stated:
    """Bring an agreement into force, with a second person where one is needed."""
    kept: Stated = (await propose(ask, document)).json()
    if kept["state"] == "waiting":
        answer = await approve(ask, kept)
        assert answer.status_code == 200, answer.text
        kept = answer.json()
    assert kept["state"] == "in_force"
    return kept


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def default(ask: Ask) -> AsyncIterator[None]:
    """Every test begins under the default agreement."""
    if await in_force(ask) != DEFAULT:
        await bring(ask, DEFAULT)
    yield


def narrower() -> Stated:
    """Return the default with one class taken from schools."""
    document = deepcopy(DEFAULT)
    classes: Any = document["classes"]
    classes["withheld"].append(
        {
            "agency_kinds": ["school"],
            "actions": ["lookup", "read_child", "override"],
            "classes": ["assessment"],
        }
    )
    return document


def wider() -> Stated:
    """Return the default with teachers told the status."""
    document = deepcopy(DEFAULT)
    classes: Any = document["classes"]
    (withheld,) = [each for each in classes["withheld"] if each["classes"] == ["status"]]
    withheld["agency_kinds"].remove("school")
    return document


# Who may


async def test_without_a_token_nothing_is_kept_or_read(ask: Ask) -> None:
    refused(await propose(ask, DEFAULT, who=None), 401, "not_authenticated")
    refused(await ask(None, "GET", PATH), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["social_worker", "auditor", "schools_feed"])
async def test_agreements_are_the_teams_alone(ask: Ask, who: str) -> None:
    refused(await propose(ask, {"format": "nonsense"}, who=who), 403, "role_not_allowed")
    for path in (PATH, f"{PATH}/1"):
        refused(await ask(who, "GET", path, why=NO_WHY), 403, "role_not_allowed")
    answer = await ask(who, "POST", f"{PATH}/{uuid4()}/approve", NOBODYS, why=NO_WHY)
    refused(answer, 403, "role_not_allowed")


async def test_a_suspended_manager_keeps_nothing(ask: Ask) -> None:
    refused(await propose(ask, DEFAULT, who="suspended_manager"), 403, "account_suspended")


async def test_a_purpose_need_not_be_stated_but_must_fit(ask: Ask) -> None:
    why = {"Access-Purpose": "safeguard", "Access-Reason": "review"}
    answer = await ask("manager", "GET", PATH, why=NO_WHY, headers=why)
    refused(answer, 403, "purpose_not_allowed")


# What narrows, what widens


async def test_what_narrows_holds_from_the_very_next_request(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    said = {"contact": contact(), "held_since": day(9)}
    assert (
        await ask("teacher", "PUT", f"/v1/children/{child_id}/assessment", said)
    ).status_code == 204
    assert (await ask.shown("teacher", child_id))["assessment"]
    before = (await listed(ask))["in_force"]["version"]
    answer = await propose(ask, narrower())
    assert answer.status_code == 201, answer.text
    assert answer.json() | {"id": None} == {
        "id": None,
        "state": "in_force",
        "version": before + 1,
        "widens": [],
        "difference": None,
    }
    read = await ask.read("teacher", child_id)
    assert "assessment" not in read.json()["child"]
    assert read.json()["agreement_version"] == before + 1
    assert (await ask.entry(read))["agreement"] == before + 1
    assert (await ask.entry(answer))["code"] == "loaded"


async def test_what_widens_waits_and_changes_nothing_meanwhile(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    before = await listed(ask)
    answer = await propose(ask, wider())
    kept = answer.json()
    assert (answer.status_code, kept["state"], kept["version"]) == (201, "waiting", None)
    assert kept["widens"] == [
        {"kind": "class", "where": [action, "school", "status"]}
        for action in ("override", "read_child")
    ]
    told = await listed(ask)
    assert told["in_force"] == before["in_force"]
    (waiting,) = [each for each in told["waiting"] if each["id"] == kept["id"]]
    assert waiting["widens"] == kept["widens"]
    assert waiting["difference"] == kept["difference"]
    assert waiting["proposed_by"] == str(ask.issuer.personas["manager"].account.id)
    assert "status" not in await ask.shown("teacher", child_id)
    assert (await ask.entry(answer))["code"] == "proposed"


async def test_a_second_person_who_saw_the_difference_brings_it_into_force(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    kept = (await propose(ask, wider())).json()
    refused(await approve(ask, kept, "manager"), 409, "second_person_needed")
    refused(await approve(ask, kept, difference="0" * 64), 409, "state_conflict")
    assert "status" not in await ask.shown("teacher", child_id)
    answer = await approve(ask, kept)
    assert (answer.status_code, answer.json()["state"]) == (200, "in_force")
    assert (await ask.shown("teacher", child_id))["status"] is None
    told = await listed(ask)
    assert told["in_force"]["version"] == answer.json()["version"]
    assert kept["id"] not in [each["id"] for each in told["waiting"]]
    refused(await approve(ask, kept), 409, "ended_already")


async def test_what_was_approved_is_the_difference_from_what_is_in_force_then(ask: Ask) -> None:
    """Another agreement came between: the difference seen is not the one there is."""
    kept = (await propose(ask, wider())).json()
    await bring(ask, narrower())
    refused(await approve(ask, kept), 409, "state_conflict")
    (waiting,) = [each for each in (await listed(ask))["waiting"] if each["id"] == kept["id"]]
    kinds = {tuple(each["where"]) for each in waiting["widens"]}
    assert ("read_child", "school", "assessment") in kinds
    assert (await approve(ask, waiting)).status_code == 200
    assert await in_force(ask) == wider()


async def test_two_at_once_are_two_versions_each_compared_with_the_one_before(ask: Ask) -> None:
    before = (await listed(ask))["in_force"]["version"]
    answers = await asyncio.gather(*(propose(ask, each) for each in (narrower(), DEFAULT)))
    states = {answer.json()["state"] for answer in answers}
    versions = [answer.json()["version"] for answer in answers if answer.json()["version"]]
    assert len(set(versions)) == len(versions)
    if states == {"in_force"}:  # the default came first
        assert sorted(versions) == [before + 1, before + 2]
        assert await in_force(ask) == narrower()
    else:
        assert versions == [before + 1]
        assert answers[1].json()["widens"]


async def test_many_at_once_are_as_many_versions(ask: Ask) -> None:
    """Each waits for the one before it: none is compared with what is about to go."""
    before = (await listed(ask))["in_force"]["version"]
    answers = await asyncio.gather(*(propose(ask, narrower()) for _ in range(4)))
    versions = sorted(answer.json()["version"] for answer in answers)
    assert versions == [before + n for n in range(1, 5)]


async def test_sent_again_it_takes_effect_once(ask: Ask) -> None:
    before, sent = (await listed(ask))["in_force"]["version"], key()
    first, again = [(await propose(ask, narrower(), sent=sent)).json() for _ in range(2)]
    assert first == again
    assert (await listed(ask))["in_force"]["version"] == before + 1
    sent = key()
    waiting = [(await propose(ask, DEFAULT, sent=sent)).json() for _ in range(2)]
    assert waiting[0] == waiting[1]
    assert waiting[0]["widens"]
    assert (await approve(ask, waiting[0])).status_code == 200
    now = (await propose(ask, DEFAULT, sent=sent)).json()
    assert (now["state"], now["id"]) == ("in_force", waiting[0]["id"])
    refused(await propose(ask, narrower(), sent=sent), 422, "idempotency_key_reused")


async def test_a_proposal_nobody_made_and_another_matter_are_not_there(ask: Ask) -> None:
    answer = await ask("manager", "POST", f"{PATH}/{uuid4()}/approve", NOBODYS, why=NO_WHY)
    not_shown(answer)
    not_shown(await ask("manager", "GET", f"{PATH}/999999", why=NO_WHY))


# What is no agreement


def spoilt(path: str, value: object) -> Stated:
    """Return the default with something else in one place."""
    document: Stated = deepcopy(DEFAULT)
    *steps, last = path.split(".")
    place = document
    for each in steps:
        place = place[each]
    place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("name", "Two\u2028lines", "document.name"),
        ("in_force_from", "2026-13-01", "document.in_force_from"),
        ("in_force_from", "2999-01-01", "document.in_force_from"),
        ("check_years_max", 4, "document.check_years_max"),
        ("classes.by_action.lookup", ["tracing"], "document.classes.by_action.lookup"),
        ("roles.management_team", [], "document.roles"),
        ("Mary Quoyle", "has a brother", "document"),
    ],
)
async def test_what_is_no_agreement_is_refused_where_it_is_wrong_and_changes_nothing(
    ask: Ask, path: str, value: object, field: str
) -> None:
    before = await listed(ask)
    answer = await propose(ask, spoilt(path, value))
    refused(answer, 422, "agreement_invalid")
    (error,) = answer.json()["errors"]
    assert error == {"code": "agreement_invalid", "field": field}
    assert "Quoyle" not in answer.text
    assert await listed(ask) == before


def excepting(part: str, agency: str) -> Stated:
    """Return the default with one more exception for an agency by its id."""
    document: dict[str, Any] = deepcopy(DEFAULT)
    if part == "named":
        exception = {"classes_withheld": ["carers"], "level_max": "existence"}
        document["named"] = [{**exception, "agencies": [agency], "purposes_closed": []}]
    else:
        of = {"agency_kinds": [], "agencies": [agency]}
        document["levels"]["exceptions"].append(
            {"asking": ["school"], "of": of, "level": "nothing"}
        )
    return document


@pytest.mark.parametrize("part", ["named", "levels"])
async def test_an_agency_excepted_by_name_must_be_one_of_this_index(ask: Ask, part: str) -> None:
    """A misspelt id would withhold from nobody, and nobody would notice."""
    before, unknown = await listed(ask), str(uuid4())
    answer = await propose(ask, excepting(part, unknown))
    refused(answer, 422, "agency_unknown")
    assert answer.json()["errors"] == [{"code": "agency_unknown", "field": f"document.{part}"}]
    assert unknown not in answer.text
    assert await listed(ask) == before
    agencies = (await ask("manager", "GET", "/v1/agencies", why=NO_WHY)).json()["agencies"]
    assert (await propose(ask, excepting(part, agencies[0]["agency_id"]))).status_code == 201


async def test_an_index_is_not_founded_on_an_agreement_that_excepts_an_unknown_agency(
    served: Served,
) -> None:
    account = personas(SystemClock().today())["manager"].account
    login = Login("https://nobody.test", "nobody")
    for agency, code in ((uuid4(), Code.AGENCY_UNKNOWN), (MANAGEMENT.id, None)):
        first = Founding(excepting("named", str(agency)), MANAGEMENT, account, login)
        with pytest.raises((Invalid, FoundedAlready)) as stopped:
            await found(served.built.index, first)
        assert getattr(stopped.value, "code", None) == code


async def test_a_document_larger_than_is_kept_is_refused(ask: Ask) -> None:
    document: Any = deepcopy(DEFAULT)
    row = document["purposes"]["safeguard"]["open_to"][0]
    document["purposes"]["safeguard"]["open_to"] += [row] * 60
    refused(await propose(ask, document), 413, "body_too_large")


@pytest.mark.parametrize("shown", ["restriction", "provenance", "identifier:nhs_number"])
async def test_an_agreement_that_gives_what_none_may_cannot_be_written(
    ask: Ask, shown: str
) -> None:
    classes = ["identity", "whereabouts", shown]
    answer = await propose(ask, spoilt("classes.by_action.read_child", classes))
    refused(answer, 422, "agreement_invalid")


async def test_no_agreement_however_wide_shows_more_of_a_shielded_child(ask: Ask) -> None:
    """Everything agreements can give, given to everybody, and the team's actions too."""
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    before = {who: await ask.shown(who, child_id) for who in ("teacher", "police_desk")}
    document: Any = deepcopy(DEFAULT)
    everything = ["identity", "tracing", "whereabouts", "carers", "settings", "involvements"]
    everything += ["assessment", "status", "consents"]
    document["classes"]["by_action"] = dict.fromkeys(DEFAULT["classes"]["by_action"], everything)  # type: ignore[index]  # a document is plain JSON
    document["classes"]["withheld"] = []
    everybody = document["roles"]["practitioner"][0]["actions"]
    everybody += ["shield", "lift_shield", "close_identity", "release_hold"]
    document["purposes"]["keep_index"]["open_to"][0]["roles"].append("practitioner")
    document["purposes"]["keep_index"]["open_to"][0]["agency_kinds"] = "all_parties"
    kept = await bring(ask, document)
    assert kept["version"]
    for who, shown in before.items():
        assert await ask.shown(who, child_id) == shown
    lift = {"shield_id": str(uuid4())}
    why = {"Access-Purpose": "keep_index", "Access-Reason": "shielding"}
    path = f"/v1/children/{child_id}/shield/lift"
    answer = await ask("police_desk", "POST", path, lift, why=NO_WHY, headers=why)
    refused(answer, 403, "role_not_allowed")


# Another authority's agreement is data


async def test_a_second_authoritys_agreement_makes_the_same_requests_answer_differently(
    ask: Ask,
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    said = {"contact": contact(), "held_since": day(9)}
    path = f"/v1/children/{child_id}/assessment"
    assert (await ask("social_worker", "PUT", path, said)).status_code == 204
    await sensitive(ask, child_id)

    async def told() -> Stated:
        found = (await ask.look_up("teacher", **by_name(child)))["matches"][0]["child"]
        return {
            "school sees the assessment": "assessment" in found,
            "police may ask the broker": "contact_can_be_brokered"
            in await ask.shown("police_desk", child_id),
        }

    assert await told() == {
        "school sees the assessment": True,
        "police may ask the broker": False,
    }
    kept = (await propose(ask, CAMFIELD)).json()
    assert kept["state"] == "waiting"
    assert {"kind": "brokered", "where": ["police"]} in kept["widens"]
    (waiting,) = [each for each in (await listed(ask))["waiting"] if each["id"] == kept["id"]]
    assert (waiting["name"], waiting["widens"]) == ("Camfield sharing agreement", kept["widens"])
    assert (await approve(ask, kept)).status_code == 200
    assert await told() == {
        "school sees the assessment": False,
        "police may ask the broker": True,
    }
    assert (await listed(ask))["in_force"]["name"] == "Camfield sharing agreement"


async def sensitive(ask: Ask, child_id: str) -> None:
    """Record a sensitive service's involvement, with consent."""
    said = {
        "giver": "child",
        "understanding": "sufficient",
        "given_for": "sensitive_entry",
        "service": "mental_health",
        "state": "given",
    }
    for path, body in (
        ("consents", said),
        ("involvements", involvement("mental_health", consent=True)),
    ):
        headers = {"Idempotency-Key": key()}
        target = f"/v1/children/{child_id}/{path}"
        answer = await ask("therapist", "POST", target, body, headers=headers)
        assert answer.status_code == 201, answer.text
