"""Front doors: social care first, a few of each kind where there are many, all one click away."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.stories.asking import Ask
from tests.stories.made import a_child, by_name
from tests.thin_client.browsing import Forms, text_of
from tests.thin_client.conftest import Line, Signing
from tests.thin_client.test_core import dialled, typed_of
from thin_client import codes
from thin_client.doors import ALL_MAX, OF_A_KIND_MAX, by_kind, reaching

PAGE_BYTES_MAX = 150_000  # of the 250,000 that a page and all it brings may weigh


def door(number: int, kind: str) -> dict[str, Any]:
    return {
        "agency": f"Northmere {kind.replace('_', ' ')} {number}",
        "agency_kind": kind,
        "duty_phone": f"+4416329{number:05}",
        "hours": [{"days": ["mon", "tue"], "opens": "08:30", "closes": "17:30"}],
        "safeguarding_lead": {"name": "Tilda Brannock-Ashe", "phone": "+441632960111"},
        "out_of_hours_phone": "+441632960112",
    }


HUNDREDS = [door(n, "school" if n % 3 else "general_practice") for n in range(480)]
DOORS = [*HUNDREDS, *(door(900 + n, kind) for n, kind in enumerate(codes.AGENCY_KINDS))]


@pytest.fixture(autouse=True)
def whole_again(line: Line) -> Iterator[None]:
    """Leave the line as it was."""
    line.whole()
    yield
    line.whole()


def test_social_care_comes_first_and_of_few_doors_all_are_drawn() -> None:
    few = [door(n, kind) for n, kind in enumerate(("school", "police", "social_care", "school"))]
    groups = by_kind(few)
    assert [each.kind for each in groups] == ["social_care", "school", "police"]
    assert sum(len(each.doors) for each in groups) == len(few)
    assert not any(each.more for each in groups)


def test_of_many_doors_each_kind_has_a_few() -> None:
    groups = by_kind(DOORS)
    assert len(DOORS) > ALL_MAX
    assert {each.kind for each in groups} == set(codes.AGENCY_KINDS)
    assert max(len(each.doors) for each in groups) == OF_A_KIND_MAX
    assert sum(len(each.doors) + each.more for each in groups) == len(DOORS)


def test_a_service_is_behind_its_own_door_or_those_of_its_kind_if_they_are_few() -> None:
    own = {"agency_kind": "school", "agency": HUNDREDS[1]["agency"]}
    assert reaching(DOORS, own) == [HUNDREDS[1]]
    assert reaching(DOORS, {"agency_kind": "school", "agency": None}) == []
    (police,) = reaching(DOORS, {"agency_kind": "police", "agency": None})
    assert police["agency_kind"] == "police"


async def test_an_answer_with_five_hundred_front_doors_stays_light(
    sign_in: Signing, ask: Ask, line: Line
) -> None:
    child = a_child()
    await ask.begin("social_worker", await ask.create(child))
    found = await ask.look_up("teacher", **by_name(child))
    teacher = await sign_in("teacher")
    answer = {**found, "front_doors": DOORS}
    line.answer, line.only = httpx.Response(200, json=answer), "/v1/lookups"
    page = await teacher.searches(**typed_of(child))
    assert len(page.content) < PAGE_BYTES_MAX
    assert "/agencies?kind=school" in Forms.of(page.text).links


async def test_all_agencies_of_a_kind_are_listed_page_by_page(sign_in: Signing, line: Line) -> None:
    teacher = await sign_in("teacher")
    await teacher.get("/")
    line.answer, line.only = httpx.Response(200, json={"agencies": DOORS}), "/v1/agencies"
    first = await teacher.get("/agencies")
    assert len(first.content) < PAGE_BYTES_MAX
    seen: set[str] = set()
    there: str | None = "/agencies?kind=school"
    while there:
        page = await teacher.get(there)
        assert len(page.content) < PAGE_BYTES_MAX
        seen |= {each for each in dialled(page) if "960" not in each}
        more = [each for each in Forms.of(page.text).links if "from=" in each]
        there = more[0] if more else None
    schools = [each for each in DOORS if each["agency_kind"] == "school"]
    assert f"of {len(schools)}." in text_of(page)
    assert seen == {f"tel:{each['duty_phone']}" for each in schools}


@pytest.mark.parametrize("query", ["kind=nobody", "kind=school&from=-1", "kind=school&from=x"])
async def test_what_no_list_of_agencies_has_is_passed_over(sign_in: Signing, query: str) -> None:
    assert (await (await sign_in("teacher")).get(f"/agencies?{query}")).status_code == 200
