"""The directory: what an asker may do and why not, whom to ring, who may ask."""

from dataclasses import replace
from itertools import chain, combinations
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.facts import Purpose
from demo.issuer import Issuer
from index_service.services.listed import PAGE_MAX
from tests.people import agency_ids
from tests.stories.asking import CARE, NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.made import Stated, a_child, by_name, child_line, contact, day, key, reference
from tests.stories.routes import SAMPLES, Route

AGENCY = SAMPLES[Route("POST", "/v1/agencies")]
PRACTITIONER = SAMPLES[Route("POST", "/v1/practitioners")]
ACCOUNT = SAMPLES[Route("POST", "/v1/accounts")]
KEEPING = (("/v1/agencies", AGENCY), ("/v1/practitioners", PRACTITIONER), ("/v1/accounts", ACCOUNT))


async def add(ask: Ask, path: str, said: Stated, who: str | None = "manager") -> Answer:
    """Add something to the directory."""
    headers = {"Idempotency-Key": key()}
    return await ask(who, "POST", path, said, why=NO_WHY, headers=headers)


async def change(ask: Ask, account_id: str, who: str = "manager", **said: Any) -> Answer:
    """Change an account."""
    return await ask(who, "PATCH", f"/v1/accounts/{account_id}", said, why=NO_WHY)


async def me(ask: Ask, who: str) -> Stated:
    """Return what somebody is told of their own account."""
    answer = await ask(who, "GET", "/v1/me", why=NO_WHY)
    assert answer.status_code == 200, answer.text
    told: Stated = answer.json()
    return told


async def a_worker(ask: Ask, issuer: Issuer, **said: object) -> tuple[str, str]:
    """Add an account for a new login; return the name to ask as, and the account's id."""
    name = f"worker_{key()}"
    known = issuer.personas["social_worker"]
    issuer.personas[name] = replace(known, name=name, subject=name)
    clear = {"checked_on": day(9), "trained_on": day(9), "signed_on": day(9)}
    stated = {"issuer": issuer.url, "subject": name, "agency_id": str(known.agency.id)}
    answer = await add(ask, "/v1/accounts", {"role": "practitioner", **stated, **clear, **said})
    assert answer.status_code == 201, answer.text
    account = replace(known.account, id=UUID(answer.json()["id"]))
    issuer.personas[name] = replace(issuer.personas[name], account=account)
    return name, str(account.id)


@pytest.mark.parametrize(("path", "said"), KEEPING)
async def test_without_a_token_nothing_is_kept(ask: Ask, path: str, said: Stated) -> None:
    refused(await add(ask, path, said, who=None), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["social_worker", "schools_feed", "auditor"])
@pytest.mark.parametrize(("path", "said"), KEEPING)
async def test_only_the_team_keeps_the_directory(
    ask: Ask, who: str, path: str, said: Stated
) -> None:
    refused(await add(ask, path, said, who=who), 403, "role_not_allowed")
    refused(await change(ask, str(uuid4()), who, state="closed"), 403, "role_not_allowed")
    path = f"/v1/practitioners/{uuid4()}"
    refused(await ask(who, "GET", path, why=NO_WHY), 403, "role_not_allowed")


async def test_a_suspended_manager_keeps_nothing_and_reads_nothing(ask: Ask) -> None:
    answer = await add(ask, "/v1/agencies", AGENCY, who="suspended_manager")
    refused(answer, 403, "account_suspended")
    answer = await ask("suspended_manager", "GET", "/v1/me", why=NO_WHY)
    refused(answer, 403, "account_suspended")


async def test_a_purpose_need_not_be_stated_but_must_fit(ask: Ask) -> None:
    answer = await ask("manager", "GET", "/v1/agencies", why=CARE)
    refused(answer, 403, "purpose_not_allowed")


# What an asker is told


async def test_a_lapsed_nurse_reads_what_has_lapsed(ask: Ask) -> None:
    told = await me(ask, "lapsed_nurse")
    nurse = ask.issuer.personas["lapsed_nurse"]
    assert told["account_id"] == str(nurse.account.id)
    assert told["agency"]["name"] == "Northmere School Nursing"
    assert (told["role"], told["state"]) == ("practitioner", "active")
    assert told["may"]["lookup"] == told["may"]["read_child"] == ["check_lapsed"]
    assert told["may"]["read_directory"] == []
    assert str(nurse.account.checked_on) == told["checked_on"]


@pytest.mark.parametrize(
    "who", ["social_worker", "teacher", "health_visitor", "police_desk", "manager"]
)
async def test_one_is_told_by_which_numbers_one_finds_a_child(ask: Ask, who: str) -> None:
    child = a_child()
    await ask.create(child)
    told = (await me(ask, who))["numbers"]
    finds = []
    for scheme in ("nhs_number", "upn", "case_number"):
        answer = await ask(who, "POST", "/v1/lookups", {scheme: child[scheme]})
        finds += [scheme] if answer.json().get("outcome") == "found" else []
        if scheme not in told:
            refused(answer, 403, "number_not_allowed")
            assert (await ask.entry(answer))["subjects"] == []
    assert told == finds


async def test_a_number_not_for_the_agency_beside_a_name_is_left_out(ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    named = {**child["name"], "date_of_birth": child["date_of_birth"]}
    found = await ask.look_up("teacher", **named, nhs_number=child["nhs_number"])
    assert found["outcome"] == "found"


async def test_a_number_not_for_the_agency_makes_no_question_enough(ask: Ask) -> None:
    """Half a name beside it was answered `none`, which reads as not known."""
    child = a_child()
    await ask.create(child)
    facts = {**child["name"], "date_of_birth": child["date_of_birth"]}
    facts["postcode"] = child["address"]["postcode"]
    for names in chain.from_iterable(combinations(facts, count) for count in range(5)):
        rest = {name: facts[name] for name in names}
        whole = {"family_name", "given_name"} <= rest.keys()
        born = "date_of_birth" in rest and rest.keys() & child["name"].keys()
        number = {"nhs_number": child["nhs_number"]}
        answer = await ask("teacher", "POST", "/v1/lookups", {**rest, **number})
        if whole or born:
            assert answer.json()["outcome"] == "found", names
        else:
            refused(answer, 403, "number_not_allowed")


@pytest.mark.parametrize(
    ("who", "may", "may_not"),
    [
        ("social_worker", {"lookup", "create_child"}, {"shield", "supply", "keep_directory"}),
        ("manager", {"shield", "keep_directory", "read_holds"}, {"supply"}),
        ("schools_feed", {"supply", "read_batch"}, {"lookup", "read_child"}),
        ("auditor", {"read_directory"}, {"lookup"}),
    ],
)
async def test_everybody_reads_what_their_role_may(
    ask: Ask, who: str, may: set[str], may_not: set[str]
) -> None:
    told = (await me(ask, who))["may"]
    assert all(told[action] == [] for action in may)
    assert not may_not & told.keys()


async def test_the_vocabularies_hold_the_words_questions_are_stated_in(ask: Ask) -> None:
    words = (await ask("teacher", "GET", "/v1/vocabularies", why=NO_WHY)).json()
    assert words["purposes"] == [purpose.value for purpose in Purpose]
    assert "mental_health" in words["services"]
    assert all(words.values())


async def test_every_agencys_front_door_is_read(ask: Ask) -> None:
    told = (await ask("police_desk", "GET", "/v1/agencies", why=NO_WHY)).json()["agencies"]
    assert {str(each) for each in agency_ids()} <= {each["agency_id"] for each in told}
    (care,) = [each for each in told if each["agency"] == "Northmere Childrens Social Care"]
    assert care["duty_phone"] == "+441632960110"
    assert care["safeguarding_lead"]["phone"] == "+441632960111"
    assert {door["opens"] for door in care["hours"]} == {"00:00"}


# Keeping accounts


async def test_a_new_account_may_ask_from_the_next_request_on(ask: Ask, issuer: Issuer) -> None:
    who, account_id = await a_worker(ask, issuer)
    assert (await me(ask, who))["account_id"] == account_id
    assert (await ask.look_up(who, **by_name(a_child())))["outcome"] == "none"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"state": "suspended"}, "account_suspended"),
        ({"state": "closed"}, "account_closed"),
        ({"trained_on": None}, "training_missing"),
        ({"signed_on": None}, "agreement_unsigned"),
        ({"checked_on": day(1200)}, "check_lapsed"),
    ],
)
async def test_what_is_taken_away_is_gone_in_the_very_next_request(
    ask: Ask, issuer: Issuer, said: Stated, code: str
) -> None:
    """The token stays good: what it may do is the index's own to say."""
    who, account_id = await a_worker(ask, issuer)
    child_id = await ask.create(a_child(), who=who)
    answer = await change(ask, account_id, **said)
    assert (answer.status_code, answer.content) == (204, b"")
    refused(await ask.read(who, child_id), 403, code)
    refused(await ask(who, "POST", "/v1/lookups", by_name(a_child())), 403, code)


async def test_a_suspension_is_lifted_as_it_came(ask: Ask, issuer: Issuer) -> None:
    who, account_id = await a_worker(ask, issuer)
    assert (await change(ask, account_id, state="suspended")).status_code == 204
    assert (await change(ask, account_id, state="active")).status_code == 204
    assert (await me(ask, who))["state"] == "active"


async def test_a_supplier_suspended_during_its_batch_is_stopped_there(
    ask: Ask, issuer: Issuer
) -> None:
    feed = issuer.personas["second_feed"].account
    children = [a_child() for _ in range(502)]
    lines = [child_line(reference(), child) for child in children]
    suspending = change(ask, str(feed.id), state="suspended")
    answer = await ask.supply_slowly("second_feed", f"schools/{key()}", lines, suspending)
    refused(answer, 403, "account_suspended")
    assert (await ask.look_up("manager", **by_name(children[0])))["outcome"] == "found"
    assert (await ask.look_up("manager", **by_name(children[-1])))["outcome"] == "none"
    entry = await ask.served.entries(answer.headers["x-request-id"])
    assert [(each["outcome"], each["code"]) for each in entry] == [
        ("recorded", "begun"),
        ("recorded", "chunk"),
        ("refused", "account_suspended"),
    ]


async def test_one_login_has_one_account(ask: Ask, issuer: Issuer) -> None:
    who, _ = await a_worker(ask, issuer)
    said = {**ACCOUNT, "issuer": issuer.url, "subject": who}
    refused(await add(ask, "/v1/accounts", said), 409, "state_conflict")


async def test_an_account_belongs_to_an_agency_that_is_here(ask: Ask) -> None:
    for path, said in (("/v1/accounts", ACCOUNT), ("/v1/practitioners", PRACTITIONER)):
        answer = await add(ask, path, {**said, "agency_id": str(uuid4())})
        refused(answer, 422, "field_invalid")


async def test_an_account_nobody_has_is_not_there(ask: Ask) -> None:
    not_shown(await change(ask, str(uuid4()), state="closed"))


async def test_an_account_that_demands_a_bound_token_takes_no_other(
    ask: Ask, issuer: Issuer
) -> None:
    who, _ = await a_worker(ask, issuer, binding_demanded=True)
    refused(await ask(who, "GET", "/v1/me", why=NO_WHY), 401, "token_not_bound")


# Finding accounts: the team alone


async def test_the_team_reads_how_an_account_stands_and_whose_it_is(
    ask: Ask, issuer: Issuer
) -> None:
    made = await add(ask, "/v1/practitioners", {**PRACTITIONER, "name": "Jane Thurlbourn"})
    agency, practitioner_id = PRACTITIONER["agency_id"], made.json()["id"]
    said = {"agency_id": agency, "practitioner_id": practitioner_id, "may_supervise": True}
    _, account_id = await a_worker(ask, issuer, **said)
    await change(ask, account_id, state="suspended", trained_on=None)
    answer = await ask("manager", "GET", f"/v1/accounts/{account_id}", why=NO_WHY)
    assert answer.json() == {
        "account_id": account_id,
        "agency_id": agency,
        "name": "Jane Thurlbourn",
        "practitioner_id": practitioner_id,
        "role": "practitioner",
        "state": "suspended",
        "checked_on": day(9),
        "trained_on": None,
        "signed_on": day(9),
        "binding_demanded": False,
        "may_override": False,
        "may_supervise": True,
    }
    (entry,) = await ask.served.entries(answer.headers["x-request-id"])
    assert (entry["action"], entry["outcome"]) == ("keep_directory", "shown")
    assert entry["account"] == str(issuer.personas["manager"].account.id)


async def test_an_agencys_accounts_are_listed_page_by_page_each_once(
    ask: Ask, issuer: Issuer
) -> None:
    agency = (await add(ask, "/v1/agencies", AGENCY)).json()["id"]
    made = {(await a_worker(ask, issuer, agency_id=agency))[1] for _ in range(PAGE_MAX + 1)}
    path = f"/v1/accounts?agency_id={agency}"
    first = await ask("manager", "GET", path, why=NO_WHY)
    page = first.json()
    rest = (await ask("manager", "GET", f"{path}&cursor={page['next']}", why=NO_WHY)).json()
    assert (len(page["accounts"]), len(rest["accounts"]), rest["next"]) == (PAGE_MAX, 1, None)
    told = [*page["accounts"], *rest["accounts"]]
    assert {each["account_id"] for each in told} == made
    assert {each["agency_id"] for each in told} == {agency}
    (entry,) = await ask.served.entries(first.headers["x-request-id"])
    assert (entry["action"], entry["outcome"]) == ("keep_directory", "shown")
    another = await ask("deputy", "GET", f"{path}&cursor={page['next']}", why=NO_WHY)
    refused(another, 400, "query_invalid")


async def test_accounts_of_all_agencies_are_listed_unless_one_is_named(
    ask: Ask, issuer: Issuer
) -> None:
    _, account_id = await a_worker(ask, issuer)
    found: list[Stated] = []
    cursor = ""
    while cursor is not None:
        path = f"/v1/accounts?cursor={cursor}" if cursor else "/v1/accounts"
        page = (await ask("manager", "GET", path, why=NO_WHY)).json()
        found, cursor = [*found, *page["accounts"]], page["next"]
    told = {each["account_id"]: each for each in found}
    assert len(told) == len(found)
    known = [issuer.personas[who].account.id for who in ("teacher", "therapist", "auditor")]
    assert {str(each) for each in known} <= told.keys()
    assert len({each["agency_id"] for each in found}) > 3
    assert told[account_id]["name"] is None


@pytest.mark.parametrize("who", ["social_worker", "schools_feed", "auditor", "supervisor"])
async def test_nobody_but_the_team_learns_who_has_an_account_where(ask: Ask, who: str) -> None:
    """Who works for a sensitive service is itself a sensitive fact."""
    mental_health = ask.issuer.personas["health_visitor"].account
    for path in ("/v1/accounts", f"/v1/accounts/{mental_health.id}", f"/v1/accounts/{uuid4()}"):
        refused(await ask(who, "GET", path, why=NO_WHY), 403, "role_not_allowed")


async def test_reading_an_account_nobody_has_is_answered_as_any_that_is_not_there(ask: Ask) -> None:
    not_shown(await ask("manager", "GET", f"/v1/accounts/{uuid4()}", why=NO_WHY))
    nobodys = await ask("manager", "GET", f"/v1/accounts?agency_id={uuid4()}", why=NO_WHY)
    assert nobodys.json() == {"accounts": [], "next": None}


# Keeping agencies and practitioners


async def test_a_new_agency_stands_among_the_front_doors_of_the_next_answer(ask: Ask) -> None:
    said = {**AGENCY, "name": "Northmere Harbour Refuge", "front_door": True}
    answer = await add(ask, "/v1/agencies", said)
    assert answer.status_code == 201
    none = await ask.look_up("teacher", **by_name(a_child()))
    (door,) = [d for d in none["front_doors"] if d["agency"] == "Northmere Harbour Refuge"]
    assert door["duty_phone"] == AGENCY["duty_phone"]
    assert door["hours"] == AGENCY["hours"]


async def test_a_new_agency_supplies_under_its_source(ask: Ask, issuer: Issuer) -> None:
    agency = (await add(ask, "/v1/agencies", {**AGENCY, "source": "night-shelter"})).json()["id"]
    who, _ = await a_worker(ask, issuer, agency_id=agency, role="supplier")
    refused(await ask.supply(who, "schools/x", b"x\n"), 403, "role_not_allowed")
    assert (await ask.supply(who, "night-shelter/x", b"x\n")).status_code == 200


async def test_a_feed_source_stays_with_the_agency_that_has_it(ask: Ask, issuer: Issuer) -> None:
    """Else whoever adds an agency could take over another's feed by its name."""
    answer = await add(ask, "/v1/agencies", {**AGENCY, "source": "schools"})
    refused(answer, 409, "state_conflict")
    assert (await ask.feed(child_line(reference(), a_child())))["accepted"] == 1


async def test_a_practitioner_is_read_with_the_team_that_answers(ask: Ask) -> None:
    said = {**PRACTITIONER, "phone": "01632 960777", "email": "Marit.Quoyle@northmere.example"}
    answer = await add(ask, "/v1/practitioners", said)
    assert answer.status_code == 201
    path = answer.headers["location"]
    assert (await ask("manager", "GET", path, why=NO_WHY)).json() == {
        "practitioner_id": answer.json()["id"],
        "agency_id": PRACTITIONER["agency_id"],
        "name": "Marit Quoyle",
        "phone": "+441632960777",
        "email": "marit.quoyle@northmere.example",
        "team": {**contact()["team"], "hours": []},
        "contact_shielded": False,
    }
    not_shown(await ask("manager", "GET", f"/v1/practitioners/{uuid4()}", why=NO_WHY))


@pytest.mark.parametrize(("path", "said"), KEEPING[:2])
async def test_what_is_sent_twice_is_added_once(ask: Ask, path: str, said: Stated) -> None:
    headers = {"Idempotency-Key": key()}
    twice = [
        await ask("manager", "POST", path, said, why=NO_WHY, headers=headers) for _ in range(2)
    ]
    assert twice[0].json() == twice[1].json()
    other = {**said, "name": "Ada Quoyle"}
    answer = await ask("manager", "POST", path, other, why=NO_WHY, headers=headers)
    refused(answer, 422, "idempotency_key_reused")


async def test_a_right_that_a_purpose_brings_is_no_obstacle(ask: Ask) -> None:
    """Section 47 opens overrides to social workers; no purpose opens them to teachers."""
    may = {}
    for who in ("social_worker", "teacher"):
        may[who] = (await ask(who, "GET", "/v1/me")).json()["may"]["override"]
    assert may == {"social_worker": [], "teacher": ["override_not_granted"]}
