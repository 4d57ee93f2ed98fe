"""A supplier sends a batch and hears of its lines; the index takes from it what it may."""

import hashlib

import pytest

from index_service.feeds.columns import COLUMNS
from tests.stories.asking import CSV, NDJSON, NO_WHY, Ask, ndjson, not_shown, refused
from tests.stories.made import (
    DUTY,
    Stated,
    a_child,
    begin_line,
    by_everything,
    child_line,
    day,
    key,
    next_line,
    reference,
)


async def found(ask: Ask, child: Stated) -> Stated:
    """Return the one child found by a child's facts, as the team sees it."""
    (match,) = (await ask.look_up("manager", **by_everything(child)))["matches"]
    return await ask.shown("manager", match["child"]["child_id"])


async def invalid_lines(ask: Ask, status: Stated, who: str = "schools_feed") -> list[Stated]:
    """Return what a supplier is told of its invalid lines."""
    answer = await ask(who, "GET", status["results"], why=NO_WHY)
    assert answer.status_code == 200
    lines: list[Stated] = answer.json()["lines"]
    return lines


async def test_without_a_token_nothing_is_supplied(ask: Ask) -> None:
    answer = await ask.supply("schools_feed", "schools/x", b"{}\n")
    assert answer.status_code == 200
    refused(await ask(None, "PUT", "/v1/feeds/schools/batches/y"), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["teacher", "manager", "auditor", "case_system"])
async def test_only_suppliers_supply(ask: Ask, who: str) -> None:
    answer = await ask.supply(who, f"schools/{key()}", ndjson([child_line("R", a_child())]))
    refused(answer, 403, "role_not_allowed")


async def test_a_suspended_supplier_supplies_nothing(ask: Ask) -> None:
    child = a_child()
    body = ndjson([child_line(reference(), child)])
    answer = await ask.supply("suspended_feed", f"schools/{key()}", body)
    refused(answer, 403, "account_suspended")
    assert (await ask.look_up("manager", **by_everything(child)))["outcome"] == "none"


@pytest.mark.parametrize("source", ["child-health", "nobodys"])
async def test_a_supplier_sends_its_own_agencys_feed_only(ask: Ask, source: str) -> None:
    """Another agency's source and one that is not there are the same answer."""
    answer = await ask.supply("schools_feed", f"{source}/{key()}", b"{}\n")
    refused(answer, 403, "role_not_allowed")


async def test_a_feed_states_its_purpose_in_no_header_and_may_not_misstate_it(ask: Ask) -> None:
    headers = {"Access-Purpose": "curiosity"}
    answer = await ask("schools_feed", "GET", "/v1/feeds/schools/batches/x", headers=headers)
    refused(answer, 400, "header_invalid")


# Main scenario


async def test_fed_children_are_found_with_who_is_involved(ask: Ask) -> None:
    children = [a_child() for _ in range(3)]
    refs = [reference() for _ in children]
    lines = [child_line(ref, child) for ref, child in zip(refs, children, strict=True)]
    lines += [begin_line(reference("I"), ref, person_name="Marit Quoyle") for ref in refs]
    status = await ask.feed(*lines)
    assert status == {
        "source": "schools",
        "batch_id": status["batch_id"],
        "state": "complete",
        "lines": 6,
        "accepted": 6,
        "invalid": 0,
        "results": f"/v1/feeds/schools/batches/{status['batch_id']}/lines",
    }
    for child in children:
        shown = await found(ask, child)
        assert shown["address"] == child["address"]
        (involved,) = shown["involvements"]
        assert involved["agency"] == "Northmere Primary School"
        assert involved["contact"]["person"]["name"] == "Marit Quoyle"
        assert involved["contact"]["team"]["phone"] == DUTY
        assert shown["provenance"]["name"]["by_person"] is False
        assert shown["provenance"]["name"]["as_of"] == day(1)


async def test_a_complete_feed_shows_in_everybodys_coverage(ask: Ask) -> None:
    await ask.feed(child_line(reference(), a_child(), day(0)), who="health_feed")
    none = await ask.look_up("teacher", **by_everything(a_child()))
    (health,) = [row for row in none["coverage"] if row["agency_kind"] == "health_visiting"]
    assert health == {"agency_kind": "health_visiting", "feeds": True, "as_of": day(0)}
    (police,) = [row for row in none["coverage"] if row["agency_kind"] == "police"]
    assert police == {"agency_kind": "police", "feeds": False, "as_of": None}


async def test_the_same_feed_may_come_as_rows(ask: Ask) -> None:
    child, ref = a_child(), reference()
    address = {**child["address"], "address_kind": "current"}
    cells: Stated = {
        "kind": "child",
        "reference": ref,
        "as_of": day(1),
        **child["name"],
        **{fact: child[fact] for fact in ("date_of_birth", "gender", "nhs_number", "upn")},
        **{fact: said for fact, said in address.items() if fact != "kind"},
    }
    involved = begin_line(reference("I"), ref)
    rows = [",".join(str(line.get(name, "")) for name in COLUMNS) for line in (cells, involved)]
    body = "\r\n".join([",".join(COLUMNS), *rows, ""]).encode()
    answer = await ask.supply("schools_feed", f"schools/{key()}", body, CSV)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["accepted"], answer.json()["invalid"]) == (2, 0)
    shown = await found(ask, child)
    assert shown["address"] == child["address"]
    assert shown["involvements"][0]["contact"]["team"]["name"] == "Northmere Primary Office"


async def test_two_suppliers_of_one_child_make_one_record(ask: Ask) -> None:
    child = a_child()
    await ask.feed(child_line(reference(), child))
    status = await ask.feed(child_line(reference(), child), who="health_feed")
    assert status["accepted"] == 1
    result = await ask.look_up("manager", **by_everything(child))
    assert len(result["matches"]) == 1


# 2a. The batch is sent again


async def test_a_batch_sent_again_does_nothing(ask: Ask) -> None:
    child, ref = a_child(), reference()
    body, path = (
        ndjson([child_line(ref, child), begin_line(reference("I"), ref)]),
        f"schools/{key()}",
    )
    first, second = [await ask.supply("schools_feed", path, body) for _ in range(2)]
    assert first.json() == second.json()
    assert len((await found(ask, child))["involvements"]) == 1


async def test_the_same_lines_in_another_batch_do_nothing(ask: Ask) -> None:
    child, ref = a_child(), reference()
    lines = [child_line(ref, child), begin_line(reference("I"), ref)]
    await ask.feed(*lines)
    before = await found(ask, child)
    status = await ask.feed(*lines)
    assert status["accepted"] == 2
    assert await found(ask, child) == before


async def test_a_batch_id_stands_for_one_body(ask: Ask) -> None:
    path = f"schools/{key()}"
    body = ndjson([child_line(reference(), a_child())])
    assert (await ask.supply("schools_feed", path, body)).status_code == 200
    other = ndjson([child_line(reference(), a_child())])
    refused(await ask.supply("schools_feed", path, other), 409, "state_conflict")


# 2b. The batch arrives in part


@pytest.mark.parametrize("cut", ["after a line", "inside a line"])
async def test_a_batch_cut_short_goes_on_when_sent_again(ask: Ask, cut: str) -> None:
    """Until the digest is met the batch is incomplete, and no line of it is lost."""
    children = [a_child() for _ in range(4)]
    lines = [ndjson([child_line(reference(), child)]) for child in children]
    body, path = b"".join(lines), f"schools/{key()}"
    length = len(lines[0] + lines[1]) + (40 if cut == "inside a line" else 0)
    part = await ask.supply("schools_feed", path, body[:length], digest=_sha256(body))
    refused(part, 422, "digest_mismatch")
    source, _, batch = path.partition("/")
    status = await ask("schools_feed", "GET", f"/v1/feeds/{source}/batches/{batch}", why=NO_WHY)
    assert status.json()["state"] == "incomplete"
    whole = await ask.supply("schools_feed", path, body)
    assert whole.status_code == 200, whole.text
    assert {k: whole.json()[k] for k in ("state", "lines", "accepted", "invalid")} == {
        "state": "complete",
        "lines": 4,
        "accepted": 4,
        "invalid": 0,
    }
    for child in children:
        assert (await found(ask, child))["name"]["family_name"] == child["name"]["family_name"]


async def test_a_long_batch_keeps_what_committed_before_it_broke(ask: Ask) -> None:
    children = [a_child() for _ in range(700)]
    refs = [reference() for _ in children]
    body = ndjson([child_line(r, c) for r, c in zip(refs, children, strict=True)])
    path = f"schools/{key()}"
    cut = len(ndjson([child_line(r, c) for r, c in zip(refs[:650], children, strict=False)]))
    refused(
        await ask.supply("schools_feed", path, body[:cut], digest=_sha256(body)),
        422,
        "digest_mismatch",
    )
    assert (await found(ask, children[0]))["address"] == children[0]["address"]
    assert (await ask.look_up("manager", **by_everything(children[-1])))["outcome"] == "none"
    whole = await ask.supply("schools_feed", path, body)
    assert (whole.json()["lines"], whole.json()["accepted"]) == (700, 700)
    for child in (children[0], children[-1]):
        assert len((await ask.look_up("manager", **by_everything(child)))["matches"]) == 1


def _sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


# 2c. The batch cannot be read at all


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Type": NDJSON}, 400, "digest_missing"),
        ({"Content-Type": NDJSON, "Content-Digest": "sha-256=:AAAA:"}, 400, "header_invalid"),
        ({"Content-Type": NDJSON, "Content-Digest": "md5=:AAAA:"}, 400, "header_invalid"),
        ({"Content-Type": "application/json"}, 415, "wrong_content_type"),
    ],
)
async def test_a_batch_is_announced_by_its_kind_and_digest(
    ask: Ask, headers: dict[str, str], status: int, code: str
) -> None:
    sent = {"Content-Digest": f"sha-256=:{'A' * 43}=:", **headers}
    if code == "digest_missing":
        del sent["Content-Digest"]
    answer = await ask("schools_feed", "PUT", "/v1/feeds/schools/batches/z", b"{}", headers=sent)
    refused(answer, status, code)


async def test_rows_under_an_unknown_heading_are_refused_as_a_whole(ask: Ask) -> None:
    body = b"kind,reference,as_of,nickname\r\nchild,R1,2026-11-20,Bob\r\n"
    answer = await ask.supply("schools_feed", f"schools/{key()}", body, CSV)
    refused(answer, 422, "field_unknown")
    assert "nickname" not in answer.text


# 3a. Some lines are nonsense


async def test_a_nonsense_line_is_told_by_number_and_code_and_spoils_no_other(ask: Ask) -> None:
    good, ref = a_child(), reference()
    wrong = {**a_child(), "nhs_number": "9990000000"}
    lines = [
        b"{broken\n",
        ndjson([child_line(ref, good)]),
        ndjson([child_line(reference(), wrong)]),
        ndjson([begin_line(reference("I"), ref, service="mental_health")]),
        ndjson([begin_line(reference("I"), ref, team_phone=None)]),
        ndjson([{**child_line(reference(), a_child()), "note": "rang twice"}]),
    ]
    answer = await ask.supply("schools_feed", f"schools/{key()}", b"".join(lines))
    status = answer.json()
    assert (status["lines"], status["accepted"], status["invalid"]) == (6, 1, 5)
    told = [
        (each["line"], each["code"], each["field"]) for each in await invalid_lines(ask, status)
    ]
    assert told == [
        (1, "not_json", None),
        (3, "identifier_invalid", "child.nhs_number"),
        (4, "consent_missing", "consent"),
        (5, "field_missing", "team_phone"),
        (6, "field_unknown", None),
    ]
    assert (await found(ask, good))["address"]


async def test_a_line_about_a_child_never_supplied_is_invalid(ask: Ask) -> None:
    status = await ask.feed(begin_line(reference("I"), "NOBODY-1"))
    assert (status["accepted"], status["invalid"]) == (0, 1)
    (line,) = await invalid_lines(ask, status)
    assert line["field"] == "child_reference"


@pytest.mark.parametrize("verb", ["change", "cease"])
async def test_an_involvement_that_never_began_does_not_change(ask: Ask, verb: str) -> None:
    ref = reference()
    says = {"ceased": day(0)} if verb == "cease" else {"team_name": "T", "team_phone": DUTY}
    status = await ask.feed(
        child_line(ref, a_child()), next_line(verb, reference("I"), ref, **says)
    )
    assert (status["accepted"], status["invalid"]) == (1, 1)


async def test_another_suppliers_batch_is_not_shown(ask: Ask) -> None:
    status = await ask.feed(child_line(reference(), a_child()))
    not_shown(await ask("health_feed", "GET", status["results"], why=NO_WHY))
    path = status["results"].removesuffix("/lines")
    not_shown(await ask("health_feed", "GET", path, why=NO_WHY))
    not_shown(await ask("schools_feed", "GET", "/v1/feeds/schools/batches/none", why=NO_WHY))


async def test_invalid_lines_come_in_pages_for_their_supplier_alone(ask: Ask) -> None:
    answer = await ask.supply("schools_feed", f"schools/{key()}", b"x\n" * 1003)
    results = answer.json()["results"]
    first = (await ask("schools_feed", "GET", results, why=NO_WHY)).json()
    assert len(first["lines"]) == 1000
    following = f"{results}?cursor={first['next']}"
    rest = (await ask("schools_feed", "GET", following, why=NO_WHY)).json()
    assert [each["line"] for each in rest["lines"]] == [1001, 1002, 1003]
    assert rest["next"] is None
    another = await ask("manager", "GET", following, why=NO_WHY)  # a cursor serves one account
    refused(another, 400, "query_invalid")


# 3b. A line waits for the team


async def test_a_line_that_may_be_a_child_already_here_waits_and_its_supplier_is_not_told(
    ask: Ask,
) -> None:
    child = a_child()
    await ask.feed(child_line(reference(), child))
    before = await ask.holds()
    similar = {**child, "address": {"kind": "none_known"}}
    for number in ("nhs_number", "upn", "case_number"):
        del similar[number]
    status = await ask.feed(child_line(reference(), similar), who="health_feed")
    assert (status["accepted"], status["invalid"]) == (1, 0)
    new = {child_id: why for child_id, why in (await ask.holds()).items() if child_id not in before}
    assert list(new.values()) == ["doubtful"]


@pytest.mark.parametrize("who", ["teacher", "schools_feed", "auditor"])
async def test_what_waits_is_the_teams_to_see(ask: Ask, who: str) -> None:
    refused(await ask(who, "GET", "/v1/holds", why=NO_WHY), 403, "role_not_allowed")


async def test_what_became_of_the_lines_is_told_to_the_team_alone(ask: Ask) -> None:
    """The supplier hears accepted or invalid; new, same and changed depend on the index."""
    ref, child = reference(), a_child()
    await ask.feed(child_line(ref, child))
    status = await ask.feed(child_line(ref, child), child_line(reference(), a_child()))
    assert "outcomes" not in status
    path = status["results"].removesuffix("/lines")
    told = (await ask("manager", "GET", path, why=NO_WHY)).json()
    assert told["outcomes"]["same"] == 1
    assert told["outcomes"]["new"] == 1
    assert {**told, "outcomes": None} == {**status, "outcomes": None}
