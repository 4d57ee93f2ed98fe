"""Probes of the region's members: of no child, so that nothing of them may differ."""

from proofs.workings.worlds_people import TEAM
from proofs.workings.worlds_probes import NO_WHY, Aim, Probe, Scene, asks

_HERE = "/v1/peers"


@asks("readPeers", by=(TEAM,), of_no_child=True)
def read(_: Aim, who: str | None) -> Scene:
    """Ask who else there is."""
    return [Probe("readPeers", who, "GET", _HERE, why=NO_WHY)]


@asks("suspendPeer", by=(TEAM,), of_no_child=True)
def suspend(aim: Aim, who: str | None) -> Scene:
    """Suspend a member, and one that is none."""
    return [Probe("suspendPeer", who, "PUT", _suspension(aim), why=NO_WHY)]


@asks("releasePeer", by=(TEAM,), of_no_child=True)
def release(aim: Aim, who: str | None) -> Scene:
    """Speak with one again."""
    return [Probe("releasePeer", who, "DELETE", _suspension(aim), why=NO_WHY)]


def _suspension(aim: Aim) -> str:
    return f"{_HERE}/{aim.chance.choice(['camfield', 'nobodys'])}/suspension"
