"""Probes of lookups, one question and many."""

from proofs.workings.worlds_people import CASE_SYSTEM, PRACTITIONERS, TEAM
from proofs.workings.worlds_probes import CARE, NO_WHY, Aim, Probe, Scene, Stated, asks

_ASKERS = (*PRACTITIONERS, CASE_SYSTEM, TEAM)
_ABOUT = {"purpose": CARE[0], "reason": CARE[1]} if CARE else {}


@asks("lookUpChild", by=_ASKERS)
def look_up(aim: Aim, who: str | None) -> Scene:
    """Ask one question, or all that lead to the hidden fact."""
    return [Probe("lookUpChild", who, "POST", "/v1/lookups", each) for each in aim.questions(1)]


@asks("lookUpChildren", by=_ASKERS)
def look_up_many(aim: Aim, who: str | None) -> Scene:
    """Ask a few at once, the hidden one among them, some nonsense."""
    asked: list[Stated] = aim.questions(aim.chance.randrange(1, 4))
    asked.append({"family_name": aim.child().family})  # too few facts
    aim.chance.shuffle(asked)
    subjects = [{**_ABOUT, "lookup": lookup} for lookup in asked]
    body = {"subjects": subjects}
    return [Probe("lookUpChildren", who, "POST", "/v1/lookups/batch", body, why=NO_WHY)]
