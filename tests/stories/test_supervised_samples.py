"""Samples of own staff's accesses: drawn by lot, looked through, signed off by another."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
import pytest_asyncio

from demo.personas import SCHOOLS, SOCIAL_CARE
from index_service.domain.clock import SystemClock, start_of
from index_service.services.auditing.sampling import rank
from tests.stories.asking import CARE, NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.auditing import account_of, reference_of
from tests.stories.hidden import archived
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, a_child, by_name, key
from tests.stories.test_brokering import asked as contact_asked
from tests.stories.test_misuse import listed as misuse_listed
from tests.stories.test_supervision import IN_ORDER, MONTH, SAMPLES, got, use

REFER = "refer_to_auditor"


@pytest_asyncio.fixture(loop_scope="session")
async def later(ask: Ask) -> AsyncIterator[Ask]:
    """Ask an hour later: what is asked meanwhile is over by then."""
    async with asking_at(ask, on(hours=1)) as asking:
        yield asking


async def draw(ask: Ask, who: str = "supervisor", **differs: Any) -> Answer:
    """Draw a sample."""
    body = {"month": MONTH, "size": 16, **differs}
    return await ask(who, "POST", SAMPLES, body, headers={"Idempotency-Key": key()})


async def drawn(ask: Ask, who: str = "supervisor", **differs: Any) -> Stated:
    """Draw a sample and return it as it is read."""
    answer = await draw(ask, who, **differs)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{SAMPLES}/{answer.json()['id']}"
    return await got(ask, who, answer.headers["location"])


async def drawn_with(ask: Ask, entry_id: str, who: str = "supervisor") -> Stated:
    """Draw until a sample has an access in it: of a few dozen, sixteen at a time."""
    for _ in range(60):
        sample = await drawn(ask, who)
        if entry_id in {each["entry_id"] for each in sample["sampled"]}:
            return sample
    raise AssertionError("sixty samples without it")


def found_all(sample: Stated, finding: str = IN_ORDER, **others: str) -> Stated:
    """Return a finding for each access, other ones by entry."""
    by_entry = {each["entry_id"]: finding for each in sample["sampled"]} | others
    return {"findings": [{"entry_id": one, "finding": two} for one, two in by_entry.items()]}


async def sign(ask: Ask, sample: Stated, body: Stated, who: str = "supervisor") -> Answer:
    """Sign a sample off."""
    return await ask(who, "POST", f"{SAMPLES}/{sample['id']}/sign-off", body)


def said_of(sample: Stated, entry_id: str) -> Stated:
    """Return what is said of one access of a sample."""
    (found,) = [each for each in sample["sampled"] if each["entry_id"] == entry_id]
    said: Stated = found["said"]
    return said


async def test_a_sample_shows_each_access_but_not_what_it_found(ask: Ask, later: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    stated = {"Access-Reference": "CIN/2026-118"}
    answer = await ask("colleague", "GET", f"/v1/children/{child_id}", headers=stated)
    sample = await drawn_with(later, ask.receipt_of(answer))
    said = said_of(sample, ask.receipt_of(answer))
    (seen,) = said.pop("children")
    assert "identity" in seen["classes"]
    assert seen["reference"] != reference_of(ask, child_id)
    assert said.pop("at") > 0
    assert said == {
        "account_id": account_of(ask, "colleague"),
        "practitioner_name": None,
        "role": "practitioner",
        "action": "read_child",
        "purpose": "safeguard",
        "reason": "contact_practitioner",
        "reference": "CIN/2026-118",
        "outcome": "shown",
        "mediated": False,
        "out_of_hours": False,
    }
    text = orjson.dumps(sample).decode()
    for told in (child_id, reference_of(ask, child_id), child["name"]["family_name"]):
        assert told not in text


async def test_a_sample_is_of_the_own_agencys_accesses_alone(ask: Ask, later: Ask) -> None:
    await ask.look_up("teacher", **by_name(a_child()))
    await ask.look_up("colleague", **by_name(a_child()))
    personas = ask.issuer.personas.values()
    for who, agency in (("supervisor", SOCIAL_CARE), ("schools_supervisor", SCHOOLS)):
        own = {str(each.account.id) for each in personas if each.agency.id == agency.id}
        sample = await drawn(later, who)
        assert {each["said"]["account_id"] for each in sample["sampled"]} <= own


async def test_whoever_has_the_seed_can_draw_a_sample_again(ask: Ask, later: Ask) -> None:
    for _ in range(3):
        await ask.look_up("colleague", **by_name(a_child()))
    answer = await draw(later, size=2)
    sample = await got(later, "supervisor", answer.headers["location"])
    seed = bytes.fromhex(sample["seed"])
    accounts = set(await use(later))
    accesses = {"lookup", "read_child", "read_involvement", "read_consents", "override"}
    asked = [each for each in await ask.served.entries() if each["account"] in accounts]
    answered = ("shown", "nothing", "not_disclosed")
    cohort = [
        each["entry_id"]
        for each in asked
        if (each["action"] in accesses and each["outcome"] in answered)
        or each["route"].endswith("{child_id}/override")
    ]
    assert sample["accesses"] == len(cohort)
    lots = sorted(cohort, key=lambda each: rank(seed, UUID(each).bytes))
    assert [each["entry_id"] for each in sample["sampled"]] == lots[:2]
    (entry,) = await ask.served.entries(answer.headers["x-request-id"])
    assert entry["query_commit"] == sample["committed"]
    drawing = {
        "agency": str(SOCIAL_CARE.id),
        "seed": sample["seed"],
        "since": sample_since(),
        "size": 2,
        "until": sample["until"],
    }
    text = orjson.dumps(drawing, option=orjson.OPT_SORT_KEYS)
    assert hashlib.sha256(text).hexdigest() == sample["committed"]


def sample_since() -> int:
    """Return the first second of this month in London."""
    return int(start_of(SystemClock().today().replace(day=1)).timestamp())


async def test_a_sample_sent_for_again_is_the_same(later: Ask, ask: Ask) -> None:
    await ask.look_up("colleague", **by_name(a_child()))
    body, headers = {"month": MONTH, "size": 1}, {"Idempotency-Key": key()}
    first = await later("supervisor", "POST", SAMPLES, body, headers=headers)
    again = await later("supervisor", "POST", SAMPLES, body, headers=headers)
    assert (first.status_code, first.json()) == (201, again.json())


async def test_a_child_who_was_not_shown_leaves_no_reference(ask: Ask, later: Ask) -> None:
    child_id, _ = await archived(ask)
    shown = []
    for asked in (child_id, str(uuid4())):
        answer = await ask.read("colleague", asked)
        not_shown(answer)
        sample = await drawn_with(later, ask.receipt_of(answer))
        said = said_of(sample, ask.receipt_of(answer))
        shown.append({**said, "at": 0})
    assert shown[0] == shown[1]
    assert (shown[0]["outcome"], shown[0]["children"]) == ("not_disclosed", [])


async def test_two_samples_cannot_be_compared_by_child(ask: Ask, later: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask.read("colleague", child_id)
    references = set()
    for _ in range(2):
        sample = await drawn_with(later, ask.receipt_of(answer))
        (seen,) = said_of(sample, ask.receipt_of(answer))["children"]
        references.add(seen["reference"])
    assert len(references) == 2


async def test_another_agencys_sample_is_as_none(ask: Ask, later: Ask) -> None:
    await ask.look_up("colleague", **by_name(a_child()))
    sample = await drawn(later)
    path = f"{SAMPLES}/{sample['id']}"
    for who in ("schools_supervisor", "team_supervisor"):
        not_shown(await later(who, "GET", path))
        not_shown(await sign(later, sample, found_all(sample), who))
        listed = await got(later, who, SAMPLES)
        assert sample["id"] not in {each["id"] for each in listed["samples"]}
    listed = await got(later, "second_supervisor", SAMPLES)
    assert sample["id"] in {each["id"] for each in listed["samples"]}


async def test_a_matter_of_another_kind_is_no_sample(ask: Ask, later: Ask) -> None:
    request_id = await contact_asked(ask)
    not_shown(await later("supervisor", "GET", f"{SAMPLES}/{request_id}"))


async def test_a_sample_is_signed_off_once_and_keeps_each_finding(ask: Ask, later: Ask) -> None:
    answer = await ask.read("colleague", str(uuid4()))
    entry_id = ask.receipt_of(answer)
    sample = await drawn_with(later, entry_id)
    body = found_all(sample, **{entry_id: "ask_the_practitioner"})
    signed = await sign(later, sample, body)
    assert signed.status_code == 204, signed.text
    shown = await got(later, "second_supervisor", f"{SAMPLES}/{sample['id']}")
    found = {each["entry_id"]: each["finding"] for each in shown["sampled"]}
    assert found == {each["entry_id"]: each["finding"] for each in body["findings"]}
    assert shown["signed_off_by"] == account_of(ask, "supervisor")
    refused(await sign(later, sample, body, "second_supervisor"), 409, "ended_already")
    (entry,) = await ask.served.entries(signed.headers["x-request-id"])
    assert (entry["action"], entry["code"]) == ("supervise", "signed_off")


async def test_a_sample_is_signed_off_whole(ask: Ask, later: Ask) -> None:
    for _ in range(2):  # one finding left out of one leaves nothing to be wrong about
        await ask.look_up("colleague", **by_name(a_child()))
    sample = await drawn(later)
    whole = found_all(sample)["findings"]
    stranger = {"entry_id": str(uuid4()), "finding": IN_ORDER}
    for findings in ([*whole[1:], stranger], whole[1:], [*whole[:-1], whole[0]]):
        answer = await sign(later, sample, {"findings": findings})
        refused(answer, 422, "field_invalid")


async def test_nobody_signs_off_a_sample_with_an_access_of_their_own(ask: Ask, later: Ask) -> None:
    answer = await ask("second_supervisor", "POST", "/v1/lookups", by_name(a_child()), why=CARE)
    sample = await drawn_with(later, ask.receipt_of(answer))
    body = found_all(sample)
    refused(await sign(later, sample, body, "second_supervisor"), 409, "second_person_needed")
    assert (await sign(later, sample, body, "supervisor")).status_code == 204


async def test_what_is_referred_reaches_the_officers_by_reference(ask: Ask, later: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask.read("colleague", child_id)
    entry_id = ask.receipt_of(answer)
    sample = await drawn_with(later, entry_id)
    known = await misuse_listed(ask)
    signed = await sign(later, sample, found_all(sample, **{entry_id: REFER}))
    assert signed.status_code == 204
    (alert_id,) = set(await misuse_listed(ask)) - set(known)
    alert = await ask("auditor", "GET", f"/v1/misuse/alerts/{alert_id}", why=NO_WHY)
    assert alert.json()["entries"] == [entry_id]
    assert alert.json()["account_id"] == account_of(ask, "colleague")
    assert [each["rule"] for each in alert.json()["rules"]] == ["supervisor_referred"]
    assert alert.json()["steps"][0]["account_id"] == account_of(ask, "supervisor")
    assert child_id not in alert.text


async def test_storage_does_not_tell_whether_anything_was_referred(ask: Ask, later: Ask) -> None:
    await ask.look_up("colleague", **by_name(a_child()))
    counted = "select (select count(*) from matter) + (select count(*) from work_token) as n"
    grew = []
    for finding in (IN_ORDER, REFER):
        sample = await drawn(later)
        before = (await ask.served.rows(counted))[0]["n"]
        assert (await sign(later, sample, found_all(sample, finding))).status_code == 204
        grew.append((await ask.served.rows(counted))[0]["n"] - before)
    assert grew[0] == grew[1] > 0
    sizes = await ask.served.rows("select count(distinct length(sealed)) as n from matter")
    assert sizes[0]["n"] == 1


@pytest.mark.parametrize("differs", [{"month": "9999-12"}, {"size": 17}, {"size": 0}])
async def test_a_sample_that_cannot_be_drawn_is_refused(ask: Ask, differs: Stated) -> None:
    refused(await draw(ask, **differs), 422, "field_invalid")


async def test_where_nothing_was_asked_nothing_is_drawn(later: Ask) -> None:
    """The team has asked for no child here."""
    sample = await drawn(later, "team_supervisor")
    assert (sample["accesses"], sample["size"], sample["sampled"]) == (0, 0, [])
    signed = await sign(later, sample, found_all(sample), "team_supervisor")
    assert signed.status_code == 204
