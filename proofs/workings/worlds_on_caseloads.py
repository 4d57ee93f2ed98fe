"""Probes of caseloads: one's own, one's agency's, handed over; whether contacts worked.

The parent begins an involvement with the hidden child or another first, so that there is a
caseload to show; each asks again once something was said of it or it changed hands.
"""

from demo.personas import made_id
from proofs.workings.worlds_people import LEADER, PARENT, PRACTITIONERS, TEAM, THERAPIST
from proofs.workings.worlds_probes import CARE, CONTACT, KEEP, NO_WHY, Aim, Probe, Scene, asks

_WORKERS = (*PRACTITIONERS, PARENT, THERAPIST)
_KEEPERS = (LEADER, LEADER, *PRACTITIONERS)
_OWN, _HERE = "/v1/me/involvements", "/v1/caseload"
_OUTCOMES = ("reached", "no_answer", "wrong_number", "no_longer_there", "no_longer_involved")


def _begun(aim: Aim, label: str) -> Probe:
    """Have the parent begin an involvement."""
    said = {"service": "voluntary", "contact": CONTACT, "began": aim.stage.day(30)}
    path = f"/v1/children/{aim.child_id()}/involvements"
    return Probe("beginInvolvement", PARENT, "POST", path, said, CARE, aim.once(), label)


def _said(aim: Aim, who: str | None, which: str) -> Probe:
    path, body = f"/v1/involvements/{which}/feedback", {"outcome": aim.chance.choice(_OUTCOMES)}
    return Probe("sayWhetherContactWorked", who, "POST", path, body)


@asks("readOwnInvolvements", by=_WORKERS)
def own(aim: Aim, who: str | None) -> Scene:
    """List one's own, the parent's with another one."""
    asked = [_begun(aim, aim.label())] if aim.chance.random() < 0.5 else []
    return [*asked, Probe("readOwnInvolvements", who, "GET", _OWN)]


@asks("readCaseload", by=_KEEPERS)
def caseload(aim: Aim, who: str | None) -> Scene:
    """List an agency's, all or due, of all or one practitioner, or of the hidden child's id."""
    whose = aim.chance.choice([made_id("practitioner who is a parent"), aim.child_id()])
    asked = aim.chance.choice(["", "?due=soon", "?due=overdue", f"?practitioner_id={whose}"])
    return [
        _begun(aim, aim.label()),
        Probe("readCaseload", who, "GET", _HERE + asked),
        Probe("readCaseload", who, "GET", _HERE),
    ]


@asks("readCaseloadPractitioners", by=_KEEPERS)
def practitioners(_aim: Aim, who: str | None) -> Scene:
    """List whom a caseload may go to."""
    return [Probe("readCaseloadPractitioners", who, "GET", f"{_HERE}/practitioners", why=NO_WHY)]


@asks("handOverCaseload", by=_KEEPERS)
def hand_over(aim: Aim, who: str | None) -> Scene:
    """Hand over the parent's, the hidden one among them; list it and hand it over again."""
    label, once = aim.label(), aim.once()
    body = {
        "from_practitioner_id": str(made_id("practitioner who is a parent")),
        "to_practitioner_id": aim.stage.ids["taker"],
        "involvement_ids": [aim.id_of("involvement"), aim.child_id()],
    }
    if body["involvement_ids"][0] == body["involvement_ids"][1]:
        body["involvement_ids"] = [aim.child_id()]
    path = f"{_HERE}/hand-overs"
    hand = Probe("handOverCaseload", who, "POST", path, body, CARE, once)
    listed = Probe("readCaseload", who, "GET", _HERE)
    return [_begun(aim, label), hand, listed, hand][: aim.chance.randrange(2, 5)]


@asks("sayWhetherContactWorked", by=_WORKERS)
def feedback(aim: Aim, who: str | None) -> Scene:
    """Say it of the hidden one, another, nobody's; read it."""
    which = aim.id_of("involvement")
    read = Probe("readInvolvement", who, "GET", f"/v1/involvements/{which}")
    return [_said(aim, who, which), _said(aim, PARENT, which), read][: aim.chance.randrange(1, 4)]


@asks("readDoubtfulContacts", by=(*_WORKERS, TEAM))
def doubtful(aim: Aim, who: str | None) -> Scene:
    """Have the parent and whoever asks doubt a contact, then list those in doubt."""
    which = aim.id_of("involvement")
    why = KEEP if who == TEAM else CARE
    listed = Probe("readDoubtfulContacts", who, "GET", "/v1/doubtful-contacts", why=why)
    return [_said(aim, PARENT, which), _said(aim, who, which), listed]


@asks("readContactsThatWork", by=_KEEPERS)
def figures(aim: Aim, who: str | None) -> Scene:
    """Ask for the figures of a month: the last, one long ago, the one in hand."""
    month = aim.chance.choice(
        ["", f"?month={aim.stage.day(200)[:7]}", f"?month={aim.stage.day()[:7]}"]
    )
    return [
        Probe("readContactsThatWork", who, "GET", f"/v1/supervision/contacts{month}", why=NO_WHY)
    ]
