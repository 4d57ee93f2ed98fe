"""Probes of status indicators: child protection plan, looked after."""

from proofs.workings.worlds_people import PRACTITIONERS
from proofs.workings.worlds_probes import CONTACT, Aim, Probe, Scene, Stated, asks


@asks("recordStatus", by=PRACTITIONERS)
def record(aim: Aim, who: str | None) -> Scene:
    """State it, or that it is not so."""
    plan = aim.chance.choice([None, {"began": aim.stage.day(40)}])
    body: Stated = {"contact": CONTACT, "child_protection_plan": plan, "looked_after": None}
    path = f"/v1/children/{aim.child_id()}/status"
    return [Probe("recordStatus", who, "PUT", path, body)]
