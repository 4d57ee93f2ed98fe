"""The tripwire: who asks by what is hidden is told nothing, and the team is told of them."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from consent.facts import Role
from index_service.domain.matter import Matter, MatterKind
from index_service.services.asked import open_asked
from index_service.services.encoding import Policy
from index_service.services.matters import ALERTS, matters_on
from index_service.services.sealing import open_policy, sealed_policy
from index_service.services.tripwire import ALERTS_A_RUN, QUESTIONS_A_RUN, Tripwire
from index_service.services.upkeep import Upkeep
from index_service.store.reading import snapshot
from index_service.store.work import work_on
from tests.authority import Served
from tests.jobs.conftest import beside, entry_of, in_a_while
from tests.stories.asking import CARE, KEEP, NO_WHY, Ask
from tests.stories.made import Stated, a_child, by_everything, by_name, day, misspelt
from tests.stories.test_mediation import account, granted, under

WORKER = "social_worker"


async def fired(ask: Ask, served: Served) -> list[Matter]:
    """Run the tripwire and return the alerts it wrote."""
    before = {alert.id for alert in await alerts(served)}
    async with beside(served, "tripwire") as index:
        await Tripwire(index, index.feed).run()
    return [alert for alert in await alerts(served) if alert.id not in before]


async def alerts(served: Served) -> list[Matter]:
    """Return what stands on the team's list of alerts."""
    index = served.index
    async with snapshot(index.reading, index.csa) as reading:
        return await matters_on(index, reading, ALERTS)


async def moved(served: Served) -> None:
    """Let a round of upkeep make the guard rows of shielded children real."""
    async with beside(served, "job") as index:
        await Upkeep(index, index.feed).round()


async def shielded(ask: Ask) -> tuple[str, Stated, Stated]:
    """Record a child who had another name and shield it: its id, its facts before, its name."""
    facts, now = a_child(), a_child()["name"]
    child_id = await ask.create({**facts, "name": now, "former_names": [facts["name"]]})
    await ask.shield(child_id, day(-90))
    return child_id, facts, now


def questions(facts: Stated, now: Stated) -> dict[str, Stated]:
    """Return a planted question for each hidden fact, by what it is right about."""
    other = a_child()
    born = {"date_of_birth": facts["date_of_birth"]}
    address = {part: facts["address"][part] for part in ("postcode", "house")}
    year = {"date_of_birth": f"{born['date_of_birth'][:4]}-12-30"}
    return {
        "number alone": {"nhs_number": facts["nhs_number"]},
        "number with another name": {"upn": facts["upn"], **by_name(other)},
        "number with the name": {"case_number": facts["case_number"], **now, **born},
        "former name": {**facts["name"], **born},
        "former family name": {"family_name": facts["name"]["family_name"], **born},
        "former name misspelt": {**misspelt(facts["name"]), **born},
        "former name without birth": {**facts["name"], "postcode": other["address"]["postcode"]},
        "address with the name": {**now, **born, **address},
        "address with another name": {**other["name"], **born, **address},
        "address with another birth": {**by_name(other), **address},
        "address without birth": {**other["name"], **address},
        "address written otherwise": {**other["name"], **year, **otherwise(address)},
        "postcode and year": {**other["name"], **year, "postcode": address["postcode"]},
    }


def otherwise(address: Stated) -> Stated:
    """Return an address in other writing."""
    return {"postcode": address["postcode"].lower().replace(" ", ""), "house": address["house"]}


def visible(now: Stated, facts: Stated) -> dict[str, Stated]:
    """Return questions by what anybody may know of a shielded child."""
    born = {"date_of_birth": facts["date_of_birth"]}
    elsewhere = a_child()["address"]["postcode"]
    return {
        "name and birth": {**now, **born},
        "family name and birth": {"family_name": now["family_name"], **born},
        "given name and birth": {"given_name": now["given_name"], **born},
        "another postcode": {**now, **born, "postcode": elsewhere},
        "another house": {**now, **born, "postcode": facts["address"]["postcode"], "house": "9999"},
    }


async def test_every_hidden_fact_that_is_asked_by_alerts_the_team(ask: Ask, served: Served) -> None:
    for told in (False, True):
        child_id, facts, now = await shielded(ask)
        if told:
            await moved(served)
        await fired(ask, served)
        for name, question in questions(facts, now).items():
            answer = await ask(WORKER, "POST", "/v1/lookups", question)
            assert answer.status_code == 200, (name, answer.text)
            (alert,) = await fired(ask, served) or pytest.fail(f"nothing told of: {name}")
            assert str(alert.child_id) == child_id, name
            assert alert.details["entries"] == [(await ask.entry(answer))["entry_id"]]
            assert alert.account == (await ask.entry(answer))["account"]


async def test_a_search_by_visible_facts_alerts_nobody(ask: Ask, served: Served) -> None:
    for told in (False, True):
        _, facts, now = await shielded(ask)
        if told:
            await moved(served)
        await fired(ask, served)
        for question in visible(now, facts).values():
            await ask.look_up(WORKER, **question)
        assert await fired(ask, served) == []


async def test_the_short_form_of_a_visible_name_is_no_former_one(ask: Ask, served: Served) -> None:
    """A lookup asks by short forms as well: that one was once the name is chance."""
    facts = a_child()
    name = {**facts["name"], "given_name": "Elizabeth"}
    former = {**a_child()["name"], "given_name": "Lizzie"}
    child_id = await ask.create({**facts, "name": name, "former_names": [former]})
    await ask.shield(child_id, day(-90))
    await fired(ask, served)
    born = {"date_of_birth": facts["date_of_birth"]}
    await ask.look_up(WORKER, **name, **born)
    assert await fired(ask, served) == []
    await ask.look_up(WORKER, **former, **born)
    assert len(await fired(ask, served)) == 1


async def test_the_facts_of_children_without_a_shield_alert_nobody(
    ask: Ask, served: Served
) -> None:
    facts = a_child()
    await ask.create(facts)
    await fired(ask, served)
    for question in questions(facts, facts["name"]).values():
        await ask.look_up(WORKER, **question)
    assert await fired(ask, served) == []


async def test_the_teams_own_questions_alert_nobody(ask: Ask, served: Served) -> None:
    _, facts, now = await shielded(ask)
    await fired(ask, served)
    for question in questions(facts, now).values():
        answer = await ask("manager", "POST", "/v1/lookups", question, why=KEEP)
        assert answer.status_code == 200, answer.text
    assert await fired(ask, served) == []


async def test_questions_of_a_batch_are_replayed_too(ask: Ask, served: Served) -> None:
    child_id, facts, _ = await shielded(ask)
    await fired(ask, served)
    asked = {"purpose": "safeguard", "reason": "contact_practitioner"}
    lookups = ({"nhs_number": facts["nhs_number"]}, by_name(a_child()))
    body = {"subjects": [{**asked, "lookup": each} for each in lookups]}
    answer = await ask(WORKER, "POST", "/v1/lookups/batch", body, why=NO_WHY)
    assert answer.status_code == 200, answer.text
    assert await asked_rows(served) == 2
    (alert,) = await fired(ask, served)
    assert str(alert.child_id) == child_id


async def test_a_held_records_hidden_facts_alert_the_team(ask: Ask, served: Served) -> None:
    _, facts, _ = await shielded(ask)
    other = {**a_child(), "nhs_number": facts["nhs_number"]}
    held = await ask.create(other)
    await fired(ask, served)
    await ask.look_up(WORKER, upn=other["upn"])
    (alert,) = await fired(ask, served)
    assert str(alert.child_id) == held


async def test_the_name_of_a_closed_identity_alerts_the_team(ask: Ask, served: Served) -> None:
    facts = a_child()
    child_id = await ask.create(facts)
    await closed(served, UUID(child_id))
    await moved(served)
    await fired(ask, served)
    assert (await ask.look_up(WORKER, **by_name(facts)))["matches"] == []
    (alert,) = await fired(ask, served)
    assert str(alert.child_id) == child_id
    assert alert.details["touched"] == ["closed_name"]


async def closed(served: Served, child_id: UUID) -> None:
    """Write the fact straight in: whatever story closes an identity, this is what it leaves."""
    index = served.index
    async with work_on(index.feed, index.csa, index.log) as work:
        child = open_policy(index.keyring, (await work.children.locked([child_id]))[0])
        policy: Policy = replace(child.policy, archived=True, closed=True)
        sealed = sealed_policy(child.key, child_id, policy)
        await work.children.replace([{"child_id": child_id, "policy": sealed}])
        await work.commit(index.log.prepare(entry_of(index)))


async def asked_rows(served: Served) -> int:
    """Return how many questions wait."""
    (row,) = await served.rows("select count(*) as n from asked")
    return int(row["n"])


async def test_every_lookup_leaves_one_question_of_one_size_whatever_it_found(
    ask: Ask, served: Served
) -> None:
    facts = a_child()
    await ask.create(facts)
    _, hidden, now = await shielded(ask)
    await fired(ask, served)
    for who, question in (
        (WORKER, by_everything(facts)),
        (WORKER, by_name(a_child())),
        (WORKER, {"nhs_number": hidden["nhs_number"]}),
        (WORKER, {**now, "date_of_birth": hidden["date_of_birth"]}),
        ("manager", by_name(hidden)),
    ):
        before = await asked_rows(served)
        answer = await ask(who, "POST", "/v1/lookups", question)
        assert answer.status_code == 200, answer.text
        assert await asked_rows(served) == before + 1
    rows = await served.rows("select id, sealed from asked")
    assert len({len(row["sealed"]) for row in rows}) == 1


async def test_a_question_opens_as_it_was_asked(ask: Ask, served: Served) -> None:
    facts = a_child()
    await fired(ask, served)
    answer = await ask(WORKER, "POST", "/v1/lookups", {**by_everything(facts), "upn": facts["upn"]})
    entry = await ask.entry(answer)
    (row,) = await served.rows("select id, sealed from asked")
    question = open_asked(served.index.keyring, row["id"], row["sealed"])
    assert str(question.entry_id) == entry["entry_id"]
    assert (question.account, question.agency) == (entry["account"], entry["agency"])
    assert question.by_team is (entry["role"] == Role.MANAGEMENT_TEAM)
    assert question.facts.date_of_birth == date.fromisoformat(facts["date_of_birth"])
    assert question.facts.names[0].family == facts["name"]["family_name"]
    assert question.facts.house == facts["address"]["house"]
    assert list(question.facts.identifiers.values()) == [facts["upn"]]


async def test_the_longest_question_there_is_fits(ask: Ask, served: Served) -> None:
    long = "ꦏ" * 35
    asked = {
        "given_name": long,
        "middle_names": long,
        "family_name": long,
        "date_of_birth": "2012-01-01",
        "postcode": "NM12 3AA",
        "house": "ꦏ" * 40,
        **{scheme: a_child()[scheme] for scheme in ("nhs_number", "upn", "case_number")},
    }
    answer = await ask(WORKER, "POST", "/v1/lookups", asked)
    assert answer.status_code == 200, answer.text


async def counts(served: Served) -> dict[str, int]:
    """Return how many rows stand where a run writes."""
    tables = ("matter", "work_token", "access_entry", "access_subject")
    return {
        table: (await served.rows(f"select count(*) as n from {table}"))[0]["n"] for table in tables
    }


async def grown(served: Served, before: dict[str, int]) -> dict[str, int]:
    """Return how many rows have been added since."""
    return {table: count - before[table] for table, count in (await counts(served)).items()}


async def test_a_run_writes_as_many_rows_whatever_it_found(ask: Ask, served: Served) -> None:
    _, facts, _ = await shielded(ask)
    await fired(ask, served)
    grew = []
    for asked in ({}, by_name(a_child()), {"nhs_number": facts["nhs_number"]}):
        if asked:
            await ask.look_up(WORKER, **asked)
        before = await counts(served)
        told = await fired(ask, served)
        grew.append(await grown(served, before))
        assert bool(told) is ("nhs_number" in asked)
        assert await asked_rows(served) == 0
    assert grew[0] == grew[1] == grew[2]
    assert grew[0] == {
        "matter": ALERTS_A_RUN,
        "work_token": 3 * ALERTS_A_RUN,
        "access_entry": 1,
        "access_subject": 0,
    }
    rows = await served.rows("select distinct octet_length(sealed) as n from matter")
    assert len(rows) == 1


async def test_one_account_has_one_alert_a_run_however_much_it_asked(
    ask: Ask, served: Served
) -> None:
    _, facts, now = await shielded(ask)
    await fired(ask, served)
    for question in questions(facts, now).values():
        await ask.look_up(WORKER, **question)
    (alert,) = await fired(ask, served)
    assert alert.kind is MatterKind.ALERT
    assert alert.details["questions"] == len(questions(facts, now))
    assert alert.details["touched"] == ["address", "former_name", "number"]


async def test_however_many_asked_each_is_told_of_in_the_same_run(ask: Ask, served: Served) -> None:
    _, facts, _ = await shielded(ask)
    await fired(ask, served)
    askers = [WORKER, "colleague", "teacher", "health_visitor", "therapist", "housing_officer"]
    for who in askers:  # a teacher or a housing officer by a number that is not for them
        await ask(who, "POST", "/v1/lookups", {"nhs_number": facts["nhs_number"]})
    before = await counts(served)
    told = await fired(ask, served)
    accounts = {str(ask.issuer.personas[who].account.id) for who in askers}
    assert len(told) == len(askers)
    assert {alert.account for alert in told} == accounts
    assert await asked_rows(served) == 0
    grew = await grown(served, before)
    assert (grew["matter"], grew["work_token"]) == (2 * ALERTS_A_RUN, 6 * ALERTS_A_RUN)


async def test_of_a_mediated_question_the_team_is_told_who_asked_and_for_whom(
    ask: Ask, served: Served
) -> None:
    child_id, facts, _ = await shielded(ask)
    await fired(ask, served)
    question = {"nhs_number": facts["nhs_number"]}
    grant_id = await granted(ask, WORKER, "teacher")
    await ask("teacher", "POST", "/v1/lookups", question, headers=under(grant_id))
    batch = {"subjects": [{"purpose": CARE.purpose, "reason": CARE.reason, "lookup": question}]}
    await ask("teacher", "POST", "/v1/lookups/batch", batch, headers=under(grant_id))
    await ask.look_up(WORKER, **question)
    mediated, own = sorted(await fired(ask, served), key=lambda each: -each.details["questions"])
    worker, teacher = account(ask, WORKER), account(ask, "teacher")
    assert (mediated.account, mediated.details["mediator"]) == (worker, teacher)
    assert mediated.details["questions"] == 2
    assert (own.account, own.details["mediator"]) == (worker, "")
    listed = (await ask("manager", "GET", "/v1/alerts", why=NO_WHY)).json()["alerts"]
    shown = {each["id"]: each for each in listed if each["child_id"] == child_id}
    named = [shown[str(each.id)] for each in (mediated, own)]
    assert [each["account_id"] for each in named] == [worker, worker]
    assert [each["mediator_account_id"] for each in named] == [teacher, None]


async def test_a_question_is_left_alone_for_a_minute(ask: Ask, served: Served) -> None:
    _, facts, _ = await shielded(ask)
    await fired(ask, served)
    await ask.look_up(WORKER, nhs_number=facts["nhs_number"])
    async with beside(served, "tripwire", in_a_while(0)) as index:
        assert await Tripwire(index, index.feed).run() == 0
    assert await asked_rows(served) == 1
    assert len(await fired(ask, served)) == 1


async def test_a_question_altered_in_the_store_stops_nobody_elses(ask: Ask, served: Served) -> None:
    _, facts, _ = await shielded(ask)
    await fired(ask, served)
    await ask.look_up(WORKER, **by_name(a_child()))
    await served.rows("update asked set sealed = overlay(sealed placing 'x'::bytea from 50)")
    await ask.look_up(WORKER, nhs_number=facts["nhs_number"])
    assert len(await fired(ask, served)) == 1
    assert await asked_rows(served) == 0


async def test_a_run_is_bounded(ask: Ask, served: Served) -> None:
    """However many questions there are, a run takes so many and the next goes on."""
    await fired(ask, served)
    rows = await served.rows("select csa from directory")
    await served.rows(
        "insert into asked select $1, gen_random_uuid(), now(), 'x'"
        f" from generate_series(1, {QUESTIONS_A_RUN + 3})",
        rows[0]["csa"],
    )
    async with beside(served, "tripwire") as job:
        assert await Tripwire(job, job.feed).run() == QUESTIONS_A_RUN
        assert await Tripwire(job, job.feed).run() == 3
    assert await asked_rows(served) == 0
