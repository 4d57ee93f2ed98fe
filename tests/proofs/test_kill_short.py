"""The short form of `prove kill`: a hundred answers, and death at two named points."""

import asyncio

from proofs.kill import Plan, prove
from proofs.workings.faults import killed_between_append_and_body, terminated_while_committing
from proofs.workings.judged import Proof

SHORT = Plan(
    answers=100,
    faults=(killed_between_append_and_body, terminated_while_committing),
    rounds=1,
    clients=4,
    batch_children=20,
    seconds_max=120,
)


def test_nothing_leaves_unrecorded_and_nothing_acknowledged_is_lost() -> None:
    """The long form has fourteen kinds of fault and thousands of answers."""
    proof = Proof("kill", quiet=True)
    asyncio.run(prove(SHORT, proof))
    assert proof.failed == []
    assert len(proof.claims) == 19
