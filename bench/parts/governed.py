"""The service itself in a bench: filled through its own code, and taken apart in process."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from asyncpg.pool import PoolAcquireContext
from asyncpg.transaction import Transaction

from bench.parts.children import Made, groups_of
from bench.parts.clockwork import Clockwork, replaced
from demo.personas import HEALTH_VISITING
from index_service.crypto.digest import Digester
from index_service.crypto.pointer import PointerSealer
from index_service.crypto.seal import SubjectKey, WrapKeys
from index_service.domain.feed import LineOutcome
from index_service.identity.verifier import StrictVerifier
from index_service.log.access_log import AccessLog
from index_service.log.entry import AccessEntry, Outcome
from index_service.log.group_commit import Batch, GroupCommit
from index_service.services import encoding, lookup, search, showing
from index_service.services.attempt import Attempt
from index_service.services.feed_writes import Standing, Writes
from index_service.services.index import Index
from index_service.services.placing import NO_LINE, placed
from index_service.services.showing import Showing
from index_service.store.appending import Appender
from index_service.store.reading import Snapshot
from index_service.store.work import work_on

_CHUNK = 500


async def populate(index: Index, made: list[Made], progress: Callable[[int], None]) -> list[UUID]:
    """Seal and store these children and their involvements; return their ids in order."""
    ids: list[UUID] = []
    for places in groups_of(_CHUNK, len(made)):
        async with work_on(index.feed, index.csa, index.log) as work:
            writes, standing = Writes(index), []
            for place in places:
                new = placed(
                    index, made[place].record, LineOutcome.NEW, str(HEALTH_VISITING.id), NO_LINE
                )
                child = new.child
                writes.new_child(new)
                stands = Standing(child.child_id, child.key, child.policy)
                for one in made[place].involvements:
                    writes.add_case(stands, one)
                standing.append(stands)
                ids.append(child.child_id)
            await writes.write(work, standing)
            entry = AccessEntry(
                *index.log.stamp(), action="supply", route="bench", outcome=Outcome.RECORDED
            )
            await work.commit(index.log.prepare(entry))
        progress(len(ids))
    return ids


@dataclass(slots=True)
class Rows:
    """Rows a lookup reads and writes, by what they are."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, rows: int) -> None:
        """Count rows."""
        self.counts[name] = self.counts.get(name, 0) + rows


@contextmanager
def rows_counted() -> Iterator[Rows]:
    """Count every row that lookups of this process read and write."""
    rows = Rows()

    def counting(name: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
        async def counted(*given: Any) -> Any:
            found = await method(*given)
            rows.add(name, len(found) if isinstance(found, list) else 1)
            return found

        return counted

    async def written(appender: Appender, batch: Batch) -> None:
        rows.add("entries", len(batch.rows))
        rows.add("subjects", sum(len(row.subjects) for row in batch.rows))
        rows.add("questions", sum(row.asked is not None for row in batch.rows))
        await append(appender, batch)

    append = Appender.__call__
    changes: list[tuple[object, str, object]] = [
        (Snapshot, name, counting(name, getattr(Snapshot, name)))
        for name in ("standing", "pointers", "candidates", "further", "cases")
    ]
    with replaced([*changes, (Appender, "__call__", written)]):
        yield rows


def clocks(clockwork: Clockwork) -> None:
    """Name the parts of a lookup whose time is taken."""
    clockwork.awaited(StrictVerifier, "verify", "token")
    clockwork.awaited(lookup, "admit", "asker: open account, rules")
    clockwork.awaited(Transaction, "__aenter__", "begin and end the snapshot")
    clockwork.awaited(Transaction, "__aexit__", "begin and end the snapshot")
    clockwork.awaited(PoolAcquireContext, "__aenter__", "take and give back a connection")
    clockwork.awaited(PoolAcquireContext, "__aexit__", "take and give back a connection")
    for name, part in (
        ("standing", "ask for the asker's row"),
        ("pointers", "ask for pointers"),
        ("candidates", "ask for candidates"),
        ("cases", "ask for case rows"),
    ):
        clockwork.awaited(Snapshot, name, part)
    clockwork.called(search, "query_keys", "keys of the question")
    clockwork.called(search, "prepare", "keys of the question")
    clockwork.called(Digester, "tokens_for_query", "digests")
    clockwork.called(PointerSealer, "open", "open pointers")
    clockwork.called(WrapKeys, "open_subject", "unwrap keys")
    clockwork.called(SubjectKey, "open", "open envelopes")
    for name in ("decode_policy", "decode_identity", "decode_tracing"):
        clockwork.called(encoding, name, "read what was sealed")
    clockwork.called(search, "decide", "policy")
    clockwork.called(search, "score", "score")
    clockwork.called(search, "rank", "grade and order")
    clockwork.called(Showing, "cases", "open and show case rows")
    clockwork.called(showing, "decide_involvement", "policy")
    clockwork.called(lookup, "_match", "show matches")
    clockwork.called(lookup, "_body", "encode the answer")
    clockwork.called(lookup, "_commitment", "encode the answer")
    clockwork.called(lookup, "seal_asked", "seal the question")
    clockwork.called(Attempt, "entry", "seal the entry")
    clockwork.called(AccessLog, "_row", "seal the entry")
    clockwork.called(AccessLog, "_receipt", "sign the receipt")
    clockwork.awaited(GroupCommit, "append", "hand over the entry")
    clockwork.awaited(lookup.Lookups, "lookup", "rest of the lookup")
    clockwork.awaited(search.Search, "run", "rest of the search")
    clockwork.awaited(GroupCommit, "_write_queue", "append the batch")


PER_CANDIDATE = frozenset(
    {
        "open pointers",
        "unwrap keys",
        "open envelopes",
        "read what was sealed",
        "policy",
        "score",
        "rest of the search",
    }
)
