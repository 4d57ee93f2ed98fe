"""Why: an asker hears on what rules their own request was answered, and nothing hidden with it."""

from typing import Any
from uuid import uuid4

import pytest

from consent.decision import AskerReason, ChildReason
from consent.facts import Obligation
from index_service.domain.errors import Code
from index_service.services.decisions import shown_decision
from tests.stories.asking import CARE, NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.hidden import archived, held
from tests.stories.made import (
    Stated,
    a_child,
    by_everything,
    by_name,
    contact,
    day,
    involvement,
    key,
)
from tests.stories.test_silence import outward


async def why(ask: Ask, who: str, answer: Answer) -> Stated:
    """Return what somebody is told of an answer they got."""
    asked = await why_answer(ask, who, ask.receipt_of(answer))
    assert asked.status_code == 200, asked.text
    told: Stated = asked.json()
    return told


async def why_answer(ask: Ask, who: str | None, entry_id: str) -> Answer:
    """Ask why, of an entry."""
    return await ask(who, "GET", f"/v1/decisions/{entry_id}", why=NO_WHY)


def but_for_itself(told: Stated) -> Stated:
    """Return what is told but for what is new in each entry."""
    assert len(told["leaf"]) == 64
    return {**told, "entry_id": "", "at": 0, "leaf": ""}


# Whoever may not


async def test_without_a_token_nothing_is_told(ask: Ask) -> None:
    refused(await why_answer(ask, None, str(uuid4())), 401, "not_authenticated")


async def test_a_suspended_account_is_told_nothing(ask: Ask) -> None:
    refused(await why_answer(ask, "suspended_worker", str(uuid4())), 403, "account_suspended")


async def test_anothers_request_and_none_are_one_answer(ask: Ask) -> None:
    answer = await ask.read("social_worker", await ask.create(a_child()))
    absent = await why_answer(ask, "teacher", str(uuid4()))
    not_shown(absent)
    for who in ("teacher", "colleague", "manager", "auditor"):
        other = await why_answer(ask, who, ask.receipt_of(answer))
        assert outward(other) == outward(absent)


# Main scenario


async def test_a_read_is_explained(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask.read("teacher", child_id)
    told = await why(ask, "teacher", answer)
    assert told["entry_id"] == ask.receipt_of(answer)
    assert abs(told["at"] - ask.served.index.clock.now().timestamp()) < 60
    (row,) = await ask.served.rows(
        "select leaf from access_entry where entry_id = $1::text::uuid", told["entry_id"]
    )
    assert told["leaf"] == row["leaf"].hex()
    assert but_for_itself(told) == {
        "entry_id": "",
        "at": 0,
        "leaf": "",
        "action": "read_child",
        "outcome": "shown",
        "code": None,
        "rules": ["agreement_gives", "own_number"],
        "obligations": ["offer_brokering", "withhold_sensitive"],
        "agreement_version": 1,
        "shown": [
            {
                "classes": [
                    "assessment",
                    "carers",
                    "identifier:upn",
                    "identity",
                    "involvements",
                    "settings",
                    "whereabouts",
                ],
                "children": 1,
            }
        ],
    }


async def test_a_restricted_record_says_on_what_it_is_restricted(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    told = await why(ask, "teacher", await ask.read("teacher", child_id))
    assert "record_shielded" in told["rules"]
    assert "withhold_whereabouts" in told["obligations"]
    assert told["shown"] == [{"classes": ["identity"], "children": 1}]


async def test_a_lookup_tells_how_many_were_shown_and_never_who(ask: Ask) -> None:
    twin = a_child(nhs_number=None, upn=None, case_number=None)
    for given in ("Fenwick", "Galdra"):
        await ask.create({**twin, "name": {**twin["name"], "given_name": given}})
    question = {**twin["name"], "date_of_birth": twin["date_of_birth"]}
    del question["given_name"]
    answer = await ask("teacher", "POST", "/v1/lookups", question)
    told = await why(ask, "teacher", answer)
    assert [each["children"] for each in told["shown"]] == [2]
    assert told["rules"][0] == "agreement_gives"
    for match in answer.json()["matches"]:
        assert match["child"]["child_id"] not in str(told)


async def test_an_involvement_read_and_one_begun_are_explained(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    path, headers = f"/v1/children/{child_id}/involvements", {"Idempotency-Key": key()}
    begun = await ask("teacher", "POST", path, involvement("school"), headers=headers)
    read = await ask("teacher", "GET", f"/v1/involvements/{begun.json()['id']}")
    for answer, outcome in ((begun, "recorded"), (read, "shown")):
        told = await why(ask, "teacher", answer)
        assert (told["outcome"], told["rules"]) == (outcome, ["agreement_gives"])


async def test_a_lapsed_nurse_is_told_plainly(ask: Ask) -> None:
    answer = await ask.read("lapsed_nurse", await ask.create(a_child()))
    told = await why(ask, "lapsed_nurse", answer)
    assert (told["outcome"], told["code"]) == ("refused", "check_lapsed")
    assert told["rules"] == ["check_lapsed"]


async def test_nonsense_is_explained_by_its_code(ask: Ask) -> None:
    """Refused before the account was looked up: the entry names the login, which is the asker's."""
    headers = {"Access-Mediation": "x"}
    answer = await ask("teacher", "GET", f"/v1/children/{uuid4()}", headers=headers)
    assert (await ask.entry(answer))["agency"] == ""
    told = await why(ask, "teacher", answer)
    assert (told["outcome"], told["code"]) == ("invalid", "header_invalid")
    assert (told["rules"], told["agreement_version"]) == ([], 0)
    not_shown(await why_answer(ask, "social_worker", ask.receipt_of(answer)))


async def test_a_batch_and_the_asking_why_are_explained_too(ask: Ask) -> None:
    subject = {"purpose": CARE.purpose, "reason": CARE.reason, "lookup": by_name(a_child())}
    answer = await ask("teacher", "POST", "/v1/lookups/batch", {"subjects": [subject]})
    assert (await why(ask, "teacher", answer))["outcome"] == "recorded"
    again = await why_answer(ask, "teacher", ask.receipt_of(answer))
    assert (await why(ask, "teacher", again))["action"] == "read_decision"


# Two worlds: what is hidden changes nothing of what is told


async def test_everything_silent_is_told_alike(ask: Ask) -> None:
    shielded = await ask.create(a_child())
    await ask.shield(shielded, day(-90))
    stated = {"contact": contact(), "held_since": day(3)}
    told = []
    for child_id in (str(uuid4()), (await held(ask))[0], (await archived(ask))[0], shielded):
        path = f"/v1/children/{child_id}/assessment"
        answer = await ask("social_worker", "PUT", path, stated)
        not_shown(answer)
        told.append(but_for_itself(await why(ask, "social_worker", answer)))
    assert all(each == told[0] for each in told)
    assert (told[0]["code"], told[0]["rules"], told[0]["shown"]) == ("not_disclosed", [], [])


async def hide_number(child: Stated) -> Stated:
    """Return a child unlike another in every number alone."""
    other = a_child()
    numbers = {name: other[name] for name in ("nhs_number", "upn", "case_number")}
    return {**child, **numbers}


async def shielded_with(ask: Ask, child: Stated, *, sensitive: bool) -> str:
    """Record and shield a child, with a sensitive service or without."""
    child_id = await ask.create(child)
    if sensitive:
        await ask.begin("therapist", child_id, service="mental_health", consent=True)
    await ask.shield(child_id, day(-90))
    return child_id


async def explained(ask: Ask, who: str, child_id: str, question: Stated) -> list[Any]:
    """Return what somebody is told of everything they may ask about one child."""
    answers = [
        await ask.read(who, child_id),
        await ask(who, "POST", "/v1/lookups", question),
        await ask(who, "GET", f"/v1/children/{child_id}/dissents"),
    ]
    return [but_for_itself(await why(ask, who, answer)) for answer in answers]


@pytest.mark.parametrize("who", ["teacher", "social_worker", "police_desk"])
async def test_what_is_hidden_of_a_shielded_child_changes_nothing_that_is_told(
    ask: Ask, who: str
) -> None:
    """Another number, another address, a sensitive service: outside what this asker is shown."""
    first = a_child()
    second = {**await hide_number(a_child()), "address": a_child()["address"]}
    worlds = [(first, False), (second, True)]
    told = [
        await explained(
            ask, who, await shielded_with(ask, child, sensitive=sensitive), by_name(child)
        )
        for child, sensitive in worlds
    ]
    assert told[0] == told[1]


async def test_a_sensitive_service_changes_nothing_that_is_told(ask: Ask) -> None:
    plain, hidden = a_child(), a_child()
    ids = [await ask.create(child) for child in (plain, hidden)]
    await ask.begin("therapist", ids[1], service="mental_health", consent=True)
    told = [
        await explained(ask, "teacher", child_id, by_everything(child))
        for child_id, child in zip(ids, (plain, hidden), strict=True)
    ]
    assert told[0] == told[1]


# The words


def test_the_vocabularies_do_not_collide() -> None:
    """A word in an entry's rules is of one vocabulary: a rule, an obligation or a code."""
    reasons, owed, codes = (
        set(map(str, ChildReason)),
        set(map(str, Obligation)),
        set(map(str, Code)),
    )
    assert reasons.isdisjoint(owed)
    assert reasons.isdisjoint(codes)
    assert owed.isdisjoint(codes)
    assert set(map(str, AskerReason)) <= codes


def an_entry(**differs: Any) -> Stated:
    """Return an entry whose rules are every word there is."""
    words = [*ChildReason, *Obligation, *Code, "absent", "not_own_involvement", "anything_else"]
    return {
        "entry_id": str(uuid4()),
        "at_ms": 1_796_144_400_123,
        "action": "read_child",
        "outcome": "shown",
        "code": "",
        "rules": [str(word) for word in words],
        "agreement": 1,
        "subjects": [],
        **differs,
    }


@pytest.mark.parametrize("outcome", ["shown", "recorded", "nothing", "refused", "invalid"])
def test_only_a_closed_list_of_words_is_told(outcome: str) -> None:
    told = shown_decision(an_entry(outcome=outcome))
    secret = {
        "record_held",
        "record_archived",
        "no_rule_permits",
        "sensitive_without_basis",
        "sensitive_is_brokered",
        "caf_consent_refused",
        "absent",
        "not_own_involvement",
        "anything_else",
    }
    assert secret.isdisjoint(told["rules"])
    assert ("record_shielded" in told["rules"]) == (outcome == "shown")
    assert ("withhold_whereabouts" in told["obligations"]) == (outcome == "shown")


def test_of_what_was_not_disclosed_no_word_is_told() -> None:
    told = shown_decision(an_entry(outcome="not_disclosed", code="not_disclosed"))
    assert (told["rules"], told["obligations"], told["shown"]) == ([], [], [])
