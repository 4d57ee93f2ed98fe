"""Before anything is timed: that the builds compared do the same work to the same end."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bench.parts import governed, naive, plain
from bench.parts.asking import ask
from bench.parts.children import GROUP, Question
from bench.parts.clockwork import replaced
from bench.parts.stand import BUILDS, Stand
from index_service.main import built
from index_service.services import search

CHECKED = 40
PATH = "/v1/lookups"


class Unequal(Exception):  # noqa: N818 (the finding of a check)
    """The builds do not do the same work, so comparing them would mean nothing."""


@asynccontextmanager
async def in_process(stands: Stand, build: str) -> AsyncIterator[Any]:
    """Open a build's application in this process."""
    if build == "governed":
        async with built(stands.authority.settings) as index:
            yield index.app
        return
    make_app = {"plain": plain.make_app, "naive": naive.make_app}[build]
    app = make_app(stands.settings[build])
    async with app.router.lifespan_context(app):
        yield app


def _counting(counts: dict[str, int], name: str, function: Callable[..., Any]) -> Any:
    def counted(*given: Any, **named: Any) -> Any:
        counts[name] = counts.get(name, 0) + 1
        return function(*given, **named)

    return counted


async def _answers(
    stands: Stand, build: str, asked: list[Question]
) -> tuple[list[Any], dict[str, int]]:
    module = {"governed": search, "plain": plain, "naive": naive}[build]
    counts: dict[str, int] = {}
    names = ("score", "query_keys")
    changes = [(module, name, _counting(counts, name, getattr(module, name))) for name in names]
    found = []
    headers = stands.headers(build)
    async with in_process(stands, build) as app:
        with replaced(changes):
            for question in asked:
                body = json.dumps(question.body()).encode()
                answer = await ask(app, "POST", PATH, headers, body)
                if answer.status != 200:
                    raise Unequal(f"{build} answered {answer.status}: {answer.body[:300]!r}")
                found.append(json.loads(answer.body))
    return found, counts


def _compared(answer: Any) -> object:
    """Return what must be the same in every build's answer."""
    return [
        answer["outcome"],
        [
            (
                match["child"]["child_id"],
                match["child"]["name"],
                match["grade"],
                match["score_bits"],
                match["why"],
                sorted(one["involvement_id"] for one in match["child"]["involvements"]),
            )
            for match in answer["matches"]
        ],
    ]


async def check(stands: Stand) -> dict[str, float]:
    """Ask every build the same questions; return the rows a governed lookup touches, by kind.

    Raises Unequal unless each opens and scores exactly 20 candidates per question, asks
    one tier only, and all give the same answers with the child meant among them.
    """
    asked = stands.asked[:CHECKED]
    with governed.rows_counted() as rows:
        expected, counts = await _answers(stands, "governed", asked)
    _check_counts("governed", counts, len(asked))
    if rows.counts["candidates"] != GROUP * len(asked):
        raise Unequal(f"governed opened {rows.counts['candidates']} for {len(asked)} questions")
    for question, answer in zip(asked, expected, strict=True):
        meant = str(stands.ids[question.place])
        if [match["child"]["child_id"] for match in answer["matches"]] != [meant]:
            raise Unequal("governed did not show the one child meant")
    for build in BUILDS[1:]:
        found, counts = await _answers(stands, build, asked)
        _check_counts(build, counts, len(asked))
        for ours, theirs in zip(expected, found, strict=True):
            if _compared(ours) != _compared(theirs):
                raise Unequal(f"{build} answers differently: {theirs} for {ours}")
    return {name: count / len(asked) for name, count in rows.counts.items()}


def _check_counts(build: str, counts: dict[str, int], asked: int) -> None:
    if counts["score"] != GROUP * asked or counts["query_keys"] != asked:
        raise Unequal(f"{build}: {counts} for {asked} questions")
