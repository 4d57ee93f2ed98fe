"""Children and involvements people record here who belong to another authority: sent there.

Whoever recorded a child goes on by the id they were given, as a supplier by its reference;
nobody is shown a record by it here.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from index_service.domain.child import ChildRecord
from index_service.domain.involvement import Contact, Involvement
from index_service.domain.restated import stated_child
from index_service.federation.routed import RoutedLine
from index_service.services.admitting import Admitted
from index_service.services.cases import CaseFact
from index_service.services.index import Index
from index_service.services.peering.onward import NO_CASE
from index_service.services.peering.outgoing import Outgoing, outgoing_of
from index_service.store.work import Work

_SOURCE = "created"


async def child_elsewhere(
    index: Index, work: Work, admitted: Admitted, stated: tuple[ChildRecord, Sequence[CaseFact]]
) -> UUID | None:
    """Queue a child for the authority they belong to and return their id; None for our own.

    One brought by a decision that a basis other than consent holds is recorded here: no line
    states that, and it must not be lost.
    """
    record, facts = stated
    outgoing = await outgoing_of(index, work, admitted, _SOURCE)
    member = outgoing.elsewhere(record.address) if outgoing else None
    if outgoing is None or member is None:
        return None
    begun = [each for each in facts if isinstance(each, Involvement)]
    if len(begun) != len(facts):
        return None
    child_id, today = uuid4(), admitted.ask.today.isoformat()
    child = stated_child(record)
    line = {"kind": "child", "reference": str(child_id), "as_of": today, "child": child}
    outgoing.put(member, RoutedLine(line))
    names = [f"child/{child_id}"]
    for fact in begun:
        outgoing.put(member, RoutedLine(_begun(child_id, fact, today)))
        names.append(f"involvement/{fact.id}")
    await _keep(index, work, admitted, (outgoing.route_of(member), names))
    await outgoing.write(work)
    return child_id


async def room_kept(index: Index, work: Work, admitted: Admitted, record: ChildRecord) -> None:
    """Queue as if a child had gone elsewhere who is recorded here and waits for the team."""
    outgoing = await outgoing_of(index, work, admitted, _SOURCE)
    member = outgoing.elsewhere(record.address) if outgoing else None
    if outgoing is not None and member is not None:
        outgoing.keep_room(member)
        await outgoing.write(work)


async def involvement_elsewhere(
    index: Index, work: Work, admitted: Admitted, stated: tuple[UUID, Involvement | None]
) -> bool:
    """Queue an involvement with a child the asker's agency recorded and who was sent on.

    None queues nothing: it asks alone. False for any other child, and for an id nobody has:
    both are gone on with alike.
    """
    child_id, fact = stated
    outgoing = await outgoing_of(index, work, admitted, _SOURCE)
    if outgoing is None:
        return False
    member = await _routed_to(index, work, admitted, (outgoing, child_id))
    if member is None:
        return False
    if fact is None:
        return True
    line = _begun(child_id, fact, admitted.ask.today.isoformat())
    outgoing.put(member, RoutedLine(line))
    names = [f"involvement/{fact.id}"]
    await _keep(index, work, admitted, (outgoing.route_of(member), names))
    await outgoing.write(work)
    return True


async def _routed_to(
    index: Index, work: Work, admitted: Admitted, sought: tuple[Outgoing, UUID]
) -> str | None:
    outgoing, child_id = sought
    ref = _ref(index, admitted, f"child/{child_id}")
    for row in await work.feeds.source_records([ref]):
        data = index.keyring.pointers.open_small(row.ref, row.pointer)
        return outgoing.member_of(UUID(bytes=data[:16]))
    return None


def _ref(index: Index, admitted: Admitted, name: str) -> bytes:
    source = f"{_SOURCE}/{admitted.asker.agency_id}"
    return index.keyring.references.source_ref(source, name)


async def _keep(
    index: Index, work: Work, admitted: Admitted, routed: tuple[UUID, Sequence[str]]
) -> None:
    """Keep what the ids given out lead to: to another authority, and no record here."""
    keyring, (leads_to, names) = index.keyring, routed
    rows = []
    for ref in sorted(_ref(index, admitted, name) for name in names):
        key = keyring.wrap.new_subject("source", ref).key
        data = leads_to.bytes + NO_CASE.bytes
        rows.append(
            {
                "ref": ref,
                "line_mac": keyring.references.line_mac(_SOURCE, ref),
                "pointer": keyring.pointers.seal_small(ref, data),
                "sealed": key.seal("source", ref, b""),
            }
        )
    await work.feeds.put_source_records(rows)


def _begun(child_id: UUID, fact: Involvement, as_of: str) -> dict[str, Any]:
    line: dict[str, Any] = {
        "kind": "involvement",
        "verb": "begin",
        "reference": str(fact.id),
        "child_reference": str(child_id),
        "as_of": as_of,
        "service": fact.service.value,
        "began": fact.began.isoformat(),
        **_contact(fact.contact),
    }
    return line | ({"consent": True} if fact.consent_in_force else {})


def _contact(contact: Contact) -> dict[str, Any]:
    """Return whom to ring as a line states it; hours that differ by day a line cannot state."""
    team, named = contact.team, contact.person
    said: dict[str, Any] = {"team_name": team.name, "team_phone": team.phone}
    if len(team.hours) == 1:
        (hours,) = team.hours
        said["team_days"] = " ".join(day.value for day in hours.days)
        said["team_hours"] = f"{hours.opens}-{hours.closes}"
    if named is not None:
        said["person_name"] = named.name
        parts = {"person_phone": named.phone, "person_email": named.email}
        said |= {name: text for name, text in parts.items() if text}
    return said | ({"ask_for_duty": True} if contact.ask_for_duty else {})
