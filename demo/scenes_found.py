"""The story's first half: who is refused and why, finding, reading, recording, asking for many."""

from typing import Any

from demo.asking import expect
from demo.personas import LAPSED
from demo.stage import Stage, agreed, hours, named, question, refused, to_ring

SAFEGUARD = ("safeguard", "contact_practitioner")
CONTACT = {
    "team": {
        "name": "Northmere Assessment Team",
        "phone": "+441632960150",
        "hours": [
            {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:30", "closes": "17:30"}
        ],
    },
    "person": {"name": "Ottoline Farrow"},
    "ask_for_duty": False,
}


async def lapsed_nurse_is_told_why(stage: Stage) -> None:
    """A clearance that has lapsed is told plainly, before any child is read."""
    stage.step("A school nurse whose check has lapsed is told plainly why she is refused")
    nurse = stage.running.asking.persona(LAPSED, *SAFEGUARD)
    stage.asks(nurse, "POST /v1/lookups, a child by name and date of birth")
    answer = await nurse.post("/v1/lookups", question(stage.population.cast.asked_for))
    refused(answer, 403, "check_lapsed")
    why = await nurse.get(f"/v1/decisions/{stage.entry_of(answer)}")
    expect(why.body["rules"] == ["check_lapsed"], "why, from the log itself", why.body)
    me = await nurse.get("/v1/me")
    expect(me.body["may"]["lookup"] == ["check_lapsed"], "what stands in her way", me.body)
    await stage.shown(
        answer,
        f"403 {answer.code}: {answer.body['detail']}",
        f"GET /v1/decisions/{{entry_id}}: {why.body['outcome']}, {', '.join(why.body['rules'])}",
        f"GET /v1/me: her check is of {me.body['checked_on']}; all else is in order",
    )


async def teacher_finds_a_child(stage: Stage) -> None:
    """A misspelt name finds the child, says why, and whom to ring."""
    stage.step("A teacher looks a child up, the name misheard, and learns whom to ring")
    teacher = stage.running.asking.persona("teacher", *SAFEGUARD)
    child = stage.population.cast.asked_for
    asked = question(child, family_name="Bresinska Holt")
    what = f"{asked['given_name']} {asked['family_name']}, {asked['date_of_birth']}"
    stage.asks(teacher, f"POST /v1/lookups, {what}")
    answer = await teacher.post("/v1/lookups", asked)
    match = answer.match
    found = match["child"]
    expect(named(found) == f"{child.given} {child.family}, born {child.born}", "her", named(found))
    services = {each["service"] for each in found["involvements"]}
    expect({"health_visiting", "school"} <= services, "both suppliers' involvements", services)
    expect(
        "address" not in found and "nhs_number" not in found["identifiers"],
        "no address and no NHS number for a teacher",
        sorted(found),
    )
    stage.ids["asked_for"] = found["child_id"]
    await stage.shown(
        answer,
        f"{named(found)}: {match['grade']}, {match['score_bits']} bits",
        f"because {agreed(match)}",
        *to_ring(found["involvements"]),
        "no address and no NHS number: not for a school's lookup",
    )


async def health_visitor_reads(stage: Stage) -> None:
    """A record is read as far as the asker's kind of agency may."""
    stage.step("A health visitor reads the record, as far as health may")
    visitor = stage.running.asking.persona("health_visitor", "promote_welfare", "planned_care")
    stage.asks(visitor, "GET /v1/children/{child_id}")
    answer = await visitor.get(f"/v1/children/{stage.ids['asked_for']}")
    expect(answer.status == 200, "the record", answer.status, answer.code)
    child = answer.body["child"]
    address, school = child["address"], child["settings"]["school"]
    numbers = child["identifiers"]
    expect(
        numbers == {"nhs_number": stage.population.cast.asked_for.nhs_number},
        "the NHS number and no other",
        numbers,
    )
    await stage.shown(
        answer,
        f"{address['house']} {address['street']}, {address['postcode']}"
        f"; carer {child['carer_contacts'][0]['phone']}",
        f"school {school['name']} (from the schools' feed)",
        f"practice {child['settings']['practice']['name']} (from child health's feed)",
        "one record from two suppliers; the NHS number is shown, the pupil number is not",
    )


async def social_worker_records(stage: Stage) -> None:
    """An involvement, a common assessment and a lead professional are recorded and then seen."""
    stage.step("A social worker records involvement, a common assessment and who leads")
    worker = stage.running.asking.persona("social_worker", "safeguard", "record_involvement")
    stage.asks(worker, "POST .../involvements, PUT .../assessment, PUT .../lead-professional")
    path = f"/v1/children/{stage.ids['asked_for']}"
    today = stage.population.today.isoformat()
    begun = await worker.post(
        f"{path}/involvements", {"service": "social_care", "contact": CONTACT, "began": today}
    )
    expect(begun.status == 201, "an involvement", begun.status, begun.body)
    stage.ids["involvement"] = begun.body["id"]
    held = await worker.put(f"{path}/assessment", {"contact": CONTACT, "held_since": today})
    leads = await worker.put(f"{path}/lead-professional", {"contact": CONTACT, "since": today})
    expect((held.status, leads.status) == (204, 204), "both stated", held.body, leads.body)
    seen = (await worker.get(path)).body["child"]
    services = [each["service"] for each in seen["involvements"]]
    expect("social_care" in services, "the new involvement", services)
    expect(seen["assessment"] is not None, "the assessment", seen)
    lead = seen["lead_professional"]["contact"]
    await stage.shown(
        begun,
        f"now involved: {', '.join(services)}",
        f"common assessment held by {seen['assessment']['agency']} (never what it says)",
        f"lead professional {lead['person']['name']}, {lead['team']['phone']}",
        further=(held.receipt, leads.receipt),
    )


async def police_desk_checks_three(stage: Stage) -> None:
    """Each question of a batch has its own reason, decision, entry and receipt."""
    stage.step("The police desk checks three children who came to notice, in one batch")
    desk = stage.running.asking.persona("police_desk")
    cast = stage.population.cast
    asked = (cast.asked_for, cast.twin, cast.unknown)
    subjects = [
        {
            "purpose": "safeguard",
            "reason": "coming_to_notice",
            "reference": f"RPT/1044{place}",
            "lookup": question(child),
        }
        for place, child in enumerate(asked)
    ]
    why = "safeguard, coming_to_notice, and a report's reference, stated for each child"
    stage.asks(desk, "POST /v1/lookups/batch, three children", why)
    answer = await desk.post("/v1/lookups/batch", {"subjects": subjects})
    expect(answer.status == 200, "a batch answered", answer.status, answer.code)
    outcomes = [each["answer"]["outcome"] for each in answer.body["answers"]]
    expect(outcomes == ["found", "found", "none"], "two found, one not known", outcomes)
    told = [_in_short(each["answer"]) for each in answer.body["answers"]]
    expect(cast.twin.given in told[1] and cast.other_twin.given not in told[1], "one twin", told)
    lines = [f"{one['reference']}  {text}" for one, text in zip(subjects, told, strict=True)]
    receipts = [each["receipt"] for each in answer.body["answers"]]
    await stage.shown(answer, *lines, further=receipts)


async def nothing_found_is_no_dead_end(stage: Stage) -> None:
    """Where nobody is found the answer still says how complete it is and whom to ring."""
    stage.step("A child this index was never told of: coverage, front doors and the broker line")
    worker = stage.running.asking.persona("social_worker", "safeguard", "new_referral")
    stage.asks(worker, "POST /v1/lookups, a child by name and date of birth")
    answer = await worker.post("/v1/lookups", question(stage.population.cast.unknown))
    expect(answer.body["outcome"] == "none", "nobody", answer.body["outcome"])
    fed = [
        f"{each['agency_kind']} as of {each['as_of']}"
        for each in answer.body["coverage"]
        if each["feeds"]
    ]
    silent = [each["agency_kind"] for each in answer.body["coverage"] if not each["feeds"]]
    doors, broker = answer.body["front_doors"], answer.body["broker"]
    expect(len(fed) == 2 and len(doors) > 2 and broker, "a next step", answer.body)
    first = doors[1]
    await stage.shown(
        answer,
        f"nobody found; the index is fed by {' and '.join(fed)}",
        f"not by {', '.join(silent)}",
        f"{len(doors)} front doors, among them {first['agency']} {first['duty_phone']}"
        f" ({hours(first['hours'])})",
        f"broker: {broker['agency']} {broker['duty_phone']}",
    )


def _in_short(answer: dict[str, Any]) -> str:
    """Return what the desk sees of one child."""
    if answer["outcome"] != "found":
        return f"{answer['outcome']}: whom to ring instead stands in the answer"
    child = answer["matches"][0]["child"]
    involved = ", ".join(each["service"] for each in child["involvements"])
    assessed = "; common assessment" if child["assessment"] else ""
    return f"{named(child)}: {involved}{assessed}"
