"""What a peer sees of children that are shown, hidden in every way, or nowhere at all.

Each is asked about in both legs, and of the locator. Whatever is no hit must look like a child
who is nowhere: in status, lines, size, step, and in all that is not random by design.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final
from uuid import UUID

from consent.facts import Purpose
from demo.region import DERIVER, LOCATOR
from demo.towns import NORTHMERE, REGION
from index_service.crypto.oprf_keys import OprfKeys
from index_service.crypto.peer_keys import PeerKeyUse
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.child import IdentifierScheme, PersonName
from index_service.domain.dates import checked_date
from index_service.domain.matching.keys import Facts, query_keys
from index_service.domain.matching.region_keys import KINDS_OF
from index_service.federation.oblivious import (
    DERIVED_BYTES,
    KeyPair,
    blind,
    derive_key_pair,
    evaluated_by_key,
    region_input,
)
from index_service.federation.region_bodies import (
    EVALUATE_PATH,
    LOCATE_PATH,
    LOCATED_COUNTS,
    EvaluateAsked,
    LocateAsked,
)
from index_service.federation.sizes import DERIVED_AT_ONCE, RELEASE_STEP_S
from proofs.workings.peer_real import EPOCH, Real, Route, first, stated
from proofs.workings.peer_wire import Heard
from tests.region import RegionServed
from tests.stories.hidden import archive
from tests.stories.made import Stated, child_line, day, reference

KINDS: Final = ("shown", "nowhere", "shielded", "shielded since", "unseen", "archived")
HIDDEN: Final = KINDS[2:]
REVIEW_IN_DAYS: Final = 60
_RANDOM = ("question_id", "ticket")


@dataclass(slots=True)
class Peopled:
    """Who lives in Northmere, by what became of them, and the deriver's key for guesses."""

    children: dict[str, list[Stated]] = field(default_factory=dict)
    crowd: list[Stated] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)  # by NHS number


async def peopled(region: RegionServed, each: int, crowd: int) -> Peopled:
    """Fill Northmere: so many children of every kind, and a crowd that is shown."""
    home, people = region[NORTHMERE], Peopled()
    people.children = {kind: [home.child() for _ in range(each)] for kind in KINDS}
    people.crowd = [home.child() for _ in range(crowd)]
    for kind in ("shown", "shielded", "shielded since", "archived"):
        for child in people.children[kind]:
            people.ids[child["nhs_number"]] = await home.create(child)
    lines = [child_line(reference(), child) for child in people.crowd]
    if lines:
        await home.ask.feed(*lines)
    await region.check_shields(NORTHMERE)
    await _shielded(region, people, "shielded")
    await region.derive_all(NORTHMERE)
    # What changes within an epoch is not in its filters: the locator goes on as before.
    await _shielded(region, people, "shielded since")
    for child in people.children["archived"]:
        await archive(home.served, UUID(people.ids[child["nhs_number"]]))
    for child in people.children["unseen"]:
        people.ids[child["nhs_number"]] = await home.create(child)
    return people


async def _shielded(region: RegionServed, people: Peopled, kind: str) -> None:
    for child in people.children[kind]:
        child_id = people.ids[child["nhs_number"]]
        await region[NORTHMERE].ask.shield(child_id, day(-REVIEW_IN_DAYS))


def facts_of(child: Stated) -> Facts:
    """Return a child as a question states it."""
    name = child["name"]
    return Facts(
        names=(PersonName(name["family_name"], name["given_name"]),),
        date_of_birth=checked_date(child["date_of_birth"], "date_of_birth"),
        identifiers={IdentifierScheme.NHS_NUMBER: child["nhs_number"]},
    )


def key_of(region: RegionServed) -> KeyPair:
    """Return the deriver's key: what a member derives call by call, judges have at once."""
    provider = FileKeyProvider(region.settings[DERIVER].oprf_key_directory)
    keys: OprfKeys[KeyPair] = OprfKeys(REGION, provider, derive_key_pair)
    return keys.of("search", EPOCH)


def digests_of(facts: Facts, key: KeyPair, set_name: str = "first") -> list[bytes]:
    """Return the derived digests of a question."""
    asked = [each for each in query_keys(facts, 1) if each[0] in KINDS_OF[set_name]]
    texts = [region_input("search", kind, text) for kind, text in asked]
    return [evaluated_by_key(key, text)[:DERIVED_BYTES] for text in texts]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one question came to: answers of both legs, of the locator and of the deriver."""

    kind: str
    legs: tuple[Heard, Heard]
    located: Heard
    derived: Heard

    @property
    def answers(self) -> tuple[Heard, ...]:
        """Every answer."""
        return (*self.legs, self.located, self.derived)

    def plain(self) -> tuple[object, ...]:
        """Return all that is told, without what is random for every question."""
        return (
            *((each.shape, _masked(each)) for each in self.legs),
            (self.located.shape, self.located.body),
            self.derived.shape,
        )

    def peer_plain(self) -> tuple[object, ...]:
        """Return what the peer port alone told."""
        return self.plain()[:2]


def _masked(heard: Heard) -> str:
    """Return a body with its random parts replaced by as many letters."""
    said = json.loads(heard.body)
    return json.dumps({n: len(str(v)) if n in _RANDOM else v for n, v in said.items()})


async def asked_about(
    real: Real, child: Stated, key: KeyPair, kind: str, purpose: Purpose = Purpose.SAFEGUARD
) -> Seen:
    """Ask about a child in both legs, and of locator and deriver, as a hostile peer would.

    Leg 2 always holds the question, whatever leg 1 said.
    """
    facts = facts_of(child)
    digests = digests_of(facts, key)
    question = first(digests, stated(purpose=purpose))
    one = await real.asked(question)
    two = await real.ask_on(question, one, facts)
    return Seen(kind, (one, two), await located(real, digests), await derived(real, facts))


async def located(real: Real, digests: Sequence[bytes]) -> Heard:
    """Ask the locator about these digests and nothing else: the same question every time."""
    count = LOCATED_COUNTS["first"]
    filled = (*digests, *(bytes([at]) * DERIVED_BYTES for at in range(count)))[:count]
    body = LocateAsked("first", EPOCH, tuple(filled)).encoded()
    return await _party(real, LOCATOR, LOCATE_PATH, body)


async def derived(real: Real, facts: Facts) -> Heard:
    """Have the deriver evaluate a question's inputs."""
    asked = [each for each in query_keys(facts, 1) if each[0] in KINDS_OF["first"]]
    inputs = [region_input("search", kind, text) for kind, text in asked]
    points = blind(inputs[:DERIVED_AT_ONCE], DERIVED_AT_ONCE).points
    body = EvaluateAsked("search", EPOCH, points).encoded()
    return await _party(real, DERIVER, EVALUATE_PATH, body)


async def _party(real: Real, member: str, path: str, body: bytes) -> Heard:
    message = real.hands[PeerKeyUse.SERVE].signed(real.base(member), path, body)
    return await real.send(Route(member, path), message)


def goes_on(heard: Heard) -> bool:
    """Return whether leg 1 said that there is more."""
    return heard.status == 200 and bool(json.loads(heard.body)["go_on"])


def tells(heard: Heard) -> bool:
    """Return whether leg 2 disclosed anything."""
    return heard.status == 200 and json.loads(heard.body)["outcome"] != "nothing"


def off_step(left_s: Sequence[float]) -> float:
    """Return how far after a release step answers leave, as a share of it: the median."""
    return median(each % RELEASE_STEP_S for each in left_s) / RELEASE_STEP_S


def unlike(seen: Mapping[str, Sequence[Seen]]) -> Counter[str]:
    """Return, kind by kind, how often a hidden child was told from one who is nowhere.

    Of a child hidden within its epoch the locator goes on as before, for every child alike.
    """
    nowhere = {each.peer_plain() for each in seen["nowhere"]}
    whole = {each.plain() for each in seen["nowhere"]}
    found = Counter({"nowhere": len(nowhere) - 1})
    for kind in HIDDEN:
        for each in seen.get(kind, ()):
            stays = kind in ("shielded since", "archived")
            same = each.peer_plain() in nowhere if stays else each.plain() in whole
            found[kind] += not same
    return found


def shapes(seen: Mapping[str, Sequence[Seen]], place: int) -> set[tuple[Any, ...]]:
    """Return the shapes of all answers of one leg: of hits as of all else."""
    return {each.legs[place].shape for some in seen.values() for each in some}
