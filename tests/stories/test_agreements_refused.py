"""What is no agreement, and what none can give: refused, and nothing is changed."""

from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from demo.personas import MANAGEMENT, personas
from index_service.domain.clock import SystemClock
from index_service.domain.errors import Code, Invalid
from index_service.services.admitting import Login
from index_service.services.founding import FoundedAlready, Founding, found
from tests.authority import Served
from tests.stories.agreeing import DEFAULT, bring, listed, propose, under_default
from tests.stories.asking import NO_WHY, Ask, refused
from tests.stories.made import Stated, a_child, day


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def default(ask: Ask) -> None:
    """Every test begins under the default agreement."""
    await under_default(ask)


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
