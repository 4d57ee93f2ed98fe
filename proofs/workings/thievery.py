"""The attack: from joined rows, known children and lists to dates of birth and surnames.

Scheme-aware: it knows the kinds of keys and how they are made, never the secrets. What a
token means is learnt from known children who share it and from how often it stands
against how often a list says it should; what a child is, from tokens that are understood
and a list row that fits them and no other. Each child found teaches more tokens.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from proofs.workings.population import WITH_DATE, Key
from proofs.workings.stolen import Links

ROUNDS = 6
ALIGNED_MAX = 2000
CANDIDATES_MAX = 400
SURE_MIN = 4.0  # a key expected at least so often is told by how often a token stands
NEAR = 1.5  # how far apart the two may be
PLAIN_FAMILY, PLAIN_BORN = 101, 102  # kinds of the naive design: one field, one HMAC
_PLAIN = frozenset({PLAIN_FAMILY, PLAIN_BORN})
_BORN_KINDS = frozenset(int(kind) for kind in WITH_DATE) | {PLAIN_BORN}
_FAMILY_KINDS = frozenset({4, 6, 10, PLAIN_FAMILY})


@dataclass(frozen=True, slots=True)
class Row:
    """One child as a list has it: the keys it is stored under, and the two facts sought."""

    keys: tuple[Key, ...]
    born: date
    family: str


Guess = tuple[date | None, str | None]


@dataclass(frozen=True, slots=True)
class Listed:
    """The list an attacker holds, and how it relates to the population."""

    rows: list[Row]
    scale: float  # rows of the population for each row of the list
    members: bool  # they are rows of this very population, not of another like it
    whole: bool


@dataclass
class Attack:
    """One attacker at work on one way of joining rows.

    `kinds` are of tokens whose column says what they are made of.
    """

    links: Links
    often: list[int]
    listed: Listed
    kinds: Mapping[int, int] = field(default_factory=dict)
    meaning: dict[int, Key] = field(default_factory=dict)
    token_of: dict[Key, int] = field(default_factory=dict)
    found: dict[int, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare what follows from list and joins alone."""
        self.rows = self.listed.rows
        self._rows_with: dict[Key, list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            for key in row.keys:
                self._rows_with[key].append(number)
        self._children_with: dict[int, list[int]] = defaultdict(list)
        for child, tokens in self.links.items():
            for token in set(tokens):
                self._children_with[token].append(child)
        self._maybe: dict[Key, set[int]] = {}
        self._holders: Counter[Key] = Counter()

    def expected(self, key: Key) -> float:
        """Say how often a key should stand in the whole population."""
        return len(self._rows_with.get(key, ())) * self.listed.scale

    def run(self, known: Mapping[int, Row]) -> dict[int, Guess]:
        """Return a guess for every joined child that anything is known of."""
        fresh = dict(known)
        if self.listed.whole:
            fresh |= {c: r for c, r in self._by_profile().items() if c not in fresh}
        for _ in range(ROUNDS):
            if not fresh:
                break
            self.found |= fresh
            learnt = self._learn(fresh)
            fresh = self._recognise(learnt)
        self._align()
        guesses = {child: self._guess(tokens) for child, tokens in self.links.items()}
        guesses |= {child: (row.born, row.family) for child, row in self.found.items()}
        return {child: guess for child, guess in guesses.items() if guess != (None, None)}

    def _by_profile(self) -> dict[int, Row]:
        """With a whole list: children whose tokens stand as often as one row's keys do.

        One token more may be the postcode's, which no list has, and one may stand a
        little oftener than the list says, because it is another child's former name's.
        """
        rows_of: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            counts = sorted(len(self._rows_with[key]) for key in row.keys)
            rows_of[tuple(count for count in counts if count > 1)].append(number)
        fits = {}
        for child, tokens in self.links.items():
            counts = sorted(n for token in tokens if (n := self.often[token]) > 1)
            exact = {tuple(counts)}
            exact |= {tuple(counts[:at] + counts[at + 1 :]) for at in range(len(counts))}
            near = {other for profile in exact for other in _a_little_less(profile)}
            for profiles in (exact, near):
                numbers = [n for profile in profiles if profile for n in rows_of.get(profile, ())]
                if len(numbers) == 1:
                    fits[child] = self.rows[numbers[0]]
                if numbers:
                    break
        return fits

    def _learn(self, fresh: Mapping[int, Row]) -> set[int]:
        """Return the tokens that can now be understood: held by all who hold a key."""
        touched = set()
        for child, row in fresh.items():
            tokens = set(self.links.get(child, ()))
            if not tokens:
                continue
            for key in row.keys:
                if key in self.token_of:
                    continue
                before = self._maybe.get(key)
                self._maybe[key] = tokens if before is None else before & tokens
                self._holders[key] += 1
                touched.add(key)
        learnt = set()
        for key in sorted(touched, key=self.expected, reverse=True):
            token = self._told(key)
            if token is not None:
                self.meaning[token] = key
                self.token_of[key] = token
                learnt.add(token)
        return learnt

    def _told(self, key: Key) -> int | None:
        kind = key[0] if key[0] in _PLAIN else None
        left = [
            token
            for token in self._maybe[key]
            if token not in self.meaning and self.kinds.get(token) == kind
        ]
        if kind is not None:
            return left[0] if len(left) == 1 else None
        wanted = self.expected(key)
        if wanted >= SURE_MIN:
            left = [t for t in left if wanted / NEAR <= self.often[t] <= wanted * NEAR]
        elif self._holders[key] < 2:
            return None
        return left[0] if len(left) == 1 else None

    def _recognise(self, learnt: Iterable[int]) -> dict[int, Row]:
        """Return the children whom one row of the list now fits, and no other."""
        fresh: dict[int, Row] = {}
        if not self.listed.members:
            return fresh
        for child in {c for token in learnt for c in self._children_with[token]}:
            if child in self.found:
                continue
            tokens = set(self.links[child])
            keys = {self.meaning[token] for token in tokens if token in self.meaning}
            if len(keys) < (1 if self.listed.whole else 2):
                continue
            rarest = min(keys, key=lambda key: len(self._rows_with.get(key, ())))
            near = [self.rows[number] for number in self._rows_with.get(rarest, ())]
            if len(near) <= CANDIDATES_MAX:
                fits = [row for row in near if self._fits(row, keys, tokens)]
                if len(fits) == 1:
                    fresh[child] = fits[0]
        return fresh

    def _fits(self, row: Row, keys: set[Key], tokens: set[int]) -> bool:
        """Whether a row has all keys seen, none that is missed, and stands as often."""
        if not keys.issubset(row.keys):
            return False
        if any(self.token_of[key] not in tokens for key in row.keys if key in self.token_of):
            return False
        if not self.listed.whole:
            return True
        counts = {self.often[token] for token in tokens}
        wanted = [len(self._rows_with[key]) for key in row.keys]
        # Former names, which no list has, make some tokens stand a little oftener.
        return all(counts & {count, count + 1, count + 2} for count in wanted if count > 1)

    def _align(self) -> None:
        """Take what is left for what stands about as often: the nth token for the nth key."""
        for kind in {None, *self.kinds.values()}:
            tokens = [t for t in self._children_with if self.kinds.get(t) == kind]
            keys = [
                key for key in self._rows_with if (key[0] if key[0] in _PLAIN else None) == kind
            ]
            tokens = [token for token in tokens if token not in self.meaning]
            keys = [key for key in keys if key not in self.token_of]
            tokens.sort(key=lambda token: -self.often[token])
            keys.sort(key=self.expected, reverse=True)
            for token, key in zip(tokens[:ALIGNED_MAX], keys, strict=False):
                if self.expected(key) >= SURE_MIN:
                    self.meaning[token] = key
                    self.token_of[key] = token

    def _guess(self, tokens: tuple[int, ...]) -> Guess:
        born: Counter[date] = Counter()
        family: dict[str, float] = defaultdict(float)
        for token in tokens:
            key = self.meaning.get(token)
            if key is None:
                continue
            if key[0] in _BORN_KINDS:
                born[date.fromisoformat(key[1].rpartition(".")[2])] += 1
            if key[0] in _FAMILY_KINDS:
                for name, weight in self._families(key).items():
                    family[name] += weight
        return (
            born.most_common(1)[0][0] if born else None,
            max(family, key=lambda name: family[name]) if family else None,
        )

    def _families(self, key: Key) -> dict[str, float]:
        """Return the surnames a key may stand for, by how likely each is."""
        numbers = self._rows_with.get(key, ())
        named = Counter(self.rows[number].family for number in numbers)
        named.update(row.family for row in self._known_with(key))
        total = named.total() or 1
        return {name: count / total for name, count in named.items()}

    def _known_with(self, key: Key) -> Iterable[Row]:
        holders = self._children_with.get(self.token_of[key], ())
        return (self.found[child] for child in holders if child in self.found)


def _a_little_less(profile: tuple[int, ...]) -> set[tuple[int, ...]]:
    """Return a profile with one count lowered by one or two; ones are left out."""
    lowered = set()
    for at, count in enumerate(profile):
        for less in (1, 2):
            rest = [*profile[:at], *profile[at + 1 :]]
            if count - less > 1:
                rest.append(count - less)
            lowered.add(tuple(sorted(rest)))
    return lowered


def commonest_of_class(
    classes: list[int], known: Mapping[int, Row], least: int = 20
) -> dict[int, Guess]:
    """Guess by how a row looks: what is commonest among known children who look the same."""
    by_class: dict[int, list[Row]] = defaultdict(list)
    for child, row in known.items():
        by_class[classes[child]].append(row)
    guesses: dict[int, Guess] = {}
    if len(set(classes)) < 2:
        return guesses
    best = {
        look: (
            Counter(row.born for row in rows).most_common(1)[0][0],
            Counter(row.family for row in rows).most_common(1)[0][0],
        )
        for look, rows in by_class.items()
        if len(rows) >= least
    }
    for child, look in enumerate(classes):
        if look in best:
            guesses[child] = best[look]
    return guesses
