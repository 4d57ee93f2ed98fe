"""Agreements edited at random: no answer is wider that a second person was not told of."""

import json
import random
from collections.abc import Iterator
from itertools import product
from typing import Any

from consent.agreement import Agreement, AgreementInvalid, compile_agreement
from consent.agreement_difference import narrowings, widenings
from consent.decide import (
    decide,
    decide_assessment,
    decide_involvement,
    may_ask,
    may_mediate,
    override_terms,
)
from consent.facts import (
    AccessReason,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    AssessmentFacts,
    CafConsent,
    ChildFacts,
    InvolvementFacts,
    InvolvementLevel,
    Purpose,
    Role,
    SecondPerson,
    SensitiveBasis,
)
from tests.consent.examples import (
    AGENCY,
    DAY,
    OTHER_AGENCY,
    asker,
    default_with,
)
from tests.consent.test_agreement_difference import START, Path

# Small edits at random, and the answers of a sample: none may be wider untold.

SEED = 20_261_121
EDITS = 90
TRIED_KINDS = (
    AgencyKind.SOCIAL_CARE,
    AgencyKind.SCHOOL,
    AgencyKind.HOUSING,
    AgencyKind.POLICE,
)
TRIED_ACTIONS = (
    Action.LOOKUP,
    Action.READ_CHILD,
    Action.AMEND_CHILD,
    Action.OVERRIDE,
    Action.READ_CONSENTS,
    Action.RECORD_STATUS,
    Action.APPROVE_OVERRIDE,
    Action.MEDIATE,
)
STATED = [(action, Purpose.SAFEGUARD) for action in TRIED_ACTIONS] + [
    (Action.READ_CHILD, Purpose.PROMOTE_WELFARE),
    (Action.OVERRIDE, Purpose.ENQUIRE_SIGNIFICANT_HARM),
]
QUESTIONS = [
    (
        asker((Role.PRACTITIONER, kind), may_override=right),
        Ask(action, DAY, purpose, AccessReason.REVIEW),
    )
    for kind, (action, purpose) in product(TRIED_KINDS, STATED)
    for right in ((False, True) if action is Action.OVERRIDE else (True,))
]
CHILDREN = (ChildFacts(), ChildFacts(shielded=True, overridden=True))
INVOLVEMENTS = (
    InvolvementFacts(False, SensitiveBasis.NONE, False, AgencyKind.POLICE, OTHER_AGENCY),
    InvolvementFacts(True, SensitiveBasis.CONSENT, False, AgencyKind.SCHOOL, AGENCY),
)
CAFS = [AssessmentFacts(False, consent) for consent in CafConsent]
SECOND = (SecondPerson.BEFORE, SecondPerson.AFTER, SecondPerson.NOT_NEEDED)


def answers(agreement: Agreement) -> list[Any]:
    """What a sample of askers is answered, each answer comparable: more is wider."""
    found: list[Any] = []
    for who, ask in QUESTIONS:
        found.append(may_mediate(who, ask, agreement).allowed)
        if not may_ask(who, ask, agreement):
            found += [False] * 2 + [frozenset()] * len(CHILDREN) + [_NOTHING] * len(CHILDREN)
            continue
        found += [True, SECOND.index(override_terms(who, ask, agreement)) + 1]
        decisions = [decide(who, ask, child, agreement) for child in CHILDREN]
        found += [decision.permits for decision in decisions]
        found += [_entries(who, ask, decision, agreement) for decision in decisions]
    return found


_NOTHING = (0,) * (len(INVOLVEMENTS) + len(CAFS))


def _entries(who: AskerFacts, ask: Ask, decision: Any, agreement: Agreement) -> tuple[int, ...]:
    levels = [decide_involvement(who, ask, decision, each, agreement) for each in INVOLVEMENTS]
    told = [decide_assessment(who, ask, decision, each, agreement) for each in CAFS]
    return (*(list(InvolvementLevel).index(level) for level in levels), *map(int, told))


def no_wider(old: Any, new: Any) -> bool:
    if isinstance(old, tuple):
        return all(now <= before for before, now in zip(old, new, strict=True))
    return bool(new <= old)


_LISTS = {
    "agency_kinds": [kind.value for kind in TRIED_KINDS],
    "asking": [kind.value for kind in TRIED_KINDS],
    "brokered_told_to": [kind.value for kind in TRIED_KINDS],
    "approvers": [kind.value for kind in TRIED_KINDS],
    "mediators": [kind.value for kind in TRIED_KINDS],
    "actions": [action.value for action in TRIED_ACTIONS],
    "classes": ["status", "settings", "assessment", "involvements"],
    "classes_withheld": ["status", "settings", "assessment", "involvements"],
    "purposes_closed": ["safeguard", "promote_welfare"],
    "purposes": ["safeguard", "enquire_significant_harm"],
    "reasons": ["review", "assessment"],
    "read_child": ["status", "settings", "assessment", "involvements"],
    "override": ["status", "settings", "assessment", "involvements"],
    "agencies": [AGENCY, OTHER_AGENCY],
}
_WORDS = {
    "level": ["nothing", "existence", "contact", "content"],
    "level_max": ["nothing", "existence", "contact", "content"],
    "default": ["nothing", "existence", "contact", "content"],
    "consent": ["express", "not_refused"],
    "second_person": list(SECOND),
    "second_person_statutory": list(SECOND),
    "in_force_until": [None, "2026-11-20", "2026-11-21"],
    "check_years_max": [1, 2, 3],
}


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    parts = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else parts:
        yield (*path, key)
        yield from _places(part, (*path, key))


def _edited(chance: random.Random) -> Agreement | None:
    """One to three words put in, taken out or changed somewhere; None if that is no agreement."""
    document: dict[str, Any] = json.loads(START.canonical)
    for _ in range(chance.randint(1, 3)):
        paths = [path for path in _places(document) if path[-1] in {*_LISTS, *_WORDS}]
        name = chance.choice(sorted({str(path[-1]) for path in paths}))
        path = chance.choice([path for path in paths if path[-1] == name])
        place: Any = document
        for key in path[:-1]:
            place = place[key]
        if name in _WORDS and not isinstance(place[name], dict):
            place[name] = chance.choice(_WORDS[name])
        elif isinstance(place[name], list) and name in _LISTS:
            word = chance.choice(_LISTS[name])
            rest = [each for each in place[name] if each != word]
            place[name] = rest if word in place[name] else [*rest, word]
    try:
        return compile_agreement(document)
    except AgreementInvalid:
        return None


def test_no_answer_is_wider_that_was_not_told() -> None:
    chance = random.Random(SEED)
    before = answers(START)
    wider = narrower = quiet = 0
    for _ in range(EDITS):
        edited = _edited(chance)
        if edited is None:
            continue
        after = answers(edited)
        widened = not all(map(no_wider, before, after))
        narrowed = not all(map(no_wider, after, before))
        told_wider = widenings(START, edited)
        assert told_wider or not widened, edited.canonical
        assert not narrowed or narrowings(START, edited), edited.canonical
        wider, narrower = wider + widened, narrower + narrowed
        quiet += not told_wider
    # Controls: the sample notices, and not everything is told.
    assert wider > 10
    assert narrower > 10
    assert quiet > 10


def test_words_only_taken_out_are_told_as_nothing() -> None:
    """Out of every list that gives; lists of exceptions give by being shorter."""
    document: dict[str, Any] = json.loads(START.canonical)
    giving = [
        path
        for path in _places(document)
        if not {"withheld", "named", "exceptions", "parties", "by_action"} & set(path)
    ]
    narrower = 0
    for path in giving:
        place = document
        for key in path[:-1]:
            place = place[key]
        words = place[path[-1]]
        if not isinstance(words, list) or not words or not isinstance(words[0], str):
            continue
        narrowed = default_with(*path, value=words[1:], of=START)
        assert widenings(START, narrowed) == (), path
        narrower += bool(narrowings(START, narrowed))
    assert narrower > 30
