"""Probes of supervision by the accomplice's own manager: what was asked counts, not what is there.

The parent asks for the hidden child first; its use then stands before the manager in both
worlds. Which accesses a sample holds is by lot, so that of samples the list is compared.
"""

from proofs.workings.worlds_people import LEADER, PARENT, PRACTITIONERS, TEAM
from proofs.workings.worlds_probes import CARE, NO_WHY, Aim, Probe, Scene, asks

_ASKERS = (LEADER, LEADER, *PRACTITIONERS, TEAM)
_HERE = "/v1/supervision"
_SAMPLES = f"{_HERE}/samples"


@asks("readStaffUse", by=_ASKERS)
def staff_use(aim: Aim, who: str | None) -> Scene:
    """Have the parent ask for the hidden child, and count what the parent asked."""
    asked = [
        Probe("lookUpChild", PARENT, "POST", "/v1/lookups", question, CARE)
        for question in aim.questions(1)
    ]
    path = f"/v1/children/{aim.child_id()}"
    read = Probe("readChild", PARENT, "GET", path, None, CARE)
    return [*asked, read, Probe("readStaffUse", who, "GET", f"{_HERE}/use", why=NO_WHY)]


@asks("readOpenWork", by=_ASKERS)
def open_work(aim: Aim, who: str | None) -> Scene:
    """Have the parent ask for a contact about the hidden child, and list what is open."""
    body = {
        "child_id": aim.child_id(),
        "urgency": "same_day",
        "call_back": {"name": "Northmere Families Team", "phone": "+441632960111"},
        "service": None,
    }
    path = "/v1/contact-requests"
    asked = Probe("askContact", PARENT, "POST", path, body, CARE, aim.once())
    return [asked, Probe("readOpenWork", who, "GET", f"{_HERE}/open-work", why=NO_WHY)]


@asks("drawStaffSample", by=_ASKERS)
def draw(aim: Aim, who: str | None) -> Scene:
    """Draw a sample of this month's accesses."""
    body = {"month": aim.stage.day()[:7], "size": 3}
    return [Probe("drawStaffSample", who, "POST", _SAMPLES, body, NO_WHY, aim.once())]


@asks("readStaffSamples", by=_ASKERS)
def samples(_aim: Aim, who: str | None) -> Scene:
    """List the samples, each with how many accesses it was drawn from."""
    return [Probe("readStaffSamples", who, "GET", _SAMPLES, why=NO_WHY)]


@asks("readStaffSample", by=_ASKERS)
def sample(aim: Aim, who: str | None) -> Scene:
    """Read a sample by an id, which may be a child's."""
    path = f"{_SAMPLES}/{aim.child_id()}"
    return [Probe("readStaffSample", who, "GET", path, why=NO_WHY)]


@asks("signOffStaffSample", by=_ASKERS)
def sign_off(aim: Aim, who: str | None) -> Scene:
    """Sign off a sample by an id, which may be a child's."""
    path = f"{_SAMPLES}/{aim.child_id()}/sign-off"
    body = {"findings": [{"entry_id": aim.child_id(), "finding": "in_order"}]}
    return [Probe("signOffStaffSample", who, "POST", path, body, NO_WHY)]
