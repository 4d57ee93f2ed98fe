"""Probes of the auditors' routes: to everybody else one refusal, whoever is meant.

What auditors themselves are shown is the log's own: what was asked, and what came of it. That
is declassified to them, and the form of their answers compared (`OF_THE_LOG`); whether there is
such a child, entry or panel is compared by bytes.
"""

from demo.personas import made_id
from proofs.workings.worlds_people import AUDITOR, LEADER, PRACTITIONERS, TEAM
from proofs.workings.worlds_probes import NO_WHY, Aim, Probe, Scene, asks

_ASKERS = (*PRACTITIONERS, LEADER, TEAM, AUDITOR, AUDITOR)
_CASE = {"Access-Reference": "AUD/2026-17"}
_LONG = {"since": 1_764_547_200, "until": 1_796_083_200}
_LOG = "/v1/log"


@asks("searchLog", by=_ASKERS)
def search(aim: Aim, who: str | None) -> Scene:
    """Look for who looked at the hidden child."""
    body = {**_LONG, "child_id": aim.child_id()}
    return [Probe("searchLog", who, "POST", f"{_LOG}/searches", body, NO_WHY, _CASE)]


@asks("openEntry", by=_ASKERS)
def open_entry(aim: Aim, who: str | None) -> Scene:
    """Open an entry by an id, which may be a child's."""
    path = f"{_LOG}/entries/{aim.child_id()}"
    return [Probe("openEntry", who, "GET", path, None, NO_WHY, _CASE)]


@asks("exportLog", by=_ASKERS)
def export(aim: Aim, who: str | None) -> Scene:
    """Ask for an export about the hidden child."""
    # What is not sealed yet has no openings, so that asking for some tells an auditor of entries.
    forms = ["csv", "fhir"] if who == AUDITOR else ["openings", "csv", "fhir"]
    form = aim.chance.choice(forms)
    body = {**_LONG, "child_id": aim.child_id(), "form": form}
    return [Probe("exportLog", who, "POST", f"{_LOG}/exports", body, NO_WHY, _CASE)]


@asks("readBreach", by=_ASKERS)
def breach(aim: Aim, who: str | None) -> Scene:
    """Ask who reached the hidden child."""
    form = aim.chance.choice(["children", "counts"])
    body = {**_LONG, "child_id": aim.child_id(), "form": form}
    return [Probe("readBreach", who, "POST", f"{_LOG}/breaches", body, NO_WHY, _CASE)]


@asks("drawSample", by=_ASKERS)
def sample(aim: Aim, who: str | None) -> Scene:
    """Draw a sample of accesses to the hidden child."""
    body = {**_LONG, "child_id": aim.child_id(), "size": 5}
    return [Probe("drawSample", who, "POST", f"{_LOG}/samples", body, NO_WHY, _CASE)]


@asks("openPanel", by=_ASKERS)
def open_panel(aim: Aim, who: str | None) -> Scene:
    """Open a panel on the hidden child."""
    reader = str(made_id("account of auditor"))
    body = {"child_id": aim.child_id(), "account_id": reader, "days": 30}
    return [Probe("openPanel", who, "POST", "/v1/panels", body, NO_WHY, {**_CASE, **aim.once()})]


@asks("readPanel", by=_ASKERS)
def read_panel(aim: Aim, who: str | None) -> Scene:
    """Read a panel by an id, which may be a child's."""
    path = f"/v1/panels/{aim.child_id()}"
    return [Probe("readPanel", who, "GET", path, None, NO_WHY, _CASE)]
