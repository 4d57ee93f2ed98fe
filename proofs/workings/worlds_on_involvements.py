"""Probes of involvements: begin, read, amend, confirm, cease."""

from proofs.workings.worlds_people import PRACTITIONERS, TEAM, THERAPIST
from proofs.workings.worlds_probes import CONTACT, Aim, Probe, Scene, Stated, asks

_WORKERS = (*PRACTITIONERS, THERAPIST)
_SERVICES = ("social_care", "school", "early_help", "police", "housing", "voluntary")


def _one(aim: Aim, step: str = "") -> str:
    return f"/v1/involvements/{aim.id_of('involvement')}{step}"


@asks("beginInvolvement", by=_WORKERS)
def begin(aim: Aim, who: str | None) -> Scene:
    """Begin one with the hidden child, another or nobody; replay it; read it."""
    label, once = aim.label(), aim.once()
    service = aim.chance.choice(_SERVICES)
    said: Stated = {"service": service, "contact": CONTACT, "began": aim.stage.day(30)}
    if aim.chance.random() < 0.2:
        said |= {"service": "mental_health", "consent": aim.chance.choice([True, False])}
    path = f"/v1/children/{aim.child_id()}/involvements"
    first = Probe("beginInvolvement", who, "POST", path, said, headers=once, keeps=label)
    read_it = Probe("readInvolvement", who, "GET", f"/v1/involvements/«{label}.id»")
    return [first, first, read_it][: aim.chance.randrange(1, 4)]


@asks("readInvolvement", by=(*_WORKERS, TEAM))
def read(aim: Aim, who: str | None) -> Scene:
    """Read the hidden one, another, nobody's."""
    return [Probe("readInvolvement", who, "GET", _one(aim))]


@asks("amendInvolvement", by=_WORKERS)
def amend(aim: Aim, who: str | None) -> Scene:
    """Give it another team."""
    return [Probe("amendInvolvement", who, "PATCH", _one(aim), {"contact": CONTACT})]


@asks("confirmInvolvement", by=_WORKERS)
def confirm(aim: Aim, who: str | None) -> Scene:
    """Say that it goes on."""
    return [Probe("confirmInvolvement", who, "POST", _one(aim, "/confirm"))]


@asks("ceaseInvolvement", by=_WORKERS)
def cease(aim: Aim, who: str | None) -> Scene:
    """Say that it has ceased: a day in order, one in the future, none."""
    body = aim.chance.choice([{"ceased": aim.stage.day(1)}, {"ceased": aim.stage.day(-9)}, {}])
    return [Probe("ceaseInvolvement", who, "POST", _one(aim, "/cease"), body)]
