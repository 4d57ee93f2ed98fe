"""What is looked at of the children an access showed: the least that tells work from curiosity.

Opened of a child are its policy and, of its case rows, the heads; a body only where the
asker's own agency recorded it. Who supplied what, names and where a child lives only where
nothing else explains an access, or somebody stated a home: all are compared and forgotten.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from index_service.crypto.envelope import SealBroken
from index_service.domain.directory import HomeDigests, HomeStated
from index_service.domain.involvement import CafState, Involvement
from index_service.services.auditing.opening import keys_of
from index_service.services.cases import checked_cases
from index_service.services.encoding import decode_provenance
from index_service.services.index import Index
from index_service.services.misuse.homes import home_digests
from index_service.services.sealing import SealedChild, open_policy
from index_service.store.work import Work

_CHILDREN_A_TIME = 8  # so that even the fullest records stay under the bound of one query
_process_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Known:
    """What work leads to one child by, and what of it is compared; `born` 0 if not opened."""

    child_id: UUID
    shielded: bool = False
    involved: dict[str, list[tuple[date, date | None]]] = field(default_factory=dict)
    assessing: set[str] = field(default_factory=set)
    fed: dict[str, list[int]] = field(default_factory=dict)
    home: HomeDigests | None = None
    born: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which children are looked at: the agencies that asked for each, and whose names to open."""

    agencies: Mapping[UUID, frozenset[str]]
    compared: frozenset[UUID]


async def named_children(
    index: Index, work: Work, refs: Iterable[str], years: Iterable[int]
) -> dict[str, UUID]:
    """Return which child each keyed reference is of, of those still on the index.

    A reference cannot be turned back: every child's is made and looked for.
    """
    keys = [known for year in years if (known := keys_of(index.keyring, year)) is not None]
    left, found = set(refs), {}
    after: UUID | None = None
    while left and (ids := await work.auditing.children(after)):
        after = ids[-1]
        for child_id in ids:
            for known in keys:
                ref = known.subject_ref(child_id).hex()
                if ref in left:
                    left.discard(ref)
                    found[ref] = child_id
    return found


async def known_children(index: Index, work: Work, wanted: Wanted) -> dict[UUID, Known]:
    """Return what is known of these children; one that does not open is left out, and counted."""
    ids = sorted(wanted.agencies)
    found: dict[UUID, Known] = {}
    broken = []
    for start in range(0, len(ids), _CHILDREN_A_TIME):
        rows = await work.children.beheld(ids[start : start + _CHILDREN_A_TIME])
        cases = await _cases(index, work, [row["child_id"] for row in rows])
        for row in rows:
            try:
                found[row["child_id"]] = _known(index, row, cases[row["child_id"]], wanted)
            except SealBroken:
                broken.append(row["child_id"])
    if broken:
        _process_log.error("misuse: records that do not open, count=%s", len(broken))
    return found


async def _cases(index: Index, work: Work, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """Return the sealed case rows of each child."""
    of_ref = {index.keyring.references.case_ref(child_id): child_id for child_id in ids}
    rows: dict[UUID, list[Any]] = {child_id: [] for child_id in ids}
    for row in await work.children.cases(list(of_ref)) if of_ref else ():
        rows[of_ref[row.child_ref]].append(row._mapping)
    return rows


def _known(index: Index, row: Any, rows: Sequence[Any], wanted: Wanted) -> Known:
    child = open_policy(index.keyring, row)
    agencies = wanted.agencies[child.child_id]
    known = Known(child.child_id, shielded=child.policy.shielded)
    for case in checked_cases(index.keyring, child.key, child.policy, rows):
        head = case.head()
        if head.agency not in agencies:
            continue
        if head.kind == "caf" and head.extra[0] == CafState.OPEN:
            known.assessing.add(head.agency)
        elif head.kind == "involvement":
            body = case.body(head)
            assert isinstance(body, Involvement)  # INVARIANT: a form reads its own fact
            known.involved.setdefault(head.agency, []).append((body.began, body.ceased))
    if agencies - known.involved.keys():
        for source in decode_provenance(child.part("provenance")).values():
            known.fed.setdefault(source.agency, []).append(source.received_s)
    if child.child_id in wanted.compared or agencies - known.involved.keys():
        _compared(index, child, known)
    return known


def _compared(index: Index, child: SealedChild, known: Known) -> None:
    """Keep of a child's name and home their digests, and of the date of birth its place."""
    identity, tracing = child.identity(), child.tracing()
    known.born = identity.date_of_birth.toordinal()
    stated = HomeStated(identity.name.family, tracing.postcode, tracing.house)
    known.home = home_digests(index.keyring, stated)
