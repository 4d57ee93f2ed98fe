"""An authority in no region: its own index is asked, and there is nobody else to ask."""

import pytest

from tests.stories.asking import Ask, refused
from tests.stories.made import a_child, by_name


async def test_across_the_own_index_alone_is_the_usual_answer(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    found = await ask.look_up("social_worker", **by_name(child), across="own")
    assert [match["child"]["child_id"] for match in found["matches"]] == [child_id]
    assert "region" not in found


@pytest.mark.parametrize("across", ["region", "region_wider"])
async def test_there_is_no_region_to_ask(ask: Ask, across: str) -> None:
    """Told plainly, and alike for every child."""
    for child in (a_child(), a_child()):
        asked = {**by_name(child), "across": across}
        answer = await ask("social_worker", "POST", "/v1/lookups", asked)
        refused(answer, 422, "field_invalid")
        assert answer.json()["errors"] == [{"code": "field_invalid", "field": "across"}]
