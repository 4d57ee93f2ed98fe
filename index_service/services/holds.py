"""What waits for the management team: records held for a shield's sake, and doubtful ones."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import orjson

from consent.facts import Action, DisclosureClass
from index_service.domain.clock import next_working_day
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cursors import cursor_position, next_cursor
from index_service.services.index import Index
from index_service.services.pointers import (
    Waiting,
    Waits,
    open_waiting,
    waiting_place,
    waiting_tokens,
)
from index_service.services.sealing import open_policy
from index_service.store.reading import Snapshot, snapshot

PAGE_MAX = 200


class Holds:
    """Shows one authority's team what waits."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def read(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of the records that wait for a decision, encoded, and why.

        In an order of its own, so that a page goes on where the last ended whatever came
        between.
        """
        index, keyring = self._index, self._index.keyring
        asked = Asked(login, Action.READ_HOLDS, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            after = cursor_position(keyring, admitted, attempt, cursor)
            found: list[Waiting] = []
            # List by list: all at once they may be more than one question may touch.
            for place, token in enumerate(waiting_tokens(keyring)):
                if bytes((place,)) >= after[:1] and len(found) <= PAGE_MAX:
                    rest = after[1:] if bytes((place,)) == after[:1] else b""
                    found += await self._listed(reading, token, rest)
        page = found[:PAGE_MAX]
        subjects = tuple(
            SubjectShown(each.child_id, (DisclosureClass.RESTRICTION,), shown=True) for each in page
        )
        following = None
        if len(found) > PAGE_MAX:
            last = page[-1].child_id
            position = bytes((waiting_place(last),)) + last.bytes
            following = next_cursor(keyring, admitted, attempt, position)
        entry = replace(attempt.entry(index.log.stamp(), Outcome.SHOWN), subjects=subjects)
        attempt.answered(await index.log.append(entry))
        return orjson.dumps({"holds": [_shown(each) for each in page], "next": following})

    async def _listed(self, reading: Snapshot, token: bytes, after: bytes) -> list[Waiting]:
        """Return what waits on one list, in order of id, after one id; once a child.

        A record released since no longer waits, whatever row once led to it.
        """
        keyring = self._index.keyring
        rows = await reading.work([token])
        waiting = [open_waiting(keyring, row["token"], row["pointer"]) for row in rows]
        ids = sorted({each.child_id for each in waiting if each.child_id.bytes > after})
        policies = {
            row["child_id"]: open_policy(keyring, row).policy
            for row in (await reading.policies(ids) if ids else ())
        }
        found: dict[UUID, Waiting] = {}
        # Oldest first, so that the newest row counts: one may outlive an earlier hold.
        for each in sorted(waiting, key=lambda one: one.since_s):
            policy = policies.get(each.child_id)
            if policy is None or policy.archived:
                continue
            # A doubtful record that came to be held waits as held, since it was.
            if policy.held and (each.why is Waits.HELD or each.child_id not in found):
                found[each.child_id] = replace(each, why=Waits.HELD)
            elif not policy.held and each.why is Waits.DOUBTFUL:
                found[each.child_id] = each
        return [found[child_id] for child_id in sorted(found)]


def _shown(waiting: Waiting) -> dict[str, str | int]:
    since = datetime.fromtimestamp(waiting.since_s, UTC)
    return {
        "child_id": str(waiting.child_id),
        "outcome": waiting.why.name.lower(),
        "held_since": waiting.since_s,
        "due": int(next_working_day(since).timestamp()),
    }
