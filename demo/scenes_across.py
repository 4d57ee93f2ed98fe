"""The story across boroughs: one question, a refusal, a silence, a shield and a move."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from demo.asking import Answer, NotAsTold, Speaker, expect
from demo.population import Child, Home
from demo.region import LOCATOR
from demo.scenes_found import SAFEGUARD
from demo.stage import Stage, named, question, to_ring
from demo.supplies import CHILD_HEALTH, encoded, health_child
from demo.supplying import supply
from demo.telling import progress
from demo.towns import CAMFIELD, EASTBROOK, NORTHMERE
from index_service.federation.sizes import DEADLINE_S, RELEASE_STEP_S

WELFARE = ("promote_welfare", "planned_care")
NEW_HOMES = {
    EASTBROOK: Home("19", "Fennel Close", "EB4 2SN", "Eastbrook"),
    CAMFIELD: Home("52", "Quarry Avenue", "CF1 8RL", "Camfield"),
}
ANSWER_S_MAX = DEADLINE_S + 2 * RELEASE_STEP_S
WAIT_S_MAX = 60.0
Seen = TypeVar("Seen")
LOOK_AGAIN_S = 0.25


async def one_question_to_three_boroughs(stage: Stage) -> None:
    """A child known in two boroughs under two spellings is found in both, by one question."""
    stage.step("One question to three boroughs finds a child written differently in two of them")
    worker = _at(stage, NORTHMERE, "social_worker", *SAFEGUARD)
    child, written = stage.population.cast.asked_for, stage.boroughs.elsewhere
    stage.asks(worker, f"POST /v1/lookups, {child.given} {child.family}, across the region")
    answer = await _across(worker, child)
    here, there = answer.match["child"], _part(answer, CAMFIELD)
    shown = _only(there)["child"]
    expect(named(shown) == f"{written.given} {written.family}, born {written.born}", "her", shown)
    expect(_part(answer, EASTBROOK)["state"] == "nothing", "nothing from Eastbrook", answer.body)
    expect(answer.body["region"]["complete"], "a complete answer", answer.body["region"])
    stage.ids["there"] = shown["child_id"]
    await stage.shown(
        answer,
        f"Northmere: {named(here)}",
        f"Camfield, by its own agreement all it holds: {named(shown)}",
        *to_ring(shown["involvements"]),
        "Eastbrook: no entry, or nothing to disclose (one sentence for both)",
        "each authority logged its half; the locator and the deriver never saw a name",
        further=[there["receipt"]],
    )


async def other_borough_refuses(stage: Stage) -> None:
    """What another authority's agreement does not allow is not told, nor that there is anything."""
    stage.step("Eastbrook's agreement closes a purpose to Northmere: there is nothing to be seen")
    child = stage.boroughs.over_there
    welfare = _at(stage, NORTHMERE, "social_worker", *WELFARE)
    stage.asks(welfare, f"POST /v1/lookups, {child.given} {child.family}, across the region")
    refused = await _across(welfare, child)
    kept = _part(refused, EASTBROOK)
    told = {key: kept[key] for key in ("state", "outcome", "matches", "receipt")}
    nothing: dict[str, Any] = {"state": "nothing", "outcome": None, "matches": [], "receipt": None}
    expect(told == nothing and refused.body["outcome"] == "none", "nothing", told)
    safeguard = _at(stage, NORTHMERE, "social_worker", *SAFEGUARD)
    answer = await _across(safeguard, child)
    part = _part(answer, EASTBROOK)
    involved = _only(part)["child"]["involvements"]
    levels = {each["level"] for each in involved}
    expect(levels == {"contact"}, "whom to ring, no more", levels)
    await stage.shown(
        refused,
        f"to promote welfare: {kept['title']} {kept['state']}, as of a child it never heard of",
        f"whom to ring stands in every answer: {kept['front_door']['phone']}",
        "to safeguard, as the two have agreed, contact and no more:",
        *to_ring(involved),
        further=[answer.receipt, part["receipt"]],
    )


async def silent_borough_is_named(stage: Stage) -> None:
    """An authority that does not answer is named; the others' answers come within the deadline."""
    stage.step("Camfield's index stops answering (SIGSTOP): a partial answer that says so")
    worker = _at(stage, NORTHMERE, "social_worker", *SAFEGUARD)
    child = stage.population.cast.asked_for
    stage.asks(worker, f"POST /v1/lookups, {child.given} {child.family}, across the region")
    server = stage.running.boroughs[CAMFIELD].server
    number, begun = server.silence(), time.monotonic()
    try:
        answer = await _across(worker, child)
        taken = time.monotonic() - begun
    finally:
        server.wake()
    part = _part(answer, CAMFIELD)
    expect(part["state"] == "unreachable", "a silent authority, named", part)
    expect(not answer.body["region"]["complete"], "no complete answer", answer.body["region"])
    expect(taken < ANSWER_S_MAX, f"an answer within {ANSWER_S_MAX:.1f} s", f"{taken:.1f} s")
    again = await _until(lambda: _across(worker, child), _camfield_answers)
    await stage.shown(
        answer,
        f"process {number} silent: after {taken:.1f} s Northmere's own {answer.body['outcome']},",
        f"Camfield {part['state']}, ring {part['front_door']['phone']}; the answer is not complete",
        "awake again, it answers the next question as before",
        further=[again.receipt],
    )


async def shield_holds_in_another_borough(stage: Stage) -> None:
    """A shield set in one borough is in force in another before anybody there sees the child."""
    stage.step("The child Northmere shielded is fed to Eastbrook: never seen there unshielded")
    home, away = (stage.running.boroughs[each] for each in (NORTHMERE, EASTBROOK))
    with progress("Northmere tells the shield set"):
        async with home.job("shields"):
            await _until(lambda: _shield_rows(stage), bool)
    child = replace(stage.population.cast.to_be_shielded, home=NEW_HOMES[EASTBROOK])
    line = health_child(child, stage.population.today)
    sent = await supply(away.asking, CHILD_HEALTH, "arrived", encoded([line]))
    teacher = away.asking.persona("teacher", *SAFEGUARD)
    stage.asks(teacher, f"POST /v1/lookups, {child.given} {child.family}, in Eastbrook")
    before = await teacher.post("/v1/lookups", question(child))
    expect(before.body["outcome"] == "none", "nobody before the set has answered", before.body)
    seen: list[Answer] = []

    async def look() -> Answer:
        seen.append(await teacher.post("/v1/lookups", question(child)))
        return seen[-1]

    with progress("Eastbrook asks the shield set"):
        async with away.job("shields"):
            answer = await _until(look, lambda each: each.body["outcome"] == "found")
    shown = answer.match["child"]
    expect(shown["restricted"] and "address" not in shown, "identity, restricted", shown)
    unshielded = [each for each in seen for match in each.body["matches"] if not _hidden(match)]
    expect(not unshielded, "no unshielded view", len(unshielded))
    by_place = {
        "family_name": child.family,
        "date_of_birth": child.born.replace(month=13 - child.born.month, day=28).isoformat(),
        "house": child.home.house,
        "postcode": child.home.postcode,
    }
    found = (await teacher.post("/v1/lookups", by_place)).body["outcome"]
    expect(found == "none", "nobody at that address", found)
    await stage.shown(
        answer,
        f"the feed: {sent.body['accepted']} line accepted; until the shield set had answered: none",
        f"then {named(shown)}, restricted: identity and nothing else; by the address: {found}",
        f"asked {len(seen)} times meanwhile, never seen unshielded; Northmere was not named",
        further=[before.receipt],
    )


async def child_moves_to_another_borough(stage: Stage) -> None:
    """Responsibility moves by a handshake: one authority has it at every moment."""
    stage.step("A family moves to Camfield: responsibility goes over, step by step")
    home, away = (stage.running.boroughs[each] for each in (NORTHMERE, CAMFIELD))
    child = stage.boroughs.moving
    old = await _at(stage, NORTHMERE, "social_worker", *SAFEGUARD).post(
        "/v1/lookups", question(child)
    )
    child_id = old.match["child"]["child_id"]
    receiving = away.asking.persona("manager", "keep_index", "review")
    holding = home.asking.persona("manager", "keep_index", "review")
    stage.asks(receiving, "POST /v1/transfers, from Northmere, moved home")
    meant = {
        "name": {"given_name": child.given, "family_name": child.family},
        "date_of_birth": child.born.isoformat(),
    }
    asked = {"authority": NORTHMERE, "reason": "moved_home", "child": meant}
    proposed = await receiving.post("/v1/transfers", asked)
    expect(proposed.status == 201, "a move proposed", proposed.status, proposed.body)
    async with home.job("move"), away.job("move"):
        with progress("proposed, agreed, delivered, taken, closed"):
            move = await _until(lambda: _move(holding), bool)
            name = move["child"]["name"]
            expect(name == meant["name"], "the proposal, at the present holder", name)
            agreed = await holding.post(
                f"/v1/children/{child_id}/transfer", {"transfer_id": move["transfer_id"]}
            )
            expect(agreed.status == 204, "the old authority's agreement", agreed.body)
            await _until(lambda: _move(receiving), _is_closed)
            await _until(lambda: _move(holding), _is_closed)
    worker = away.asking.persona("social_worker", *SAFEGUARD)
    found = await worker.post("/v1/lookups", question(child))
    gone = await _at(stage, NORTHMERE, "social_worker", *SAFEGUARD).post(
        "/v1/lookups", question(child)
    )
    expect(gone.body["outcome"] == "none", "no record of his in Northmere", gone.body["outcome"])
    await stage.shown(
        proposed,
        "Camfield proposes; Northmere's manager agrees; the record is delivered sealed and taken",
        f"in Camfield now: {named(found.match['child'])}; in Northmere: {gone.body['outcome']}",
        "at every moment one of the two was responsible, never both",
        further=[agreed.receipt, found.receipt],
    )


def _at(stage: Stage, town: str, who: str, *why: str) -> Speaker:
    return stage.running.boroughs[town].asking.persona(who, *why)


async def _across(speaker: Speaker, child: Child) -> Answer:
    answer = await speaker.post("/v1/lookups", question(child, across="region"))
    expect(answer.status == 200, "an answer", answer.status, answer.body)
    return answer


def _part(answer: Answer, town: str) -> dict[str, Any]:
    """Return one authority's part of an answer."""
    parts = {each["name"]: each for each in answer.body["region"]["authorities"]}
    expect(town in parts, f"a part of {town}", sorted(parts))
    part: dict[str, Any] = parts[town]
    return part


def _only(part: dict[str, Any]) -> dict[str, Any]:
    expect(len(part["matches"]) == 1, f"one child from {part['title']}", part)
    match: dict[str, Any] = part["matches"][0]
    return match


def _camfield_answers(answer: Answer) -> bool:
    return bool(_part(answer, CAMFIELD)["state"] == "answered")


def _hidden(match: dict[str, Any]) -> bool:
    return bool(match["child"]["restricted"])


async def _shield_rows(stage: Stage) -> int:
    """Return how many rows the shield set holds, as whoever runs the locator's database sees."""
    count = await asyncio.to_thread(
        stage.running.postgres.psql, "select count(*) from shield_row", LOCATOR
    )
    return int(count)


async def _move(team: Speaker) -> dict[str, Any]:
    """Return the one move a team knows of, empty where none is known yet."""
    answer = await team.get("/v1/transfers")
    expect(answer.status == 200, "the moves", answer.status, answer.body)
    return dict(*answer.body["transfers"])


def _is_closed(move: dict[str, Any]) -> bool:
    return bool(move["step"] == "closed")


async def _until(look: Callable[[], Awaitable[Seen]], held: Callable[[Seen], bool]) -> Seen:
    """Look again until what is seen holds; return it."""
    deadline = time.monotonic() + WAIT_S_MAX
    while not held(seen := await look()):
        if time.monotonic() > deadline:
            raise NotAsTold(f"expected something within {WAIT_S_MAX:.0f} s, last seen: {seen}")
        await asyncio.sleep(LOOK_AGAIN_S)
    return seen
