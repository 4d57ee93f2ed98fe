"""Probes of moves of responsibility: who may not, of whom, and moves nobody proposed."""

from proofs.workings.worlds_people import TEAM
from proofs.workings.worlds_probes import KEEP, NO_WHY, Aim, Probe, Scene, asks


@asks("proposeTransfer", by=(TEAM,))
def propose(aim: Aim, who: str | None) -> Scene:
    """Propose to take somebody from an authority there is not: no region is served here."""
    child = {"name": {"family_name": "Okonedo-Vale"}, "date_of_birth": "2016-05-14"}
    body = {"authority": "camfield", "reason": "moved_home", "child": child}
    return [Probe("proposeTransfer", who, "POST", "/v1/transfers", body, KEEP, aim.once())]


@asks("readTransfers", by=(TEAM,))
def read_all(_: Aim, who: str | None) -> Scene:
    """Read what moves there are."""
    return [Probe("readTransfers", who, "GET", "/v1/transfers", None, NO_WHY)]


@asks("refuseTransfer", by=(TEAM,))
def refuse(aim: Aim, who: str | None) -> Scene:
    """Refuse a move that is not there."""
    path = f"/v1/transfers/{aim.id_of('no')}/refuse"
    return [Probe("refuseTransfer", who, "POST", path, {"reason": "still_lives_here"}, KEEP)]


@asks("agreeTransfer", by=(TEAM,))
def agree(aim: Aim, who: str | None) -> Scene:
    """Agree to a move nobody proposed, of the hidden child or another."""
    body = {"transfer_id": aim.id_of("no")}
    path = f"/v1/children/{aim.child_id()}/transfer"
    return [Probe("agreeTransfer", who, "POST", path, body, KEEP)]


@asks("reviewTransfer", by=(TEAM,))
def review(aim: Aim, who: str | None) -> Scene:
    """Review a record that came from nowhere."""
    body = {"transfer_id": aim.id_of("no")}
    path = f"/v1/children/{aim.child_id()}/transfer/review"
    return [Probe("reviewTransfer", who, "POST", path, body, KEEP)]
