"""Probes of consents, other bases, and decisions not to share."""

from proofs.workings.worlds_people import PRACTITIONERS, TEAM, THERAPIST
from proofs.workings.worlds_probes import KEEP, Aim, Probe, Scene, Stated, asks

_WORKERS = (*PRACTITIONERS, THERAPIST)
_CHILDS: Stated = {"giver": "child", "understanding": "sufficient"}
_KINDS = ("confidentiality", "caf", "stay_past_18", "caf_transfer")
_RECEIPTS = ("none", "code_only", "kept_by_service")


def _child(aim: Aim) -> str:
    return f"/v1/children/{aim.child_id()}"


def _one(aim: Aim, step: str) -> str:
    return f"/v1/consents/{aim.id_of('consent')}{step}"


@asks("recordConsent", by=_WORKERS)
def record(aim: Aim, who: str | None) -> Scene:
    """Give or refuse, with or without proof; send it again, read, withdraw."""
    label, once = aim.label(), aim.once()
    said = {**_CHILDS, "given_for": aim.chance.choice(_KINDS), "state": "given"}
    if said["given_for"] == "caf_transfer":
        said["receiving_authority"] = "camfield"
    said["receipt"] = aim.chance.choice(_RECEIPTS)
    if aim.chance.random() < 0.3:
        said |= {"state": "refused", "receipt": "none"}
    path = f"{_child(aim)}/consents"
    first = Probe("recordConsent", who, "POST", path, said, headers=once, keeps=label)
    one = f"/v1/consents/«{label}.id»"
    ends = Probe("withdrawConsent", who, "POST", f"{one}/withdraw", _CHILDS)
    shown = Probe("readConsents", who, "GET", path)
    return [first, first, shown, ends, shown][: aim.chance.randrange(1, 6)]


@asks("readConsents", by=(*_WORKERS, TEAM))
def read(aim: Aim, who: str | None) -> Scene:
    """Read what was recorded."""
    return [Probe("readConsents", who, "GET", f"{_child(aim)}/consents")]


@asks("withdrawConsent", by=_WORKERS)
def withdraw(aim: Aim, who: str | None) -> Scene:
    """Withdraw the hidden one, another, nobody's."""
    return [Probe("withdrawConsent", who, "POST", _one(aim, "/withdraw"), _CHILDS)]


@asks("renewConsent", by=_WORKERS)
def renew(aim: Aim, who: str | None) -> Scene:
    """Renew the hidden one, another, nobody's."""
    return [Probe("renewConsent", who, "POST", _one(aim, "/renew"), _CHILDS)]


@asks("proveConsent", by=(TEAM,))
def prove(aim: Aim, who: str | None) -> Scene:
    """Bring a code to the counter that is not this consent's."""
    body = {"receipt": "K5QH2MZ7RTWB"}
    return [Probe("proveConsent", who, "POST", _one(aim, "/receipt"), body, KEEP)]


@asks("recordBasis", by=_WORKERS)
def record_basis(aim: Aim, who: str | None) -> Scene:
    """Record a decision to process without consent; end it."""
    label = aim.label()
    said = {"kind": "public_interest", "reason": "serious_crime", "review": aim.stage.day(-60)}
    said["decided_on"] = aim.stage.day(1)
    path = f"{_child(aim)}/bases"
    made = Probe("recordBasis", who, "POST", path, said, headers=aim.once(), keeps=label)
    ended = Probe("endBasis", who, "POST", f"{path}/«{label}.id»/end")
    return [made, ended][: aim.chance.randrange(1, 3)]


@asks("endBasis", by=_WORKERS)
def end_basis(aim: Aim, who: str | None) -> Scene:
    """End the hidden one, another, nobody's."""
    path = f"{_child(aim)}/bases/{aim.id_of('basis')}/end"
    return [Probe("endBasis", who, "POST", path)]


@asks("recordNotShared", by=_WORKERS)
def not_shared(aim: Aim, who: str | None) -> Scene:
    """Record a decision not to share."""
    said = {"recipient_kind": "housing", "reason": "not_proportionate"}
    said["decided_on"] = aim.stage.day(0)
    path = f"{_child(aim)}/not-shared"
    return [Probe("recordNotShared", who, "POST", path, said, headers=aim.once())]
