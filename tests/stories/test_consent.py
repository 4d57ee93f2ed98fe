"""Consent: who keeps it, what it changes from the next request on, whose row it is."""

from itertools import pairwise
from uuid import uuid4

import pytest

from tests.stories.asking import NO_WHY, Ask, Why, not_shown, refused
from tests.stories.consent_said import (
    CHILD,
    about,
    aged,
    brokered,
    once,
    read,
    record,
    recorded,
    renew,
    said,
    tell,
    withdraw,
)
from tests.stories.made import Stated, a_child, by_name, day
from tests.stories.test_consent_bases import SILENT, basis

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
