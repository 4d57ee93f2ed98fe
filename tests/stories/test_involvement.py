"""Recording involvement: it begins, is read, confirmed, given another contact, and ceases."""

from typing import Any
from uuid import uuid4

import pytest

from demo.authority import roomy
from index_service.store.children import Children
from tests.consent.examples import camfield_document
from tests.stories.asking import NO_WHY, Ask, not_shown, refused
from tests.stories.consent_said import aged, agree, tell
from tests.stories.levels import levels
from tests.stories.made import DUTY, a_child, by_name, contact, day, involvement, key


def begin(child_id: str) -> tuple[str, str]:
    """Return method and path by which an involvement begins."""
    return "POST", f"/v1/children/{child_id}/involvements"


def once() -> dict[str, str]:
    """Return the header of a request that is sent once."""
    return {"Idempotency-Key": key()}


async def shown_to(ask: Ask, who: str, child_id: str) -> list[dict[str, Any]]:
    """Return the involvements somebody is shown of a child."""
    found: list[dict[str, Any]] = (await ask.shown(who, child_id))["involvements"]
    return found


async def test_without_a_token_no_involvement_begins(ask: Ask) -> None:
    answer = await ask(None, *begin(str(uuid4())), involvement(), headers=once())
    refused(answer, 401, "not_authenticated")


@pytest.mark.parametrize("who", ["schools_feed", "auditor", "case_system"])
async def test_roles_that_work_with_no_child_record_no_involvement(ask: Ask, who: str) -> None:
    child_id = await ask.create(a_child())
    answer = await ask(who, *begin(child_id), involvement(), headers=once())
    refused(answer, 403, "role_not_allowed")


async def test_a_suspended_account_records_no_involvement(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("suspended_worker", *begin(child_id), involvement(), headers=once())
    refused(answer, 403, "account_suspended")


async def test_without_a_reason_no_involvement_begins(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("teacher", *begin(child_id), involvement(), why=NO_WHY, headers=once())
    refused(answer, 400, "purpose_missing")


# Main scenario


async def test_who_says_they_are_involved_is_seen_by_whoever_looks(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    said = contact("Northmere Harbour Team", name="Marit Quoyle", phone="01632 960444")
    headers = once()
    answer = await ask(
        "health_visitor",
        *begin(child_id),
        involvement("health_visiting", contact=said, began=day(40)),
        headers=headers,
    )
    assert answer.status_code == 201
    involvement_id = answer.json()["id"]
    assert answer.headers["location"] == f"/v1/involvements/{involvement_id}"
    (match,) = (await ask.look_up("teacher", **by_name(child)))["matches"]
    assert match["child"]["involvements"] == [
        {
            "involvement_id": involvement_id,
            "level": "content",
            "agency": "Northmere Health Visiting",
            "agency_kind": "health_visiting",
            "service": "health_visiting",
            "contact": {
                "team": {"name": "Northmere Harbour Team", "phone": DUTY, "hours": []},
                "person": {"name": "Marit Quoyle", "phone": "+441632960444", "email": None},
                "ask_for_duty": False,
            },
            "began": day(40),
            "ceased": None,
            "last_confirmed": day(),
        }
    ]


async def test_one_involvement_is_read_by_its_id(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    involvement_id = await ask.begin("health_visitor", child_id, service="health_visiting")
    answer = await ask("teacher", "GET", f"/v1/involvements/{involvement_id}")
    assert answer.status_code == 200
    assert [answer.json()] == await shown_to(ask, "teacher", child_id)


async def test_an_involvement_goes_on_and_is_confirmed(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    path = f"/v1/involvements/{await ask.begin('teacher', child_id, service='school')}"
    assert (await ask("teacher", "POST", f"{path}/confirm")).status_code == 204
    assert (await shown_to(ask, "teacher", child_id))[0]["last_confirmed"] == day()


async def test_an_involvement_gets_another_team(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    path = f"/v1/involvements/{await ask.begin('teacher', child_id, service='school')}"
    said = {"contact": {**contact("Northmere West Team"), "ask_for_duty": True}}
    assert (await ask("teacher", "PATCH", path, said)).status_code == 204
    (shown,) = await shown_to(ask, "police_desk", child_id)
    assert shown["contact"]["team"]["name"] == "Northmere West Team"
    assert shown["contact"]["ask_for_duty"] is True
    assert shown["began"] == day(30)


async def test_a_ceased_involvement_is_kept_and_changed_no_more(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    path = f"/v1/involvements/{await ask.begin('teacher', child_id, service='school')}"
    assert (await ask("teacher", "POST", f"{path}/cease", {"ceased": day(2)})).status_code == 204
    assert (await shown_to(ask, "police_desk", child_id))[0]["ceased"] == day(2)
    for again in (
        await ask("teacher", "POST", f"{path}/confirm"),
        await ask("teacher", "POST", f"{path}/cease", {}),
        await ask("teacher", "PATCH", path, {"contact": contact()}),
    ):
        refused(again, 409, "state_conflict")


async def test_an_involvement_ceases_today_unless_a_day_is_stated(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    path = f"/v1/involvements/{await ask.begin('teacher', child_id, service='school')}"
    assert (await ask("teacher", "POST", f"{path}/cease", {})).status_code == 204
    assert (await shown_to(ask, "teacher", child_id))[0]["ceased"] == day()


@pytest.mark.parametrize("ceased", [day(31), day(-1)])
async def test_an_involvement_ceases_on_a_day_between_its_first_and_today(
    ask: Ask, ceased: str
) -> None:
    child_id = await ask.create(a_child())
    path = f"/v1/involvements/{await ask.begin('teacher', child_id, service='school')}"
    answer = await ask("teacher", "POST", f"{path}/cease", {"ceased": ceased})
    refused(answer, 422, "date_out_of_range")


# 2a. The same request again


async def test_a_beginning_sent_twice_begins_once(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    headers, said = once(), involvement("school")
    answers = [await ask("teacher", *begin(child_id), said, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await shown_to(ask, "teacher", child_id)) == 1
    other = await ask("teacher", *begin(child_id), involvement("early_help"), headers=headers)
    refused(other, 422, "idempotency_key_reused")


async def test_a_key_used_for_one_child_makes_nothing_for_another(ask: Ask) -> None:
    """The route is the same template: the second child must not be told the first one's id."""
    first, second = [await ask.create(a_child()) for _ in range(2)]
    headers, said = once(), involvement("school")
    assert (await ask("teacher", *begin(first), said, headers=headers)).status_code == 201
    refused(
        await ask("teacher", *begin(second), said, headers=headers), 422, "idempotency_key_reused"
    )


# 2b. Nobody could be rung


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"person": {"name": "Marit Quoyle"}},
        {"team": {"name": "Northmere North Team"}},
        {"team": {"phone": DUTY}},
    ],
)
async def test_the_team_is_mandatory(ask: Ask, said: dict[str, Any]) -> None:
    child_id = await ask.create(a_child())
    body = {"service": "school", "began": day(), "contact": said}
    answer = await ask("teacher", *begin(child_id), body, headers=once())
    refused(answer, 422, "field_missing")
    assert await shown_to(ask, "teacher", child_id) == []


# 3a. A sensitive service


@pytest.mark.parametrize("who", ["therapist", "social_worker"])
@pytest.mark.parametrize("consent", [None, False])
async def test_a_sensitive_service_is_recorded_with_consent_only(
    ask: Ask, who: str, consent: bool | None
) -> None:
    child_id = await ask.create(a_child())
    said = involvement("mental_health", consent=consent)
    answer = await ask(who, *begin(child_id), said, headers=once())
    refused(answer, 422, "field_missing")
    assert answer.json()["errors"] == [{"code": "field_missing", "field": "consent"}]


async def test_a_sensitive_provider_needs_consent_whatever_it_calls_its_service(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("therapist", *begin(child_id), involvement("voluntary"), headers=once())
    refused(answer, 422, "field_missing")


async def test_a_sensitive_service_is_seen_by_itself_and_the_team(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    seen_by_all = await ask.begin("teacher", child_id, service="school")
    hidden = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    for who, expected in (
        ("therapist", {seen_by_all, hidden}),
        ("manager", {seen_by_all, hidden}),
        ("social_worker", {seen_by_all}),
        ("teacher", {seen_by_all}),
    ):
        found = {each["involvement_id"] for each in await shown_to(ask, who, child_id)}
        assert found == expected
        (match,) = (await ask.look_up(who, **by_name(child)))["matches"]
        assert {each["involvement_id"] for each in match["child"]["involvements"]} == expected
    assert (await ask("therapist", "GET", f"/v1/involvements/{hidden}")).status_code == 200
    not_shown(await ask("social_worker", "GET", f"/v1/involvements/{hidden}"))


# 3b. Somebody else's, or nobody's


@pytest.mark.parametrize(
    ("method", "step", "body"),
    [("PATCH", "", {"contact": contact()}), ("POST", "/confirm", None), ("POST", "/cease", {})],
)
async def test_only_the_agency_itself_and_the_team_change_an_involvement(
    ask: Ask, method: str, step: str, body: dict[str, Any] | None
) -> None:
    child_id = await ask.create(a_child())
    path = f"/v1/involvements/{await ask.begin('teacher', child_id, service='school')}{step}"
    not_shown(await ask("social_worker", method, path, body))
    not_shown(await ask("teacher", method, f"/v1/involvements/{uuid4()}{step}", body))
    assert (await ask("manager", method, path, body)).status_code == 204


async def test_a_colleague_of_the_same_agency_may_cease_it(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    path = f"/v1/involvements/{await ask.begin('social_worker', child_id)}/cease"
    assert (await ask("colleague", "POST", path, {})).status_code == 204


async def test_no_involvement_begins_with_a_child_nobody_has(ask: Ask) -> None:
    not_shown(await ask("teacher", *begin(str(uuid4())), involvement("school"), headers=once()))


async def test_an_id_of_another_kind_of_case_row_is_no_involvement(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    shield_id = await ask.shield(child_id, day(-30))
    not_shown(await ask("manager", "GET", f"/v1/involvements/{shield_id}"))
    not_shown(await ask("manager", "POST", f"/v1/involvements/{shield_id}/confirm"))
    not_shown(await ask("teacher", "GET", f"/v1/involvements/{child_id}"))


async def test_what_has_ended_is_told_in_whole_or_not_at_all(ask: Ask) -> None:
    """Whoever is told less would ring a service that is not involved any more."""
    child_id = await ask.create(aged(9))
    goes_on, ended = [await ask.begin("social_worker", child_id) for _ in range(2)]
    assert (await ask("social_worker", "POST", f"/v1/involvements/{ended}/cease", {})).is_success
    document = camfield_document()
    document["levels"] = levels("content", teacher="existence", police="contact")
    await agree(ask.served, roomy(document))
    try:
        for who, ids in (
            ("health_visitor", {goes_on, ended}),
            ("police_desk", {goes_on}),
            ("teacher", {goes_on}),
        ):
            told = (await ask.shown(who, child_id))["involvements"]
            assert {each["involvement_id"] for each in told} == ids
            read = await ask(who, "GET", f"/v1/involvements/{ended}")
            assert read.status_code == (200 if ended in ids else 404)
            rung = {"outcome": "reached"}
            said = await ask(who, "POST", f"/v1/involvements/{ended}/feedback", rung)
            assert said.status_code == (409 if ended in ids else 404)
    finally:
        await tell(ask.served)


async def test_confirming_while_somebody_else_writes_the_child_is_no_defect(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read of it without a lock does not belong together then, and is read again."""
    child_id = await ask.create(a_child())
    own = await ask.begin("social_worker", child_id)
    cases, begun = Children.cases, list[str]()

    async def as_another_commits(self: Children, refs: Any) -> Any:
        if not begun:  # after the policy was read, before the rows it counts
            begun.append(child_id)
            await ask.begin("health_visitor", child_id)
        return await cases(self, refs)

    monkeypatch.setattr(Children, "cases", as_another_commits)
    answer = await ask("social_worker", "POST", f"/v1/involvements/{own}/confirm")
    assert (answer.status_code, begun) == (204, [child_id])
