"""What has come due is told to the team, once a week, and changes nothing by itself."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from index_service.domain.clock import Clock, FixedClock, SystemClock, next_working_day
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.services.cases import CaseFact
from index_service.services.matters import ALERTS, TEAM, matters_on, of_agency, open_matter
from index_service.services.overdue import MATTERS_A_RUN, Finding, Overdue
from index_service.store.reading import snapshot
from index_service.store.work import work_on
from tests.authority import Served
from tests.jobs.conftest import beside, entry_of
from tests.stories.asking import SHIELDING, Ask
from tests.stories.made import a_child, day

NOW = datetime.combine(SystemClock().today(), time(12), UTC)
AGENCY = str(uuid4())


def on(days: float) -> Clock:
    """Return a clock that is so many days on."""
    return FixedClock(NOW + timedelta(days=days))


async def told(served: Served, clock: Clock, name: str = ALERTS) -> list[Matter]:
    """Run the job at a moment, until nothing is left; return what it told."""
    before = {matter.id for matter in await listed(served, name)}
    async with beside(served, "job", clock) as index:
        while await Overdue(index, index.feed).run():
            continue
    return [matter for matter in await listed(served, name) if matter.id not in before]


async def listed(served: Served, name: str) -> list[Matter]:
    """Return what stands on a list."""
    index = served.index
    async with snapshot(index.reading, index.csa) as reading:
        return await matters_on(index, reading, name)


def of(child_id: str, matters: Iterable[Matter]) -> list[Matter]:
    """Return the matters about one child."""
    return [matter for matter in matters if str(matter.child_id) == child_id]


async def test_a_shield_past_its_review_is_told_and_stays(ask: Ask, served: Served) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-30))
    assert of(child_id, await told(served, on(29))) == []
    (alert,) = of(child_id, await told(served, on(30)))
    assert alert.kind is MatterKind.ALERT
    assert alert.details == {"cause": "shield_review", "since": day(-30)}
    assert (await ask.shown("teacher", child_id))["restricted"] is True


async def test_a_finding_is_told_once_a_week(ask: Ask, served: Served) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-50))
    days = (50, 50, 51, 56, 57, 57, 63, 64)
    runs = [len(of(child_id, await told(served, on(each)))) for each in days]
    assert runs == [1, 0, 0, 0, 1, 0, 0, 1]


async def test_a_lifted_shield_is_not_told(ask: Ask, served: Served) -> None:
    child_id = await ask.create(a_child())
    shield_id = await ask.shield(child_id, day(-30))
    path = f"/v1/children/{child_id}/shield/lift"
    answer = await ask("manager", "POST", path, {"shield_id": shield_id}, why=SHIELDING)
    assert answer.status_code == 204, answer.text
    assert of(child_id, await told(served, on(40))) == []


async def test_a_record_held_for_a_working_day_is_told(ask: Ask, served: Served) -> None:
    shielded = a_child()
    await ask.shield(await ask.create(shielded), day(-300))
    held = await ask.create({**a_child(), "nhs_number": shielded["nhs_number"]})
    over = next_working_day(datetime.now(UTC))
    early = FixedClock(over - timedelta(minutes=5))
    assert of(held, await told(served, early)) == []
    (alert,) = of(held, await told(served, FixedClock(over + timedelta(minutes=1))))
    assert alert.details["cause"] == "held_too_long"
    assert held in await ask.holds()


async def test_a_request_past_its_clock_is_told_until_it_is_answered(
    ask: Ask, served: Served
) -> None:
    index, due_s = served.index, int(NOW.timestamp()) + 3600
    waiting, answered = (
        Matter(uuid4(), MatterKind.CONTACT_REQUEST, state, int(NOW.timestamp()), due_s)
        for state in (MatterState.WAITING, MatterState.ANSWERED)
    )
    async with work_on(index.feed, index.csa, index.log) as work:
        for matter in (waiting, answered):
            await open_matter(index, work, matter, (TEAM,))
        await work.commit(index.log.prepare(entry_of(index)))
    about = {"matter": str(waiting.id), "kind": "contact_request"}
    assert not [m for m in await told(served, on(0)) if m.details.items() >= about.items()]
    late = await told(served, on(0.1))
    assert len([m for m in late if m.details.items() >= about.items()]) == 1
    assert not [m for m in late if m.details.get("matter") == str(answered.id)]


async def test_a_run_writes_as_many_rows_whatever_is_due(ask: Ask, served: Served) -> None:
    await told(served, on(0))
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-1))
    grew = []
    for clock in (on(0), on(2)):
        before = await counts(served)
        async with beside(served, "job", clock) as index:
            assert bool(await Overdue(index, index.feed).run()) is (clock.today() > NOW.date())
        grew.append({name: n - before[name] for name, n in (await counts(served)).items()})
    assert grew[0] == grew[1]
    assert grew[0]["matter"] == MATTERS_A_RUN
    assert grew[0]["access_entry"] == 1


async def counts(served: Served) -> dict[str, int]:
    """Return how many rows stand where a run writes."""
    tables = ("matter", "work_token", "access_entry", "access_subject", "case_row")
    return {
        table: (await served.rows(f"select count(*) as n from {table}"))[0]["n"] for table in tables
    }


async def test_more_than_a_run_has_room_for_is_told_by_the_next(ask: Ask, served: Served) -> None:
    ids = [await ask.create(a_child()) for _ in range(MATTERS_A_RUN + 2)]
    for child_id in ids:
        await ask.shield(child_id, day(-20))
    alerts = await told(served, on(20))
    assert {child_id for child_id in ids if of(child_id, alerts)} == set(ids)


async def test_another_check_tells_whom_it_says(ask: Ask, served: Served) -> None:
    """As one for consents does: a notice to an agency, of a row that has run out."""
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-10))

    def check(child: UUID, facts: Sequence[CaseFact], today: date) -> Iterable[Finding]:
        for fact in facts:
            assert fact.id is not None
            lists = (of_agency(AGENCY),)
            yield Finding("expired", fact.id, today, child, MatterKind.NOTICE, lists, AGENCY)

    async with beside(served, "job", on(11)) as index:
        while await Overdue(index, index.feed, (check,)).run():
            continue
    (notice,) = of(child_id, await listed(served, of_agency(AGENCY)))
    assert (notice.kind, notice.agency) == (MatterKind.NOTICE, AGENCY)
    assert of(child_id, await listed(served, ALERTS)) == []


async def test_a_record_whose_case_rows_were_tampered_with_stops_nobody_elses(
    ask: Ask, served: Served
) -> None:
    broken, whole = await ask.create(a_child()), await ask.create(a_child())
    for child_id in (broken, whole):
        await ask.shield(child_id, day(-15))
    ref = served.index.keyring.references.case_ref(UUID(broken))
    (row,) = await served.rows("delete from case_row where child_ref = $1 returning *", ref)
    alerts = await told(served, on(15))
    assert of(broken, alerts) == []
    assert len(of(whole, alerts)) == 1
    await served.rows("insert into case_row values ($1, $2, $3, $4)", *row)
    assert len(of(broken, await told(served, on(15)))) == 1


async def test_charges_of_days_gone_by_are_dropped_and_todays_stay(served: Served) -> None:
    """A budget is a day's; what was asked on another is nobody's to keep."""
    today = NOW.date()
    for days in (0, 1, 40):
        sql = "insert into charge values ('northmere', $1, $2, $2)"
        await served.rows(sql, today - timedelta(days=days), str(days).encode())
    async with beside(served, "job", on(0)) as index:
        await Overdue(index, index.feed).run()
    rows = await served.rows("select what from charge")
    assert {bytes(row["what"]) for row in rows} & {b"0", b"1", b"40"} == {b"0"}
