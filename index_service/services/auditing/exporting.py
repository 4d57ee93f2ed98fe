"""Exports of the log for a case: openings, rows of a spreadsheet, FHIR; a part at a time."""

from dataclasses import dataclass, replace
from typing import Any

import orjson

from index_service.domain.errors import Code, Invalid
from index_service.domain.inspection import EntryState, ExportForm, Sought
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Login
from index_service.services.attempt import Attempt
from index_service.services.auditing.auditor import (
    Inspected,
    admit_auditor,
    case_of,
    enter,
    looked_into,
)
from index_service.services.auditing.export_csv import csv_of
from index_service.services.auditing.export_fhir import fhir_of
from index_service.services.auditing.finding import (
    Begun,
    Finding,
    Page,
    Paged,
    begun,
    cursor_after,
    query_of,
)
from index_service.services.auditing.opening import GONE, Found
from index_service.services.auditing.shown import ChildNames, kinds_of
from index_service.services.index import Index
from index_service.store.work import Work, work_on

PART_MAX = 2_000
PART_BYTES_MAX = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExportPart:
    """One part of an export; how many of its entries are not what their leaves say."""

    body: bytes
    following: str | None
    tampered: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """The leaves of a part's entries, all of one shard, and the newest head over them."""

    leaves: dict[Any, Any]
    head: str


class Exports:
    """Hands auditors openings of one authority's log."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def part(
        self,
        login: Login,
        sought: Sought,
        form: ExportForm,
        cursor: str | None,
        attempt: Attempt,
    ) -> ExportPart:
        """Return up to 2,000 entries; Invalid where one part of them would be too large.

        Openings are of sealed entries, of one shard each part: NOT_SEALED_YET where one is
        not in the tree, or in no signed head.
        """
        index, query = self._index, query_of(sought, form=form)
        attempt.subjects = looked_into(sought.child_id, sought.account_id)
        admitted = await admit_auditor(index, login, attempt)
        kinds = kinds_of(admitted.view)
        sealed = None
        async with work_on(index.audit, index.csa, index.log) as work:
            place = await begun(index, work, admitted, attempt, Paged(query, cursor))
            finding = Finding(index, work, sought, kinds, place.settled)
            page = await finding.page(place.after, PART_MAX)
            if form is ExportForm.OPENINGS:
                page, sealed = await _sealed(work, page)
        names = ChildNames(index.keyring, sought.child_id)
        if form is ExportForm.CSV:
            body = csv_of(page.found, kinds, names)
        elif form is ExportForm.FHIR:
            body = fhir_of(page.found, kinds, names, index.csa)
        else:
            body = openings_of(page.found, sealed, index.csa, case_of(attempt))
        if len(body) > PART_BYTES_MAX:
            raise Invalid(Code.EXPORT_TOO_LARGE)
        following = Begun(place.settled, page.following)
        subjects = tuple(SubjectShown(each) for each in attempt.subjects)
        await enter(index, attempt, Inspected(subjects, query, body, len(page.found)))
        return ExportPart(
            body,
            cursor_after(index, admitted, attempt, query, following),
            sum(each.state is EntryState.TAMPERED for each in page.found),
        )


async def _sealed(work: Work, page: Page) -> tuple[Page, Sealed | None]:
    """Return the page as far as its first shard goes, with that shard's leaves and head."""
    if not page.found:
        return page, None
    leaves = await work.auditing.leaves([each.entry_id for each in page.found])
    if len(leaves) < len(page.found):
        raise Invalid(Code.NOT_SEALED_YET)
    shard = leaves[page.found[0].entry_id].shard
    count = next(
        (n for n, each in enumerate(page.found) if leaves[each.entry_id].shard != shard),
        len(page.found),
    )
    found = [_checked(each, leaves[each.entry_id].hash) for each in page.found[:count]]
    following = page.following
    if count < len(page.found):
        following = (found[-1].at, found[-1].entry_id)
    last = max(leaves[each.entry_id].leaf_index for each in found)
    head = await work.auditing.head_over(shard, last)
    if head is None:
        raise Invalid(Code.NOT_SEALED_YET)
    return Page(found, following), Sealed(leaves, head)


def _checked(found: Found, leaf: bytes) -> Found:
    """Return an entry as tampered where the tree holds another leaf of it."""
    if found.leaf == leaf:
        return found
    return replace(found, state=EntryState.TAMPERED, entry=None)


def openings_of(found: list[Found], sealed: Sealed | None, csa: str, case: str) -> bytes:
    """Return JSON Lines as docs/log-format.md has them; nothing where nothing was found.

    Of an entry that cannot be opened its line tells why. One that opens to something
    else than its leaf is given as it stands: whoever verifies it sees that it does not hold.
    """
    if sealed is None:
        return b""
    lines = []
    for each in sorted(found, key=lambda one: sealed.leaves[one.entry_id].leaf_index):
        leaf, opening = sealed.leaves[each.entry_id], each.opening
        line = {"i": leaf.leaf_index, "leaf": leaf.hash.hex()}
        if opening is None:
            line |= {"gone": GONE[each.state]}
        else:
            line |= {"blind": opening.blind.hex(), "entry": opening.canonical.decode()}
        lines.append(line)
    head = {
        "format": "index-log/1",
        "csa": csa,
        "origin": sealed.head.partition("\n")[0],
        "kind": "openings",
        "case": case,
    }
    end = {"end": len(lines), "head": sealed.head}
    return b"".join(orjson.dumps(each) + b"\n" for each in (head, *lines, end))
