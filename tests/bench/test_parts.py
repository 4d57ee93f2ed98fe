"""What the benches rest on: known candidates, honest clocks, a load that checks its answers."""

import asyncio
import json
import time
from datetime import date

import pytest

from bench.parts.children import GROUP, facts, made_children, nhs_numbers, questions
from bench.parts.clockwork import Clockwork, replaced
from bench.parts.feed_lines import body
from bench.parts.load import run
from index_service.domain.feed import ChildLine, InvolvementLine, RawLine
from index_service.domain.identifiers import checked_nhs_number
from index_service.domain.matching.keys import index_keys, query_keys
from index_service.feeds.lines import parse_line
from index_service.services.sealing import facts_of


def test_a_question_leads_to_its_own_group_of_twenty_and_nobody_else() -> None:
    made = made_children(600)
    asked = questions(made)
    assert len(asked) > 20
    for question in asked:
        keys = set(query_keys(facts(question), 1))
        met = {
            place
            for place, child in enumerate(made)
            if keys & {(key.kind, key.text) for key in index_keys(facts_of(child.record))}
        }
        first = question.place // GROUP * GROUP
        assert met == set(range(first, first + GROUP))


def test_numbers_of_made_children_have_their_check_digit() -> None:
    numbers = nhs_numbers()
    for _ in range(200):
        number = next(numbers)
        assert checked_nhs_number(number) == number


def test_every_line_the_feed_bench_sends_is_valid() -> None:
    lines = body(0, 50).splitlines()
    assert len(lines) == 100
    today = date(2026, 11, 20)
    read = [parse_line(_raw(number, line), today) for number, line in enumerate(lines, 1)]
    assert all(isinstance(line, ChildLine) for line in read[::2])
    assert all(isinstance(line, InvolvementLine) for line in read[1::2])


def _raw(number: int, line: bytes) -> RawLine:
    return RawLine(number, line, json.loads(line))


class _Work:
    """Work whose parts take known times."""

    @staticmethod
    def busy(seconds: float) -> None:
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass

    async def inner(self) -> None:
        self.busy(0.02)
        await asyncio.sleep(0.03)
        self.busy(0.02)

    async def outer(self) -> None:
        self.busy(0.01)
        await self.inner()


async def test_a_part_is_timed_without_its_inner_parts_and_without_waiting() -> None:
    clockwork = Clockwork()
    clockwork.awaited(_Work, "outer", "outer")
    clockwork.awaited(_Work, "inner", "inner")
    with clockwork.running():
        await asyncio.gather(_Work().outer(), _Work().outer())
    assert clockwork.spent_s["outer"] == pytest.approx(0.02, abs=0.008)
    assert clockwork.spent_s["inner"] == pytest.approx(0.08, abs=0.016)
    assert clockwork.calls == {"outer": 2, "inner": 2}


def test_what_was_replaced_is_put_back_even_after_an_error() -> None:
    before = _Work.__dict__["busy"]

    def fail() -> None:
        with replaced([(_Work, "busy", None)]):
            _Work.busy(1.0)

    with pytest.raises(TypeError):
        fail()
    assert _Work.__dict__["busy"] is before


@pytest.mark.parametrize(
    ("status", "shown", "wrong"), [(200, "a1", 0), (200, "b2", 1), (503, "a1", 1)]
)
async def test_the_load_counts_every_answer_that_is_not_the_one_expected(
    status: int, shown: str, wrong: int
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            text = f"HTTP/1.1 {status} X\r\nContent-Length: {len(shown)}\r\n\r\n{shown}"
            # In two pieces, as answers may come.
            writer.write(text[:20].encode())
            await writer.drain()
            writer.write(text[20:].encode())

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings: dict[str, object] = {
        "port": port,
        "seconds": 0.5,
        "connections": 2,
        "requests": [["ask\n", "a1"]],
    }
    result = await run(settings)
    server.close()
    assert bool(result["wrong"]) is bool(wrong)
    assert bool(result["answers"]) is not bool(wrong)
