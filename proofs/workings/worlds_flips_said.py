"""What somebody recorded or asked for that is nobody else's to know."""

from collections.abc import Callable, Iterator
from typing import Any

from demo.personas import HEALTH_VISITING
from proofs.workings.worlds_arrivals import TEAMS, Arrival, Inside, reading, why_of
from proofs.workings.worlds_flip import flips
from proofs.workings.worlds_people import TEAM, THERAPIST
from proofs.workings.worlds_probes import (
    CONTACT,
    HARM,
    KEEP,
    NO_WHY,
    Probe,
    Secret,
    Stage,
    Stated,
    questions_on,
)
from proofs.workings.worlds_shown import record_read
from proofs.workings.worlds_stage import Hand

_CHILDS: Stated = {"giver": "child", "understanding": "sufficient"}
_SENSITIVE: Stated = {"given_for": "sensitive_entry", "service": "mental_health"}


def told(operation: str, path: str, id_name: str, *askers: str) -> Inside:
    """Return what insiders are shown at a path: the hidden thing's id stands in the answer."""

    def shown(_: Stage, secret: Secret) -> Iterator[Arrival]:
        for who in askers:
            at = path.replace("CHILD", secret.child_id).replace("ID", secret.ids[id_name])
            probe = Probe(operation, who, "GET", at, why=why_of(who))
            yield Arrival(id_name, who, probe, _holds(secret.ids[id_name]))

    return shown


def _holds(known: str) -> Callable[[Any], bool]:
    return lambda said: known in str(said)


def _secret(stage: Stage, name: str, **ids: str) -> Secret:
    questions = questions_on(stage.facts[name])
    return Secret(stage.children[name], questions, ids=ids)


_CONSENTS = told("readConsents", "/v1/children/CHILD/consents", "consent", *TEAMS, THERAPIST)


@flips((*TEAMS, THERAPIST), _CONSENTS)
async def consent_refusal(hand: Hand, stage: Stage) -> Secret:
    """A child refused a sensitive service that its work be entered."""
    path = f"/v1/children/{stage.children['plain-0']}/consents"
    said = {**_CHILDS, **_SENSITIVE, "state": "refused"}
    return _secret(stage, "plain-0", consent=await hand.made(THERAPIST, path, said))


@flips((*TEAMS, THERAPIST), _CONSENTS)
async def consent_withdrawn(hand: Hand, stage: Stage) -> Secret:
    """A child let a sensitive service be entered, and withdrew that."""
    child_id = stage.children["plain-0"]
    said = {**_CHILDS, **_SENSITIVE, "state": "given"}
    consent = await hand.made(THERAPIST, f"/v1/children/{child_id}/consents", said)
    made = await hand.begin(THERAPIST, child_id, service="mental_health", consent=True)
    path = f"/v1/consents/{consent}/withdraw"
    await hand.do(Probe("withdrawConsent", THERAPIST, "POST", path, _CHILDS))
    return _secret(stage, "plain-0", consent=consent, involvement=made)


@flips(
    (*TEAMS, "social_worker", "colleague"),
    told("readConsents", "/v1/children/CHILD/consents", "decision", *TEAMS, "social_worker"),
)
async def decision_not_to_share(hand: Hand, stage: Stage) -> Secret:
    """An agency decided not to share with another."""
    path = f"/v1/children/{stage.children['plain-1']}/not-shared"
    said = {"recipient_kind": "school", "reason": "more_detrimental_to_child"}
    said["decided_on"] = stage.day(0)
    return _secret(stage, "plain-1", decision=await hand.made("social_worker", path, said))


def _assessment(_: Stage, secret: Secret) -> Iterator[Arrival]:
    for who in (TEAM, "health_visitor"):
        yield reading(
            "the assessment", who, secret.child_id, lambda one: one["assessment"] is not None
        )


@flips((*TEAMS, "health_visitor"), _assessment)
async def refused_assessment(hand: Hand, stage: Stage) -> Secret:
    """A common assessment is held of a child who refused to have that told."""
    path = f"/v1/children/{stage.children['bare']}/assessment"
    body = {"contact": CONTACT, "held_since": stage.day(9)}
    await hand.do(Probe("holdAssessment", "health_visitor", "PUT", path, body))
    return _secret(stage, "bare", consent=stage.ids["consent refused"])


def _status(_: Stage, secret: Secret) -> Iterator[Arrival]:
    for who in (TEAM, "social_worker", "health_visitor", "police_desk"):
        yield reading("the status", who, secret.child_id, lambda one: len(one["status"]) == 1)


@flips((*TEAMS, "social_worker", "colleague", "health_visitor", "police_desk"), _status)
async def child_status(hand: Hand, stage: Stage) -> Secret:
    """A child has a protection plan and is looked after."""
    path = f"/v1/children/{stage.children['plain-4']}/status"
    spell = {"began": stage.day(40)}
    body = {"contact": CONTACT, "child_protection_plan": spell}
    body["looked_after"] = {**spell, "authority": "camfield"}
    await hand.do(Probe("recordStatus", "social_worker", "PUT", path, body))
    return _secret(stage, "plain-4")


@flips(
    (*TEAMS, "teacher"),
    told("readDissents", "/v1/children/CHILD/dissents", "dissent", TEAM, "teacher"),
)
async def dissent(hand: Hand, stage: Stage) -> Secret:
    """A practitioner disagrees with what was decided."""
    path = f"/v1/children/{stage.children['plain-1']}/dissents"
    said = {"about": "closure", "contact": CONTACT}
    return _secret(stage, "plain-1", dissent=await hand.made("teacher", path, said))


@flips((*TEAMS, "police_desk"), told("readOverrides", "/v1/overrides", "override", *TEAMS))
async def override_used(hand: Hand, stage: Stage) -> Secret:
    """Somebody overrides a shield, and has read the record."""
    path = f"/v1/children/{stage.children['shielded']}/override"
    said = {"ground": "section_47_enquiry", "warning_read": True}
    made = await hand.made("police_desk", path, said, HARM)
    used = {"override_id": made}
    await hand.do(Probe("readUnderOverride", "police_desk", "POST", f"{path}/read", used, HARM))
    alerts = await hand.do(Probe("readAlerts", TEAM, "GET", "/v1/alerts", why=NO_WHY))
    return _secret(stage, "shielded", override=made, alert=alerts["alerts"][0]["id"])


@flips((*TEAMS, "police_desk"), told("readOverrides", "/v1/overrides", "override", *TEAMS))
async def override_in_force(hand: Hand, stage: Stage) -> Secret:
    """Somebody may read a shielded record for a quarter of an hour."""
    path = f"/v1/children/{stage.children['shielded']}/override"
    said = {"ground": "section_47_enquiry", "warning_read": True}
    return _secret(stage, "shielded", override=await hand.made("police_desk", path, said, HARM))


@flips(
    (*TEAMS, "teacher"),
    told("readContactRequest", "/v1/contact-requests/ID", "contact", *TEAMS, "teacher"),
)
async def contact_request(hand: Hand, stage: Stage) -> Secret:
    """Somebody asked to be brought together with a service, and was answered."""
    said = {"child_id": stage.children["plain-0"], "urgency": "same_day"}
    said["call_back"] = CONTACT["team"]
    made = await hand.made("teacher", "/v1/contact-requests", said)
    path = f"/v1/contact-requests/{made}/answer"
    body = {"outcome": "passed_on"}
    await hand.do(Probe("answerContactRequest", TEAM, "POST", path, body, NO_WHY))
    return _secret(stage, "plain-0", contact=made)


@flips(
    (*TEAMS, "teacher"),
    told("readShieldRequests", "/v1/shield-requests", "request", *TEAMS),
)
async def shield_request(hand: Hand, stage: Stage) -> Secret:
    """Somebody asked that a child be shielded."""
    path = f"/v1/children/{stage.children['plain-0']}/shield-requests"
    said = {"ground": "named_threat", "asked_by": "parent_or_carer", "can_be_contacted": True}
    said["identity_checked"] = "known_to_agency"
    return _secret(stage, "plain-0", request=await hand.made("teacher", path, said))


@flips(
    ("social_worker", "health_visitor"),
    told("readMediation", "/v1/mediations/ID", "mediation", "social_worker", "health_visitor"),
)
async def mediation(hand: Hand, stage: Stage) -> Secret:
    """Somebody may ask for somebody else; not even the team is told."""
    said = {"mediator_agency_id": str(HEALTH_VISITING.id)}
    made = await hand.made("social_worker", "/v1/mediations", said)
    return _secret(stage, "plain-0", mediation=made)


@flips(TEAMS, record_read)
async def closed_identity(hand: Hand, stage: Stage) -> Secret:
    """A child's identity was closed: what resembles it waits unseen."""
    child = next(stage.people)
    facts = child.stated()
    child_id = await hand.create(facts)
    path = f"/v1/children/{child_id}/close-identity"
    await hand.do(Probe("closeIdentity", TEAM, "POST", path, {"cause": "adoption"}, KEEP))
    named = {"name": facts["name"], "date_of_birth": facts["date_of_birth"]}
    return Secret(child_id, questions_on(child), (named,), named, waits=True)
