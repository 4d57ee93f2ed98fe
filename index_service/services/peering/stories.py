"""Everything other members can ask of an index: each route of its peer port once."""

from collections.abc import Iterable, Mapping
from functools import partial

from index_service.services.index import Index
from index_service.services.peering.answering import Answering
from index_service.services.peering.heard import PeerHandler
from index_service.services.peering.moving import Moves
from index_service.services.peering.probe import Probe
from index_service.services.peering.region_state import checks_answered
from index_service.services.peering.routing import RoutedHere
from index_service.services.peering.subscriptions_exchanged import SubscriptionsHere
from index_service.services.peering.work_queue import WorkHandlers


def peer_handlers(index: Index) -> Mapping[str, PeerHandler]:
    """Return what answers each route of an index's peer port."""
    return by_path(
        [
            Probe(index.log, index.clock, partial(checks_answered, index)).handler(),
            *Answering(index).handlers(),
            *WorkHandlers(index).handlers(),
            RoutedHere(index).handler(),
            Moves(index).handler(),
            SubscriptionsHere(index).handler(),
        ]
    )


def by_path(handlers: Iterable[PeerHandler]) -> Mapping[str, PeerHandler]:
    """Return handlers by their routes; ValueError where two would answer one."""
    table: dict[str, PeerHandler] = {}
    for each in handlers:
        if each.path in table:
            raise ValueError("a route has one handler")
        table[each.path] = each
    return table
