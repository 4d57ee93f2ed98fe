"""A record that goes to another authority: as it stands now, and closed here once it is taken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from index_service.domain.involvement import Involvement
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.services.consents_standing import Headed, headed
from index_service.services.index import Index
from index_service.services.matters import of_agency, open_matter
from index_service.services.peering.alarms import decoy_matter
from index_service.services.peering.delivered import record_to_deliver
from index_service.services.sealing import SealedChild, open_policy
from index_service.services.shielding import put_policy_and_tokens
from index_service.store.work import Work

MOVED = "child_moved"


@dataclass(frozen=True, slots=True)
class RecordNow:
    """A record as it would be delivered now. `waits`: first the team here must decide on it."""

    child: SealedChild
    heads: tuple[Headed, ...]
    said: dict[str, Any]
    waits: bool


async def record_now(
    index: Index, work: Work, child_id: UUID, to: str, *, lock: bool = False
) -> RecordNow | None:
    """Return a record as it would be delivered to an authority; None where none is live."""
    rows = await (work.children.locked if lock else work.children.beheld)([child_id])
    if not rows:
        return None
    child = open_policy(index.keyring, rows[0])
    if child.policy.archived or child.policy.superseded:
        return None
    ref = index.keyring.references.case_ref(child_id)
    found: Sequence[Any] = [row._mapping for row in await work.children.cases([ref])]
    heads = headed(index, child, found)
    said = record_to_deliver(child, heads, to, index.clock.today())
    return RecordNow(child, heads, said, child.policy.unseen)


async def closed_here(index: Index, work: Work, record: RecordNow, to: str) -> None:
    """Close a record: nobody sees it any more, and its suppliers' lines follow it.

    What guarded it guards on: a shielded child who moved away is not recorded here anew.
    Whoever was involved is told that the child moved, never where; of a shielded child nobody
    is, and as many rows are written.
    """
    policy = replace(record.child.policy, archived=True, gone_to=to)
    await put_policy_and_tokens(index, work, record.child, policy)
    for agency in sorted(_involved(record.heads)):
        notice = _notice(index, record.child.child_id, agency)
        if policy.shielded:
            await open_matter(index, work, decoy_matter(notice.opened_s), ())
        else:
            await open_matter(index, work, notice, (of_agency(agency),))


def _involved(heads: Sequence[Headed]) -> set[str]:
    found = set()
    for case, head in heads:
        body = case.body(head) if head.kind == "involvement" else None
        if isinstance(body, Involvement) and body.ceased is None:
            found.add(body.agency)
    return found


def _notice(index: Index, child_id: UUID, agency: str) -> Matter:
    return Matter(
        uuid4(),
        MatterKind.NOTICE,
        MatterState.WAITING,
        int(index.clock.now().timestamp()),
        agency=agency,
        child_id=child_id,
        details={"what": MOVED, "since": index.clock.today().isoformat()},
    )
