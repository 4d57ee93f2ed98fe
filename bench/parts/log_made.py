"""Entries of real size, as a lookup that shows one child leaves them: to be sealed, or ready."""

import os
import random
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from consent.facts import DisclosureClass
from demo.authority import CSA
from index_service.crypto.log_keys import LogKeys
from index_service.log.entry import AccessEntry, Outcome, SubjectShown
from index_service.log.leaf import LogRow, sealed_row

SEALED_APART = 200  # rows are sealed anew up to so many; their sizes are all that counts
ACTORS = 500
_SHOWN = (DisclosureClass.IDENTITY, DisclosureClass.INVOLVEMENTS, DisclosureClass.SETTINGS)


def entry(stamp: tuple[str, UUID, int]) -> AccessEntry:
    """Return an entry as a lookup that shows one child makes it."""
    return AccessEntry(
        *stamp,
        action="lookup",
        route="/v1/lookups",
        outcome=Outcome.SHOWN,
        code="found",
        rules=("role_permits", "own_involvement"),
        account=str(uuid4()),
        agency=str(uuid4()),
        role="social_worker",
        purpose="safeguard",
        reason="contact_practitioner",
        reference="REF-20-114",
        agreement=1,
        query_commit=os.urandom(32).hex(),
        result_commit=os.urandom(32).hex(),
        row_state=os.urandom(32).hex(),
        subjects=(SubjectShown(uuid4(), _SHOWN, shown=True),),
        request_id=os.urandom(8).hex(),
    )


def ready_rows(keys: LogKeys, count: int) -> list[LogRow]:
    """Return sealed rows to be appended, each with an id, a leaf and references of its own."""
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    sealed = [
        sealed_row(entry((CSA, uuid4(), now_ms)), keys) for _ in range(min(count, SEALED_APART))
    ]
    actors = [os.urandom(16) for _ in range(ACTORS)]
    return [_another(random.choice(sealed), random.choice(actors)) for _ in range(count)]


def _another(row: LogRow, actor: bytes) -> LogRow:
    assert row.actor is not None
    return replace(
        row,
        entry_id=uuid4(),
        leaf=os.urandom(32),
        subjects=tuple((os.urandom(16), trace) for _, trace in row.subjects),
        actor=(actor, row.actor[1]),
    )
