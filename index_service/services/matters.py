"""Matters people handle: sealed each under its own key, listed by sealed pointers.

Nothing of a child's record is read to open one, so asking about somebody who is not here
is the same work, and leaves the same rows, as asking about somebody who is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson

from index_service.crypto.keyring import Keyring
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.services.index import Index
from index_service.services.lists import list_pointer, list_tokens, open_listed
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.store.work import Work

TEAM = "team"  # the management team's list of what waits
ALERTS = "alerts"  # the management team's list of alerts


class MatterReader(Protocol):
    """A snapshot: reads pointers of lists, and matters by id."""

    async def work(self, tokens: Sequence[bytes]) -> list[Any]:
        """Return (token, pointer) rows."""
        ...

    async def matters(self, ids: Sequence[UUID]) -> list[Any]:
        """Return sealed matters."""
        ...


def of_account(account: str) -> str:
    """Return the name of an account's own list."""
    return f"account/{account}"


def of_agency(agency: str) -> str:
    """Return the name of the list of what an agency is told."""
    return f"agency/{agency}"


def _text(matter: Matter) -> bytes:
    return orjson.dumps(
        [
            1,
            matter.kind.value,
            matter.state.value,
            matter.opened_s,
            matter.due_s,
            matter.account,
            matter.agency,
            str(matter.child_id) if matter.child_id else None,
            matter.details,
            [[step.at_s, step.account, step.word] for step in matter.steps],
        ]
    )


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """A matter and the row it came from, under lock if it was opened to be changed."""

    matter: Matter
    row: Any


def _opened(keyring: Keyring, row: Any) -> OpenMatter:
    key = keyring.wrap.open_subject("matter", row["id"], row["wrap_key_id"], row["wrapped_key"])
    text = orjson.loads(key.open("matter", row["id"], row["sealed"]))
    _, kind, state, opened, due, account, agency, child, details, steps = text
    matter = Matter(
        row["id"],
        MatterKind(kind),
        MatterState(state),
        opened,
        due,
        account,
        agency,
        UUID(child) if child else None,
        details,
        tuple(Step(*step) for step in steps),
    )
    return OpenMatter(matter, row)


async def open_matter(index: Index, work: Work, matter: Matter, lists: Iterable[str]) -> None:
    """Write a new matter and put it on at most three lists; always as many rows."""
    keyring = index.keyring
    made = keyring.wrap.new_subject("matter", matter.id)
    row = {
        "id": matter.id,
        "wrap_key_id": made.wrap_key_id,
        "wrapped_key": made.wrapped,
        "sealed": made.key.seal("matter", matter.id, _text(matter)),
    }
    await work.matters.add([row])
    rows = [list_pointer(keyring, name, matter.id) for name in dict.fromkeys(lists)]
    if len(rows) > LOAD_ROWS:
        raise ValueError("a matter stands on three lists at most")
    rows += [decoy() for _ in range(LOAD_ROWS - len(rows))]
    await work.children.add_work(sorted(rows))


async def matter_to_change(index: Index, work: Work, matter_id: UUID) -> OpenMatter | None:
    """Return a matter under lock, or None."""
    rows = await work.matters.locked([matter_id])
    return _opened(index.keyring, rows[0]) if rows else None


async def matter_beheld(index: Index, work: Work, matter_id: UUID) -> Matter | None:
    """Return a matter as it stands, without a lock, or None."""
    rows = await work.matters.beheld([matter_id])
    return _opened(index.keyring, rows[0]).matter if rows else None


async def matters_beheld(index: Index, work: Work, ids: Sequence[UUID]) -> list[Matter]:
    """Return these matters as they stand, in order of id, without a lock."""
    rows = await work.matters.beheld(ids) if ids else ()
    return [_opened(index.keyring, row).matter for row in rows]


async def put_matter(
    index: Index, work: Work, before: OpenMatter, after: Matter, off: Iterable[str] = ()
) -> None:
    """Store a matter anew; `off` are the lists it no longer stands on."""
    keyring, row = index.keyring, before.row
    key = keyring.wrap.open_subject("matter", after.id, row["wrap_key_id"], row["wrapped_key"])
    sealed = key.seal("matter", after.id, _text(after))
    await work.matters.replace([{"id": after.id, "sealed": sealed}])
    await work.children.remove_work([list_pointer(keyring, name, after.id) for name in off])


async def matter_by_id(index: Index, reading: MatterReader, matter_id: UUID) -> Matter | None:
    """Return one matter, or None."""
    rows = await reading.matters([matter_id])
    return _opened(index.keyring, rows[0]).matter if rows else None


async def matters_on(index: Index, reading: MatterReader, name: str) -> list[Matter]:
    """Return every matter on a list, in order of id: a total order that pages go on in."""
    found: list[Matter] = []
    for token in list_tokens(index.keyring, name):
        # List by list: all at once they may be more than one question may touch.
        rows = await reading.work([token])
        ids = [open_listed(index.keyring, row["token"], row["pointer"]) for row in rows]
        sealed = await reading.matters(ids) if ids else ()
        found += [_opened(index.keyring, row).matter for row in sealed]
    return sorted(found, key=lambda matter: matter.id.bytes)
