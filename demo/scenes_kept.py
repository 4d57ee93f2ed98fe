"""The story's second half: a shield that holds, a feed that cannot undo it, suspension, a crash."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

from demo.asking import Asking, Speaker, expect
from demo.population import TOWN, Home, newcomers
from demo.scenes_found import CONTACT, SAFEGUARD
from demo.stage import Stage, named, question, refused
from demo.supplies import (
    CHILD_HEALTH,
    SCHOOLS_SOURCE,
    encoded,
    health_child,
    school_child,
)
from demo.supplying import FEEDERS, accepted, in_parts, path_of, supply
from demo.telling import progress, told

NEWCOMERS = 1400
NEWCOMERS_SENT = 1100  # before the server is killed: two chunks of 500, and a bit
WAIT_S_MAX = 60
KEEP = ("keep_index", "shielding")
NEW_HOME = Home("3", "Beacon Terrace", "NM9 1BB")


async def shielded_child_cannot_be_found_by_place(stage: Stage) -> None:
    """Once shielded, a child is found by who it is, never by where, and shows identity only."""
    stage.step("The management team shields a child; a teacher then searches by the address")
    asking = stage.running.asking
    manager, teacher = asking.persona("manager", *KEEP), asking.persona("teacher", *SAFEGUARD)
    child = stage.population.cast.to_be_shielded
    by_place = {
        "family_name": child.family,
        # The day is guessed, so that the address alone leads to her.
        "date_of_birth": child.born.replace(month=13 - child.born.month, day=28).isoformat(),
        "house": child.home.house,
        "postcode": child.home.postcode,
    }
    before = await teacher.post("/v1/lookups", by_place)
    stage.ids["shielded"] = before.match["child"]["child_id"]
    stage.asks(manager, "POST /v1/children/{child_id}/shield, domestic abuse, asked by a parent")
    grant = {
        "ground": "domestic_abuse",
        "asked_by": "parent_or_carer",
        "review": (stage.population.today + timedelta(days=180)).isoformat(),
    }
    granted = await manager.post(f"/v1/children/{stage.ids['shielded']}/shield", grant)
    expect(granted.status == 201, "a shield", granted.status, granted.code)
    await stage.shown(granted, "shielded: in force for every request begun from now on")
    stage.asks(
        teacher,
        f"POST /v1/lookups, {child.family}, {child.home.house},"
        f" {child.home.postcode}, about that age",
    )
    after = await teacher.post("/v1/lookups", by_place)
    expect(after.body["outcome"] == "none", "nobody at that address", after.body["outcome"])
    by_name = await identity_only(stage, teacher)
    await stage.shown(
        after,
        f"before the shield: {before.body['outcome']}; now: {after.body['outcome']},"
        " as if nobody lived there",
        f"by name: {by_name}, restricted",
        "and nothing else: no address, school, involvement or number",
    )


async def identity_only(stage: Stage, teacher: Speaker) -> str:
    """Return the shielded child's name as a teacher is shown it; NotAsTold if more is shown."""
    answer = await teacher.post("/v1/lookups", question(stage.population.cast.to_be_shielded))
    shown = answer.match["child"]
    expect(shown["restricted"], "a restricted record", shown)
    parts = {name for name, part in shown.items() if part not in ({}, [], None)}
    identity = {"child_id", "restricted", "name", "date_of_birth", "gender", "carers"}
    expect(parts <= identity, "identity only", parts - identity)
    return named(shown)


async def feed_cannot_undo_a_shield(stage: Stage) -> None:
    """An update stays under the shield; a near-duplicate is held, and its supplier not told."""
    stage.step("A feed moves the shielded child; another supplier sends a near-duplicate")
    asking, child = stage.running.asking, stage.population.cast.to_be_shielded
    manager, teacher = asking.persona("manager"), asking.persona("teacher", *SAFEGUARD)
    moved = {
        "kind": "current",
        "house": NEW_HOME.house,
        "street": NEW_HOME.street,
        "town": TOWN,
        "postcode": NEW_HOME.postcode,
    }
    line = health_child(child, stage.population.today, address=moved)
    await supply(asking, CHILD_HEALTH, "moved", encoded([line]))
    line = school_child(child, stage.population.today, given="Rosamond")
    before = await _held(manager)
    sent = await supply(asking, SCHOOLS_SOURCE, "pupil", encoded([line]))
    told(
        "shown",
        f"the schools' feed is told: {sent.body['accepted']} line accepted, as of any other line",
    )
    stage.asks(manager, "GET /v1/holds")
    new = (await _held(manager)) - before
    expect(len(new) == 1, "one new record held", len(new))
    answer = await teacher.post(
        "/v1/lookups",
        {
            "family_name": child.family,
            "date_of_birth": child.born.replace(month=13 - child.born.month, day=28).isoformat(),
            "house": NEW_HOME.house,
            "postcode": NEW_HOME.postcode,
        },
    )
    expect(answer.body["outcome"] == "none", "nobody at the new address", answer.body["outcome"])
    await identity_only(stage, teacher)
    duplicate = await teacher.get(f"/v1/children/{next(iter(new))}")
    refused(duplicate, 404, "not_disclosed")
    await stage.shown(
        answer,
        "held for the team: the near-duplicate, which nobody else can see",
        "the teacher, by the new address: none; by name: identity only, still restricted",
    )


async def _held(manager: Speaker) -> set[str]:
    answer = await manager.get("/v1/holds")
    expect(answer.status == 200, "what waits", answer.status, answer.code)
    return {each["child_id"] for each in answer.body["holds"] if each["outcome"] == "held"}


async def suspension_works_on_the_next_request(stage: Stage) -> None:
    """A suspended account is refused at once, its token still good."""
    stage.step("The teacher's account is suspended: refused on the very next request")
    asking = stage.running.asking
    manager, teacher = asking.persona("manager"), asking.persona("teacher", *SAFEGUARD)
    stage.asks(manager, "PATCH /v1/accounts/{account_id}, state suspended")
    account = stage.running.issuer.personas["teacher"].account.id
    suspended = await manager.patch(f"/v1/accounts/{account}", {"state": "suspended"})
    expect(suspended.status == 204, "a suspension", suspended.status, suspended.code)
    answer = await teacher.post("/v1/lookups", question(stage.population.cast.asked_for))
    refused(answer, 403, "account_suspended")
    await stage.shown(answer, f"next request: 403 {answer.code}: {answer.body['detail']}")


async def killed_server_loses_nothing(stage: Stage) -> None:
    """SIGKILL in mid-feed: what was acknowledged stands, the same body sent again goes on."""
    stage.step("The server is killed (SIGKILL) in mid-feed and started again")
    asking = stage.running.asking
    arrived = newcomers(stage.population, NEWCOMERS)
    lines = [health_child(child, stage.population.today) for child in arrived]
    body, first = encoded(lines), encoded(lines[:NEWCOMERS_SENT])
    path = path_of(CHILD_HEALTH, "newcomers")
    feeder = asking.persona(FEEDERS[CHILD_HEALTH])
    stage.asks(feeder, f"PUT {path}, {NEWCOMERS:,} lines, of which {NEWCOMERS_SENT:,} are sent")
    with progress("the first lines"):
        sending = asyncio.create_task(feeder.supply(path, body, _held_back(first)))
        committed = await _committed(feeder, path)
        written = await _record_visit(stage)
        number = stage.running.server.kill()
        sending.cancel()
        await asyncio.wait([sending])
    told("shown", f"process {number} killed with {committed:,} lines committed")
    with progress("the index, again"):
        await stage.running.server.start()
    await _all_stands(stage, committed, written)
    again = await feeder.supply(path, body, in_parts(body))
    accepted(again, NEWCOMERS)
    finder = asking.persona("health_visitor", *SAFEGUARD)
    for child in (arrived[0], arrived[-1]):
        asked = question(child, postcode=child.home.postcode, house=child.home.house)
        found = (await finder.post("/v1/lookups", asked)).body["outcome"]
        expect(found == "found", "a newcomer, once", found)
    await stage.shown(
        again,
        f"the same body sent again: {again.body['accepted']:,} accepted, nothing twice;"
        " first and last newcomer found",
    )


async def _held_back(first: bytes) -> AsyncIterator[bytes]:
    """Yield the beginning of a body and then nothing, as a slow sender does."""
    yield first
    await asyncio.Event().wait()


async def _committed(feeder: Speaker, path: str) -> int:
    """Wait until a batch is under way; return how many of its lines are acknowledged."""
    deadline = time.monotonic() + WAIT_S_MAX
    lines = 0
    while not lines:
        expect(time.monotonic() < deadline, "a batch under way")
        await asyncio.sleep(0.2)
        lines = int((await feeder.get(path)).body.get("lines", 0))
    return lines


async def _record_visit(stage: Stage) -> str:
    """Record one more involvement, the last thing acknowledged before the kill."""
    worker = stage.running.asking.persona("social_worker", "safeguard", "record_involvement")
    twin = await worker.post("/v1/lookups", question(stage.population.cast.twin))
    stage.ids["twin"] = twin.match["child"]["child_id"]
    begun = await worker.post(
        f"/v1/children/{stage.ids['twin']}/involvements",
        {
            "service": "social_care",
            "contact": CONTACT,
            "began": stage.population.today.isoformat(),
        },
    )
    expect(begun.status == 201, "an involvement", begun.status, begun.code)
    involvement: str = begun.body["id"]
    return involvement


async def _all_stands(stage: Stage, committed: int, written: str) -> None:
    """Check everything acknowledged before the kill against the index started again."""
    asking: Asking = stage.running.asking
    feeder = asking.persona(FEEDERS[CHILD_HEALTH])
    status = (await feeder.get(path_of(CHILD_HEALTH, "newcomers"))).body
    expect(
        status["state"] == "incomplete" and status["lines"] >= committed,
        f"{committed} lines and more to come",
        status,
    )
    worker = asking.persona("social_worker", *SAFEGUARD)
    for involvement in (stage.ids["involvement"], written):
        seen = await worker.get(f"/v1/involvements/{involvement}")
        expect(seen.status == 200, "an acknowledged involvement", seen.status)
    refused(
        await asking.persona("teacher", *SAFEGUARD).get(f"/v1/children/{stage.ids['twin']}"),
        403,
        "account_suspended",
    )
    await identity_only(stage, worker)
    kept = len(asking.receipts)
    missing = await stage.running.log.missing(asking.receipts)
    expect(missing == 0, "an entry for every receipt ever given", f"{missing} of {kept} missing")
    told(
        "shown",
        f"the batch stands at {status['lines']:,} lines; so do involvements, shield, suspension",
        f"and an entry for each of the {kept} receipts given so far",
    )
