"""The oblivious pseudorandom function of RFC 9497: VOPRF mode, ristretto255-SHA512.

Members blind, the deriver evaluates and proves, members verify and finalise. All group
arithmetic is libsodium's (rbcl): of constant time in secrets, and refusing what is no point.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rbcl import (
    crypto_core_ristretto255_add,
    crypto_core_ristretto255_from_hash,
    crypto_core_ristretto255_random,
    crypto_core_ristretto255_scalar_invert,
    crypto_core_ristretto255_scalar_mul,
    crypto_core_ristretto255_scalar_random,
    crypto_core_ristretto255_scalar_reduce,
    crypto_core_ristretto255_scalar_sub,
    crypto_scalarmult_ristretto255,
    crypto_scalarmult_ristretto255_base,
)

from index_service.crypto.associated import associated

POINT_BYTES: Final = 32
PROOF_BYTES: Final = 64
SEED_BYTES: Final = 32
DERIVED_BYTES: Final = 16
BATCH_MAX: Final = 65_535  # a place in the composite's transcript has two bytes

_SCALAR_BYTES: Final = 32
_HASH_BYTES: Final = 64
_CONTEXT: Final = b"OPRFV1-\x01-ristretto255-SHA512"
_TO_GROUP: Final = b"HashToGroup-" + _CONTEXT
_TO_SCALAR: Final = b"HashToScalar-" + _CONTEXT
_TO_KEY: Final = b"DeriveKeyPair" + _CONTEXT
_SEED: Final = b"Seed-" + _CONTEXT
_IDENTITY: Final = bytes(POINT_BYTES)
_NOUGHT: Final = bytes(_SCALAR_BYTES)
_BLOCK: Final = bytes(128)  # SHA-512's: expand_message_xmd begins with one of zeros


class PointRefused(Exception):  # noqa: N818 (the finding of a check)
    """Not the one spelling of a point, or the identity: nothing is made of it."""


class ProofFailed(Exception):  # noqa: N818 (the finding of a check)
    """An evaluation is not by the key of the directory: nothing of it may be used."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The deriver's key of one series and epoch; `public` stands in the directory."""

    secret: bytes
    public: bytes

    def __repr__(self) -> str:
        return f"KeyPair(public={self.public.hex()})"


@dataclass(frozen=True, slots=True)
class Blinded:
    """Inputs, what each was blinded by, and all points of one call: the rest are random."""

    inputs: tuple[bytes, ...]
    blinds: tuple[bytes, ...]
    points: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Blinded({len(self.inputs)} of {len(self.points)})"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A call's points under the deriver's key, and one proof for all of them."""

    points: tuple[bytes, ...]
    proof: bytes


def region_input(series: str, kind: int, text: str) -> bytes:
    """Return what a key of a child is to the function: nothing else gives the same bytes."""
    return associated(b"isa/region/1", series.encode(), kind.to_bytes(2), text.encode())


def derive_key_pair(seed: bytes, info: bytes) -> KeyPair:
    """Return the key of a seed of 32 random bytes (RFC 9497, 3.2.1)."""
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed has 32 bytes")
    begun = seed + _sized(info)
    for counter in range(256):
        secret = _scalar_of(begun + counter.to_bytes(), _TO_KEY)
        if secret != _NOUGHT:
            return KeyPair(secret, crypto_scalarmult_ristretto255_base(secret))
    raise ValueError("no key comes of this seed")


def blind(inputs: Sequence[bytes], count: int, blinds: Sequence[bytes] | None = None) -> Blinded:
    """Blind inputs for a call of `count` points, the rest of them random.

    A blinded input is itself a uniformly random point: nobody tells the rest from it.
    `blinds` are given by test vectors alone.
    """
    if not inputs or len(inputs) > count or count > BATCH_MAX:
        raise ValueError("more inputs than a call carries, or none")
    chosen = tuple(blinds or [crypto_core_ristretto255_scalar_random() for _ in inputs])
    points = [_times(scalar, _point_of(text)) for scalar, text in zip(chosen, inputs, strict=True)]
    points += [crypto_core_ristretto255_random() for _ in range(count - len(inputs))]
    return Blinded(tuple(inputs), chosen, tuple(points))


def evaluate_batch(key: KeyPair, points: Sequence[bytes], nonce: bytes | None = None) -> Evaluated:
    """Return every point under the key, with one proof; PointRefused for what is no point.

    `nonce` is given by test vectors alone: used twice, it tells the key.
    """
    if not points or len(points) > BATCH_MAX:
        raise PointRefused
    evaluated = tuple([_times(key.secret, point) for point in points])
    weights = _weights(key.public, points, evaluated)
    told = _sum([_times(weight, point) for weight, point in zip(weights, points, strict=True)])
    kept = _times(key.secret, told)
    nonce = nonce or crypto_core_ristretto255_scalar_random()
    begun = crypto_scalarmult_ristretto255_base(nonce)
    challenge = _challenge(key.public, told, kept, begun, _times(nonce, told))
    spent = crypto_core_ristretto255_scalar_mul(challenge, key.secret)
    return Evaluated(evaluated, challenge + crypto_core_ristretto255_scalar_sub(nonce, spent))


def verify(public: bytes, points: Sequence[bytes], evaluated: Evaluated) -> None:
    """Return if one key, `public`'s, made all of `evaluated` of these points; else ProofFailed."""
    challenge, response = evaluated.proof[:_SCALAR_BYTES], evaluated.proof[_SCALAR_BYTES:]
    if len(evaluated.proof) != PROOF_BYTES or not points or len(points) != len(evaluated.points):
        raise ProofFailed
    # libsodium drops a scalar's highest bit and reduces the rest: only one spelling may count.
    if not (_is_reduced(challenge) and _is_reduced(response)):
        raise ProofFailed
    try:
        weights = _weights(public, points, evaluated.points)
        told = _sum([_times(w, point) for w, point in zip(weights, points, strict=True)])
        kept = _sum([_times(w, point) for w, point in zip(weights, evaluated.points, strict=True)])
        begun = crypto_core_ristretto255_add(
            crypto_scalarmult_ristretto255_base(response), _times(challenge, public)
        )
        begun_of = crypto_core_ristretto255_add(_times(response, told), _times(challenge, kept))
        expected = _challenge(public, told, kept, begun, begun_of)
    except (PointRefused, RuntimeError, ValueError):
        raise ProofFailed from None
    if expected != challenge:
        raise ProofFailed


def finalize(blinded: Blinded, evaluated: Evaluated) -> tuple[bytes, ...]:
    """Return the 64 bytes of each input, after `verify` and not before."""
    outputs = []
    for text, scalar, point in zip(blinded.inputs, blinded.blinds, evaluated.points, strict=False):
        opened = _times(crypto_core_ristretto255_scalar_invert(scalar), point)
        outputs.append(hashlib.sha512(_sized(text) + _sized(opened) + b"Finalize").digest())
    return tuple(outputs)


def evaluated_by_key(key: KeyPair, text: bytes) -> bytes:
    """Return an input's 64 bytes as only the key's holder can: unblinded (RFC 9497, 3.3.1).

    For measuring whole populations: nobody's question ever comes this way.
    """
    opened = _times(key.secret, _point_of(text))
    return hashlib.sha512(_sized(text) + _sized(opened) + b"Finalize").digest()


def derived_digests(public: bytes, blinded: Blinded, evaluated: Evaluated) -> tuple[bytes, ...]:
    """Return the derived digest of each input of a call; ProofFailed rather than use a guess."""
    verify(public, blinded.points, evaluated)
    return tuple([output[:DERIVED_BYTES] for output in finalize(blinded, evaluated)])


def _times(scalar: bytes, point: bytes) -> bytes:
    if point == _IDENTITY or len(point) != POINT_BYTES:
        raise PointRefused
    try:
        product: bytes = crypto_scalarmult_ristretto255(scalar, point)
    except RuntimeError:  # no point, or the identity comes of it
        raise PointRefused from None
    return product


def _sum(points: Sequence[bytes]) -> bytes:
    whole = points[0]
    for point in points[1:]:
        whole = crypto_core_ristretto255_add(whole, point)
    return whole


def _weights(public: bytes, before: Sequence[bytes], after: Sequence[bytes]) -> list[bytes]:
    """Return the scalars that fold a batch into one pair of points (RFC 9497, 2.2.1)."""
    seed = hashlib.sha512(_sized(public) + _sized(_SEED)).digest()
    return [
        _scalar_of(
            _sized(seed) + place.to_bytes(2) + _sized(one) + _sized(other) + b"Composite",
            _TO_SCALAR,
        )
        for place, (one, other) in enumerate(zip(before, after, strict=True))
    ]


def _challenge(public: bytes, *points: bytes) -> bytes:
    told = b"".join([_sized(point) for point in (public, *points)])
    return _scalar_of(told + b"Challenge", _TO_SCALAR)


def _point_of(text: bytes) -> bytes:
    point: bytes = crypto_core_ristretto255_from_hash(_expanded(text, _TO_GROUP))
    return point


def _scalar_of(text: bytes, tag: bytes) -> bytes:
    scalar: bytes = crypto_core_ristretto255_scalar_reduce(_expanded(text, tag))
    return scalar


def _is_reduced(scalar: bytes) -> bool:
    reduced: bytes = crypto_core_ristretto255_scalar_reduce(scalar + _NOUGHT)
    return reduced == scalar


def _expanded(text: bytes, tag: bytes) -> bytes:
    """Return 64 bytes: expand_message_xmd of RFC 9380, 5.3.1, with SHA-512, one block."""
    ending = tag + len(tag).to_bytes()
    length = _HASH_BYTES.to_bytes(2)
    first = hashlib.sha512(_BLOCK + text + length + b"\x00" + ending).digest()
    return hashlib.sha512(first + b"\x01" + ending).digest()


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(2) + part
