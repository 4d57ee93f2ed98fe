"""What is decided on where nothing was hit costs time and nothing else."""

from uuid import UUID

import pytest

from tests.stories.asking import Ask
from tests.stories.made import a_child, by_name

ALTERED = "update child set policy = set_byte(policy, 20, 255 - get_byte(policy, 20))"
DESTROYED = "delete from child"


@pytest.mark.parametrize("harm", [ALTERED, DESTROYED])
async def test_who_asks_for_nobody_is_answered_whatever_became_of_the_last_record_seen(
    ask: Ask, harm: str
) -> None:
    child = a_child()
    child_id = UUID(await ask.create(child))
    assert (await ask.look_up("social_worker", **by_name(child)))["outcome"] == "found"
    await ask.served.rows(f"{harm} where child_id = $1", child_id)
    for _ in range(2):
        found = await ask.look_up("social_worker", **by_name(a_child()))
        assert found["outcome"] == "none"
