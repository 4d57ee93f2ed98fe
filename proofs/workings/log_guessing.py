"""Guessing whom an entry is about, from an export of hashes and one's own openings.

The guesser knows all of an entry but its subject, and a list of children it may be: nobody can
be given more. Control: the same leaves without a blind, which the first try cracks.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from random import Random

from index_service.log.leaf import leaf_hash
from proofs.workings.log_real import RealLog
from tests.verify.made import Stored

CANDIDATES = 8
CHANCES = 1e-4  # of an honest log failing, over all ways of guessing together


@dataclass(slots=True)
class Guessed:
    """How often each way of guessing was right, of so many guesses each."""

    guesses: int
    right: dict[str, int]
    control_right: int

    @property
    def right_max(self) -> int:
        """How often one may be right by luck, but for one log in ten thousand."""
        limit, beyond, count = CHANCES / len(self.right), 1.0, -1
        while beyond > limit and count < self.guesses:
            count += 1
            beyond -= math.exp(self._log_chance(count))
        return count

    def _log_chance(self, count: int) -> float:
        """Return the logarithm of the chance that luck alone is right so often."""
        others, chance = self.guesses - count, 1 / CANDIDATES
        ways = math.lgamma(self.guesses + 1) - math.lgamma(count + 1) - math.lgamma(others + 1)
        return ways + count * math.log(chance) + others * math.log(1 - chance)

    @property
    def no_better_than_chance(self) -> bool:
        """Whether no way of guessing was right more often than luck allows."""
        return all(count <= self.right_max for count in self.right.values())


def guess_subjects(log: RealLog, seed: int) -> Guessed:
    """Open every tenth entry to the guesser and have the subject of each other guessed once."""
    chance = Random(seed)
    with_subject = [each for each in log.stored if b'"ref":"' in each.text]
    own, others = with_subject[::10], [s for n, s in enumerate(with_subject) if n % 10]
    seen = [each.blind for each in own]
    ways: dict[str, Callable[[bytes, list[bytes]], int]] = {
        "blinds seen": lambda leaf, texts: _by_blinds(leaf, texts, seen, chance),
        "no blind": lambda leaf, texts: _by_none(leaf, texts, chance),
        "likeness": _by_likeness,
    }
    right, control = dict.fromkeys(ways, 0), 0
    for entry in others:
        texts = _candidates(entry, chance)
        for name, way in ways.items():
            right[name] += texts[way(entry.leaf, texts)] == entry.text
        control += texts[_by_none(_unblinded(entry.text), texts, chance)] == entry.text
    return Guessed(len(others), right, control)


def _candidates(entry: Stored, chance: Random) -> list[bytes]:
    """Return the entry as it would be about each child it may be about, the true one among them."""
    head, _, rest = entry.text.partition(b'"ref":"')
    size = rest.index(b'"') // 2
    made = [chance.randbytes(size).hex().encode() for _ in range(CANDIDATES - 1)]
    texts = [entry.text, *(head + b'"ref":"' + ref + rest[2 * size :] for ref in made)]
    chance.shuffle(texts)
    return texts


def _by_blinds(leaf: bytes, texts: list[bytes], seen: list[bytes], chance: Random) -> int:
    """Try every blind one was ever shown."""
    for number, text in enumerate(texts):
        if any(leaf_hash(blind, text) == leaf for blind in seen):
            return number
    return chance.randrange(len(texts))


def _by_none(leaf: bytes, texts: list[bytes], chance: Random) -> int:
    """Try the entry by itself, and behind blinds somebody might be careless enough to take."""
    for number, text in enumerate(texts):
        poor = (bytes(32), sha256(text).digest(), text[:32])
        if leaf in (_unblinded(text), *(leaf_hash(blind, text) for blind in poor)):
            return number
    return chance.randrange(len(texts))


def _by_likeness(leaf: bytes, texts: list[bytes]) -> int:
    """Take the child whose unblinded leaf has most bits in common with what is there."""
    there = int.from_bytes(leaf)
    likeness = [(there ^ int.from_bytes(_unblinded(text))).bit_count() for text in texts]
    return likeness.index(min(likeness))


def _unblinded(text: bytes) -> bytes:
    return sha256(b"\x00" + text).digest()
