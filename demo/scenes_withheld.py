"""The story's middle: consent withdrawn, a contact brokered, a shield overridden out loud."""

from datetime import date
from typing import Any

from demo.asking import expect
from demo.scenes_found import SAFEGUARD
from demo.stage import Stage, refused

ENQUIRY = ("enquire_significant_harm", "strategy_discussion")
KEEP = ("keep_index", "review")
THERAPY = {
    "team": {
        "name": "Northmere Listening Team",
        "phone": "+441632960170",
        "hours": [{"days": ["mon", "tue", "wed", "thu"], "opens": "09:00", "closes": "17:00"}],
    },
    "person": {"name": "Perpetua Lindqvist"},
    "ask_for_duty": False,
}
CALL_BACK = {
    "name": "Northmere Health Visiting North",
    "phone": "+441632960130",
    "hours": [{"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:30", "closes": "17:30"}],
}


async def withdrawn_consent_hides_at_once(stage: Stage) -> None:
    """Consent to tell of a common assessment is withdrawn: the next request shows none."""
    stage.step("The family withdraws consent to tell of the assessment: gone on the next request")
    asking, child = stage.running.asking, stage.population.cast.asked_for
    worker = asking.persona("social_worker", "safeguard", "assessment")
    teacher = asking.persona("teacher", *SAFEGUARD)
    path = f"/v1/children/{stage.ids['asked_for']}"
    spoken = _whose_word(child.born, stage.population.today)
    stage.asks(worker, f"POST .../consents, caf, given by {spoken['giver']}; later withdrawn")
    given = await worker.post(
        f"{path}/consents",
        {"given_for": "caf", "state": "given", "receipt": "code_only", **spoken},
    )
    expect(given.status == 201, "a consent", given.status, given.body)
    before = (await teacher.get(path)).body["child"]["assessment"]
    expect(before is not None, "the assessment, while consent stands", before)
    withdrawn = await worker.post(f"/v1/consents/{given.body['id']}/withdraw", spoken)
    expect(withdrawn.status == 204, "a withdrawal", withdrawn.status, withdrawn.body)
    after = await teacher.get(path)
    expect(after.body["child"]["assessment"] is None, "no assessment told", after.body)
    again = await worker.post(f"/v1/consents/{given.body['id']}/withdraw", spoken)
    refused(again, 409, "ended_already")
    await stage.shown(
        after,
        f"a receipt for the child: the code {given.body['receipt']}, which names nothing",
        f"before: held by {before['agency']}; on the teacher's next request: none is told",
        f"withdrawn twice: 409 {again.code}",
        further=(withdrawn.receipt,),
    )


def _whose_word(born: date, today: date) -> dict[str, str]:
    """Return who consents, and the judgement it rests on: from 12 this child is judged to."""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if years >= 12:
        return {"giver": "child", "understanding": "sufficient"}
    return {"giver": "parental_responsibility", "understanding": "insufficient"}


async def contact_is_brokered(stage: Stage) -> None:
    """A sensitive service is not told of; contact is made all the same, through the team."""
    stage.step("A health visitor must reach a service she may not know of: the team brokers")
    asking = stage.running.asking
    therapist = asking.persona("therapist", "promote_welfare", "record_involvement")
    visitor, manager = asking.persona("health_visitor", *SAFEGUARD), asking.persona("manager")
    path = f"/v1/children/{stage.ids['asked_for']}"
    stage.asks(visitor, "POST /v1/contact-requests, mental_health, same_day, with a call-back line")
    unseen = (await visitor.get(path)).body
    today = stage.population.today
    begun = await therapist.post(
        f"{path}/involvements",
        {
            "service": "mental_health",
            "contact": THERAPY,
            "began": today.isoformat(),
            "consent": True,
        },
    )
    expect(begun.status == 201, "a sensitive involvement", begun.status, begun.body)
    expect((await visitor.get(path)).body == unseen, "the same record as before")
    made = await visitor.post(
        "/v1/contact-requests",
        {
            "child_id": stage.ids["asked_for"],
            "service": "mental_health",
            "urgency": "same_day",
            "call_back": CALL_BACK,
        },
    )
    expect(made.status == 201, "a request", made.status, made.body)
    one = f"/v1/contact-requests/{made.body['id']}"
    taken = await manager.post(f"{one}/take", {})
    answered = await manager.post(f"{one}/answer", {"outcome": "passed_on"})
    expect((taken.status, answered.status) == (204, 204), "handled", taken.body, answered.body)
    told = await visitor.get(one)
    expect(told.body["answer"] == "you_will_be_called", "that she will be called", told.body)
    silent = "Listening" not in str(told.body) and "Listening" not in str(unseen.get("child"))
    expect(silent, "nothing of who", told.body)
    await stage.shown(
        told,
        "her record of the child reads the same before and after the service's entry",
        "the team rang the service, which agreed to ring her: told you_will_be_called, not by whom",
        f"out of hours the broker is {made.body['broker']['out_of_hours_phone']}",
        further=(made.receipt, answered.receipt),
    )


async def override_is_loud_and_narrow(stage: Stage) -> None:
    """A section 47 enquiry overrides a shield: one read, an alert, nobody else sees more."""
    stage.step("A section 47 enquiry overrides the shield: one record, one read, and an alert")
    asking = stage.running.asking
    worker, manager = asking.persona("social_worker", *ENQUIRY), asking.persona("manager")
    teacher = asking.persona("teacher", *SAFEGUARD)
    path = f"/v1/children/{stage.ids['shielded']}"
    before = (await teacher.get(path)).body
    stage.asks(worker, "POST .../override, section_47_enquiry, the warning read; then .../read")
    asked = await worker.post(
        f"{path}/override", {"ground": "section_47_enquiry", "warning_read": True}
    )
    expect(asked.status == 201, "an override", asked.status, asked.body)
    used = {"override_id": asked.body["id"]}
    seen = await worker.post(f"{path}/override/read", used)
    expect(seen.status == 200, "the record, once", seen.status, seen.body)
    address = seen.body["child"]["address"]
    refused(await worker.post(f"{path}/override/read", used), 409, "ended_already")
    shielded = (await worker.get(path)).body["child"]
    expect("address" not in shielded, "the shield, on the next read", sorted(shielded))
    expect((await teacher.get(path)).body == before, "nothing new for anybody else")
    alerts = [each["what"] for each in (await manager.get("/v1/alerts")).body["alerts"]]
    waiting = (await manager.get("/v1/overrides")).body["overrides"]
    expect(bool(alerts) and len(waiting) == 1, "alerts and an investigation", alerts, waiting)
    await stage.shown(
        seen,
        f'warned: "{asked.body["warning"]}"',
        f"shown once: {_in_short(address)}; a second read: 409 ended_already",
        f"the team has {len(alerts)} alerts and one override to look into;"
        " for everybody else nothing has changed",
        further=(asked.receipt,),
    )


def _in_short(address: dict[str, Any]) -> str:
    """Return an address in a line."""
    return f"{address['house']} {address['street']}, {address['postcode']}"
