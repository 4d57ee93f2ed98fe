"""The short form of `prove log`: two hundred mutations of a log the real parts made."""

import asyncio
from dataclasses import replace

from proofs.log import QUICK, prove
from proofs.workings.judged import Proof


def test_whatever_is_done_to_the_log_shows() -> None:
    proof = Proof("log", quiet=True)
    asyncio.run(prove(replace(QUICK, seed=4), proof))
    assert proof.failed == []
    assert len(proof.claims) == 12
