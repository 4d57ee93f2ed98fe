"""Which batches were sent: newest first, to a supplier its own, to the team all."""

import time

from index_service.services.listed import PAGE_MAX
from tests.stories.asking import NO_WHY, Ask, ndjson, refused
from tests.stories.made import Stated, a_child, child_line, key, reference

# As many batches as asked for that began when one did.
_ALIKE = """
insert into feed_batch
select csa, source, 'alike' || each, digest, wrap_key_id, wrapped_key, lines, accepted, invalid,
  complete, sealed, began_at
from feed_batch, generate_series(0, $2 - 1) as each where batch_id = $1
"""


async def test_the_newest_batch_stands_first_in_its_suppliers_list_and_the_teams(ask: Ask) -> None:
    before = (await ask.feed(child_line(reference(), a_child())))["batch_id"]
    batch = key()
    line = child_line(reference(), a_child())
    answer = await ask.supply("schools_feed", f"schools/{batch}", ndjson([line, {"kind": "child"}]))
    assert answer.status_code == 200
    for who in ("schools_feed", "manager"):
        told = (await ask(who, "GET", "/v1/feeds/batches", why=NO_WHY)).json()["batches"]
        own = [each for each in told if each["batch_id"] in (before, batch)]
        assert [each["batch_id"] for each in own] == [batch, before]
        newest = dict(own[0])
        assert abs(newest.pop("began_at") - time.time()) < 60
        assert newest == {
            "source": "schools",
            "batch_id": batch,
            "state": "complete",
            "lines": 2,
            "accepted": 1,
            "invalid": 1,
        }


async def test_a_supplier_is_told_of_no_batch_but_its_own(ask: Ask) -> None:
    batch = (await ask.feed(child_line(reference(), a_child())))["batch_id"]
    await ask.supply("health_feed", f"child-health/{key()}", b"x\n")
    answer = await ask("health_feed", "GET", "/v1/feeds/batches", why=NO_WHY)
    assert {each["source"] for each in answer.json()["batches"]} == {"child-health"}
    assert batch not in answer.text
    for who in ("social_worker", "auditor"):
        answer = await ask(who, "GET", "/v1/feeds/batches", why=NO_WHY)
        refused(answer, 403, "role_not_allowed")


async def test_batches_are_listed_page_by_page_each_once_however_many_began_at_once(
    ask: Ask,
) -> None:
    """So too where a page ends among batches that began in the same moment."""
    batch = (await ask.feed(child_line(reference(), a_child())))["batch_id"]
    await ask.served.rows(_ALIKE, batch, 2 * PAGE_MAX)
    found: list[Stated] = []
    cursor = ""
    while cursor is not None:
        path = "/v1/feeds/batches" + (f"?cursor={cursor}" if cursor else "")
        page = (await ask("schools_feed", "GET", path, why=NO_WHY)).json()
        found, cursor = [*found, *page["batches"]], page["next"]
        assert len(found) < 4 * PAGE_MAX
    await ask.served.rows("delete from feed_batch where batch_id like 'alike%'")
    names = [each["batch_id"] for each in found]
    assert len(names) == len(set(names)) > 2 * PAGE_MAX
    assert {batch, *(f"alike{number}" for number in range(2 * PAGE_MAX))} <= set(names)
