"""The governed lookup: who is this child, who else works with them, whom to ring.

Everything is read in one snapshot; the entry is durable before anything is disclosed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from consent.decide import numbers_to_ask_by
from consent.facts import Action, DisclosureClass, Role
from index_service.domain import disclosure
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid, Refused
from index_service.domain.matching.grade import Grade, Graded
from index_service.domain.matching.keys import Facts
from index_service.log.entry import Outcome, SubjectShown
from index_service.log.leaf import Left
from index_service.log.receipt import Receipt
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.asked import seal_asked
from index_service.services.attempt import Attempt, told
from index_service.services.budgets import Budgets, Cost, Day
from index_service.services.index import Index
from index_service.services.sealing import CLASS_OF_SCHEME
from index_service.services.search import Search, Visible
from index_service.services.showing import Showing, released, shows_cases, told_on_consent
from index_service.store.reading import OverTheBound, Snapshot, snapshot

SHOWN_CLASSES = frozenset(DisclosureClass) - {
    DisclosureClass.TRACING,  # compared, never shown
    DisclosureClass.WHEREABOUTS,
    DisclosureClass.CARERS,
    DisclosureClass.SETTINGS,
    DisclosureClass.PROVENANCE,
}
SHOWN_MAX = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: the outcome's word, and the candidates to be shown."""

    outcome: str  # found, several, too_many, none
    shown: Sequence[Graded[Visible]]


@dataclass(frozen=True, slots=True)
class Local:
    """What a lookup came to in this index: entered in the log, not yet said to anybody."""

    outcome: str
    matches: bytes  # encoded
    admitted: Admitted
    day: Day
    receipt: Receipt

    def body(self) -> dict[str, Any]:
        """Return the answer's parts."""
        return {
            "outcome": self.outcome,
            "matches": orjson.Fragment(self.matches),
            "agreement_version": self.admitted.agreement_version,
            **self.admitted.view.next_step,
        }


def concluded(graded: list[Graded[Visible]], role: Role) -> Found:
    """Say what visible candidates come to. Nothing hidden has any part in it.

    A system without a person at the keyboard gets one certain match or none: nobody
    is there to tell two children apart.
    """
    certain = [one for one in graded if one.grade is Grade.CERTAIN]
    if role is Role.CASE_SYSTEM:
        if len(certain) == 1:
            return Found("found", certain)
        return Found("several" if graded else "none", ())
    if not graded:
        return Found("none", ())
    if len(certain) == 1:
        return Found("found", certain)
    strong = [one for one in graded if one.grade is not Grade.POSSIBLE] or graded
    shown = strong[:SHOWN_MAX]
    if len(strong) > SHOWN_MAX:
        return Found("too_many", ())
    return Found("found" if len(shown) == 1 else "several", shown)


def _by_numbers_not_theirs(admitted: Admitted, facts: Facts) -> bool:
    """Say whether without numbers that are not for the asker the question states too little.

    A `none` would read as "not known". It is so before any child is looked for.
    """
    theirs = numbers_to_ask_by(admitted.asker.facts, admitted.ask, admitted.agreement)
    given = {CLASS_OF_SCHEME[scheme] for scheme in facts.identifiers}
    return theirs.isdisjoint(given) and not facts.is_named_enough


class Lookups:
    """Answers lookups for one authority."""

    def __init__(self, index: Index, budgets: Budgets) -> None:
        self._index = index
        self._budgets = budgets

    async def lookup(self, login: Login, facts: Facts, attempt: Attempt) -> bytes:
        """Return the encoded answer to one question, already in the access log."""
        async with self._budgets.turn(login, attempt.access):
            return await self._lookup(login, facts, attempt)

    async def _lookup(self, login: Login, facts: Facts, attempt: Attempt) -> bytes:
        local = await self.local(login, facts, attempt)
        attempt.answered(local.receipt)
        return orjson.dumps(local.body())

    async def local(self, login: Login, facts: Facts, attempt: Attempt) -> Local:
        """Look a child up in this index alone; what is returned stands in the log already.

        Whoever calls keeps the asker's turn. Raises Refused where they may not ask.
        """
        index = self._index
        attempt.query_commit = _commitment(facts)
        asked = Asked(login, Action.LOOKUP, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            day = await self._budgets.day(reading, admitted, attempt)
            if _by_numbers_not_theirs(admitted, facts):
                await self._refuse_number(admitted, facts, day, attempt)
            showing = Showing(index, admitted)
            try:
                found, matches, subjects = await self._found(reading, admitted, facts, showing)
            except OverTheBound:
                # The machine's own bound, far above what any one child's facts lead to.
                raise Invalid(Code.TOO_FEW_FACTS) from None
        encoded = orjson.dumps(matches)  # once: the entry commits to the bytes that leave
        entry = attempt.entry(index.log.stamp(), Outcome.SHOWN if matches else Outcome.NOTHING)
        result = hashlib.sha256(encoded).hexdigest()
        mediator = entry.account if admitted.grant else ""
        question = seal_asked(index.keyring, entry.entry_id, admitted.asker, facts, mediator)
        shown = tuple(one.key.child.child_id for one in found.shown)
        cost = Cost(attempt.query_commit.encode(), shown, frozenset(showing.own))
        words = dict.fromkeys(word for one in found.shown for word in told(one.key.decision))
        entry = replace(entry, code=found.outcome, rules=tuple(words), subjects=subjects)
        left = Left(question, day.charges(cost))
        receipt = await index.log.append(replace(entry, result_commit=result), left)
        return Local(found.outcome, encoded, admitted, day, receipt)

    async def _refuse_number(
        self, admitted: Admitted, facts: Facts, day: Day, attempt: Attempt
    ) -> None:
        """Raise Refused, the question kept and charged: whom it sought is looked into as ever."""
        index, code = self._index, Code.NUMBER_NOT_ALLOWED
        entry = attempt.entry(index.log.stamp(), Outcome.REFUSED)
        mediator = entry.account if admitted.grant else ""
        question = seal_asked(index.keyring, entry.entry_id, admitted.asker, facts, mediator)
        left = Left(question, day.charges(Cost(attempt.query_commit.encode(), (), frozenset())))
        refused = replace(entry, code=code, rules=(code,))
        attempt.answered(await index.log.append(refused, left))
        raise Refused(code)

    async def _found(
        self, reading: Snapshot, admitted: Admitted, facts: Facts, showing: Showing
    ) -> tuple[Found, list[Shown], tuple[SubjectShown, ...]]:
        graded = await Search(self._index, admitted, facts).run(reading)
        found = concluded(graded, admitted.asker.facts.role)
        cases = await shown_cases(self._index, reading, found.shown)
        matches = [
            shown_match(showing, one, cases.get(one.key.child.child_id)) for one in found.shown
        ]
        subjects = tuple(
            SubjectShown(
                one.key.child.child_id,
                released(one.key.decision.permits & SHOWN_CLASSES, match["child"]),
                shown=True,
                told=told_on_consent(match["child"]),
            )
            for one, match in zip(found.shown, matches, strict=True)
        )
        return found, matches, subjects


async def shown_cases(
    index: Index, reading: Snapshot, shown: Sequence[Graded[Visible]]
) -> dict[Any, list[Any]]:
    """Return the case rows of the children shown, by child id, where any may be opened."""
    keyed = {
        index.keyring.references.case_ref(one.key.child.child_id): one.key.child.child_id
        for one in shown
        if shows_cases(one.key.decision)
    }
    cases: dict[Any, list[Any]] = {child_id: [] for child_id in keyed.values()}
    if keyed:
        for row in await reading.cases(list(keyed)):
            cases[keyed[row["child_ref"]]].append(row)
    return cases


def shown_match(showing: Showing, one: Graded[Visible], cases: list[Any] | None) -> Shown:
    """Open of one candidate what its decision permits, as an answer shows it."""
    found = one.key
    parts = disclosure.shown_identity(found.identity)
    parts["identifiers"] = showing.identifiers(found.child, found.decision)
    if cases is not None:
        parts |= showing.cases(found.child, found.decision, cases)
    return {
        "grade": one.grade.value,
        "score_bits": round(one.score.bits * 10) / 10,
        "why": [
            {"field": each.field.value, "level": each.level.value} for each in one.score.fields
        ],
        "child": disclosure.disclose(
            found.child.child_id, restricted=found.child.policy.shielded, parts=parts
        ),
    }


def _commitment(facts: Facts) -> str:
    """Return what commits the entry to the question; it stands in a blinded leaf only."""
    text = orjson.dumps(
        [
            [[name.family, name.given, name.middle] for name in facts.names],
            facts.date_of_birth,
            facts.postcode,
            facts.house,
            {scheme.value: number for scheme, number in facts.identifiers.items()},
            facts.gender,
        ]
    )
    return hashlib.sha256(text).hexdigest()
