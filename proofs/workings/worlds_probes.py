"""What is asked of both worlds: probes, scenes of probes, and who registers them.

A noun's operations are probed in `worlds_on_<noun>.py`: a function registered with
`asks("operationId", by=...)` gets an Aim and who asks, and returns one scene, drawn by
chance: the requests in their order. An operation of the contract that nobody registered
fails the proof by name.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from proofs.workings.crowd import Child, crowd
from proofs.workings.worlds_people import AUDITOR
from proofs.workings.worlds_running import NOBODY, Grounds, Request

Stated = dict[str, Any]
Why = tuple[str, str] | None

CARE: Why = ("safeguard", "contact_practitioner")
RECORD: Why = ("safeguard", "new_referral")
HARM: Why = ("enquire_significant_harm", "strategy_discussion")
KEEP: Why = ("keep_index", "review")
SHIELDING: Why = ("keep_index", "shielding")
NO_WHY: Why = None
JSON = "application/json"
# What auditors are told of what was done, the flipped fact's own making with it: of these
# answers the form is compared (docs/declassified.md).
OF_THE_LOG = frozenset({"searchLog", "exportLog", "readBreach", "drawSample", "readPanel"})
CONTACT: Stated = {"team": {"name": "Northmere North Team", "phone": "+441632960155"}}


@dataclass(frozen=True, slots=True)
class Probe:
    """One request as it is asked of both worlds.

    `keeps`: the label under which each world remembers what it made. `declared`: whether
    the asker's record is released yet, which its maker is told (docs/declassified.md): such
    an answer is compared by rate.
    """

    operation: str
    who: str | None
    method: str
    path: str
    body: object = None
    why: Why = CARE
    headers: Mapping[str, str] = field(default_factory=dict)
    keeps: str = ""
    declared: bool = False

    def request(self, grounds: Grounds, number: int) -> Request:
        """Return it as it is sent; `number` makes its request id."""
        headers = {"X-Request-ID": f"00000000-0000-4000-8000-{number:012d}"}
        if self.who is not None:
            headers["Authorization"] = f"Bearer {grounds.token(self.who)}"
        if self.why is not None:
            headers |= {"Access-Purpose": self.why[0], "Access-Reason": self.why[1]}
        body = self.body if isinstance(self.body, bytes) else b""
        if self.body is not None and not body:
            body = json.dumps(self.body, ensure_ascii=False).encode()
            headers["Content-Type"] = JSON
        return Request(self.method, self.path, headers | dict(self.headers), body)

    @property
    def of_the_log(self) -> bool:
        """Whether its answer is what was done on the index, to somebody who is told that."""
        return self.who == AUDITOR and self.operation in OF_THE_LOG


Scene = Sequence[Probe]


@dataclass(frozen=True, slots=True)
class Secret:
    """What probes are aimed at: the flipped fact, and what leads to it.

    `questions` are lookups with the flipped facts, `changes` amendments that put them on
    another child, `record` a record made of them; `ids` other ids of the hidden fact by
    name. With `waits` a record made of them is born held in one world alone: its maker is
    told that it is not released yet, and nothing else.
    """

    child_id: str = NOBODY
    questions: tuple[Stated, ...] = ()
    changes: tuple[Stated, ...] = ()
    record: Stated = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False


@dataclass
class Stage:
    """What is there in both worlds, as made by real stories."""

    today: date
    children: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Child] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    people: Iterator[Child] = field(init=False)

    def __post_init__(self) -> None:
        """Take children of an age at which a child may, and need not, decide alone."""
        years = range(self.today.year - 14, self.today.year - 3)
        self.people = (child for child in crowd(0, 1000) if child.born.year in years)

    def day(self, ago: int = 0) -> str:
        """Return the day so many days ago, as senders write it."""
        return (self.today - timedelta(days=ago)).isoformat()


@dataclass
class Aim:
    """What one scene is drawn from: the stage, the secret, chance, and a number of its own.

    `aimed` at the hidden fact; `whole`: with every question that leads to it.
    """

    stage: Stage
    secret: Secret
    chance: random.Random
    aimed: bool
    whole: bool
    _numbers: Iterator[int]

    def label(self) -> str:
        """Return a label nobody used before."""
        return f"made-{next(self._numbers)}"

    def key(self) -> str:
        """Return an Idempotency-Key nobody used before."""
        return f"two-worlds-key-{next(self._numbers):08d}"

    def once(self) -> dict[str, str]:
        """Return the header that makes a creation take effect once."""
        return {"Idempotency-Key": self.key()}

    def child(self) -> Child:
        """Return the facts of a child never used before."""
        return next(self.stage.people)

    def child_id(self) -> str:
        """Return the hidden child's id, or one of those in both worlds, or nobody's."""
        if self.aimed:
            return self.secret.child_id
        names = sorted(self.stage.children)
        return self.chance.choice([*(self.stage.children[name] for name in names), NOBODY])

    def visible(self) -> tuple[str, Child]:
        """Return a child that every practitioner may see."""
        name = self.chance.choice([n for n in sorted(self.stage.facts) if n.startswith("plain")])
        return self.stage.children[name], self.stage.facts[name]

    def id_of(self, kind: str) -> str:
        """Return the id of something of a kind: the hidden one if this is aimed at it."""
        if self.aimed and kind in self.secret.ids:
            return self.secret.ids[kind]
        known = [value for name, value in sorted(self.stage.ids.items()) if name.startswith(kind)]
        return self.chance.choice([*known, NOBODY])

    def questions(self, count: int) -> list[Stated]:
        """Return so many questions, or every one that leads to the hidden fact."""
        if self.whole and self.secret.questions:
            return list(self.secret.questions)
        return [self.question() for _ in range(count)]

    def question(self) -> Stated:
        """Return facts to look a child up by."""
        if self.aimed and self.secret.questions:
            return self.chance.choice(self.secret.questions)
        name = self.chance.choice(sorted(self.stage.facts))
        child = self.stage.facts[name] if self.chance.random() < 0.8 else self.child()
        return self.chance.choice(questions_on(child))


def by_place(child: Child) -> Stated:
    """Return the question by address and family name, the year of birth alone being right."""
    return {
        "family_name": child.family,
        "date_of_birth": f"{child.born.year}-12-31",
        "postcode": child.postcode,
        "house": "4",
    }


def questions_on(child: Child) -> tuple[Stated, ...]:
    """Return the ways a child of known facts can be asked for."""
    place = {"postcode": child.postcode, "house": "4"}
    return (
        child.question(),
        {**child.question(), **place},
        by_place(child),
        {"given_name": child.given, "family_name": child.family, "postcode": child.postcode},
        {"nhs_number": child.nhs_number},
        {"upn": child.upn},
        {**child.question(), "nhs_number": child.nhs_number},
    )


Maker = Callable[[Aim, str | None], Scene]


@dataclass(frozen=True, slots=True)
class Asking:
    """How one operation is probed: who may do it, and whether it places a record.

    `places`: what it makes may wait for the team, so it is asked last. `of_no_child`: its
    answers are of no child at all, so everybody's are compared, insiders' too.
    """

    operation: str
    by: tuple[str, ...]
    make: Maker
    places: bool = False
    of_no_child: bool = False


ASKINGS: list[Asking] = []


def asks(
    operation: str, by: Sequence[str], *, places: bool = False, of_no_child: bool = False
) -> Callable[[Maker], Maker]:
    """Register how an operation is probed."""

    def register(make: Maker) -> Maker:
        ASKINGS.append(Asking(operation, tuple(by), make, places, of_no_child))
        return make

    return register


def unprobed(operations: Sequence[str]) -> list[str]:
    """Return the operations of the contract that nobody probes."""
    probed = {asking.operation for asking in ASKINGS}
    return sorted(set(operations) - probed)
