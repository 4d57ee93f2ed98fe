"""The short form of `prove peers`: hostile messages of every kind, and a peer that trawls."""

import random

from proofs.peers import QUICK, prove_region
from proofs.workings.judged import Proof
from proofs.workings.peer_faults import judged
from proofs.workings.peer_hostile import KINDS, spoilt
from proofs.workings.peer_real import ROUTES, Real
from tests.region import RegionServed


async def test_a_hostile_member_learns_and_changes_nothing(region: RegionServed) -> None:
    """The long form has 10,000 messages, as many guesses, and a network that fails."""
    proof = Proof("peers", quiet=True)
    await prove_region(QUICK, proof, region)
    assert proof.failed == []
    assert not proof.void
    assert proof.figures["hostile"] >= QUICK.messages
    assert proof.figures["hostile_kinds"] >= len(KINDS)


def test_an_answer_that_leaves_an_authority_out_in_silence_is_wrong() -> None:
    found = [{"child": {"child_id": "it"}}]
    camfield = {"name": "camfield", "state": "answered", "matches": found}
    eastbrook = {"name": "eastbrook", "state": "nothing", "matches": []}
    whole = {"complete": True, "authorities": [camfield, eastbrook]}
    assert judged(whole, "it") == ""
    assert judged(whole, "other") != ""
    silent = {**camfield, "state": "unreachable", "matches": []}
    assert judged({"complete": False, "authorities": [silent, eastbrook]}, "it") == ""
    assert judged({"complete": True, "authorities": [silent, eastbrook]}, "it") != ""
    missed = {**silent, "state": "nothing"}
    assert judged({"complete": True, "authorities": [missed, eastbrook]}, "it") != ""
    assert judged({"status": 503}, "it") != ""


async def test_a_spoilt_body_is_never_the_one_it_was_made_of(region: RegionServed) -> None:
    real, chance = Real(region), random.Random(1)
    for route in ROUTES:
        body = real.body(route)
        assert all(spoilt(body, chance, route) != body for _ in range(40))
