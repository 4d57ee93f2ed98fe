"""Entries deleted before they are sealed, by whoever rules the database.

With the receipt kept, the verifiers prove it from the sealed log, however well the rest was
rewritten. Without one, the sealer refuses whatever does not follow without a gap.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from index_service.log.numbering import batch_hash, first_previous
from proofs.workings.log_real import Parts, RealLog
from tests.verify.made import CSA

_BATCHES = "select writer, entries from log_batch order by writer, seq"
_LEAVES = "select entry_id, leaf from access_entry where entry_id = any($1::uuid[])"
_INSERT = """insert into log_batch (csa, writer, seq, previous, hash, entries, predecessor_seq,
    predecessor_hash) values ($1, $2, $3, $4, $5, $6, 0, '')"""


async def sealed_without(parts: Parts, kept: int, gone: int) -> tuple[RealLog, set[UUID]]:
    """Append entries, delete some, rewrite every number so that nothing shows, and seal.

    Return the log, and the entries that are gone: their receipts were given.
    """
    async with parts.process() as log:
        ids = await parts.append(kept + gone, log)
    taken = set(parts.chance.sample(ids, gone))
    await _delete(parts, taken)
    await _rewrite(parts, taken)
    if await parts.seal():
        raise RuntimeError("the sealer refused what was rewritten: nothing was shown")
    return await parts.written(), taken


@dataclass(slots=True)
class Refusals:
    """How often entries were taken away with no receipt kept, and how often that was refused."""

    tried: int = 0
    refused: int = 0


async def refused_by_sealer(parts: Parts, times: int, doing: Callable[[str], None]) -> Refusals:
    """Take an unsealed entry away while its writer lives, and seal."""
    found = Refusals()
    for number in range(times):
        doing(f"taking entries away before they are sealed: {number} of {times}")
        async with parts.process() as log:
            first, second, _ = await parts.append(3, log)
            await _take_away(parts, (first, second), number)
            if number % 4 == 3:
                await parts.append(1, log)  # the writer itself knows what it wrote last
            found.tried += 1
            found.refused += await parts.seal() > 0
        await parts.rows("delete from log_batch")
    return found


async def _take_away(parts: Parts, ids: Sequence[UUID], number: int) -> None:
    gone = ids[number % len(ids)]
    await _delete(parts, {gone})
    if number % 4 == 1:
        await parts.rows("delete from log_batch where $1 = any(entries)", gone)
    elif number % 4 == 2:
        await parts.rows("update log_batch set entries = '{}' where $1 = any(entries)", gone)
    elif number % 4 == 3:
        await _rewrite(parts, {gone})


async def _rewrite(parts: Parts, gone: set[UUID]) -> None:
    """Number the batches anew as if the entries that are gone had never been."""
    rows = await parts.rows(_BATCHES)
    entries = [entry for row in rows for entry in row["entries"]]
    leaves = {row["entry_id"]: row["leaf"] for row in await parts.rows(_LEAVES, entries)}
    await parts.rows("delete from log_batch")
    last: dict[UUID, tuple[int, bytes]] = {}
    for row in rows:
        writer, left = row["writer"], [each for each in row["entries"] if each not in gone]
        if left:
            seq, previous = last.get(writer, (0, first_previous(CSA, writer, None)))
            made = batch_hash(CSA, writer, seq + 1, previous, [leaves[each] for each in left])
            await parts.rows(_INSERT, CSA, writer, seq + 1, previous, made, left)
            last[writer] = seq + 1, made


async def _delete(parts: Parts, gone: set[UUID]) -> None:
    await parts.rows("delete from access_entry where entry_id = any($1::uuid[])", list(gone))
