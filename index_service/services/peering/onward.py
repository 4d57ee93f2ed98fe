"""The lines of one chunk whose children belong to another authority: found, and sent on."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from index_service.domain.child import Address
from index_service.federation.routed import RoutedLine
from index_service.services.feed_said import Referred, Said
from index_service.services.index import Index
from index_service.services.peering.outgoing import Outgoing
from index_service.store.work import Work

NO_CASE = UUID(int=0)
_CHILD_ID_VERSION = 4


class Onward:
    """Knows which references lead to whom; without a region they all lead to children here."""

    def __init__(self, index: Index, outgoing: Outgoing | None) -> None:
        self._index = index
        self._outgoing = outgoing
        self._routed: dict[bytes, str] = {}

    def takes(self, ref: bytes, led_to: UUID) -> bool:
        """Note a reference that leads to no child here; false for one that does."""
        member = self._outgoing.member_of(led_to) if self._outgoing else None
        if member is not None:
            self._routed[ref] = member
        return led_to.version != _CHILD_ID_VERSION

    def knows(self, ref: bytes) -> bool:
        """Return whether lines of this reference were sent on before."""
        return ref in self._routed

    def gone(self, ref: bytes, gone_to: str) -> str | None:
        """Return whose a reference's child is: where it moved to, or where it was sent."""
        if self._outgoing is None:
            return None
        return gone_to or self._routed.get(ref)

    def elsewhere(self, address: Address) -> str | None:
        """Return the other authority an address lies in, if lines go by their address."""
        return self._outgoing.elsewhere(address) if self._outgoing else None

    def keep_room(self, member: str) -> None:
        """Leave as much as if a line had gone to a member: it stays here, and waits."""
        assert self._outgoing is not None  # INVARIANT: nobody else named a member
        self._outgoing.keep_room(member)

    def route(self, each: Said, member: str, moved: Referred | None) -> dict[str, Any]:
        """Send a line on; return the row that keeps its reference.

        `moved` is what it led to here before that moved on: there it is known by the same ids.
        """
        assert self._outgoing is not None  # INVARIANT: nobody else named a member
        line = RoutedLine(each.content)
        if moved is not None:
            case_id = None if moved.case_id == NO_CASE else moved.case_id
            line = replace(line, child=moved.child_id, involvement=case_id)
        self._outgoing.put(member, line)
        ref, keyring = each.refs[0], self._index.keyring
        leads = moved or Referred(self._outgoing.route_of(member), NO_CASE)
        if moved is None:
            self._routed[ref] = member
        return {
            "ref": ref,
            "line_mac": each.mac,
            "pointer": keyring.pointers.seal_small(ref, leads.child_id.bytes + leads.case_id.bytes),
            # The line is the other authority's: nothing of it is kept, in as much room.
            "sealed": keyring.wrap.new_subject("source", ref).key.seal("source", ref, b""),
        }

    async def write(self, work: Work) -> None:
        """Queue what was sent on."""
        if self._outgoing is not None:
            await self._outgoing.write(work)
