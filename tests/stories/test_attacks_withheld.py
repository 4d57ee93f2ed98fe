"""What is withheld, attacked by its side doors: each claim was first tried as an attack."""

import asyncio
from uuid import UUID, uuid4

from demo.personas import HEALTH_VISITING, LISTENING, SCHOOLS, SOCIAL_CARE
from index_service.services.matters import matters_on, of_agency
from index_service.services.noticing import notices_due
from index_service.store.reading import snapshot
from tests.stories.asking import Answer, Ask, not_shown, refused
from tests.stories.consent_said import about, aged, once, recorded, said, tell, withdraw
from tests.stories.hidden import archive
from tests.stories.made import (
    Stated,
    a_child,
    begin_line,
    by_name,
    child_line,
    contact,
    day,
    involvement,
    next_line,
    reference,
)
from tests.stories.test_brokering import ALL, asked, asking, brokered, hidden_service, told
from tests.stories.test_holding import due, hold
from tests.stories.test_holds import held_by_number, release, same, shielded
from tests.stories.test_mediation import granted, read
from tests.stories.test_new_identity import close
from tests.stories.test_override import override
from tests.stories.test_override import read as read_under
from tests.stories.test_silence import outward

NOT_SHARED: Stated = {
    "recipient_kind": "police",
    "reason": "not_relevant",
    "decided_on": day(1),
}


async def not_share(ask: Ask, who: str, child_id: str) -> Answer:
    """Record that somebody's agency decided not to share."""
    return await ask(who, "POST", about(child_id, "not-shared"), NOT_SHARED, headers=once())


async def room(ask: Ask, who: str, child_id: str) -> int:
    """Return how many rows somebody's agency may add to a child's record before it is refused."""
    for count in range(300):
        answer = await not_share(ask, who, child_id)
        if answer.status_code != 201:
            refused(answer, 409, "state_conflict")
            return count
    raise AssertionError("no bound at all")


# Counting


async def test_room_for_ones_own_rows_tells_nothing_of_others_rows(ask: Ask) -> None:
    """Who filled a record until it was refused counted what they were not shown."""
    plain, secret = await ask.create(aged(14)), await ask.create(aged(14))
    for _ in range(2):
        await ask.begin("therapist", secret, service="mental_health", consent=True)
    await recorded(ask, "therapist", secret, said())
    assert await room(ask, "teacher", plain) == await room(ask, "teacher", secret)
    # Nor does it keep anybody else from entering their own.
    await ask.begin("social_worker", secret)


async def test_a_suppliers_lines_count_none_but_its_own_either(ask: Ask) -> None:
    """Who filled a record by a feed read afterwards how many lines had been taken."""
    counts = []
    for sensitive in (0, 2):
        child, ref = aged(14), reference()
        await ask.feed(child_line(ref, child))
        (match,) = (await ask.look_up("manager", **by_name(child)))["matches"]
        child_id = match["child"]["child_id"]
        for _ in range(sensitive):
            await ask.begin("therapist", child_id, service="mental_health", consent=True)
        for lines in (30, 130, 50):
            status = await ask.feed(*[begin_line(reference("I"), ref) for _ in range(lines)])
            assert (status["accepted"], status["invalid"]) == (lines, 0)
        counts.append(len((await ask.shown("teacher", child_id))["involvements"]))
    assert counts[0] == counts[1]


# Releasing by the side door


async def test_a_shielded_childs_number_is_not_let_go_by_joining_it_elsewhere(ask: Ask) -> None:
    """What one person may not release, one person joined to somebody unshielded."""
    hidden, _ = await held_by_number(ask)
    await ask.begin("manager", hidden)
    other = await ask.create(a_child())
    refused(await release(ask, hidden, same(other)), 409, "second_person_needed")
    assert (await ask.shown("teacher", other))["involvements"] == []
    assert (await ask.holds())[hidden] == "held"


# Telling those who were told


async def test_a_requester_told_through_a_mediator_is_told_that_it_ended(ask: Ask) -> None:
    await tell(ask.served, "school")
    child_id = await ask.create(aged(14))
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    consent_id = await recorded(ask, "therapist", child_id, said())
    grant_id = await granted(ask, "teacher", "health_visitor")
    answer = await read(ask, "health_visitor", child_id, grant_id)
    assert answer.json()["child"]["contact_can_be_brokered"] is True
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
    index = ask.served.index
    await notices_due(index)
    found = set()
    async with snapshot(index.reading, index.csa) as reading:
        for agency in (SCHOOLS, HEALTH_VISITING, SOCIAL_CARE, LISTENING):
            notices = await matters_on(index, reading, of_agency(str(agency.id)))
            found |= {agency.name for each in notices if str(each.child_id) == child_id}
    assert found == {SCHOOLS.name, HEALTH_VISITING.name}


# Suppliers


async def test_a_supplier_learns_of_no_closed_identity_by_nonsense(ask: Ask) -> None:
    """Nonsense beside its own last line was accepted once the record it led to was closed."""
    answers = []
    for closes in (False, True):
        child, ref, begun = a_child(), reference(), reference("I")
        await ask.feed(child_line(ref, child), begin_line(begun, ref))
        (found,) = (await ask.look_up("manager", **by_name(child)))["matches"]
        if closes:
            assert (
                await close(ask, found["child"]["child_id"], "second_manager")
            ).status_code == 204
        await ask.feed(child_line(ref, child, day(0)))
        status = await ask.feed(next_line("cease", begun, ref, ceased=day(2000)))
        answers.append((status["accepted"], status["invalid"]))
    assert answers[0] == answers[1]


async def test_a_line_that_begins_anew_is_entered_at_the_fresh_record(ask: Ask) -> None:
    child, ref, begun = a_child(), reference(), reference("I")
    await ask.feed(child_line(ref, child), begin_line(begun, ref))
    (found,) = (await ask.look_up("manager", **by_name(child)))["matches"]
    assert (await close(ask, found["child"]["child_id"], "second_manager")).status_code == 204
    fresh = a_child()
    status = await ask.feed(
        child_line(ref, fresh, day(0)),
        next_line("change", begun, ref, service="special_needs"),
        begin_line(begun, ref, began=day(80)),
    )
    assert (status["accepted"], status["invalid"]) == (3, 0)
    (match,) = (await ask.look_up("teacher", **by_name(fresh)))["matches"]
    (entered,) = match["child"]["involvements"]
    assert (entered["service"], entered["began"]) == ("school", day(80))


# Lengths


async def test_the_longest_texts_are_kept_or_refused_and_never_break(ask: Ask) -> None:
    child_id = await ask.create(aged(14))
    name, phone = " ".join(["𐐀" * 11] * 5), "+44 (0) 1632 960 111"
    hours = [{"days": ["mon", "tue"], "opens": "08:30", "closes": "17:30"}] * 3
    team = {"name": name, "phone": phone, "hours": hours}
    email = "a" * 29 + "@" + "b" * 22 + ".example"
    person = {"name": "𐐀" * 35, "phone": phone, "email": email}
    long = {"team": team, "person": person}
    plan = {"began": day(40), "ended": None}
    care = {"authority": "c" * 31, "began": day(90), "ended": None}
    facts = {"given_name": "𐐀" * 35, "middle_names": "𐐀" * 35, "family_name": "𐐀" * 35}
    facts |= {"date_of_birth": day(3000), "postcode": "NM1 1AA", "house": "𐐀" * 40}
    dissent = {"about": "closure", "contact": long}
    status = {"contact": long, "child_protection_plan": plan, "looked_after": care}
    held = {"contact": long, "held_since": day(9)}
    sent = [
        ("social_worker", "POST", about(child_id, "involvements"), involvement(contact=long)),
        ("social_worker", "PUT", about(child_id, "assessment"), held),
        ("teacher", "PUT", about(child_id, "lead-professional"), {"contact": long, "since": day()}),
        ("teacher", "POST", about(child_id, "dissents"), dissent),
        ("social_worker", "PUT", about(child_id, "status"), status),
        ("teacher", "POST", ALL, asking(call_back=team)),
        ("teacher", "POST", ALL, asking(call_back=team, lookup=facts)),
        ("teacher", "POST", "/v1/lookups", facts),
    ]
    for who, method, path, body in sent:
        answer = await ask(who, method, path, body, headers=once())
        known = answer.status_code in (200, 201, 204) or "too_large" in answer.text
        assert known, (path, answer.text)


# Overriding


async def test_an_override_opens_nothing_else_and_nothing_later(ask: Ask) -> None:
    (child_id, _), (other_id, _) = await shielded(ask), await shielded(ask)
    absent = outward(await read_under(ask, str(uuid4()), str(uuid4())))
    mine = (await override(ask, child_id)).json()["id"]
    assert outward(await read_under(ask, other_id, mine)) == absent
    assert outward(await read_under(ask, child_id, mine, "colleague")) == absent
    await archive(ask.served, UUID(child_id))
    assert outward(await read_under(ask, child_id, mine)) == absent


async def test_two_overrides_at_once_are_one_read_each(ask: Ask) -> None:
    child_id, child = await shielded(ask)
    ids = [(await override(ask, child_id)).json()["id"] for _ in range(2)]
    for override_id in ids:
        answers = await asyncio.gather(*[read_under(ask, child_id, override_id) for _ in range(3)])
        assert sorted(each.status_code for each in answers) == [200, 409, 409]
    shown = await ask.shown("social_worker", child_id)
    assert (shown["restricted"], "address" in shown) == (True, False)
    assert child["nhs_number"] not in str(shown)


# A shield set after something was told or agreed


async def test_a_released_contact_is_not_told_of_a_child_shielded_since(ask: Ask) -> None:
    child_id = await ask.create(aged(14))
    agreed = await hidden_service(ask, child_id)
    request_id = await asked(ask, child_id=child_id)
    assert (await brokered(ask, request_id, "contact_given", **agreed)).status_code == 204
    assert (await told(ask, "social_worker", request_id))["contact"] is not None
    await ask.shield(child_id, day(-90))
    after = await told(ask, "social_worker", request_id)
    assert (after["contact"], after["answer"]) == (None, "no_contact_can_be_made")


async def test_a_list_of_what_is_due_names_no_child_hidden_since(ask: Ask) -> None:
    ids = []
    for _ in range(3):
        ids.append(await ask.create(a_child()))
        await hold(ask, "teacher", ids[-1], review_due=day(-9))
    assert set(ids) <= (await due(ask, "teacher")).keys()
    await ask.shield(ids[0], day(-90))
    await archive(ask.served, UUID(ids[1]))
    # What is hidden by a shield is not its holder's own assessment.
    assert set(ids) & (await due(ask, "teacher")).keys() == {ids[0], ids[2]}


# Repeating what was once allowed


async def test_a_repeated_request_tells_nothing_of_a_child_hidden_since(ask: Ask) -> None:
    child_id = await ask.create(aged(14))
    sent = [
        ("therapist", about(child_id), said(receipt="kept_by_service"), once()),
        ("teacher", about(child_id, "not-shared"), NOT_SHARED, once()),
        (
            "teacher",
            about(child_id, "dissents"),
            {"about": "closure", "contact": contact()},
            once(),
        ),
        ("teacher", about(child_id, "involvements"), involvement("school"), once()),
    ]
    for who, path, body, headers in sent:
        assert (await ask(who, "POST", path, body, headers=headers)).status_code == 201
    await archive(ask.served, UUID(child_id))
    for who, path, body, headers in sent:
        nobodys = path.replace(child_id, str(uuid4()))
        absent = outward(await ask(who, "POST", nobodys, body, headers=headers))
        assert outward(await ask(who, "POST", path, body, headers=headers)) == absent


# What an entitled worker gets of a shielded child


async def test_of_a_shielded_child_a_therapist_keeps_her_own_work(ask: Ask) -> None:
    child_id = await ask.create(aged(14))
    own = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    consent_id = await recorded(ask, "therapist", child_id, said())
    await ask.shield(child_id, day(-90))
    (seen,) = (await ask.shown("therapist", child_id))["involvements"]
    assert seen["involvement_id"] == own
    shown = await ask("therapist", "GET", about(child_id))
    assert [each["consent_id"] for each in shown.json()["consents"]] == [consent_id]
    for who in ("social_worker", "teacher"):
        assert "involvements" not in await ask.shown(who, child_id)
        assert (await ask(who, "GET", about(child_id))).json()["consents"] == []
        not_shown(await withdraw(ask, who, consent_id))
    assert (await withdraw(ask, "therapist", consent_id)).status_code == 204
