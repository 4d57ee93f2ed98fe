"""What ordinary practitioners see of a child who is shielded now; anything more is unshielded.

Asked by every fact ever stated of the child, and for every record the run made. A child may
be found by what even a shielded record shows; by a hidden fact only if another in its place
would have found it as well.
"""

import asyncio
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from index_service.domain.matching.keys import Facts
from proofs.workings.crowd import word
from proofs.workings.shield_index import Tried
from proofs.workings.shield_run import Run, Standing
from proofs.workings.shield_said import Said, distance

ASKERS = {
    "social_worker": ("nhs_number", "upn", "case_number"),
    "teacher": ("upn",),
    "health_visitor": ("nhs_number",),
}
IDENTITY = frozenset(
    {"child_id", "restricted", "name", "date_of_birth", "gender", "carers", "identifiers"}
)
SUBJECTS_A_BATCH = 50
BATCHES_AT_ONCE = 4
_NEAR = 2  # letters apart: so near, what is shown finds it
Lookup = dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One lookup. `instead`: the same without an address that is hidden, or a name in which what
    no record shows is still to be replaced; None if nothing may match.
    """

    run: Run
    facts: tuple[tuple[str, str], ...]
    by: str
    instead: tuple[tuple[str, str], ...] | None = None


class Views:
    """Looks at the runs of one index as ordinary practitioners do."""

    def __init__(self, tried: Tried) -> None:
        self._tried = tried
        self._chance = random.Random(1)
        self._few = asyncio.Semaphore(BATCHES_AT_ONCE)
        self.asked = 0
        self.stubs = 0  # a shielded record found or read, showing what it may
        self.silent = 0  # a read answered like that of an absent record
        self.open_seen = 0  # found by a number while no shield stood: the eye sees

    async def look(self, who: str, runs: Iterable[Run], third: int | None = None) -> None:
        """Look at every run as one practitioner; what is seen too much is noted in the run.

        By every fact, or by one third of them: their thirds come round step by step.
        """
        runs = list(runs)
        shielded = [run for run in runs if run.guarded()]
        questions = [
            question
            for run in shielded
            for number, question in enumerate(self._questions(who, run))
            if third in (None, number % 3)
        ]
        reads = [(run, child_id) for run in shielded for child_id in run.records]
        matches, _ = await asyncio.gather(
            self._answers(who, questions), asyncio.gather(*(self._read(who, *r) for r in reads))
        )
        doubted = []
        for question, found in zip(questions, matches, strict=True):
            if any(self._judged(who, question, match) for match in found):
                doubted.append(question)
        await self._compare(who, doubted)
        await self._see(who, [run for run in runs if run.of_child() and not run.shielded])

    async def _see(self, who: str, runs: list[Run]) -> None:
        """Find what is open, by a number: a proof that never found anything would show nothing."""
        scheme = ASKERS[who][0]
        asked = [
            Question(run, ((scheme, number),), "a number")
            for run in runs[:3]
            if (number := getattr(run.truth, scheme))
        ]
        for found in await self._answers(who, asked):
            self.open_seen += bool(found)

    # What is asked

    def _questions(self, who: str, run: Run) -> Iterator[Question]:
        known = run.known()
        for scheme in ASKERS[who]:
            for number in sorted({getattr(said, scheme) for said in known} - {""}):
                yield Question(run, ((scheme, number),), "a number")
        for said in {_placed(said): said for said in known if said.postcode}.values():
            elsewhere = replace(said, postcode="ZX1 1AA", house="999")
            yield Question(run, _by_address(said), "an address", _by_address(elsewhere))
        for said in {_named(said): said for said in known}.values():
            yield Question(run, _by_name(said), "a name", _by_name(said))

    async def _answers(self, who: str, questions: list[Question]) -> list[list[Any]]:
        """Return the matches of each question, asked in batches."""
        parts = [
            questions[start : start + SUBJECTS_A_BATCH]
            for start in range(0, len(questions), SUBJECTS_A_BATCH)
        ]
        answered = await asyncio.gather(*(self._batch(who, part) for part in parts))
        return [matches for part in answered for matches in part]

    async def _batch(self, who: str, questions: list[Question]) -> list[list[Any]]:
        stated = {"purpose": "safeguard", "reason": "new_referral"}
        subjects = [{**stated, "lookup": dict(each.facts)} for each in questions]
        async with self._few:
            body = {"subjects": subjects}
            seen = await self._tried.ask(who, "POST", "/v1/lookups/batch", body)
        assert seen.status == 200, seen.body
        self.asked += len(questions)
        return [each["answer"]["matches"] for each in seen.json()["answers"]]

    # How it is judged

    def _judged(self, who: str, question: Question, match: Any) -> bool:
        """Judge one child found; True where another question must show what it was found by."""
        run, shown = question.run, match["child"]
        record = run.records.get(UUID(shown["child_id"]))
        if record is None or record not in run.guarded():
            return False
        if not record.shields:
            # Held, closed, or another record of a shielded child: no lookup ever shows it.
            run.unshielded.append(f"{who} found a record that is held or closed by {question.by}")
        elif not self._stub(run, shown):
            run.unshielded.append(f"{who} found more than identity by {question.by}")
        elif question.instead is None:
            run.unshielded.append(f"{who} found a shielded record by {question.by}")
        else:
            self.stubs += 1
            return True
        return False

    def _stub(self, run: Run, shown: Any) -> bool:
        texts = str(shown)
        return (
            shown["restricted"] is True
            and shown["identifiers"] == {}
            and shown.keys() <= IDENTITY
            and not any(text in texts for text in run.hidden_texts())
        )

    async def _compare(self, who: str, doubted: list[Question]) -> None:
        """Ask again with the fact replaced: found by it alone, it was found by what is hidden."""
        hidden = [each for each in doubted if each.by == "an address" or not _visible(each)]
        again = [replace(each, facts=self._without_hidden(each)) for each in hidden]
        for question, found in zip(hidden, await self._answers(who, again), strict=True):
            ids = {UUID(match["child"]["child_id"]) for match in found}
            if not any(record.child_id in ids for record in question.run.guarded()):
                question.run.unshielded.append(f"{who} found a record by {question.by} it hides")

    def _without_hidden(self, question: Question) -> tuple[tuple[str, str], ...]:
        """Return what is asked with another in the place of each fact that no record shows."""
        if question.by != "a name":
            return question.instead or ()
        shown = {each for one in _showing(question.run) for each in _words(one.facts)}
        return tuple(
            (field, said)
            if field == "date_of_birth" or any(distance(said, each) <= _NEAR for each in shown)
            else (field, word(self._chance, 11))
            for field, said in question.facts
        )

    async def _read(self, who: str, run: Run, child_id: UUID) -> None:
        record = run.records[child_id]
        async with self._few:
            seen = await self._tried.ask(who, "GET", f"/v1/children/{child_id}")
        self.asked += 1
        if record not in run.guarded():
            return
        if seen.status == 404:
            self.silent += 1
        elif seen.status != 200:
            run.unshielded.append(
                f"{who} was answered {seen.status}, which shows nothing either way"
            )
        elif not record.shields or not self._stub(run, seen.json()["child"]):
            run.unshielded.append(f"{who} read more than the identity of a shielded child")
        else:
            self.stubs += 1


def _visible(question: Question) -> bool:
    """Return whether a name asked for is near one that a shielded record shows anyhow."""
    facts = dict(question.facts)
    asked = (facts["given_name"], facts["family_name"])
    shown = [
        (name.given, name.family)
        for record in _showing(question.run)
        for name in record.facts.names
    ]
    return any(
        distance(one, other) <= _NEAR and distance(two, another) <= _NEAR
        for one, two in (asked, asked[::-1])
        for other, another in shown
    )


def _showing(run: Run) -> Iterator[Standing]:
    """Yield the records that show a name: shielded ones; one that waits or is closed shows none."""
    return (record for record in run.guarded() if record.shields)


def _words(facts: Facts) -> Iterator[str]:
    for name in facts.names:
        yield from (name.given, name.family)


def _placed(said: Said) -> tuple[str, str, str]:
    return said.postcode, said.house, said.family


def _named(said: Said) -> tuple[str, str, str]:
    return said.given, said.family, said.born.isoformat()


def _by_name(said: Said) -> tuple[tuple[str, str], ...]:
    return (
        ("given_name", said.given),
        ("family_name", said.family),
        ("date_of_birth", said.born.isoformat()),
    )


def _by_address(said: Said) -> tuple[tuple[str, str], ...]:
    return (
        ("postcode", said.postcode),
        ("house", said.house),
        ("family_name", said.family),
        ("date_of_birth", f"{said.born.year}-12-31"),
    )
