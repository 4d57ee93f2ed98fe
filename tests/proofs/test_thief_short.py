"""The short form of `prove thief`: few children, so that 1 point is allowed and not .3."""

import asyncio
from dataclasses import replace

from proofs.thief import QUICK, prove
from proofs.workings.judged import Proof


def test_who_steals_every_table_learns_nobodys_facts_and_the_naive_design_falls() -> None:
    """A control that fails voids the run, and counts as failed."""
    proof = Proof("thief", quiet=True)
    asyncio.run(prove(replace(QUICK, live=20, known=(0, 600)), proof))
    assert proof.failed == []
    assert not proof.void
