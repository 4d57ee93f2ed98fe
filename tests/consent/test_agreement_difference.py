"""What a second person is shown of a new agreement: all that is wider, and only that."""

import json
import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from consent.agreement import Agreement, AgreementInvalid, compile_agreement
from consent.agreement_difference import Widening, WideningKind, narrowings, widenings
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
    CAMFIELD,
    DAY,
    DEFAULT,
    OPEN,
    OTHER_AGENCY,
    asker,
    default_with,
    named,
)

Path = tuple[str | int, ...]

EXCEPTED = default_with(
    "named",
    value=[
        named(
            classes_withheld=["status", "settings"],
            level_max="existence",
            purposes_closed=["safeguard", "promote_welfare"],
        )
    ],
)


def row(asking: list[str], level: str, kinds: list[str], *agencies: str) -> dict[str, object]:
    of = {"agency_kinds": kinds, "agencies": list(agencies)}
    return {"asking": asking, "of": of, "level": level}


def told(agreement: Agreement, *path: str | int, value: object) -> list[tuple[str, tuple]]:
    """What is wider when one place is replaced; nothing may be wider in turning back."""
    changed = default_with(*path, value=value, of=agreement)
    found = widenings(agreement, changed)
    assert narrowings(changed, agreement) == found
    assert list(found) == sorted(found)
    return [(each.kind.value, each.where) for each in found]


def test_an_agreement_is_not_wider_than_itself() -> None:
    ending = default_with("in_force_until", value="2026-12-31")
    for agreement in (DEFAULT, CAMFIELD, OPEN, EXCEPTED, START, ending):
        assert widenings(agreement, agreement) == ()


LEVELS = {
    "default": "contact",
    "exceptions": [
        row(["school"], "existence", ["police"]),
        row(["school"], "nothing", [], OTHER_AGENCY),
    ],
}
LEVELLED = default_with("levels", value=LEVELS)
SAFEGUARD = ("purposes", "safeguard")
CASES: list[tuple[Agreement, Path, object, list[tuple[str, tuple[str, ...]]]]] = [
    (DEFAULT, ("in_force_from",), "2026-04-30", [("days", ("in_force_from",))]),
    (DEFAULT, ("in_force_until",), "2026-12-31", []),
    (
        default_with("in_force_until", value="2026-12-31"),
        ("in_force_until",),
        "2027-01-01",
        [("days", ("in_force_until",))],
    ),
    (
        default_with("in_force_until", value="2026-12-31"),
        ("in_force_until",),
        None,
        [("days", ("in_force_until",))],
    ),
    (CAMFIELD, ("check_years_max",), 3, [("check_years", ("3",))]),
    (DEFAULT, ("check_years_max",), 1, []),
    (DEFAULT, ("name",), "Another name", []),
    (DEFAULT, ("version",), "2", []),
    (
        DEFAULT,
        ("roles", "case_system", 0, "actions"),
        ["lookup", "read_directory", "read_decision", "read_notices", "supply"],
        [("action", ("case_system", kind, "supply")) for kind in sorted(AgencyKind)],
    ),
    (
        DEFAULT,
        (*SAFEGUARD, "open_to", 2, "agency_kinds"),
        ["social_care", "police"],
        [
            ("purpose", ("practitioner", "police", action, "safeguard"))
            for action in ("amend_child", "create_child", "record_status")
        ],
    ),
    (
        DEFAULT,
        ("purposes", "find_missing_education", "reasons"),
        ["contact_practitioner", "review"],
        [("reason", ("find_missing_education", "review"))],
    ),
    (
        DEFAULT,
        (*SAFEGUARD, "in_force_from"),
        "2026-01-01",
        [("gateway", ("safeguard", "in_force_from"))],
    ),
    (DEFAULT, (*SAFEGUARD, "in_force_until"), "2026-12-31", []),
    (
        default_with("identifiers", "schemes", "upn", "in_force_until", value="2026-12-31"),
        ("identifiers", "schemes", "upn", "in_force_until"),
        None,
        [("gateway", ("identifier:upn", "in_force_until"))],
    ),
    (
        DEFAULT,
        ("classes", "withheld", 0, "actions"),
        ["lookup", "override"],
        [
            ("class", ("read_child", "housing", "assessment")),
            ("class", ("read_child", "housing", "settings")),
        ],
    ),
    (
        DEFAULT,
        ("identifiers", "schemes", "case_number", "agency_kinds"),
        ["authority", "police"],
        [
            ("number", (action, "police", "identifier:case_number"))
            for action in ("amend_child", "create_child", "lookup", "override", "read_child")
        ],
    ),
    (CAMFIELD, ("coverage", "mode"), "universal", [("coverage", ("universal",))]),
    (DEFAULT, ("coverage", "mode"), "involved_only", []),
    (
        LEVELLED,
        ("levels", "exceptions", 0, "level"),
        "content",
        [("level", ("school", "police", "content"))],
    ),
    (LEVELLED, ("levels", "exceptions", 0, "level"), "nothing", []),
    (
        LEVELLED,
        ("levels", "exceptions", 1, "level"),
        "existence",
        [("level", ("school", OTHER_AGENCY, "existence"))],
    ),
    (
        LEVELLED,
        ("levels", "exceptions"),
        [LEVELS["exceptions"][0]],
        [("level", ("school", OTHER_AGENCY, "content"))],
    ),
    (LEVELLED, ("levels", "exceptions", 1, "of", "agencies"), [OTHER_AGENCY, AGENCY], []),
    (
        DEFAULT,
        ("sensitive", "brokered_told_to"),
        ["police"],
        [("brokered", ("police",))],
    ),
    (CAMFIELD, ("caf", "consent"), "not_refused", [("caf", ("not_refused",))]),
    (DEFAULT, ("caf", "consent"), "express", []),
    (
        DEFAULT,
        ("override", "statutory", "agency_kinds"),
        ["social_care", "hospital"],
        [
            ("override", ("hospital", "enquire_significant_harm")),
            ("second_person", ("hospital", "enquire_significant_harm", "after")),
        ],
    ),
    (
        DEFAULT,
        ("override", "statutory", "purposes"),
        ["safeguard"],
        [
            *[("override", (kind, "safeguard")) for kind in ("police", "social_care")],
            *[
                ("second_person", (kind, "safeguard", "after"))
                for kind in ("police", "social_care")
            ],
        ],
    ),
    (
        DEFAULT,
        ("override", "approvers"),
        ["police"],
        [("action", ("practitioner", "police", "approve_override")), ("approver", ("police",))],
    ),
    (DEFAULT, ("override", "second_person"), "after", [("second_person", ("after",))]),
    (
        DEFAULT,
        ("override", "second_person_statutory"),
        "not_needed",
        [
            ("second_person", (kind, "enquire_significant_harm", "not_needed"))
            for kind in ("police", "social_care")
        ],
    ),
    (DEFAULT, ("override", "second_person_statutory"), "before", []),
    (
        CAMFIELD,
        ("mediation", "mediators"),
        ["authority", "social_care", "police"],
        [("mediation", ("mediators", "police"))],
    ),
    (
        default_with("mediation", "requesters", value=["police"]),
        ("mediation", "requesters"),
        ["school"],
        [("mediation", ("requesters", "school"))],
    ),
    (
        EXCEPTED,
        ("named", 0, "classes_withheld"),
        ["status", "carers"],
        [("named", (AGENCY, "settings"))],
    ),
    (EXCEPTED, ("named", 0, "level_max"), "contact", [("named", (AGENCY, "contact"))]),
    (EXCEPTED, ("named", 0, "level_max"), "nothing", []),
    (
        EXCEPTED,
        ("named", 0, "purposes_closed"),
        ["promote_welfare"],
        [("named", (AGENCY, "safeguard"))],
    ),
    (
        EXCEPTED,
        ("named",),
        [],
        [
            ("named", (AGENCY, name))
            for name in ("content", "promote_welfare", "safeguard", "settings", "status")
        ],
    ),
    (DEFAULT, ("named",), [named(classes_withheld=["status"])], []),
    (
        DEFAULT,
        ("budgets", "exceptions", 0),
        {
            "agency_kinds": ["school"],
            "searches_a_day": 401,
            "children_a_day": 201,
            "unexplained_a_day": 6,
            "children_of_a_reference": 11,
        },
        [
            ("budget", ("school", "children_a_day", "201")),
            ("budget", ("school", "children_of_a_reference", "11")),
            ("budget", ("school", "searches_a_day", "401")),
            ("budget", ("school", "unexplained_a_day", "6")),
        ],
    ),
    (
        DEFAULT,
        ("budgets", "default"),
        {
            "searches_a_day": 1,
            "children_a_day": 1,
            "unexplained_a_day": 1,
            "children_of_a_reference": 1,
        },
        [],
    ),
]


@pytest.mark.parametrize(("agreement", "path", "value", "expected"), CASES)
def test_what_is_wider_is_told_and_nothing_else(
    agreement: Agreement, path: Path, value: object, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert told(agreement, *path, value=value) == expected


def test_every_kind_of_widening_is_tried() -> None:
    tried = {kind for *_, expected in CASES for kind, _ in expected}
    assert tried | {"party"} == {kind.value for kind in WideningKind}


def test_a_new_party_is_wider_in_all_that_it_is_given() -> None:
    document: dict[str, Any] = json.loads(CAMFIELD.canonical)
    document["parties"].append("probation")
    joined = compile_agreement(document)
    found = widenings(CAMFIELD, joined)
    assert Widening(WideningKind.PARTY, ("probation",)) in found
    assert {"action", "purpose", "class", "level", "budget", "mediation"} <= {
        each.kind for each in found
    }
    assert all("probation" in each.where for each in found)
    assert widenings(joined, CAMFIELD) == ()


def test_leaving_a_stricter_statutory_route_is_wider() -> None:
    """Taking a kind off the route loosens the terms of those who hold the right by name."""
    strict = default_with("override", "second_person", value="not_needed")
    strict = default_with("override", "second_person_statutory", value="before", of=strict)
    assert told(strict, "override", "statutory", "agency_kinds", value=["police"]) == [
        ("second_person", ("social_care", "enquire_significant_harm", "not_needed"))
    ]


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


def _start() -> Agreement:
    """The default agreement with a row in every list that can narrow or widen."""
    agreement = default_with("named", value=json.loads(EXCEPTED.canonical)["named"])
    agreement = default_with("levels", value=LEVELS, of=agreement)
    agreement = default_with("sensitive", "brokered_told_to", value=["police"], of=agreement)
    return default_with("override", "approvers", value=["police"], of=agreement)


START = _start()


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
        assert widenings(START, edited) or not widened, edited.canonical
        assert narrowings(START, edited) or not narrowed, edited.canonical
        wider, narrower = wider + widened, narrower + narrowed
        quiet += not widenings(START, edited)
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
