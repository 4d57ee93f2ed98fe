"""The short form of `prove shield`: three hundred runs, and one planted defect that is seen."""

import asyncio
from collections import Counter

from proofs.shield import QUICK, prove
from proofs.workings.judged import Proof
from proofs.workings.shield_steps import Deed, Programme, programme, shrunk


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
