"""Probes of common assessments and of who leads."""

from demo.personas import SCHOOL_NURSING
from proofs.workings.worlds_people import TEAM
from proofs.workings.worlds_probes import CONTACT, KEEP, NO_WHY, Aim, Probe, Scene, asks

_ASSESSORS = ("social_worker", "colleague", "teacher", "health_visitor", "parent")


def _path(aim: Aim, end: str) -> str:
    return f"/v1/children/{aim.child_id()}/{end}"


@asks("holdAssessment", by=_ASSESSORS)
def hold(aim: Aim, who: str | None) -> Scene:
    """Say that one's agency holds an assessment."""
    body = {"contact": CONTACT, "held_since": aim.stage.day(aim.chance.choice([1, 3, 30]))}
    return [Probe("holdAssessment", who, "PUT", _path(aim, "assessment"), body)]


@asks("nameLeadProfessional", by=_ASSESSORS)
def lead(aim: Aim, who: str | None) -> Scene:
    """Say who leads."""
    body = {"contact": CONTACT, "since": aim.stage.day(3)}
    return [Probe("nameLeadProfessional", who, "PUT", _path(aim, "lead-professional"), body)]


@asks("closeAssessment", by=_ASSESSORS)
def close(aim: Aim, who: str | None) -> Scene:
    """Close one, twice."""
    body = {"reason": "needs_met", "closed": aim.stage.day(1)}
    probe = Probe("closeAssessment", who, "POST", _path(aim, "assessment/close"), body)
    return [probe, probe][: aim.chance.randrange(1, 3)]


@asks("reassignAssessment", by=_ASSESSORS)
def reassign(aim: Aim, who: str | None) -> Scene:
    """Hand one on."""
    body = {"agency_id": str(SCHOOL_NURSING.id), "contact": CONTACT}
    path = _path(aim, "assessment/reassign")
    return [Probe("reassignAssessment", who, "POST", path, body)]


@asks("offerAssessment", by=_ASSESSORS)
def offer(aim: Aim, who: str | None) -> Scene:
    """Offer one to another authority, without the consent that needs."""
    body = {"authority": "camfield"}
    return [Probe("offerAssessment", who, "POST", _path(aim, "assessment/transfer"), body)]


@asks("readAssessmentsDue", by=(*_ASSESSORS, TEAM))
def due(aim: Aim, who: str | None) -> Scene:
    """Ask what is to be reviewed."""
    why = aim.chance.choice([NO_WHY, KEEP])
    return [Probe("readAssessmentsDue", who, "GET", "/v1/assessments/due", why=why)]
