"""An answer to a peer leaves at a step, whatever it took to make."""

from index_service.api import peer_boundary
from index_service.federation.sizes import RELEASE_STEP_S
from index_service.services.peering.hearing import Knock
from index_service.services.peering.probe import PROBE_PATH


async def test_what_took_longer_than_a_step_waits_for_the_next() -> None:
    message = peer_boundary._Hearing(Knock(PROBE_PATH, (), "", ""))
    message.arrived_s = peer_boundary._now_s() - 1.2 * RELEASE_STEP_S
    await peer_boundary._until_step(message)
    assert peer_boundary._now_s() - message.arrived_s >= 2 * RELEASE_STEP_S
