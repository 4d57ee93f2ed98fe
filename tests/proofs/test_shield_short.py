"""The short form of `prove shield`: three hundred runs, and one planted defect that is seen."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from index_service.domain.matching.keys import Facts, PersonName
from proofs.shield import QUICK, prove
from proofs.workings.judged import Proof
from proofs.workings.shield_run import Run, Standing
from proofs.workings.shield_steps import Deed, Programme, programme, shrunk
from proofs.workings.shield_views import Question, Views

NOBODY, WAITING = UUID(int=0), UUID(int=1)


def test_a_shielded_child_is_never_seen_unshielded() -> None:
    """The long form has 5,000 longer runs, looks by every fact, and races."""
    proof = Proof("shield", quiet=True)
    prove(QUICK, proof)
    assert proof.failed == []
    assert not proof.void
    assert proof.figures["runs"] == 300
    assert proof.figures["unshielded_views"] == 0


def test_programmes_are_the_same_for_the_same_seed_and_hold_every_deed() -> None:
    many = [programme(seed) for seed in range(300)]
    assert many == [programme(seed) for seed in range(300)]
    deeds = Counter(step.deed for steps in many for step in steps)
    assert set(deeds) == set(Deed)
    assert all(Deed.SHIELD in {step.deed for step in steps} for steps in many)


def test_a_failing_programme_is_shrunk_to_the_steps_it_takes() -> None:
    """Seen again wherever a line comes after a shield: those two steps are left."""

    async def fails(steps: Programme) -> bool:
        deeds = [step.deed for step in steps]
        return Deed.SHIELD in deeds and Deed.LINE in deeds[deeds.index(Deed.SHIELD) :]

    for seed in range(50):
        steps = programme(seed)
        if asyncio.run(fails(steps)):
            left = asyncio.run(shrunk(steps, fails))
            assert [step.deed for step in left] == [Deed.SHIELD, Deed.LINE]


def test_a_name_is_asked_again_with_every_part_replaced_that_no_record_shows() -> None:
    """A shown part finds the record anyhow: only what it hides may not lead to it."""
    run = Run(1, (), date(2026, 11, 22))
    shown = Facts(names=(PersonName("Ravenhurst", "Leopold"),))
    shields = [str(NOBODY)]
    run.records[NOBODY] = Standing(NOBODY, truly=True, hidden=True, facts=shown, shields=shields)
    waits = Facts(names=(PersonName("Quillfeather", "Ambrosia"),))  # and shows nobody its name
    run.records[WAITING] = Standing(WAITING, truly=True, hidden=True, facts=waits)
    untried: Any = None

    def asked_again(given: str, family: str) -> dict[str, str]:
        born = ("date_of_birth", "2016-08-04")
        question = Question(run, (("given_name", given), ("family_name", family), born), "a name")
        return dict(Views(untried)._without_hidden(question))

    swapped = asked_again("Quillfeather", "Ravenhurts")
    assert swapped["family_name"] == "Ravenhurts"
    assert swapped["given_name"] != "Quillfeather"
    assert swapped["date_of_birth"] == "2016-08-04"
    former = asked_again("Ambrosia", "Quillfeather")
    assert {former["given_name"], former["family_name"]}.isdisjoint({"Ambrosia", "Quillfeather"})
