"""What one attacker makes of a dump, by every way of joining rows, and what that is worth."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from index_service.crypto.digest import Mac
from proofs.workings import stolen
from proofs.workings.stolen import Dump, Links
from proofs.workings.thievery import (
    PLAIN_BORN,
    PLAIN_FAMILY,
    Attack,
    Guess,
    Listed,
    Row,
    commonest_of_class,
)

FACTS = ("date of birth", "surname", "both")
Gains = tuple[float, float, float]


@dataclass
class Spoils:
    """The dump, and beside it what only the judge may look at."""

    dump: Dump
    rows: list[Row]  # by person: what a list would say
    strangers: list[Row]  # another population of the same kind: what a list of 0 % is
    person_of: list[int]  # by child's place in the heap; -1 for one not to be scored
    true_links: Links
    kinds: dict[int, int] = field(default_factory=dict)  # of tokens in columns of their own


@dataclass(frozen=True, slots=True)
class Cell:
    """One attacker: how many children it knows, and how much of the population its list has."""

    known: int
    listed: int
    seed: int

    def __str__(self) -> str:
        return f"{self.known} known, list of {self.listed} %"


def arms(spoils: Spoils, cell: Cell) -> tuple[dict[int, Row], Listed]:
    """Return what one attacker knows: triples by child, and a list."""
    chance = random.Random(cell.seed)
    places = [place for place, person in enumerate(spoils.person_of) if person >= 0]
    chosen = chance.sample(places, min(cell.known, len(places)))
    known = {place: spoils.rows[spoils.person_of[place]] for place in chosen}
    if cell.listed == 0:
        scale = len(spoils.rows) / len(spoils.strangers)
        return known, Listed(spoils.strangers, scale, members=False, whole=False)
    listed = chance.sample(spoils.rows, len(spoils.rows) * cell.listed // 100)
    scale = len(spoils.rows) / len(listed)
    return known, Listed(listed, scale, members=True, whole=cell.listed == 100)


def scored(
    truth: Mapping[int, Row], guesses: Mapping[int, Guess], known: Mapping[int, Row]
) -> Gains:
    """Return the gain over the best blind guess in points, of each fact and of both.

    Who has no guess for a child guesses blindly, so no attack does worse than none.
    """
    others = {place: row for place, row in truth.items() if place not in known}
    born = Counter(row.born for row in others.values()).most_common(1)[0]
    family = Counter(row.family for row in others.values()).most_common(1)[0]
    both = Counter((row.born, row.family) for row in others.values()).most_common(1)[0]
    right = [0, 0, 0]
    for place, row in others.items():
        guessed = guesses.get(place, (None, None))
        day, name = guessed[0] or born[0], guessed[1] or family[0]
        pair = (day, name) if guessed != (None, None) else both[0]
        right[0] += day == row.born
        right[1] += name == row.family
        right[2] += pair == (row.born, row.family)
    share = 100 / len(others)
    blind = (born[1], family[1], both[1])
    gains = [share * (hit - base) for hit, base in zip(right, blind, strict=True)]
    return gains[0], gains[1], gains[2]


def every_join(dump: Dump) -> dict[str, Links]:
    """Return every way found of joining tokens with children."""
    return {
        "tokens by place": stolen.by_place(dump),
        "tokens by transaction": stolen.by_transaction(dump),
        "tokens by pointer": stolen.by_pointer(dump),
    }


def attacks(
    spoils: Spoils, cell: Cell, joins: Mapping[str, Links], only: set[int] | None = None
) -> dict[str, Gains]:
    """Return one attacker's gains by every way of joining rows; over `only`, if given."""
    known, listed = arms(spoils, cell)
    dump = spoils.dump
    truth = {
        place: spoils.rows[person]
        for place, person in enumerate(spoils.person_of)
        if person >= 0 and (only is None or place in only)
    }
    gains = {}
    for name, links in joins.items():
        guesses = Attack(links, dump.often, listed, spoils.kinds).run(known)
        gains[name] = scored(truth, guesses, known)
    if known:
        looks = commonest_of_class(dump.looks, known)
        gains["same look"] = scored(truth, looks, known)
        born = commonest_of_class(dump.child_born, known)
        gains["same transaction"] = scored(truth, born, known)
        for order in ("heap", "id"):
            places = list(range(len(dump.ids)))
            if order == "id":
                places.sort(key=lambda place: dump.ids[place])
            near = stolen.neighbours(places, set(known))
            guesses = {place: (known[k].born, known[k].family) for place, k in near.items()}
            gains[f"neighbour by {order}"] = scored(truth, guesses, known)
    return gains


def naive(spoils: Spoils) -> Spoils:
    """Return what the naive design would have given: clear ids, and one HMAC per field too."""
    mac = Mac(random.Random(0).randbytes(32))
    dump = spoils.dump
    number_of, often = dict(dump.number_of), list(dump.often)
    links: Links = {}
    kinds: dict[int, int] = {}
    rows = [_plain(row) for row in spoils.rows]
    for place, tokens in spoils.true_links.items():
        more = []
        for kind, text in rows[spoils.person_of[place]].keys[-2:]:
            token = mac.of(bytes((kind,)) + text.encode())
            number = number_of.setdefault(token, len(often))
            if number == len(often):
                often.append(0)
            often[number] += 1
            kinds[number] = kind
            more.append(number)
        links[place] = (*tokens, *more)
    plain = replace(dump, often=often, number_of=number_of)
    strangers = [_plain(row) for row in spoils.strangers]
    return Spoils(plain, rows, strangers, spoils.person_of, links, kinds)


def _plain(row: Row) -> Row:
    plain = ((PLAIN_FAMILY, row.family), (PLAIN_BORN, row.born.isoformat()))
    return Row((*row.keys, *plain), row.born, row.family)
