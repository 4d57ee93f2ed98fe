"""Withdrawals raced by reads: what was begun after one was acknowledged may not rest on it."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from itertools import count

from index_service.log.entry import Told
from index_service.services.read import canonical_child
from tests.stories.asking import Answer, Ask
from tests.stories.consent_said import aged, recorded, said, withdraw

READER, RECORDER = "social_worker", "therapist"
CONSENTS_A_CHILD = 40  # of the 50 rows one agency may add to a record


@dataclass
class Raced:
    """What came of the races: how many answers told and did not, and what was wrong."""

    races: int = 0
    told: int = 0
    withheld: int = 0
    late: int = 0  # reads begun after a withdrawal was acknowledged
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Read:
    """One read: its place in time among all that happened in its race, and its answer."""

    began: int
    answer: Answer

    @property
    def told(self) -> bool:
        return "contact_can_be_brokered" in self.answer.json()["child"]


async def race_consent(ask: Ask, races: int, reads: int = 3) -> Raced:
    """Withdraw so many consents, each among reads begun before, during and after it.

    No read begun after a withdrawal was acknowledged tells of it, and each one's entry
    names the very answer that was made of its snapshot. `READER` must be one the agreement
    tells that contact can be brokered.
    """
    raced = Raced()
    for begin in range(0, races, CONSENTS_A_CHILD):
        child_id = await ask.create(aged(14))
        await ask.begin(RECORDER, child_id, service="mental_health", consent=True)
        done: list[_Read] = []
        for _ in range(min(CONSENTS_A_CHILD, races - begin)):
            consent_id = await recorded(ask, RECORDER, child_id, said())
            done += await _race(ask, (child_id, consent_id), reads, raced)
        await _check_entries(ask, child_id, done, raced)
    return raced


async def _race(ask: Ask, about: tuple[str, str], reads: int, raced: Raced) -> list[_Read]:
    child_id, consent_id = about
    time, acknowledged = count(), [0]
    done: list[_Read] = []

    async def reading(times: int) -> None:
        for _ in range(times):
            began = next(time)
            done.append(_Read(began, await ask.read(READER, child_id)))

    async def withdrawing() -> None:
        answer = await withdraw(ask, RECORDER, consent_id)
        assert answer.status_code == 204, answer.text
        acknowledged[0] = next(time)

    await reading(1)
    if not done[0].told:
        raced.wrong.append("consent in force was not told")  # the control
    await asyncio.gather(reading(reads), reading(reads), withdrawing())
    await reading(1)
    raced.races += 1
    for each in done:
        late = each.began > acknowledged[0]
        raced.told += each.told
        raced.withheld += not each.told
        raced.late += late
        if each.told and late:
            raced.wrong.append("told after the withdrawal was acknowledged")
    return done


async def _check_entries(ask: Ask, child_id: str, done: list[_Read], raced: Raced) -> None:
    """Check that the entry of each read says what was read."""
    entries = {each["entry_id"]: each for each in await ask.served.entries()}
    traces = {str(each.entry_id): each for each in await ask.served.who_looked(child_id)}
    for each in done:
        entry = ask.receipt_of(each.answer)
        shown = canonical_child(each.answer.json()["child"])
        if entries[entry]["result_commit"] != hashlib.sha256(shown).hexdigest():
            raced.wrong.append("an entry names another answer than was given")
        if (Told.CONTACT_BROKERED in traces[entry].told) is not each.told:
            raced.wrong.append("an entry says otherwise than was told")
