"""What these pages check of the log by themselves: a leaf's proof, a head, and how the log grew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from index_client import Refused
from index_client.generated.types import Kind
from index_client.proof import (
    Head,
    Inclusion,
    ProofWrong,
    Signed,
    consistent,
    included,
    read_head,
    read_inclusion,
    signatures,
)
from thin_client.asking import Visit

NOT_SEALED = "leaf_not_sealed"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing checked, by the name of its words, and what came of it."""

    name: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Proven:
    """What was found of a leaf in the log. `sealed` is false where no head has it yet."""

    sealed: bool
    checks: Sequence[Check] = ()
    proof: Inclusion | None = None
    head: Head | None = None
    signed: Signed | None = None


@dataclass(frozen=True, slots=True)
class HeadSeen:
    """A head as it was told, whose signatures hold, and whether it grew from the one before."""

    head: Head
    signed: Signed
    checks: Sequence[Check]
    before: tuple[int, bytes] | None
    witnesses: Mapping[str, int | None] = field(default_factory=dict)


def verdict(found: bool | None) -> str:
    """Return the word for what came of a check; None: it was not made."""
    return {True: "holds", False: "fails", None: "unchecked"}[found]


async def kind_for(visit: Visit) -> Kind:
    """Return which heads this account is shown: each minute's, or each hour's."""
    role = (await visit.me())["role"]
    return "minute" if role in ("auditor", "management_team") else "hour"


async def prove(visit: Visit, leaf: str, place: int | None = None) -> Proven:
    """Ask for a leaf's proof and check it. `place` is the index that was told elsewhere."""
    kind = await kind_for(visit)
    try:
        text = (await visit.index.read_log_proof(leaf, kind=kind)).body
    except Refused as refused:
        if refused.code != NOT_SEALED:
            raise
        return Proven(sealed=False)
    try:
        proof = read_inclusion(text)
        head = read_head(proof.note)
        signed = signatures(proof.note, head, visit.house.log_keys)
    except ProofWrong:
        return Proven(sealed=True, checks=[Check("form", verdict(False))])
    checks = [
        Check("path", verdict(included(leaf, proof, head))),
        *_signed(visit, signed),
        (await _grown(visit, kind, head, signed))[0],
    ]
    if place is not None:
        checks.insert(0, Check("place", verdict(proof.index == place)))
    return Proven(True, checks, proof, head, signed)


async def look_at(visit: Visit, note: str, kind: Kind) -> HeadSeen | None:
    """Check one head as it was told; None where it has not the form of one."""
    keys = visit.house.log_keys
    try:
        head = read_head(note)
        signed = signatures(note, head, keys)
    except ProofWrong:
        return None
    check, before = await _grown(visit, kind, head, signed)
    known = () if keys is None else keys.witnesses
    named = {each.name: signed.cosigned.get(each.name) for each in known}
    return HeadSeen(head, signed, [*_signed(visit, signed), check], before, named)


async def grew_from(visit: Visit, before: tuple[int, bytes], head: Head) -> bool:
    """Ask how the log grew between two sizes, and check it against both roots."""
    here = (head.size, head.root)
    smaller, larger = sorted((before, here))
    if smaller[0] == larger[0]:
        return smaller[1] == larger[1]
    told = await visit.index.read_log_growth(
        shard=str(head.shard), from_=str(smaller[0]), to=str(larger[0])
    )
    return consistent(smaller, larger, told.body["proof"])


def _signed(visit: Visit, signed: Signed) -> list[Check]:
    keys = visit.house.log_keys
    enough = None
    if keys is not None and keys.quorum:
        enough = len(signed.cosigned) >= keys.quorum
    return [
        Check("log_signed", verdict(signed.by_log)),
        Check("witnessed", verdict(enough)),
    ]


async def _grown(
    visit: Visit, kind: Kind, head: Head, signed: Signed
) -> tuple[Check, tuple[int, bytes] | None]:
    """Compare a head with the one seen before, and remember it if it is newer and signed."""
    seen = visit.house.seen_heads.heads
    before = seen.get((kind, head.shard))
    if before is None:
        if signed.by_log is not False:
            seen[kind, head.shard] = (head.size, head.root)
        return Check("grown", verdict(None)), None
    holds = await grew_from(visit, before, head)
    if holds and signed.by_log is not False and head.size > before[0]:
        seen[kind, head.shard] = (head.size, head.root)
    name = "same_head" if before[0] == head.size else "grown"
    return Check(name, verdict(holds)), before
