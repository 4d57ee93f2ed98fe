"""Practitioners' stories on the command line, each against a real index over real HTTP."""

import json

from demo.personas import SCHOOLS
from tests.index_client.commanding import KEEPING, Commands, why
from tests.stories.asking import SHIELDING, Ask
from tests.stories.auditing import account_of
from tests.stories.made import DUTY, a_child, by_everything, contact, day
from tests.stories.practising import practising, practitioner
from tests.stories.test_override import S47

CALL_BACK = {"name": "Northmere Primary Office", "phone": DUTY}


async def worked_with(ask: Ask, who: str = "social_worker", **differs: object) -> tuple[str, str]:
    """Record a child somebody works with; return its id and the involvement's."""
    child_id = await ask.create(a_child())
    return child_id, await ask.begin(who, child_id, **differs)


async def test_my_involvements_are_shown_and_confirmed(commands: Commands, ask: Ask) -> None:
    await practising(ask, "social_worker", "Marit Quoyle")
    child_id, involvement_id = await worked_with(ask)
    said = await commands.told("social_worker", "involvements", "mine", *why())
    (row,) = [each for each in said["involvements"] if each["child_id"] == child_id]
    printed = await commands.says("social_worker", "involvements", "mine", *why())
    assert {row["confirm_by"], involvement_id, child_id} <= set(printed.split())
    # `mine` tells them too, once it is told why.
    assert "--purpose" in await commands.says("social_worker", "mine")
    mine = await commands.told("social_worker", "mine", *why())
    assert involvement_id in [
        each["involvement"]["involvement_id"] for each in mine["involvements"]
    ]
    confirm = ["involvements", "confirm", involvement_id, *why()]
    assert "Confirmed." in await commands.says("social_worker", *confirm)


async def test_an_involvement_is_read_and_given_another_team(commands: Commands, ask: Ask) -> None:
    _, involvement_id = await worked_with(ask)
    amend = ["involvements", "amend", involvement_id, *why()]
    await commands.says("social_worker", *amend, facts={"contact": contact("Northmere East Team")})
    shown = await commands.says("social_worker", "involvements", "show", involvement_id, *why())
    assert "Northmere East Team" in shown


async def test_whether_a_contact_worked_is_said_and_counted(commands: Commands, ask: Ask) -> None:
    _, involvement_id = await worked_with(ask)
    say = ["feedback", "say", involvement_id, "--outcome", "wrong_number", *why()]
    assert "Nobody is told" in await commands.says("health_visitor", *say)
    figures = await commands.told("supervisor", "feedback", "figures")
    assert "kinds" in figures
    assert "Contacts that work" in await commands.says("supervisor", "feedback", "figures")


async def test_contact_is_asked_for_and_brought_about(commands: Commands, ask: Ask) -> None:
    child_id, involvement_id = await worked_with(ask)
    asked = {"urgency": "same_day", "service": "social_care", "call_back": CALL_BACK}
    made = await commands.told("teacher", "contact", "ask", child_id, *why(), facts=asked)
    request_id = made["id"]
    assert request_id in await commands.says("manager", "contact", "list", *KEEPING)
    assert "Taken." in await commands.says("manager", "contact", "take", request_id)
    answer = ["contact", "answer", request_id, "--outcome", "contact_given"]
    answer += ["--involvement", involvement_id, "--agreed-on", day(0), "--yes"]
    answer += ["--agreed-by", account_of(ask, "social_worker")]
    await commands.says("manager", *answer)
    shown = await commands.told("teacher", "contact", "show", request_id, *why())
    assert shown["contact"]["contact"]["team"]["phone"] == DUTY
    assert DUTY in await commands.says("teacher", "contact", "show", request_id, *why())


async def test_contact_is_asked_for_by_what_is_known_of_a_child(commands: Commands) -> None:
    typed = {
        "urgency": "three_days",
        "team_name": CALL_BACK["name"],
        "team_phone": CALL_BACK["phone"],
        "family_name": "Vale",
        "date_of_birth": "2016-05-14",
    }
    asked = ["contact", "ask-described", *why()]
    assert "Asked:" in await commands.says("teacher", *asked, facts=typed)
    request_id = (await commands.told("teacher", *asked, facts=typed))["id"]
    shown = await commands.told("manager", "contact", "show", request_id, *KEEPING)
    assert shown["team"]["lookup"]["family_name"] == "Vale"
    assert shown["team"]["call_back"]["phone"] == DUTY
    assert "For the team" in await commands.says("manager", "contact", "show", request_id, *KEEPING)


async def test_somebody_else_asks_under_a_grant(commands: Commands, ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    mediator = account_of(ask, "teacher")
    grant = ["mediation", "grant", "--account", mediator, *why()]
    made = await commands.told("social_worker", *grant)
    assert "Granted:" in await commands.says("social_worker", *grant)
    shown = await commands.says("teacher", "mediation", "show", made["id"], *why())
    assert "safeguard" in shown
    look = ["lookup", *why(), "--mediation", made["id"]]
    assert "One child matches." in await commands.says("teacher", *look, facts=by_everything(child))
    name = {**child["name"], "date_of_birth": child["date_of_birth"]}
    subject = {"purpose": "safeguard", "reason": "contact_practitioner", "lookup": name}
    batch = ["batch", "--mediation", made["id"]]
    told = await commands.told("teacher", *batch, facts={"subjects": [subject]})
    assert told["answers"][0]["code"] is None
    status, _, err = await commands.run("social_worker", "mediation", "grant", *why())
    assert (status, "--account or --agency" in err) == (2, True)


async def test_a_leaving_workers_caseload_is_handed_over(commands: Commands, ask: Ask) -> None:
    leaves = await practising(ask, "social_worker", "Marit Quoyle")
    takes = await practitioner(ask, "social_worker", "Ren Ashby")
    _, involvement_id = await worked_with(ask)
    known = await commands.told("supervisor", "caseload", "practitioners")
    names = {each["practitioner_id"]: each["name"] for each in known["practitioners"]}
    assert names[leaves] == "Marit Quoyle"
    listed = ["caseload", "list", "--practitioner", leaves, *why()]
    assert "Marit Quoyle" in await commands.says("supervisor", *listed)
    over = ["caseload", "hand-over", involvement_id, "--leaves", leaves, "--to", takes, *why()]
    status, _, err = await commands.run("supervisor", *over)
    assert (status, "--yes" in err) == (2, True)
    told = await commands.told("supervisor", *over, "--yes")
    assert told["lines"] == [{"involvement_id": involvement_id, "outcome": "handed_over"}]
    assert "Contacts in doubt" in await commands.says("supervisor", "caseload", "doubtful", *why())


async def test_front_doors_are_looked_up(commands: Commands) -> None:
    assert SCHOOLS.duty_phone in await commands.says("teacher", "agencies", "list")


async def test_consent_is_recorded_proven_renewed_and_withdrawn(
    commands: Commands, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    by = {"giver": "parental_responsibility", "understanding": "insufficient"}
    stated = {**by, "given_for": "caf", "state": "given", "receipt": "code_only"}
    record = ["consents", "record", child_id, *why()]
    made = await commands.told("health_visitor", *record, facts=stated)
    prove = ["consents", "prove", made["id"], *KEEPING]
    proved = await commands.says("manager", *prove, facts={"receipt": made["receipt"]})
    assert "It is this consent's." in proved
    renew = ["consents", "renew", made["id"], *why()]
    assert "Renewed." in await commands.says("health_visitor", *renew, facts=by)
    withdraw = ["consents", "withdraw", made["id"], *why(), "--yes"]
    assert "Withdrawn." in await commands.says("health_visitor", *withdraw, facts=by)
    listed = ["consents", "list", child_id, *why()]
    (shown,) = (await commands.told("health_visitor", *listed))["consents"]
    assert (shown["state"], shown["consent_id"]) == ("withdrawn", made["id"])
    assert "withdrawn" in await commands.says("health_visitor", *listed)
    again = await commands.says("health_visitor", *record, facts=stated)
    assert "told this once" in again


async def test_other_bases_and_decisions_not_to_share_are_recorded(
    commands: Commands, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    basis = {
        "kind": "public_interest",
        "reason": "serious_crime",
        "decided_on": day(0),
        "review": day(-30),
    }
    record = ["bases", "record", child_id, *why()]
    made = await commands.told("social_worker", *record, facts=basis)
    end = ["bases", "end", child_id, made["id"], *why(), "--yes"]
    assert "Ended." in await commands.says("social_worker", *end)
    withheld = {"recipient_kind": "school", "reason": "not_relevant", "decided_on": day(0)}
    record = ["not-shared", "record", child_id, *why()]
    assert "Recorded:" in await commands.says("social_worker", *record, facts=withheld)
    shown = await commands.told("social_worker", "consents", "list", child_id, *why())
    assert (shown["bases"][0]["ended"], len(shown["not_shared"])) == (day(0), 1)


async def test_an_assessment_is_held_handed_on_and_closed(commands: Commands, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    hold = {
        "held_since": day(340),
        "review_due": day(-9),
        "team_name": "Northmere Early Team",
        "team_phone": DUTY,
    }
    await commands.says("teacher", "assessment", "hold", child_id, *why(), facts=hold)
    due = await commands.says("teacher", "assessment", "due", *why())
    assert "Northmere Early Team" in due
    lead = {"since": day(3), "contact": contact("Northmere Lead Team")}
    await commands.says("teacher", "lead-professional", "name", child_id, *why(), facts=lead)
    shown = await ask.shown("social_worker", child_id)
    assert shown["lead_professional"]["contact"]["team"]["name"] == "Northmere Lead Team"
    assert shown["assessment"]["held_since"] == day(340)
    agency = str(ask.issuer.personas["social_worker"].agency.id)
    on = {"agency_id": agency, "contact": contact()}
    reassign = ["assessment", "reassign", child_id, *why(), "--yes"]
    assert "Handed on." in await commands.says("teacher", *reassign, facts=on)
    offer = ["assessment", "offer", child_id, *why()]
    await commands.refused("social_worker", *offer, facts={"authority": "camfield"})
    close = ["assessment", "close", child_id, *why(), "--yes"]
    assert "Closed." in await commands.says("social_worker", *close, facts={"reason": "needs_met"})


async def test_a_plan_is_stated_by_the_responsible_team(commands: Commands, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    typed = {"plan_began": day(9), "team_name": "Northmere Plan Team", "team_phone": DUTY}
    await commands.says("social_worker", "status", "record", child_id, *why(), facts=typed)
    (status,) = (await ask.shown("social_worker", child_id))["status"]
    assert status["child_protection_plan"] == {"began": day(9), "ended": None}
    assert status["looked_after"] is None


async def test_a_shield_is_overridden_once_and_investigated(commands: Commands, ask: Ask) -> None:
    child_id, _ = await worked_with(ask, "teacher", service="school")
    await ask.shield(child_id, day(-90))
    ask_it = ["override", "ask", child_id, *why(S47)]
    ground = {"ground": "section_47_enquiry"}
    status, out, err = await commands.run("social_worker", *ask_it, facts=ground)
    assert (status, out, "starts an investigation at once" in err) == (2, "", True)
    made = await commands.told("social_worker", *ask_it, "--yes", facts=ground)
    read = ["override", "read", child_id, made["id"], *why(S47), "--yes"]
    assert "Who to ring" in await commands.says("social_worker", *read)
    await commands.refused("social_worker", *read)
    assert "section 47 enquiry" in await commands.says("manager", "override", "list")
    approve = ["override", "approve", made["id"], "--approved", "yes", "--yes"]
    await commands.says("second_manager", *approve)
    conclude = ["override", "conclude", made["id"], "--outcome", "in_order", "--yes"]
    assert "Concluded." in await commands.says("manager", *conclude)


async def test_a_shield_is_asked_for_refused_and_appealed(commands: Commands, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    asked = {
        "ground": "domestic_abuse",
        "asked_by": "parent_or_carer",
        "identity_checked": "documents_seen",
    }
    ask_it = ["shields", "ask", child_id, "--yes", *why()]
    request_id = (await commands.told("social_worker", *ask_it, facts=asked))["id"]
    listed = ["shields", "requests", *why(SHIELDING)]
    requests = (await commands.told("manager", *listed))["requests"]
    assert request_id in [each["request_id"] for each in requests]
    refuse = ["shields", "refuse", request_id, "--because", "no_increased_risk", "--yes"]
    assert "Refused." in await commands.says("manager", *refuse, *why(SHIELDING))
    appeal = ["shields", "appeal", request_id, "--yes", *why()]
    assert "Appealed." in await commands.says("social_worker", *appeal)
    assert "appealed" in await commands.says("manager", *listed)


async def test_disagreeing_is_recorded_and_read(commands: Commands, ask: Ask) -> None:
    child_id, _ = await worked_with(ask)
    typed = {"about": "plan_too_soon_ended", "contact": contact()}
    await commands.says("social_worker", "dissents", "record", child_id, *why(), facts=typed)
    listed = await commands.says("social_worker", "dissents", "list", child_id, *why())
    assert "plan too soon ended" in listed


async def test_one_is_told_to_ask_again_by_a_number_of_ones_own(
    commands: Commands, ask: Ask
) -> None:
    child_id, _ = await worked_with(ask)
    begin = ["subscriptions", "begin", child_id, *why()]
    status, _, err = await commands.run("social_worker", *begin)
    assert (status, "--reference" in err) == (2, True)
    made = await commands.told("social_worker", *begin, "--reference", "SC/4711")
    assert "SC/4711" in await commands.says("social_worker", "subscriptions", "list")
    await commands.says("social_worker", "subscriptions", "end", made["id"])
    assert "SC/4711" not in await commands.says("social_worker", "subscriptions", "list")


async def test_a_record_is_made_and_amended_as_it_was_seen(commands: Commands, ask: Ask) -> None:
    child = a_child()
    typed = {
        **child["name"],
        "date_of_birth": child["date_of_birth"],
        "gender": child["gender"],
        "postcode": child["address"]["postcode"],
        "house": "7",
    }
    create = ["children", "create", *why()]
    made = (await commands.told("social_worker", *create, facts=typed))["id"]
    await ask.begin("social_worker", made)
    amend = ["children", "amend", made, *why(), "--yes"]
    said = await commands.says("social_worker", *amend, facts={"house": "8", "postcode": "NM1 4QT"})
    assert child["name"]["family_name"] in said
    assert "Amended." in said
    assert (await ask.shown("social_worker", made))["address"]["house"] == "8"
    quiet = await commands.told("social_worker", *amend, facts={"gender": "not_specified"})
    assert quiet is None
    assert json.dumps((await ask.shown("social_worker", made))["gender"]) == '"not_specified"'
