"""What hostile readers found once: each stays found, and stays shut."""

import asyncio
import random
from datetime import timedelta

import pytest

from tests.stories.asking import NO_WHY, Answer, Ask, Why, ndjson, not_shown
from tests.stories.made import (
    TODAY,
    Stated,
    a_child,
    begin_line,
    by_everything,
    child_line,
    day,
    key,
    next_line,
    nhs_number,
    reference,
    upn,
)

SOON = day(-90)
REFERRAL = Why("safeguard", "new_referral")


async def post(ask: Ask, child: Stated) -> Answer:
    """Record a child, whatever comes of it."""
    headers = {"Idempotency-Key": key()}
    return await ask("social_worker", "POST", "/v1/children", child, why=REFERRAL, headers=headers)


def crowd(size: int, first: int) -> list[Stated]:
    """Return many children at once, apart from those a_child makes."""
    chance = random.Random(first)

    def word() -> str:
        return "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(4))

    return [
        {
            "name": {"given_name": word().title(), "family_name": word().title()},
            "date_of_birth": (TODAY - timedelta(days=chance.randrange(400, 5000))).isoformat(),
            "gender": "female",
            "nhs_number": nhs_number(number),
            "upn": upn(number),
            "address": {"kind": "current", "house": str(number % 1000), "postcode": "NM3 3BB"},
        }
        for number in range(first, first + size)
    ]


@pytest.mark.parametrize("shielded", [True, False])
async def test_a_number_one_may_not_see_hides_nobody_found_by_name(
    ask: Ask, shielded: bool
) -> None:
    """A right guess led to the child first, who was then passed over where the name led."""
    child = a_child()
    child_id = await ask.create(child)
    who = "teacher"  # sees no NHS number, of any child
    if shielded:
        await ask.shield(child_id, SOON)
        who = "health_visitor"
    right = await ask.look_up(who, **child["name"], nhs_number=child["nhs_number"])
    wrong = await ask.look_up(who, **child["name"], nhs_number=nhs_number(720_001))
    assert [each["child"]["child_id"] for each in right["matches"]] == [child_id]
    assert right == wrong


async def test_a_hidden_number_turns_no_refusal_into_a_record(ask: Ask) -> None:
    seen, hidden = a_child(case_number=None), a_child()
    await ask.create(seen)
    await ask.shield(await ask.create(hidden), SOON)
    wrong = await post(ask, {**seen, "case_number": "NM99871"})
    right = await post(ask, {**seen, "case_number": hidden["case_number"]})
    assert (wrong.status_code, wrong.content) == (409, right.content)
    assert right.status_code == 409


async def test_another_number_and_a_short_name_release_no_shielded_child(ask: Ask) -> None:
    """In doubt, shielded: a mistyped number made a second record with the address to be seen."""
    child = a_child(name={"given_name": "Katherine", "family_name": "Quillermoss"})
    child_id = await ask.create(child)
    await ask.shield(child_id, SOON)
    again = {
        **child,
        "name": {"given_name": "Kate", "family_name": "Quillermoss"},
        "nhs_number": nhs_number(720_003),
    }
    del again["upn"], again["case_number"]
    await ask.feed(child_line(reference(), again), who="health_feed")
    found = await ask.look_up("teacher", **by_everything(again))
    assert {each["child"]["child_id"] for each in found["matches"]} <= {child_id}
    assert "held" in (await ask.holds()).values()


async def test_a_shielded_childs_twin_of_another_name_and_number_is_seen(ask: Ask) -> None:
    child = a_child(name={"given_name": "Ambrose", "family_name": "Tillyquoy"})
    await ask.shield(await ask.create(child), SOON)
    twin = {
        **child,
        "name": {"given_name": "Wilhelmina", "family_name": "Tillyquoy"},
        "nhs_number": nhs_number(720_005),
    }
    del twin["upn"], twin["case_number"]
    await ask.feed(child_line(reference(), twin), who="health_feed")
    found = await ask.look_up("teacher", **by_everything(twin))
    assert [each["child"]["name"] for each in found["matches"]][:1] == [
        {**twin["name"], "middle_names": None}
    ]


async def test_two_who_amend_children_alike_at_once_do_not_block_each_other(ask: Ask) -> None:
    first = a_child(name={"given_name": "Ashva", "family_name": "Ondermere"})
    second = a_child(name={"given_name": "Ashvah", "family_name": "Ondermere"})
    second |= {fact: first[fact] for fact in ("date_of_birth", "address")}
    ids = [await ask.create(child) for child in (first, second)]
    for gender in ("male", "female") * 3:
        tags = [(await ask.read("social_worker", each)).headers["etag"] for each in ids]
        answers = await asyncio.gather(
            *(
                ask.amend("social_worker", each, tag, gender=gender)
                for each, tag in zip(ids, tags, strict=True)
            )
        )
        assert [answer.status_code for answer in answers] == [204, 204]


async def test_a_batch_begun_twice_at_once_is_no_defect(ask: Ask) -> None:
    body, path = ndjson([child_line(reference(), a_child())]), f"schools/{key()}"
    answers = await asyncio.gather(*(ask.supply("schools_feed", path, body) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {200, 409, 503}
    assert (await ask.supply("schools_feed", path, body)).status_code == 200


async def test_a_login_added_twice_at_once_is_no_defect(ask: Ask) -> None:
    agency = ask.issuer.personas["teacher"].agency.id
    account = {
        "issuer": ask.issuer.url,
        "subject": key(),
        "agency_id": str(agency),
        "role": "practitioner",
    }
    answers = await asyncio.gather(
        *(
            ask(
                "manager",
                "POST",
                "/v1/accounts",
                account,
                why=NO_WHY,
                headers={"Idempotency-Key": key()},
            )
            for _ in range(4)
        )
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 201
    assert set(statuses[1:]) <= {409, 503}


async def test_a_second_supplier_of_the_same_many_names_is_taken(ask: Ask) -> None:
    """Together the lines of one chunk led to more rows than one question may touch."""
    children = crowd(500, first=210_000)
    for child in children:
        family = child["name"]["family_name"]
        child["name"] |= {"middle_names": "Quill", "family_name": f"{family}-Hart"}
        child["name"]["given_name"] += " Jo"
        child["former_names"] = [{"given_name": "Wyndra", "family_name": f"{family[:6]}moss"}]
    for who in ("schools_feed", "health_feed"):
        status = await ask.feed(
            *(child_line(f"M{n}", each) for n, each in enumerate(children)), who=who
        )
        assert (status["state"], status["accepted"]) == ("complete", 500)


async def test_what_waits_is_shown_whole_page_after_page(ask: Ask) -> None:
    children = crowd(210, first=230_000)
    alike = []
    for child in children:
        less = {fact: child[fact] for fact in ("name", "date_of_birth", "gender", "address")}
        alike.append(
            {**less, "address": {**child["address"], "house": "x9", "postcode": "NM9 9ZZ"}}
        )
    everybody = enumerate([*children, *alike])
    await ask.feed(*(child_line(f"W{n}", each) for n, each in everybody))
    shown: list[str] = []
    path = "/v1/holds"
    while path:
        page = (await ask("manager", "GET", path, why=NO_WHY)).json()
        assert len(page["holds"]) <= 200
        shown += [each["child_id"] for each in page["holds"]]
        path = f"/v1/holds?cursor={page['next']}" if page["next"] else ""
    assert len(shown) == len(set(shown)) >= 210


async def test_no_later_line_makes_an_involvement_sensitive_without_consent(ask: Ask) -> None:
    """Regulation 11(3): consent was asked of beginnings only."""
    child_ref, ref = reference(), reference("I")
    lines = [child_line(child_ref, a_child()), begin_line(ref, child_ref)]
    for consent, counted in (({}, 1), ({"consent": True}, 0)):
        change = next_line("change", ref, child_ref, service="substance_misuse", **consent)
        status = await ask.feed(*lines, change)
        assert status["invalid"] == counted


async def test_a_practitioner_of_the_longest_names_in_any_script_is_kept(ask: Ask) -> None:
    """What the form allows the envelope must hold: it did not, and answered with a defect."""
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    hours = [{"days": week, "opens": "08:00", "closes": "17:59"}] * 3
    words = " ".join(["\U00010400" * 11] * 5)
    who = {
        "agency_id": str(ask.issuer.personas["teacher"].agency.id),
        "name": words[:35],
        "team": {"name": words[:59], "phone": "+441632960111", "hours": hours},
        "phone": "+441632960111",
        "email": "a" * 40 + "@bcccccccc.gov.uk",
    }
    headers = {"Idempotency-Key": key()}
    made = await ask("manager", "POST", "/v1/practitioners", who, why=NO_WHY, headers=headers)
    assert made.status_code == 201
    shown = await ask("manager", "GET", f"/v1/practitioners/{made.json()['id']}", why=NO_WHY)
    assert {fact: shown.json()[fact] for fact in who} == who


async def test_a_second_record_waits_from_the_moment_the_first_is_shielded(ask: Ask) -> None:
    """Duplicates are there before anybody thinks of a shield: one left out tells it all."""
    child = a_child()
    first = await ask.create(child)
    again = {**child, "address": {**child["address"], "house": "77"}}
    del again["nhs_number"], again["upn"], again["case_number"]
    second = await ask.create(again)
    other = await ask.create(a_child())
    assert (await ask.read("teacher", second)).status_code == 200
    await ask.shield(first, SOON)
    not_shown(await ask.read("teacher", second))
    assert (await ask.holds())[second] == "held"
    assert (await ask.read("teacher", other)).status_code == 200


async def test_a_guessed_address_is_not_confirmed_by_a_new_records_fate(ask: Ask) -> None:
    """Where a shielded child lives has no part in what resembles it."""
    child = a_child()
    await ask.shield(await ask.create(child), SOON)
    elsewhere = {"house": "63", "postcode": "NM9 9ZZ"}
    for family, place in (("Vantongeren", {}), ("Oosterbaan", elsewhere)):
        guess = a_child(
            name={**child["name"], "family_name": family},
            date_of_birth=child["date_of_birth"],
            gender="not_specified",
            address={**child["address"], **place},
        )
        made = await ask.create(guess)
        assert (await ask.read("social_worker", made)).status_code == 200


async def test_an_amendment_into_a_shielded_childs_likeness_waits(ask: Ask) -> None:
    """Not only an exact name: a nickname and the same day are doubt enough."""
    child = a_child(name={"given_name": "Katherine", "family_name": "Quillermoor"})
    await ask.shield(await ask.create(child), SOON)
    other = await ask.create(a_child(date_of_birth=child["date_of_birth"]))
    tag = (await ask.read("manager", other)).headers["etag"]
    name = {"given_name": "Kate", "family_name": "Quillermoor"}
    assert (await ask.amend("manager", other, tag, name=name)).status_code == 204
    not_shown(await ask.read("teacher", other))


async def test_a_child_already_beside_a_shielded_one_is_still_amended_and_seen(ask: Ask) -> None:
    """What the team has looked at is no new doubt: an update must not hide a child again."""
    child = a_child(name={"given_name": "Katherine", "family_name": "Quillerbrook"})
    name = {"given_name": "Kate", "family_name": "Quillerbrook"}
    other = await ask.create(a_child(date_of_birth=child["date_of_birth"], name=name))
    await ask.shield(await ask.create(child), SOON)
    assert (await ask.holds())[other] == "held"
    looked_at = {"decision": "another_child", "checked_with": "family"}
    released = await ask("manager", "POST", f"/v1/holds/{other}/release", looked_at)
    assert released.status_code == 200, released.text
    tag = (await ask.read("manager", other)).headers["etag"]
    assert (await ask.amend("manager", other, tag, gender="not_specified")).status_code == 204
    assert (await ask.read("teacher", other)).status_code == 200


async def test_no_supplier_buries_a_child_under_its_lines(ask: Ask) -> None:
    """Thousands of involvements of one child would make its record unreadable to all."""
    ref, child = reference(), a_child()
    lines = [child_line(ref, child), *(begin_line(reference("I"), ref) for _ in range(230))]
    status = await ask.feed(*lines)
    assert (status["accepted"], status["invalid"]) == (231, 0)
    path = status["results"].removesuffix("/lines")
    told = (await ask("manager", "GET", path, why=NO_WHY)).json()
    assert told["outcomes"]["halted"] == 180
    (match,) = (await ask.look_up("manager", **by_everything(child)))["matches"]
    shown = await ask.shown("manager", match["child"]["child_id"])
    assert len(shown["involvements"]) == 50
