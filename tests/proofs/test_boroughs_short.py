"""The short form of `prove shield --boroughs 3`: a few children, two rounds, one region."""

from proofs.workings.boroughs_judged import QUICK_ROUNDS, QUICK_RUNS, BoroughPlan, judge, run_region
from proofs.workings.boroughs_seen import is_stub
from proofs.workings.judged import Proof
from tests.region import RegionServed


async def test_a_shield_set_in_one_borough_holds_in_all(region: RegionServed) -> None:
    """The long form has 96 children in four rounds each, over several regions."""
    proof = Proof("shield across boroughs", quiet=True)
    plan = BoroughPlan(QUICK_RUNS, QUICK_ROUNDS, seed=2)
    judge([await run_region(plan, proof, region)], plan, proof)
    assert proof.failed == []
    assert not proof.void
    assert proof.figures["unshielded_views"] == 0


def test_whatever_is_more_than_who_a_child_is_is_no_stub() -> None:
    stub = {"child_id": "x", "restricted": True, "name": {}, "identifiers": {}}
    assert is_stub(stub)
    assert not is_stub({**stub, "restricted": False})
    assert not is_stub({**stub, "identifiers": {"nhs_number": "1"}})
    assert not is_stub({**stub, "address": {}})
