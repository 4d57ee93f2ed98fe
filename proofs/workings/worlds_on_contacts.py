"""Probes of brokering, mediated access, dissents, notices, alerts and decisions."""

from demo.personas import HEALTH_VISITING
from proofs.workings.worlds_people import PRACTITIONERS, SUPPLIERS, TEAM, THERAPIST
from proofs.workings.worlds_probes import CARE, CONTACT, NO_WHY, Aim, Probe, Scene, Stated, asks

_WORKERS = (*PRACTITIONERS, THERAPIST)
_REQUESTS = "/v1/contact-requests"


@asks("askContact", by=_WORKERS)
def ask(aim: Aim, who: str | None) -> Scene:
    """Ask to be brought together: by the hidden child's id, or by what is hidden."""
    label, once = aim.label(), aim.once()
    about: Stated = {"child_id": aim.child_id()}
    if aim.chance.random() < 0.5:
        about = {"lookup": aim.question()}
    said = {**about, "urgency": "three_days", "call_back": CONTACT["team"]}
    if aim.chance.random() < 0.5:
        said["service"] = "mental_health"
    first = Probe("askContact", who, "POST", _REQUESTS, said, CARE, once, label)
    shown = Probe("readContactRequest", who, "GET", f"{_REQUESTS}/«{label}.id»")
    mine = Probe("readContactRequests", who, "GET", _REQUESTS)
    return [first, first, shown, mine][: aim.chance.randrange(1, 5)]


@asks("readContactRequests", by=_WORKERS)
def mine(aim: Aim, who: str | None) -> Scene:
    """Ask for one's own, with a cursor made up, too."""
    cursor = aim.chance.choice(["", f"?cursor={'A' * 120}"])
    return [Probe("readContactRequests", who, "GET", _REQUESTS + cursor)]


@asks("readContactRequest", by=_WORKERS)
def one(aim: Aim, who: str | None) -> Scene:
    """Ask for somebody else's, or nobody's."""
    path = f"{_REQUESTS}/{aim.id_of('contact')}"
    return [Probe("readContactRequest", who, "GET", path)]


@asks("takeContactRequest", by=(TEAM,))
def take(aim: Aim, who: str | None) -> Scene:
    """Take one on."""
    path = f"{_REQUESTS}/{aim.id_of('contact')}/take"
    return [Probe("takeContactRequest", who, "POST", path, why=NO_WHY)]


@asks("answerContactRequest", by=(TEAM,))
def answer(aim: Aim, who: str | None) -> Scene:
    """Say what came of one."""
    path = f"{_REQUESTS}/{aim.id_of('contact')}/answer"
    body = {"outcome": "nobody_to_broker"}
    return [Probe("answerContactRequest", who, "POST", path, body, NO_WHY)]


@asks("grantMediation", by=PRACTITIONERS)
def grant_mediation(aim: Aim, who: str | None) -> Scene:
    """Let another agency ask on one's behalf, which it does about the hidden child."""
    label = aim.label()
    body = {"mediator_agency_id": str(HEALTH_VISITING.id)}
    made = Probe("grantMediation", who, "POST", "/v1/mediations", body, keeps=label)
    shown = Probe("readMediation", who, "GET", f"/v1/mediations/«{label}.id»")
    if who in ("health_visitor", None) or aim.chance.random() < 0.4:
        return [made, shown]
    through = {"Access-Mediation": f"«{label}.id»"}
    asked, path = aim.question(), f"/v1/children/{aim.child_id()}"
    other = "health_visitor"
    return [
        made,
        Probe("lookUpChild", other, "POST", "/v1/lookups", asked, headers=through),
        Probe("readChild", other, "GET", path, headers=through),
    ]


@asks("readMediation", by=PRACTITIONERS)
def mediation(aim: Aim, who: str | None) -> Scene:
    """Ask for somebody else's grant, or use it."""
    granted = aim.id_of("mediation")
    if aim.chance.random() < 0.5:
        return [Probe("readMediation", who, "GET", f"/v1/mediations/{granted}")]
    through = {"Access-Mediation": granted}
    return [
        Probe("readMediation", who, "GET", f"/v1/mediations/{granted}"),
        Probe("readChild", who, "GET", f"/v1/children/{aim.child_id()}", headers=through),
    ]


@asks("recordDissent", by=PRACTITIONERS)
def dissent(aim: Aim, who: str | None) -> Scene:
    """Disagree, and see that one did."""
    path = f"/v1/children/{aim.child_id()}/dissents"
    body = {"about": "closure", "contact": CONTACT}
    made = Probe("recordDissent", who, "POST", path, body, headers=aim.once())
    return [made, Probe("readDissents", who, "GET", path)][: aim.chance.randrange(1, 3)]


@asks("readDissents", by=(*PRACTITIONERS, TEAM))
def dissents(aim: Aim, who: str | None) -> Scene:
    """Ask who disagrees."""
    return [Probe("readDissents", who, "GET", f"/v1/children/{aim.child_id()}/dissents")]


@asks("readNotices", by=_WORKERS)
def notices(_: Aim, who: str | None) -> Scene:
    """Ask what one's agency is told."""
    return [Probe("readNotices", who, "GET", "/v1/notices", why=NO_WHY)]


@asks("readAlerts", by=(TEAM,))
def alerts(_: Aim, who: str | None) -> Scene:
    """Ask what the team is to look into."""
    return [Probe("readAlerts", who, "GET", "/v1/alerts", why=NO_WHY)]


@asks("concludeAlert", by=(TEAM,))
def conclude_alert(aim: Aim, who: str | None) -> Scene:
    """Conclude one that is not there, or the hidden one."""
    path = f"/v1/alerts/{aim.id_of('alert')}/conclude"
    return [Probe("concludeAlert", who, "POST", path, {"outcome": "no_concern"}, NO_WHY)]


@asks("readDecision", by=(*PRACTITIONERS, *SUPPLIERS))
def decision(aim: Aim, who: str | None) -> Scene:
    """Ask why one's own request about the hidden child was answered so, and somebody else's."""
    label = aim.label()
    if aim.chance.random() < 0.5:
        path = f"/v1/children/{aim.child_id()}"
        asked = Probe("readChild", who, "GET", path, keeps=label)
    else:
        asked = Probe("lookUpChild", who, "POST", "/v1/lookups", aim.question(), keeps=label)
    why = f"/v1/decisions/«{label}.entry»"
    other = aim.chance.choice(PRACTITIONERS)
    return [
        Probe("readDecision", who, "GET", f"/v1/decisions/{aim.id_of('entry')}", why=NO_WHY),
        asked,
        Probe("readDecision", who, "GET", why, why=NO_WHY),
        Probe("readDecision", other, "GET", why, why=NO_WHY),
    ][: aim.chance.randrange(1, 5)]
