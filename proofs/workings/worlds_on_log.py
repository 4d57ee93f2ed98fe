"""Probes of the sealed log's routes: what they tell is the tree's, and the tree is blinded."""

import hashlib

from proofs.workings.worlds_people import PRACTITIONERS, SUPPLIERS, TEAM
from proofs.workings.worlds_probes import NO_WHY, Aim, Probe, Scene, asks

_ASKERS = (*PRACTITIONERS, *SUPPLIERS, TEAM)
_LOG = "/v1/log"
_STATED = {"shields": "re_entered", "withdrawals": "none_since", "suspensions": "none_since"}


@asks("readLogHeads", by=_ASKERS)
def heads(aim: Aim, who: str | None) -> Scene:
    """Ask for heads, of the minute too."""
    kind = aim.chance.choice(["hour", "minute"])
    return [Probe("readLogHeads", who, "GET", f"{_LOG}/heads?kind={kind}", why=NO_WHY)]


@asks("readLogLeaves", by=_ASKERS)
def leaves(aim: Aim, who: str | None) -> Scene:
    """Ask for leaves, which would count what was done."""
    path = f"{_LOG}/leaves?shard={aim.chance.randint(202500, 202700)}&from=0&to=4096"
    return [Probe("readLogLeaves", who, "GET", path, why=NO_WHY)]


@asks("readLogProof", by=_ASKERS)
def proof(aim: Aim, who: str | None) -> Scene:
    """Have a leaf proven that is made of the hidden child's id."""
    leaf = hashlib.sha256(b"\x00" + aim.child_id().encode()).hexdigest()
    return [Probe("readLogProof", who, "GET", f"{_LOG}/proofs/{leaf}", why=NO_WHY)]


@asks("readLogGrowth", by=_ASKERS)
def growth(aim: Aim, who: str | None) -> Scene:
    """Ask how far the tree has grown."""
    sizes = f"from={aim.chance.randint(0, 16)}&to={aim.chance.randint(0, 64)}"
    path = f"{_LOG}/consistency?shard=202600&{sizes}"
    return [Probe("readLogGrowth", who, "GET", path, why=NO_WHY)]


@asks("askLogRelease", by=_ASKERS)
def ask_release(aim: Aim, who: str | None) -> Scene:
    """Ask that an index be released which nobody restored."""
    path = f"{_LOG}/releases"
    return [Probe("askLogRelease", who, "POST", path, _STATED, NO_WHY, aim.once())]


@asks("readLogRelease", by=_ASKERS)
def read_release(aim: Aim, who: str | None) -> Scene:
    """Read a release by an id, which may be a child's."""
    path = f"{_LOG}/releases/{aim.child_id()}"
    return [Probe("readLogRelease", who, "GET", path, why=NO_WHY)]


@asks("approveLogRelease", by=_ASKERS)
def approve_release(aim: Aim, who: str | None) -> Scene:
    """Approve a release by an id, which may be a child's."""
    path = f"{_LOG}/releases/{aim.child_id()}/approval"
    return [Probe("approveLogRelease", who, "POST", path, None, NO_WHY)]
