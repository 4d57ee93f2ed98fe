"""Lines on their way to the authority they belong to: gathered, sealed, queued in order.

They are written in the transaction that took them, and leave it only when they are answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from index_service.crypto.keyring import Keyring
from index_service.crypto.seal import SIZES
from index_service.domain.areas import Borders
from index_service.domain.child import Address
from index_service.federation.directory import RegionDirectory
from index_service.federation.routed import Parcel, RoutedLine, RoutedSupplier, parcel_text
from index_service.federation.sizes import PARCEL_LINES_MAX
from index_service.services.admitting import Admitted
from index_service.services.index import Index
from index_service.services.lists import list_tokens
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.store.work import Work

LIST = "routed"
_ROOM = SIZES["parcel"] - 1024  # what stands around the lines takes less
_PLACE_BYTES = 12
_REST = bytes(8)
_MEMBERS_LENGTH = 1


def route_id(region: str, member: str) -> UUID:
    """Return what a supplier's reference leads to whose child is another authority's.

    Never a child's id: those are random, and of another version.
    """
    return uuid5(NAMESPACE_URL, f"isa:{region}/{member}/routed")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parcel that waits, and the row that lists it: which was queued when."""

    id: UUID
    queued: bytes
    stored: tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class _Out:
    """One line to a member; None where it was kept back here, and only its room is taken."""

    member: str
    text: bytes | None


class Outgoing:
    """What one transaction sends on: each line to one member, in the order they came."""

    def __init__(
        self, index: Index, borders: Borders, supplier: RoutedSupplier, *, by_address: bool = True
    ) -> None:
        """`by_address` is false for lines that were routed here: they go no further by it."""
        self._index = index
        self._borders = borders
        self._supplier = supplier
        self._by_address = by_address
        self._routes = {route_id(borders.region, each): each for each in borders.members}
        self._lines: list[_Out] = []

    def elsewhere(self, address: Address) -> str | None:
        """Return the other authority an address lies in, where that decides anything."""
        return self._borders.elsewhere(address) if self._by_address else None

    def member_of(self, led_to: UUID) -> str | None:
        """Return whose child a reference leads to, or None for a child of this authority's."""
        return self._routes.get(led_to)

    def route_of(self, member: str) -> UUID:
        """Return what references of that member's children lead to."""
        return route_id(self._borders.region, member)

    def put(self, member: str, line: RoutedLine) -> None:
        """Send a line to a member."""
        self._lines.append(_Out(member, line.written()))

    def keep_room(self, member: str) -> None:
        """Queue as if a line were sent: that it was kept here must not show in the store."""
        self._lines.append(_Out(member, None))

    async def write(self, work: Work) -> None:
        """Insert the parcels and the rows that list them."""
        rows, pointers = [], []
        for parcel_id, text in self._packed():
            made = self._index.keyring.wrap.new_subject("parcel", parcel_id)
            rows.append(
                {
                    "id": parcel_id,
                    "wrap_key_id": made.wrap_key_id,
                    "wrapped_key": made.wrapped,
                    "sealed": made.key.seal("parcel", parcel_id, text),
                }
            )
            pointers.append(self._listing(parcel_id, len(rows)))
            pointers += [decoy() for _ in range(LOAD_ROWS - 1)]
        await work.parcels.add(rows)
        await work.children.add_work(sorted(pointers))

    def _listing(self, parcel_id: UUID, place: int) -> tuple[bytes, bytes]:
        keyring = self._index.keyring
        tokens = list_tokens(keyring, LIST)
        token = tokens[parcel_id.bytes[0] % len(tokens)]
        queued = int(self._index.clock.now().timestamp() * 1_000_000).to_bytes(8)
        data = b"\x00" + parcel_id.bytes + queued + place.to_bytes(4) + _REST
        return token, keyring.pointers.seal_small(token, data)

    def _packed(self) -> list[tuple[UUID, bytes]]:
        """Return parcels as full as their size lets them be."""
        packed = []
        for member in dict.fromkeys(each.member for each in self._lines):
            of_member = [each.text for each in self._lines if each.member == member]
            for some in _filled(of_member):
                parcel_id = uuid4()
                there = [text for text in some if text is not None]
                text = parcel_text(parcel_id, self._supplier, there)
                head = member.encode()
                packed.append((parcel_id, len(head).to_bytes(_MEMBERS_LENGTH) + head + text))
        return packed


def _filled(lines: Sequence[bytes | None]) -> list[list[bytes | None]]:
    filled: list[list[bytes | None]] = [[]]
    size = 0
    for line in lines:
        taken = len(line or b"") + 1
        if filled[-1] and (size + taken > _ROOM or len(filled[-1]) == PARCEL_LINES_MAX):
            filled.append([])
            size = 0
        filled[-1].append(line)
        size += taken
    return filled


async def outgoing_of(index: Index, work: Work, admitted: Admitted, source: str) -> Outgoing | None:
    """Return what takes an asker's lines to other authorities; None where there is no region."""
    if index.region is None:
        return None
    standing = await index.region.directories.standing(work.membership)
    if standing is None:
        return None
    borders = borders_of(standing.directory)
    facts = admitted.asker.facts
    supplier = RoutedSupplier(
        source,
        admitted.asker.agency_id,
        facts.agency_kind,
        facts.checked_on,
        facts.trained_on,
        facts.signed_on,
        facts.employer_accredited,
    )
    return Outgoing(index, borders, supplier)


def borders_of(directory: RegionDirectory) -> Borders:
    """Return whose each area is, as a directory in force says."""
    areas = {area: each.name for each in directory.indexes for area in each.areas}
    members = frozenset(each.name for each in directory.others)
    return Borders(directory.self_name, directory.region, members, areas)


async def waiting(keyring: Keyring, work: Work) -> list[Waiting]:
    """Return the parcels that wait, the one queued first before all others."""
    found = []
    for token in list_tokens(keyring, LIST):
        for row in await work.children.work([token]):
            data = keyring.pointers.open_small(row.token, row.pointer)
            queued = data[17 : 17 + _PLACE_BYTES]
            found.append(Waiting(UUID(bytes=data[1:17]), queued, (row.token, row.pointer)))
    return sorted(found, key=lambda each: (each.queued, each.id.bytes))


def opened(keyring: Keyring, row: Any) -> tuple[str, Parcel]:
    """Return to whom a stored parcel goes, and what it holds."""
    key = keyring.wrap.open_subject("parcel", row["id"], row["wrap_key_id"], row["wrapped_key"])
    text = key.open("parcel", row["id"], row["sealed"])
    end = _MEMBERS_LENGTH + text[0]
    return text[_MEMBERS_LENGTH:end].decode(), Parcel.read(text[end:])
