"""Probes of shields, overrides, holds and closed identities: who may not, and on whom."""

from proofs.workings.worlds_people import PRACTITIONERS, TEAM
from proofs.workings.worlds_probes import (
    CARE,
    HARM,
    KEEP,
    NO_WHY,
    SHIELDING,
    Aim,
    Probe,
    Scene,
    asks,
)

_GROUNDS = ("named_threat", "domestic_abuse")
_STATUTORY = ("social_worker", "colleague", "police_desk")


def _child(aim: Aim, end: str) -> str:
    """Return a path under the hidden child, or one that stays shielded whatever is done."""
    child_id = aim.child_id() if aim.aimed else aim.stage.children["shielded"]
    return f"/v1/children/{child_id}/{end}"


@asks("grantShield", by=(TEAM,))
def grant(aim: Aim, who: str | None) -> Scene:
    """Shield the hidden child, or one who is; nobody else, who must stay plain."""
    said = {"ground": aim.chance.choice(_GROUNDS), "asked_by": "court"}
    said["review"] = aim.stage.day(-90)
    return [Probe("grantShield", who, "POST", _child(aim, "shield"), said, SHIELDING, aim.once())]


@asks("reviewShield", by=(TEAM,))
def review(aim: Aim, who: str | None) -> Scene:
    """Look at one again."""
    body = {"shield_id": aim.id_of("shield"), "review": aim.stage.day(-60)}
    return [Probe("reviewShield", who, "POST", _child(aim, "shield/review"), body, SHIELDING)]


@asks("liftShield", by=(TEAM,))
def lift(aim: Aim, who: str | None) -> Scene:
    """Lift a shield that is not there, of the hidden child or another."""
    body = {"shield_id": aim.id_of("practitioner")}
    return [Probe("liftShield", who, "POST", _child(aim, "shield/lift"), body, SHIELDING)]


@asks("askShield", by=PRACTITIONERS)
def ask_shield(aim: Aim, who: str | None) -> Scene:
    """Ask for a shield, and see what came of it."""
    label = aim.label()
    said = {"ground": "named_threat", "asked_by": "practitioner"}
    said["identity_checked"] = "known_to_agency"
    body = {**said, "can_be_contacted": True}
    path = _child(aim, "shield-requests")
    made = Probe("askShield", who, "POST", path, body, headers=aim.once(), keeps=label)
    mine = Probe("readShieldRequests", who, "GET", "/v1/shield-requests")
    appeal = f"/v1/shield-requests/«{label}.id»/appeal"
    again = Probe("appealShield", who, "POST", appeal)
    return [made, mine, again][: aim.chance.randrange(1, 4)]


@asks("readShieldRequests", by=(*PRACTITIONERS, TEAM))
def requests(_: Aim, who: str | None) -> Scene:
    """Ask for one's own requests."""
    why = KEEP if who == TEAM else CARE
    return [Probe("readShieldRequests", who, "GET", "/v1/shield-requests", why=why)]


@asks("refuseShield", by=(TEAM,))
def refuse(aim: Aim, who: str | None) -> Scene:
    """Refuse one."""
    path = f"/v1/shield-requests/{aim.id_of('request')}/refuse"
    return [Probe("refuseShield", who, "POST", path, {"reason": "no_increased_risk"}, SHIELDING)]


@asks("appealShield", by=PRACTITIONERS)
def appeal(aim: Aim, who: str | None) -> Scene:
    """Appeal against somebody else's refusal."""
    path = f"/v1/shield-requests/{aim.id_of('request')}/appeal"
    return [Probe("appealShield", who, "POST", path)]


@asks("closeIdentity", by=(TEAM,))
def close_identity(aim: Aim, who: str | None) -> Scene:
    """Close an identity one may not, or that is not there."""
    body = {"cause": "adoption"}
    path = _child(aim, "close-identity") if aim.aimed else f"/v1/children/{aim.id_of('no')}"
    path = path if path.endswith("identity") else f"{path}/close-identity"
    return [Probe("closeIdentity", who, "POST", path, body, SHIELDING)]


@asks("askOverride", by=_STATUTORY)
def ask_override(aim: Aim, who: str | None) -> Scene:
    """Ask to override by statutory task, and by none; never reading what is hidden."""
    body = {"ground": "section_47_enquiry", "warning_read": True}
    why = aim.chance.choice([HARM, CARE])
    return [Probe("askOverride", who, "POST", _child(aim, "override"), body, why, aim.once())]


@asks("readUnderOverride", by=_STATUTORY)
def read_under(aim: Aim, who: str | None) -> Scene:
    """Read under somebody else's override, or none."""
    body = {"override_id": aim.id_of("override")}
    return [Probe("readUnderOverride", who, "POST", _child(aim, "override/read"), body, HARM)]


@asks("readOverrides", by=(TEAM,))
def overrides(_: Aim, who: str | None) -> Scene:
    """Ask what is investigated."""
    return [Probe("readOverrides", who, "GET", "/v1/overrides", why=NO_WHY)]


@asks("approveOverride", by=(TEAM,))
def approve(aim: Aim, who: str | None) -> Scene:
    """Approve one, or not."""
    path, body = f"/v1/overrides/{aim.id_of('override')}/approve", {"approved": False}
    return [Probe("approveOverride", who, "POST", path, body, NO_WHY)]


@asks("concludeOverride", by=(TEAM,))
def conclude(aim: Aim, who: str | None) -> Scene:
    """Conclude one."""
    path = f"/v1/overrides/{aim.id_of('override')}/conclude"
    return [Probe("concludeOverride", who, "POST", path, {"outcome": "in_order"}, NO_WHY)]


@asks("releaseHold", by=(TEAM,))
def release(aim: Aim, who: str | None) -> Scene:
    """Release a record that waits, in an emergency."""
    child_id = aim.child_id() if aim.aimed else aim.id_of("no")
    body = {"decision": "another_child", "emergency": True}
    path = f"/v1/holds/{child_id}/release"
    return [Probe("releaseHold", who, "POST", path, body, KEEP)]


@asks("approveRelease", by=(TEAM,))
def approve_release(aim: Aim, who: str | None) -> Scene:
    """Agree to a release nobody asked for."""
    body = {"release_id": aim.id_of("no")}
    path = f"/v1/holds/{aim.child_id()}/release/approve"
    return [Probe("approveRelease", who, "POST", path, body, KEEP)]
