"""Consent: whose word it is, for how long, and what others learn from the next request on."""

from itertools import pairwise
from uuid import uuid4

import pytest

from tests.stories.asking import NO_WHY, Ask, Why, not_shown, refused
from tests.stories.consent_said import (
    CHILD,
    PARENT,
    about,
    aged,
    brokered,
    harm,
    once,
    read,
    record,
    recorded,
    renew,
    said,
    tell,
    withdraw,
)
from tests.stories.made import TODAY, Stated, a_child, by_name, contact, day, involvement

STEPS = [
    ("POST", "/v1/children/{}/consents", said()),
    ("GET", "/v1/children/{}/consents", None),
    ("POST", "/v1/consents/{}/withdraw", CHILD),
    ("POST", "/v1/consents/{}/renew", CHILD),
    ("POST", "/v1/consents/{}/receipt", {"receipt": "K5QH2MZ7RTWB"}),
]
EVERY_STEP = pytest.mark.parametrize(("method", "path", "body"), STEPS)


@EVERY_STEP
async def test_without_a_token_nothing_of_consent_is_said(
    ask: Ask, method: str, path: str, body: Stated | None
) -> None:
    answer = await ask(None, method, path.format(uuid4()), body, headers=once())
    refused(answer, 401, "not_authenticated")


@EVERY_STEP
@pytest.mark.parametrize("who", ["schools_feed", "auditor", "case_system"])
async def test_roles_that_work_with_no_child_keep_no_consent(
    ask: Ask, who: str, method: str, path: str, body: Stated | None
) -> None:
    answer = await ask(who, method, path.format(uuid4()), body, headers=once())
    refused(answer, 403, "role_not_allowed")


@EVERY_STEP
async def test_a_suspended_account_keeps_no_consent(
    ask: Ask, method: str, path: str, body: Stated | None
) -> None:
    answer = await ask("suspended_worker", method, path.format(uuid4()), body, headers=once())
    refused(answer, 403, "account_suspended")


@EVERY_STEP
async def test_without_a_reason_nothing_of_consent_is_said_either(
    ask: Ask, method: str, path: str, body: Stated | None
) -> None:
    answer = await ask("therapist", method, path.format(uuid4()), body, why=NO_WHY, headers=once())
    refused(answer, 400, "purpose_missing")


# Main scenario


async def test_a_child_consents_is_shown_it_and_withdraws(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    answer = await record(ask, "therapist", child_id, said(until=day(-200)))
    assert answer.status_code == 201
    assert answer.json()["receipt"] is None
    assert answer.headers["location"] == about(child_id)
    consent_id = answer.json()["id"]
    (shown,) = (await read(ask, "therapist", child_id))["consents"]
    account = shown["given"].pop("judged_by")
    assert account == (await ask.entry(ask.answers[-1]))["account"]
    expected = {
        "consent_id": consent_id,
        "agency": "Northmere Listening Service",
        "given_for": "sensitive_entry",
        "service": "mental_health",
        "purpose": None,
        "receiving_authority": None,
        "state": "given",
        "in_force": True,
        "begins": day(),
        "until": day(-200),
        "given": {**CHILD, "day": day()},
        "renewed": None,
        "ended": None,
        "receipt": "none",
    }
    assert shown == expected
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    (shown,) = (await read(ask, "therapist", child_id))["consents"]
    assert (shown["state"], shown["in_force"]) == ("withdrawn", False)
    assert shown["ended"] == {**CHILD, "judged_by": account, "day": day()}


async def test_consent_counts_from_the_next_request_on(ask: Ask) -> None:
    """Lookup, read and the entry itself; the team sees it whatever was said."""
    await tell(ask.served, "social_care")
    child = aged(14)
    child_id = await ask.create(child)
    entry = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    path = f"/v1/involvements/{entry}"
    consent_id = await recorded(ask, "therapist", child_id, said())

    async def seen() -> tuple[bool, bool, int, int]:
        (match,) = (await ask.look_up("social_worker", **by_name(child)))["matches"]
        return (
            await brokered(ask, "social_worker", child_id),
            "contact_can_be_brokered" in match["child"],
            (await ask("therapist", "GET", path)).status_code,
            (await ask("manager", "GET", path)).status_code,
        )

    assert await seen() == (True, True, 200, 200)
    assert not await brokered(ask, "teacher", child_id)  # not told by the agreement
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    assert await seen() == (False, False, 404, 200)
    await recorded(ask, "therapist", child_id, said())
    assert await seen() == (True, True, 200, 200)


async def test_a_refusal_hides_what_was_stated_with_the_entry(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(14))
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    assert await brokered(ask, "social_worker", child_id)
    await recorded(ask, "therapist", child_id, said("refused"))
    assert not await brokered(ask, "social_worker", child_id)


async def test_what_is_withdrawn_leaves_no_trace_in_others_answers(ask: Ask) -> None:
    """Byte for byte as a child nobody sensitive ever worked with."""
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(14))
    before = (await ask.read("social_worker", child_id)).content
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    await recorded(ask, "therapist", child_id, said("refused"))
    assert (await ask.read("social_worker", child_id)).content == before
    assert await read(ask, "social_worker", child_id) == {
        "consents": [],
        "bases": [],
        "not_shared": [],
    }


async def test_a_consent_for_one_purpose_is_not_for_another(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(14))
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    await recorded(ask, "therapist", child_id, said(purpose="enquire_significant_harm"))
    assert not await brokered(ask, "social_worker", child_id)
    why = Why("enquire_significant_harm", "strategy_discussion")
    answer = await ask("social_worker", "GET", f"/v1/children/{child_id}", why=why)
    assert answer.json()["child"]["contact_can_be_brokered"] is True


async def test_renewing_lasts_longer_and_is_said_by_whom(ask: Ask) -> None:
    child_id = await ask.create(aged(14))
    consent_id = await recorded(ask, "therapist", child_id, said(until=day(-5)))
    assert (
        await renew(ask, "therapist", consent_id, {**CHILD, "until": day(-9)})
    ).status_code == 204
    (shown,) = (await read(ask, "therapist", child_id))["consents"]
    assert (shown["until"], shown["renewed"]["day"], shown["in_force"]) == (day(-9), day(), True)


# 1a. Not theirs to say


@pytest.mark.parametrize(
    ("years", "words", "code"),
    [
        (13, {"giver": "parental_responsibility", "understanding": "sufficient"}, None),
        (13, {"giver": "child", "understanding": "insufficient"}, None),
        (13, {"giver": "child", "understanding": "not_needed"}, None),
        (13, {"giver": "child"}, "field_missing"),
        (16, {"giver": "parental_responsibility"}, None),
        (17, {"giver": "parental_responsibility", "understanding": "sufficient"}, None),
        (18, PARENT, None),
        (18, {"giver": "parental_responsibility"}, None),
    ],
)
async def test_consent_by_somebody_who_may_not_give_it_changes_nothing(
    ask: Ask, years: int, words: Stated, code: str | None
) -> None:
    child_id = await ask.create(aged(years))
    body = {key: word for key, word in said().items() if key not in CHILD} | words
    answer = await record(ask, "therapist", child_id, body)
    refused(answer, 422, code or "consent_giver_not_allowed")
    entry = await ask.entry(answer)
    assert (entry["outcome"], entry["code"]) == ("invalid", code or "consent_giver_not_allowed")
    assert (await read(ask, "therapist", child_id))["consents"] == []


@pytest.mark.parametrize(
    ("years", "words"),
    [
        (13, PARENT),
        (16, {"giver": "child"}),
        (17, PARENT),
        (18, {"giver": "child"}),
        (20, {"giver": "child", "understanding": "not_needed"}),
    ],
)
async def test_consent_by_whoever_may_give_it_is_recorded(
    ask: Ask, years: int, words: Stated
) -> None:
    child_id = await ask.create(aged(years))
    body = {key: word for key, word in said().items() if key not in CHILD} | words
    await recorded(ask, "therapist", child_id, body)


async def test_a_childs_word_prevails_over_a_parents(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(13))
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    parents = await recorded(ask, "therapist", child_id, said(**PARENT))
    assert await brokered(ask, "social_worker", child_id)
    await recorded(ask, "therapist", child_id, said("refused"))
    assert not await brokered(ask, "social_worker", child_id)
    for answer in (
        await renew(ask, "therapist", parents, PARENT),
        await withdraw(ask, "therapist", parents, PARENT),
    ):
        refused(answer, 409, "ended_already")
    answer = await record(ask, "therapist", child_id, said(**PARENT))
    refused(answer, 422, "consent_giver_not_allowed")
    assert not await brokered(ask, "social_worker", child_id)
    await recorded(ask, "therapist", child_id, said())
    assert await brokered(ask, "social_worker", child_id)


async def test_a_parent_withdraws_nothing_a_child_gave(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    consent_id = await recorded(ask, "therapist", child_id, said())
    answer = await withdraw(ask, "therapist", consent_id, PARENT)
    refused(answer, 422, "consent_giver_not_allowed")
    refused(await renew(ask, "therapist", consent_id, PARENT), 422, "consent_giver_not_allowed")
    (shown,) = (await read(ask, "therapist", child_id))["consents"]
    assert shown["state"] == "given"


# 1b. Days


@pytest.mark.parametrize(
    "days",
    [
        {"begins": day(1)},
        {"begins": day(-400)},
        {"until": day(1)},
        {"begins": day(-20), "until": day(-10)},
        {"until": day(-3 * 365 - 9)},
        {"until": "2199-01-01"},
        {"until": "2031-02-30"},
    ],
)
async def test_no_consent_is_backdated_or_lasts_for_ever(ask: Ask, days: Stated) -> None:
    child_id = await ask.create(aged(13))
    answer = await record(ask, "therapist", child_id, said(**days))
    refused(answer, 422, "date_out_of_range")
    assert (await read(ask, "therapist", child_id))["consents"] == []


async def test_a_consent_to_begin_later_does_not_count_yet(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(13))
    await ask.begin("therapist", child_id, service="mental_health", significant_harm=harm())
    await recorded(ask, "therapist", child_id, said(begins=day(-3)))
    (shown,) = (await read(ask, "therapist", child_id))["consents"]
    assert not shown["in_force"]
    refused(await renew(ask, "therapist", shown["consent_id"]), 409, "ended_already")
    assert (await withdraw(ask, "therapist", shown["consent_id"])).status_code == 204


async def test_to_stay_past_18_is_asked_of_the_young_person_at_17(ask: Ask) -> None:
    stay = {"given_for": "stay_past_18", "state": "given", "giver": "child"}
    young, old = await ask.create(aged(16)), await ask.create(aged(17))
    answer = await record(ask, "social_worker", young, {**stay, "until": day(-900)})
    refused(answer, 422, "consent_giver_not_allowed")
    answer = await record(ask, "social_worker", old, {**stay, **PARENT})
    refused(answer, 422, "consent_giver_not_allowed")
    await recorded(ask, "social_worker", old, stay)
    (shown,) = (await read(ask, "social_worker", old))["consents"]
    assert int(shown["until"][:4]) - TODAY.year >= 7


# 1c. Already said


async def test_a_consent_in_force_is_not_given_again(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    consent_id = await recorded(ask, "therapist", child_id, said(until=day(-9)))
    for state in ("given", "refused"):
        answer = await record(ask, "therapist", child_id, said(state))
        refused(answer, 409, "consent_overlaps")
    await recorded(ask, "therapist", child_id, said(begins=day(-10)))
    await recorded(ask, "therapist", child_id, said(service="sexual_health"))
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    assert len((await read(ask, "therapist", child_id))["consents"]) == 3


async def test_what_has_ended_is_neither_withdrawn_nor_renewed(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    withdrawn = await recorded(ask, "therapist", child_id, said())
    assert (await withdraw(ask, "therapist", withdrawn)).status_code == 204
    never = await recorded(ask, "therapist", child_id, said("refused", service="sexual_health"))
    for consent_id in (withdrawn, never):
        refused(await withdraw(ask, "therapist", consent_id), 409, "ended_already")
        refused(await renew(ask, "therapist", consent_id), 409, "ended_already")


async def test_a_consent_sent_twice_is_recorded_once(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    headers, body = once(), said(receipt="kept_by_service")
    answers = [
        await ask("therapist", "POST", about(child_id), body, headers=headers) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["receipt"]
    assert len((await read(ask, "therapist", child_id))["consents"]) == 1
    other = {**body, "receipt": "none"}
    answer = await ask("therapist", "POST", about(child_id), other, headers=headers)
    refused(answer, 422, "idempotency_key_reused")


# 1d. Nonsense


@pytest.mark.parametrize(
    ("differs", "field", "code"),
    [
        ({"given_for": "everything"}, "given_for", "field_invalid"),
        ({"state": "withdrawn"}, "state", "field_invalid"),
        ({"giver": "grandmother"}, "giver", "field_invalid"),
        ({"understanding": "some"}, "understanding", "field_invalid"),
        ({"purpose": "curiosity"}, "purpose", "field_invalid"),
        ({"receipt": "framed"}, "receipt", "field_invalid"),
        ({"service": None}, "service", "field_missing"),
        ({"given_for": "caf"}, "service", "field_invalid"),
        ({"given_for": "caf_transfer", "service": None}, "receiving_authority", "field_missing"),
        ({"receiving_authority": "camfield"}, "receiving_authority", "field_invalid"),
        ({"state": "refused", "until": day(-9)}, "until", "field_invalid"),
        ({"state": "refused", "begins": day(-9)}, "begins", "field_invalid"),
        ({"note": "x"}, "", "field_unknown"),
    ],
)
async def test_unknown_words_are_told_by_their_field(
    ask: Ask, differs: Stated, field: str, code: str
) -> None:
    child_id = await ask.create(aged(13))
    answer = await record(ask, "therapist", child_id, said(**differs))
    refused(answer, 422, code)
    if field:
        assert answer.json()["errors"] == [{"code": code, "field": field}]


async def test_a_service_that_is_not_sensitive_asks_for_no_such_consent(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    answer = await record(ask, "social_worker", child_id, said(service="school"))
    refused(answer, 422, "field_invalid")
    await recorded(ask, "therapist", child_id, said(service="school"))  # a sensitive provider's


# 2. Whose row it is


async def test_a_consent_is_its_agencys_and_the_teams(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    consent_id = await recorded(ask, "therapist", child_id, said())
    caf = {"given_for": "caf", "state": "given", **CHILD}
    await recorded(ask, "social_worker", child_id, caf)
    for step in (withdraw, renew):
        not_shown(await step(ask, "social_worker", consent_id))
        not_shown(await step(ask, "therapist", str(uuid4())))
        not_shown(await step(ask, "therapist", child_id))
    assert [
        each["given_for"] for each in (await read(ask, "social_worker", child_id))["consents"]
    ] == ["caf"]
    assert len((await read(ask, "colleague", child_id))["consents"]) == 1
    assert (await read(ask, "teacher", child_id))["consents"] == []
    assert len((await read(ask, "manager", child_id))["consents"]) == 2
    assert (await renew(ask, "manager", consent_id)).status_code == 204
    assert (await withdraw(ask, "manager", consent_id)).status_code == 204


async def test_of_a_shielded_child_an_agency_still_keeps_its_own(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    consent_id = await recorded(ask, "therapist", child_id, said())
    before = await read(ask, "therapist", child_id)
    await ask.shield(child_id, day(-90))
    assert await read(ask, "therapist", child_id) == before
    assert (await read(ask, "social_worker", child_id))["consents"] == []
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204


async def test_nobodys_consents_are_the_one_404(ask: Ask) -> None:
    nobody = str(uuid4())
    not_shown(await record(ask, "therapist", nobody, said()))
    not_shown(await ask("therapist", "GET", about(nobody)))
    not_shown(await ask("therapist", "POST", about(nobody, "bases"), basis(), headers=once()))
    not_shown(await ask("therapist", "POST", about(nobody, "not-shared"), SILENT, headers=once()))
    not_shown(await ask("therapist", "POST", f"{about(nobody, 'bases')}/{uuid4()}/end"))


# 3. Another basis, and not sharing

SILENT = {"recipient_kind": "housing", "reason": "not_proportionate", "decided_on": day()}


def basis(**differs: object) -> Stated:
    """Return a basis of significant harm for a sensitive entry."""
    return {"kind": "significant_harm", "service": "mental_health", **harm(), **differs}


async def test_significant_harm_carries_an_entry_without_consent(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(13))
    entry = await ask.begin("therapist", child_id, service="mental_health", significant_harm=harm())
    assert (await ask("therapist", "GET", f"/v1/involvements/{entry}")).status_code == 200
    assert await brokered(ask, "social_worker", child_id)
    (shown,) = (await read(ask, "therapist", child_id))["bases"]
    assert (shown["kind"], shown["reason"]) == ("significant_harm", "is_likely_to_suffer")
    assert (shown["decided_on"], shown["review"], shown["ended"]) == (day(2), day(-60), None)
    path = f"{about(child_id, 'bases')}/{shown['basis_id']}/end"
    not_shown(await ask("social_worker", "POST", path))
    assert (await ask("therapist", "POST", path)).status_code == 204
    assert not await brokered(ask, "social_worker", child_id)
    refused(await ask("therapist", "POST", path), 409, "ended_already")


async def test_a_refusal_stands_beside_significant_harm(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(13))
    await ask.begin("therapist", child_id, service="mental_health", significant_harm=harm())
    await recorded(ask, "therapist", child_id, said("refused"))
    assert await brokered(ask, "social_worker", child_id)


@pytest.mark.parametrize(
    ("who", "differs", "field"),
    [
        ("therapist", {"consent": True, "significant_harm": harm()}, "significant_harm"),
        ("teacher", {"service": "school", "significant_harm": harm()}, "significant_harm"),
        ("therapist", {"significant_harm": harm(reason="ordered_by_court")}, None),
        ("therapist", {"significant_harm": harm(review=day(1))}, "significant_harm.review"),
        (
            "therapist",
            {"significant_harm": harm(decided_on=day(-1))},
            "significant_harm.decided_on",
        ),
    ],
)
async def test_an_entry_rests_on_one_basis_that_can_be(
    ask: Ask, who: str, differs: Stated, field: str | None
) -> None:
    child_id = await ask.create(aged(13))
    body = involvement(**{"service": "mental_health", **differs})
    answer = await ask(who, "POST", about(child_id, "involvements"), body, headers=once())
    assert answer.status_code == 422, answer.text
    assert field in (None, answer.json()["errors"][0]["field"])
    assert (await read(ask, who, child_id))["bases"] == []


async def test_what_was_refused_is_not_entered_as_consented(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    await recorded(ask, "therapist", child_id, said("refused"))
    body = involvement("mental_health", consent=True)
    answer = await ask("therapist", "POST", about(child_id, "involvements"), body, headers=once())
    refused(answer, 409, "consent_missing")
    await ask.begin("therapist", child_id, service="mental_health", significant_harm=harm())
    await recorded(ask, "therapist", child_id, said())
    await ask.begin("therapist", child_id, service="mental_health", consent=True)


@pytest.mark.parametrize(
    "differs",
    [
        {"reason": "serious_crime"},
        {"kind": "court_order"},
        {"kind": "public_interest", "reason": "serious_crime"},  # carries no entry
        {"service": "school"},
        {"decided_on": day(-1)},
        {"decided_on": day(400)},
        {"review": day()},
        {"review": day(-400)},
        {"kind": "consent"},
    ],
)
async def test_a_basis_that_cannot_be_is_refused(ask: Ask, differs: Stated) -> None:
    child_id = await ask.create(aged(13))
    who = "social_worker" if differs.get("service") == "school" else "therapist"
    path = about(child_id, "bases")
    answer = await ask(who, "POST", path, basis(**differs), headers=once())
    assert answer.status_code == 422, answer.text
    assert (await read(ask, who, child_id))["bases"] == []


async def test_a_decision_not_to_share_is_kept_with_its_reason(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    path, headers = about(child_id, "not-shared"), once()
    answers = [await ask("teacher", "POST", path, SILENT, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    other = {"kind": "court_order", "reason": "ordered_by_court", "decided_on": day()}
    body = {**other, "review": day(-9)}
    answer = await ask("teacher", "POST", about(child_id, "bases"), body, headers=once())
    assert answer.status_code == 201, answer.text
    shown = await read(ask, "teacher", child_id)
    (kept,) = shown["not_shared"]
    assert {key: kept[key] for key in SILENT} == SILENT
    assert len(shown["bases"]) == 1
    assert (await read(ask, "social_worker", child_id))["not_shared"] == []
    assert len((await read(ask, "manager", child_id))["not_shared"]) == 1


# 4. The common assessment


async def test_a_common_assessment_is_told_as_the_family_said(ask: Ask) -> None:
    await tell(ask.served)
    child_id = await ask.create(aged(9))
    path = about(child_id, "assessment")
    held = {"contact": contact(), "held_since": day(3)}
    assert (await ask("social_worker", "PUT", path, held)).status_code == 204
    caf = {"given_for": "caf", **PARENT}

    async def told(who: str) -> bool:
        return (await ask.shown(who, child_id))["assessment"] is not None

    assert await told("teacher")
    refused_id = await recorded(ask, "social_worker", child_id, {**caf, "state": "refused"})
    assert not await told("teacher")
    assert await told("social_worker")
    assert await told("manager")
    refused(await withdraw(ask, "social_worker", refused_id, PARENT), 409, "ended_already")
    given = await recorded(ask, "social_worker", child_id, {**caf, "state": "given"})
    assert await told("teacher")
    assert (await withdraw(ask, "social_worker", given, PARENT)).status_code == 204
    assert not await told("teacher")


# 5. What storage tells


@pytest.mark.parametrize("kind", ["given", "refused", "basis", "not_shared"])
async def test_every_record_leaves_as_many_rows_as_an_involvement(ask: Ask, kind: str) -> None:
    child_id = await ask.create(a_child())
    before = await rows(ask)
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    begun = await rows(ask)
    body = {"given": said(), "refused": said("refused"), "basis": basis(), "not_shared": SILENT}
    paths = {"basis": "bases", "not_shared": "not-shared"}
    path = about(child_id, paths.get(kind, "consents"))
    answer = await ask("therapist", "POST", path, body[kind], headers=once())
    assert answer.status_code == 201, answer.text
    after = await rows(ask)
    assert [late - early for late, early in zip(after, begun, strict=True)] == [
        late - early for late, early in zip(begun, before, strict=True)
    ]


async def test_withdrawing_and_renewing_leave_as_many_rows(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    consent_id = await recorded(
        ask, "therapist", child_id, {**said(), "given_for": "sensitive_entry"}
    )
    counts = [await rows(ask)]
    for step in (renew, withdraw):
        assert (await step(ask, "therapist", consent_id)).status_code == 204
        counts.append(await rows(ask))
    renewed, withdrawn = (
        [late - early for late, early in zip(after, before, strict=True)]
        for before, after in pairwise(counts)
    )
    assert renewed == withdrawn == [0, 3]


async def rows(ask: Ask) -> list[int]:
    """Count what a thief sees: case rows, and pointers of work."""
    sql = (
        "select (select count(*) from case_row) as cases, (select count(*) from work_token) as work"
    )
    (row,) = await ask.served.rows(sql)
    return [row["cases"], row["work"]]
