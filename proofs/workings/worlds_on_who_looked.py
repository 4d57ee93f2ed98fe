"""Probes of telling a family who looked: the team's alone, on whomever it is asked."""

from proofs.workings.worlds_people import TEAM
from proofs.workings.worlds_probes import NO_WHY, Aim, Probe, Scene, asks

_REQUESTS = "/v1/who-looked-requests"
_FOUND = {
    "asked_by": "child",
    "identity": "known_to_agency",
    "right": "own_record",
    "orders": "none",
    "competence": "sufficient",
    "judged_by": "social_worker",
    "wish": "agrees",
    "harm": "none",
}


@asks("recordWhoLookedRequest", by=(TEAM,))
def record(aim: Aim, who: str | None) -> Scene:
    """Record a request about the hidden child or another, and have it released."""
    label = aim.label()
    path = f"/v1/children/{aim.child_id()}/who-looked-requests"
    said = {**_FOUND, "judged_on": aim.stage.day(2)}
    operation = "recordWhoLookedRequest"
    made = Probe(operation, who, "POST", path, said, NO_WHY, aim.once(), keeps=label)
    release = f"{_REQUESTS}/«{label}.id»/release"
    once = aim.once()
    told = Probe("releaseWhoLooked", who, "POST", release, why=NO_WHY, headers=once)
    return [made, told, told][: aim.chance.randrange(2, 4)]


@asks("readWhoLookedRequests", by=(TEAM,))
def waiting(_: Aim, who: str | None) -> Scene:
    """Ask what waits."""
    return [Probe("readWhoLookedRequests", who, "GET", _REQUESTS, why=NO_WHY)]


@asks("refuseWhoLooked", by=(TEAM,))
def refuse(aim: Aim, who: str | None) -> Scene:
    """Refuse one that is not there."""
    path = f"{_REQUESTS}/{aim.id_of('request')}/refuse"
    return [Probe("refuseWhoLooked", who, "POST", path, {"reason": "harm_possible"}, NO_WHY)]


@asks("releaseWhoLooked", by=(TEAM,))
def release(aim: Aim, who: str | None) -> Scene:
    """Release one that is not there."""
    path = f"{_REQUESTS}/{aim.id_of('request')}/release"
    once = aim.once()
    return [Probe("releaseWhoLooked", who, "POST", path, why=NO_WHY, headers=once)]


@asks("readAccessReport", by=(TEAM,))
def report(aim: Aim, who: str | None) -> Scene:
    """Record a request about the hidden child or another, and ask for the record itself."""
    label, child_id = aim.label(), aim.child_id()
    path = f"/v1/children/{child_id}"
    said = {**_FOUND, "judged_on": aim.stage.day(2)}
    operation = "recordWhoLookedRequest"
    asked = f"{path}/who-looked-requests"
    made = Probe(operation, who, "POST", asked, said, NO_WHY, aim.once(), keeps=label)
    told = f"{path}/access-report?request_id=«{label}.id»"
    return [made, Probe("readAccessReport", who, "GET", told, why=NO_WHY)]
