"""Marking records: canaries, which nobody works with, and children everybody has heard of.

Marking reads no child: it is the same of an id nobody has, so it tells of no record.
"""

from uuid import UUID, uuid4

import orjson

from consent.facts import Action
from index_service.domain.errors import NotDisclosed
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.domain.misuse.accesses import Mark
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.listed import Paging, newest_first
from index_service.services.matters import matter_to_change, matters_on, open_matter, put_matter
from index_service.services.misuse.lists import WATCHED, stands_on
from index_service.services.opening import ABSENT
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import snapshot
from index_service.store.work import work_on


class Marking:
    """Keeps the marks of one authority; only officers who handle misuse know of them."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def mark(
        self, login: Login, child_id: UUID, mark: Mark, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Mark a record; return the mark's id."""
        index = self._index
        asked = Asked(login, Action.HANDLE_MISUSE, attempt.access)
        attempt.subjects = (child_id,)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            once = Once(index, admitted, attempt, sent)
            done = await once.before(work)
            if done is not None:
                await recorded(index, work, attempt, Change(code=REPLAYED))
                return done.resource
            matter = Matter(
                uuid4(),
                MatterKind.WATCHED,
                MatterState.WAITING,
                opened_s=int(index.clock.now().timestamp()),
                account=str(admitted.asker.account_id),
                agency=str(admitted.asker.agency_id),
                child_id=child_id,
                details={"mark": mark.value},
            )
            await open_matter(index, work, matter, (WATCHED,))
            subjects = (SubjectShown(child_id),)
            await recorded(index, work, attempt, Change(subjects, once=once, resource=matter.id))
            return matter.id

    async def marks(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of the records that are marked, newest first, encoded."""
        index = self._index
        asked = Asked(login, Action.HANDLE_MISUSE, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            found = await matters_on(index, reading, WATCHED)
        page, following = Paging(index.keyring, admitted, attempt, cursor).page(found, newest_first)
        attempt.subjects = tuple(each.child_id for each in page if each.child_id)
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        marks = [
            {
                "id": str(each.id),
                "child_id": str(each.child_id),
                "mark": each.details["mark"],
                "since": each.opened_s,
            }
            for each in page
        ]
        return orjson.dumps({"marks": marks, "next": following})

    async def end(self, login: Login, mark_id: UUID, attempt: Attempt) -> None:
        """End a mark: accesses to the record are noticed as to any other."""
        index = self._index
        asked = Asked(login, Action.HANDLE_MISUSE, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            before = await matter_to_change(index, work, mark_id)
            if before is None or not await stands_on(index.keyring, work, WATCHED, mark_id):
                attempt.rules = (ABSENT,)
                raise NotDisclosed(ABSENT)
            now_s = int(index.clock.now().timestamp())
            step = Step(now_s, str(admitted.asker.account_id), "ended")
            after = before.matter.stepped(step, MatterState.ENDED)
            await put_matter(index, work, before, after, (WATCHED,))
            subjects = (SubjectShown(after.child_id),) if after.child_id else ()
            await recorded(index, work, attempt, Change(subjects))
