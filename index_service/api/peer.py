"""An index's peer port: what other members may ask, behind their boundary."""

from index_service.api.flood import Flood
from index_service.api.peer_boundary import PeerBoundary
from index_service.services.index import Index
from index_service.services.peering.hearing import Hearing
from index_service.services.peering.stories import peer_handlers
from index_service.store.membership import Nonces


def peer_app(index: Index) -> PeerBoundary | None:
    """Return the application of the peer port, None for an authority outside any region."""
    if index.region is None:
        return None
    nonces = Nonces(index.reading, index.csa)
    hearing = Hearing(index.region, nonces, index.keyring.rows, index.clock)
    return PeerBoundary(hearing, index.log, Flood(index.log), peer_handlers(index))
