"""Where the time of one feed line goes, taken in process on batches of its own."""

import cProfile
import gc
import pstats
import time
from typing import Any

from bench.parts.asking import ask
from bench.parts.clockwork import Clockwork
from bench.parts.feed_lines import body, digest
from demo.authority import Authority
from demo.issuer import Issuer
from index_service.log.access_log import AccessLog
from index_service.main import built
from index_service.services import cases, feed_chunk, feed_writes, feeding, placing, sealing
from index_service.store.children import Children
from index_service.store.feeds import Feeds
from index_service.store.work import Work

FIRST = 200_000  # a place no measured batch reaches
CHILDREN = 1000
BATCHES = 3
FRAMEWORK = "framework, driver, rest of the story"


def _clocks(clockwork: Clockwork) -> None:
    clockwork.called(feeding, "parse_line", "parse and check lines")
    clockwork.awaited(placing.Surroundings, "gather", "gather candidates: rest")
    clockwork.called(placing, "open_policy", "gather candidates: unwrap, policy")
    clockwork.called(placing, "open_facts", "gather candidates: open facts")
    clockwork.called(placing, "guard_tokens_of", "guard tokens of lines")
    clockwork.called(placing, "query_keys", "keys to ask by")
    clockwork.called(placing.Surroundings, "judge", "judge: rest")
    clockwork.called(placing, "score", "judge: score")
    clockwork.called(placing, "grade", "judge: grade")
    clockwork.called(placing.Surroundings, "index_new", "remember new children of the chunk")
    clockwork.called(placing, "new_child", "new children: rest")
    clockwork.called(sealing, "sheet_of", "token sheets")
    clockwork.called(feed_writes, "sheet_of", "token sheets")
    for module in (sealing, feed_writes):
        clockwork.called(module, "sealed_parts", "seal parts of records")
        clockwork.called(module, "sealed_sheet", "seal token sheets")
        clockwork.called(module, "sealed_policy", "seal policies")
    clockwork.called(feed_writes, "seal_case", "seal case rows")
    clockwork.called(feed_chunk, "caseload_pointers", "caseload pointers")
    clockwork.called(feed_chunk.Chunk, "_keep", "keep lines as sent")
    clockwork.called(feed_chunk, "checked_cases", "case rows that stand")
    clockwork.called(cases, "case_mark", "case marks")
    clockwork.awaited(feed_writes.Writes, "write", "write: rest")
    for name in ("insert", "replace", "add_cases", "add_work", "add_tokens", "remove_tokens"):
        clockwork.awaited(Children, name, f"write: {name}")
    clockwork.awaited(Feeds, "put_source_records", "write: source records")
    clockwork.awaited(Feeds, "source_records", "read source records")
    clockwork.awaited(Children, "pointers", "read pointers")
    clockwork.awaited(Children, "locked", "read and lock children")
    clockwork.awaited(Work, "commit", "entry and commit")
    clockwork.called(AccessLog, "_row", "entry and commit")


async def _send(app: Any, issuer: Issuer, batch: int, lines: bytes) -> Any:
    headers = {
        "Authorization": f"Bearer {issuer.token_for('health_feed')}",
        "Content-Type": "application/x-ndjson",
        "Content-Digest": digest(lines),
    }
    path = f"/v1/feeds/child-health/batches/parts-{batch}"
    answer = await ask(app, "PUT", path, headers, lines)
    assert answer.status == 200, answer.body


async def print_parts(authority: Authority, issuer: Issuer, profile: bool) -> None:
    """Feed a few batches in process and print the quickest one's parts."""
    clockwork = Clockwork()
    _clocks(clockwork)
    best: tuple[float, dict[str, float]] | None = None
    async with built(authority.settings) as index:
        for batch in range(BATCHES):
            lines = body(FIRST + batch * CHILDREN, CHILDREN)
            clockwork.clear()
            gc.collect()
            with clockwork.running():
                began_s = time.process_time()
                await clockwork.stepping(FRAMEWORK, _send(index.app, issuer, batch, lines))
                spent_s = time.process_time() - began_s - clockwork.clocks_s
            if best is None or spent_s < best[0]:
                best = (spent_s, dict(clockwork.spent_s))
        if profile:
            await _print_profile(index.app, issuer)
    assert best is not None
    count = 2 * CHILDREN
    print("\nwhere the service's time on a line goes (in process, quickest batch)")
    for name, spent in sorted(best[1].items(), key=lambda part: -part[1]):
        print(f"  {name:42}{1e6 * spent / count:7.0f} us {spent / best[0]:6.1%}")
    print(f"  {'service':42}{1e6 * best[0] / count:7.0f} us", flush=True)


async def _print_profile(app: Any, issuer: Issuer) -> None:
    lines = body(FIRST + BATCHES * CHILDREN, CHILDREN)
    profiler = cProfile.Profile()
    profiler.enable()
    await _send(app, issuer, BATCHES, lines)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
