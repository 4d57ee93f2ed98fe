"""Probes of the officers' worklist and of marks on records: by everybody, and by an officer.

A mark is answered alike on whatever it is put, also to the officer who puts it there.
"""

from proofs.workings.worlds_people import AUDITOR, LEADER, PARENT, PRACTITIONERS, TEAM
from proofs.workings.worlds_probes import NO_WHY, Aim, Probe, Scene, asks

_ASKERS = (*PRACTITIONERS, LEADER, TEAM, AUDITOR, AUDITOR)
_ALERTS = "/v1/misuse/alerts"
_MARKS = "/v1/misuse/marks"


@asks("readMisuseAlerts", by=_ASKERS)
def alerts(_: Aim, who: str | None) -> Scene:
    """Ask whose use is to be looked into."""
    return [Probe("readMisuseAlerts", who, "GET", _ALERTS, why=NO_WHY)]


@asks("readMisuseAlert", by=_ASKERS)
def alert(aim: Aim, who: str | None) -> Scene:
    """Read an alert by an id, which may be a child's."""
    path = f"{_ALERTS}/{aim.child_id()}"
    return [Probe("readMisuseAlert", who, "GET", path, why=NO_WHY)]


@asks("takeMisuseAlert", by=_ASKERS)
def take(aim: Aim, who: str | None) -> Scene:
    """Take one that is not there, or one of another kind."""
    path = f"{_ALERTS}/{aim.id_of('alert')}/take"
    return [Probe("takeMisuseAlert", who, "POST", path, why=NO_WHY)]


@asks("concludeMisuseAlert", by=_ASKERS)
def conclude(aim: Aim, who: str | None) -> Scene:
    """Conclude one that is not there, or one of another kind."""
    path, body = f"{_ALERTS}/{aim.id_of('alert')}/conclude", {"outcome": "explained"}
    return [Probe("concludeMisuseAlert", who, "POST", path, body, NO_WHY)]


@asks("readMisuseRates", by=_ASKERS)
def rates(_: Aim, who: str | None) -> Scene:
    """Ask how often groups are alerted on."""
    return [Probe("readMisuseRates", who, "GET", "/v1/misuse/rates", why=NO_WHY)]


@asks("markRecord", by=_ASKERS)
def mark(aim: Aim, who: str | None) -> Scene:
    """Mark the hidden child twice, read it under the mark, and end the mark."""
    label, kind = aim.label(), aim.chance.choice(["canary", "well_known"])
    child_id = aim.child_id()
    body = {"child_id": child_id, "mark": kind}
    made = Probe("markRecord", who, "POST", _MARKS, body, NO_WHY, aim.once(), keeps=label)
    again = Probe("markRecord", who, "POST", _MARKS, body, NO_WHY, aim.once())
    read = Probe("readChild", PARENT, "GET", f"/v1/children/{child_id}")
    ended = Probe("endMark", who, "POST", f"{_MARKS}/«{label}.id»/end", why=NO_WHY)
    return [made, again, read, ended][: aim.chance.randrange(1, 5)]


@asks("readMarks", by=_ASKERS)
def marks(_: Aim, who: str | None) -> Scene:
    """Ask which records are marked."""
    return [Probe("readMarks", who, "GET", _MARKS, why=NO_WHY)]


@asks("endMark", by=_ASKERS)
def end(aim: Aim, who: str | None) -> Scene:
    """End a mark by an id, which may be a child's."""
    return [Probe("endMark", who, "POST", f"{_MARKS}/{aim.child_id()}/end", why=NO_WHY)]
