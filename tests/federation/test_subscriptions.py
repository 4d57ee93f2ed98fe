"""Subscriptions across borders: placed, decided where the child is, told by a number alone."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from consent.facts import AccessReason, AgencyKind, Purpose, Role
from demo.towns import REGION
from index_service.domain.errors import Unrecorded
from index_service.domain.subscription import PARTS_MAX
from index_service.federation.errors import MessageRefused
from index_service.federation.naming import agency_of
from index_service.federation.sizes import (
    SUBSCRIPTIONS_ANSWER_BYTES,
    SUBSCRIPTIONS_BYTES,
    SUBSCRIPTIONS_ENDED,
    SUBSCRIPTIONS_TOLD,
)
from index_service.federation.subscriptions import NUMBER_MAX, PATH, Exchange, Notice, Told
from index_service.services.subscriptions_kept import keep
from index_service.services.subscriptions_made import kept as kept_of
from index_service.store.work import work_on
from tests.federation.boroughs import CAMFIELD, EASTBROOK, NORTHMERE
from tests.federation.direct import PostOffice, commit_lost
from tests.federation.subscribing import (
    WORKER,
    Known,
    changed,
    exchanged,
    found_across,
    kept,
    looked,
    placed,
    placing,
    posted,
    stated,
)
from tests.region import Borough, RegionServed
from tests.stories.asking import SHIELDING
from tests.stories.consent_said import recorded, said, withdraw
from tests.stories.made import day
from tests.stories.subscribing import end, noticed, own, subscribed


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def known(region: RegionServed) -> Known:
    """Children of Camfield, each found from Northmere by an answer's id."""
    return await found_across(region)


async def test_a_subscriber_elsewhere_is_told_to_ask_again(
    region: RegionServed, known: Known
) -> None:
    """Over the network: placed, looked at, told, and what is in both logs matches."""
    before = len(await heard_at(region[CAMFIELD]))
    made = await placed(region, known.ids["told"])
    await exchanged(region)
    await looked(region)
    await exchanged(region)
    assert not await noticed(region[NORTHMERE].ask, WORKER, made)
    await changed(region[CAMFIELD], known.ids["told"], "health_visitor", "health_visiting")
    await looked(region)
    await exchanged(region)
    shown = (await own(region[NORTHMERE].ask, WORKER))[made]
    assert shown["ask_again"] is not None
    assert shown["authority"] == CAMFIELD
    assert known.ids["told"] not in str(shown)
    sent = [e for e in await region[NORTHMERE].served.entries() if e["action"] == "subscriptions"]
    heard = (await heard_at(region[CAMFIELD]))[before:]
    commits = {(e["query_commit"], e["result_commit"]) for e in sent if e["result_commit"]}
    assert {(e["query_commit"], e["result_commit"]) for e in heard} <= commits
    assert heard
    accounts = {e["account"] for e in await region[CAMFIELD].served.entries()}
    own_account = region[NORTHMERE].ask.issuer.personas[WORKER].account.id
    assert str(own_account) not in accounts
    assert (await end(region[NORTHMERE].ask, WORKER, made)).status_code == 204
    await exchanged(region)


async def heard_at(borough: Borough) -> list[Any]:
    """Return a borough's entries of what others stated to it."""
    return [e for e in await borough.served.entries() if e["route"] == PATH]


async def test_a_hidden_child_reads_as_nobody_in_every_byte(
    region: RegionServed, known: Known, office: PostOffice
) -> None:
    """Placed of a child and of nobody; then shielded, then changed: no answer differs."""
    child_id = known.ids["hidden"]
    real, nobody = placing(child_id), placing(str(uuid4()))
    before = await kept(region[CAMFIELD])
    first = await stated(region, office, Exchange(placed=(real,)))
    middle = await kept(region[CAMFIELD])
    assert first == await stated(region, office, Exchange(placed=(nobody,)))
    assert middle - before == await kept(region[CAMFIELD]) - middle == 1
    await looked(region)
    shield_id = await region[CAMFIELD].ask.shield(child_id, review=day(-90))
    await changed(region[CAMFIELD], child_id, "health_visitor", "health_visiting")
    charged, looks = await charges(region[CAMFIELD]), await subscriber_looks(region[CAMFIELD])
    await looked(region)
    looks = await subscriber_looks(region[CAMFIELD]) - looks
    assert await charges(region[CAMFIELD]) - charged == 2 * looks == 4
    bodies = [(await stated(region, office, Exchange())).body() for _ in range(2)]
    assert bodies[0] == bodies[1] == Told().body()
    path = f"/v1/children/{child_id}/shield/lift"
    said_so = {"shield_id": shield_id}
    answer = await region[CAMFIELD].ask("manager", "POST", path, said_so, why=SHIELDING)
    assert answer.status_code == 204
    await looked(region)
    told = await stated(region, office, Exchange())
    assert told.notices == (Notice(real.subscription, 1),)
    had = await stated(region, office, Exchange(had=told.notices))
    assert had.notices == ()
    await stated(region, office, Exchange(ended=(real.subscription, nobody.subscription)))


async def charges(borough: Borough) -> int:
    """Return how many charges stand in a borough's store."""
    (row,) = await borough.served.rows("select count(*) as n from charge")
    return int(row["n"])


async def test_what_a_peers_asker_is_not_shown_raises_nothing(
    region: RegionServed, known: Known, office: PostOffice
) -> None:
    """A sensitive entry and its consent, told to nobody by Camfield's agreement."""
    child_id, camfield = known.ids["helped"], region[CAMFIELD]
    one = placing(child_id)
    await stated(region, office, Exchange(placed=(one,)))
    await looked(region)
    await camfield.ask.begin("therapist", child_id, service="mental_health", consent=True)
    consent_id = await recorded(camfield.ask, "therapist", child_id, said())
    await looked(region)
    assert (await withdraw(camfield.ask, "therapist", consent_id)).status_code == 204
    await looked(region)
    assert (await stated(region, office, Exchange())).notices == ()
    await stated(region, office, Exchange(ended=(one.subscription,)))


async def test_by_default_no_authority_and_no_other_kind_is_told(
    region: RegionServed, known: Known, office: PostOffice
) -> None:
    child_id = known.ids["more"]
    police = placing(child_id)
    police = replace(police, asker=replace(police.asker, agency_kind=AgencyKind.POLICE))
    system = placing(child_id)
    system = replace(system, asker=replace(system.asker, role=Role.CASE_SYSTEM))
    lapsed = placing(child_id)
    lapsed = replace(lapsed, asker=replace(lapsed.asker, checked_on=None))
    usual, eastbrooks = placing(child_id), placing(child_id)
    four = (police, system, lapsed, usual)
    await stated(region, office, Exchange(placed=four))
    await stated(region, office, Exchange(placed=(eastbrooks,)), by=EASTBROOK)
    await looked(region)
    await changed(region[CAMFIELD], child_id, "health_visitor", "health_visiting")
    await looked(region)
    assert (await stated(region, office, Exchange(), by=EASTBROOK)).notices == ()
    told = await stated(region, office, Exchange())
    assert told.notices == (Notice(usual.subscription, 1),)
    ended = tuple(each.subscription for each in four)
    await stated(region, office, Exchange(ended=ended, had=told.notices))
    await stated(region, office, Exchange(ended=(eastbrooks.subscription,)), by=EASTBROOK)


async def test_nobody_ends_or_has_what_another_authority_placed(
    region: RegionServed, known: Known, office: PostOffice
) -> None:
    child_id = known.ids["more"]
    one = placing(child_id)
    await stated(region, office, Exchange(placed=(one,)))
    await looked(region)
    await changed(region[CAMFIELD], child_id, "teacher", "school")
    await looked(region)
    theirs = Exchange(ended=(one.subscription,), had=(Notice(one.subscription, 1),))
    assert (await stated(region, office, theirs, by=EASTBROOK)).notices == ()
    # A notice nobody raised is had by nobody, either.
    ahead = Exchange(had=(Notice(one.subscription, 7),))
    assert (await stated(region, office, ahead)).notices == (Notice(one.subscription, 1),)
    await stated(region, office, Exchange(ended=(one.subscription,)))


async def test_stated_again_it_is_one_and_ended_it_is_none(
    region: RegionServed, known: Known, office: PostOffice
) -> None:
    one = placing(known.ids["more"])
    before = await kept(region[CAMFIELD])
    for _ in range(3):
        await stated(region, office, Exchange(placed=(one,)))
    assert await kept(region[CAMFIELD]) - before == 1
    for _ in range(2):
        await stated(region, office, Exchange(ended=(one.subscription,)))
    await stated(region, office, Exchange(placed=(one,)))  # told late: it stays ended
    await looked(region)
    assert (await stated(region, office, Exchange())).notices == ()


async def test_every_exchange_has_one_size_whatever_there_is_to_say(
    region: RegionServed, known: Known, office: PostOffice
) -> None:
    """And goes to every other index, each time."""
    nothing = await posted(region, office, NORTHMERE)
    made = await placed(region, known.ids["more"])
    something = await posted(region, office, NORTHMERE)
    sizes = {(len(sent), len(came)) for w in (nothing, something) for sent, came in w.bodies}
    assert sizes == {(SUBSCRIPTIONS_BYTES, SUBSCRIPTIONS_ANSWER_BYTES)}
    assert len(nothing.bodies) == len(something.bodies) == 2
    stated_there = [Exchange.read(sent) for sent, _ in something.bodies]
    assert sorted(len(each.placed) for each in stated_there) == [0, 1]
    assert b"CASE/10442" not in b"".join(sent for sent, _ in something.bodies)
    assert (await end(region[NORTHMERE].ask, WORKER, made)).status_code == 204
    third = await posted(region, office, NORTHMERE)
    ended = [Exchange.read(sent).ended for sent, _ in third.bodies]
    assert sorted(ended) == [(), (UUID(made),)]
    fourth = await posted(region, office, NORTHMERE)
    assert [Exchange.read(sent).ended for sent, _ in fourth.bodies] == [(), ()]


@pytest.mark.parametrize("kept_there", [False, True])
async def test_a_crash_between_notice_and_ack_loses_none_and_counts_none_twice(
    region: RegionServed, known: Known, office: PostOffice, kept_there: bool
) -> None:
    """The commit after the answer is lost: before it took effect, and after."""
    north, service = region[NORTHMERE], "police" if kept_there else "housing"
    who = "police_desk" if kept_there else "housing_officer"
    made = await placed(region, known.ids["lost"])
    await posted(region, office, NORTHMERE)
    await looked(region)
    await changed(region[CAMFIELD], known.ids["lost"], who, service)
    await looked(region)
    index = office.jobs[NORTHMERE]
    with commit_lost(index.feed, 2, kept_there) as cut, pytest.raises(Unrecorded):
        await posted(region, office, NORTHMERE)
    assert cut.happened
    assert await noticed(north.ask, WORKER, made) is kept_there
    again = await posted(region, office, NORTHMERE)
    assert await noticed(north.ask, WORKER, made)
    told = [Told.read(came).notices for _, came in again.bodies]
    assert sum(len(each) for each in told) == (0 if kept_there else 1)
    after = await posted(region, office, NORTHMERE)
    last = await posted(region, office, NORTHMERE)
    assert [Told.read(came).notices for _, came in last.bodies] == [(), ()]
    assert all(len(Exchange.read(sent).had) <= 1 for sent, _ in after.bodies)
    assert (await end(north.ask, WORKER, made)).status_code == 204
    await posted(region, office, NORTHMERE)


async def test_nothing_goes_out_to_a_member_that_is_suspended(
    region: RegionServed, known: Known
) -> None:
    """From its next message on; released, what is new then is told."""
    camfield = region[CAMFIELD]
    made = await placed(region, known.ids["told"])
    await exchanged(region)
    await looked(region)
    await changed(camfield, known.ids["told"], "teacher", "school")
    path = f"/v1/peers/{NORTHMERE}/suspension"
    assert (await camfield.ask("manager", "PUT", path)).status_code == 204
    looks = await subscriber_looks(camfield)
    await looked(region)
    await exchanged(region)
    assert not await noticed(region[NORTHMERE].ask, WORKER, made)
    assert await subscriber_looks(camfield) == looks
    assert (await camfield.ask("manager", "DELETE", path)).status_code == 204
    await looked(region)
    await exchanged(region)
    assert await noticed(region[NORTHMERE].ask, WORKER, made)
    assert (await end(region[NORTHMERE].ask, WORKER, made)).status_code == 204
    await exchanged(region)


async def subscriber_looks(borough: Borough) -> int:
    """Return how often a borough has looked for subscribers of Northmere."""
    entries = [e for e in await borough.served.entries() if e["action"] == "subscribe"]
    return sum(e["agency"] == str(agency_of(REGION, NORTHMERE)) for e in entries)


async def test_a_peers_day_bounds_the_children_it_is_told_of(
    region: RegionServed, known: Known, office: PostOffice
) -> None:
    """What is put off is told another day."""
    camfield = region[CAMFIELD]
    two = (placing(known.ids["lost"]), placing(known.ids["helped"]))
    await stated(region, office, Exchange(placed=two))
    await looked(region)
    for name in ("lost", "helped"):
        await changed(camfield, known.ids[name], "emergency_nurse", "hospital")
    notices: set[Notice] = set()
    for expected in (1, 2):
        await looked(region, peer_children_a_day=1)
        notices |= set((await stated(region, office, Exchange())).notices)
        assert len(notices) == expected
    ended = tuple(each.subscription for each in two)
    await stated(region, office, Exchange(ended=ended))


async def test_no_more_are_kept_for_a_member_than_may_be(
    region: RegionServed, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "index_service.services.peering.subscriptions_exchanged.MEMBER_MAX"
    monkeypatch.setattr(place, 0)
    before = await kept(region[CAMFIELD])
    full = await stated(region, office, Exchange(placed=(placing(str(uuid4())),)), by=EASTBROOK)
    assert full.full
    assert await kept(region[CAMFIELD]) == before
    made = await subscribed(region[EASTBROOK].ask, WORKER, str(uuid4()), authority=CAMFIELD)
    first = await posted(region, office, EASTBROOK)
    again = await posted(region, office, EASTBROOK)  # still owed
    for watched in (first, again):
        placed_there = [len(Exchange.read(sent).placed) for sent, _ in watched.bodies]
        assert sorted(placed_there) == [0, 1]
    assert (await end(region[EASTBROOK].ask, WORKER, made)).status_code == 204


WHOLE = Exchange(had=(Notice(UUID(int=1), 1),)).body()
SPOILT = {
    "a byte short": WHOLE[:-1],
    "another size": WHOLE + b" ",
    "no object": b"[]".ljust(SUBSCRIPTIONS_BYTES),
    "a field more": WHOLE.replace(b'{"format":1,', b'{"format":1,"x":1,')[:SUBSCRIPTIONS_BYTES],
    "another format": WHOLE.replace(b'"format":1', b'"format":2'),
    "a number of nobody's": WHOLE.replace(b",1]", b",-1]")[:SUBSCRIPTIONS_BYTES],
    "true for a number": WHOLE.replace(b",1]", b",true]")[:SUBSCRIPTIONS_BYTES],
    "a note": WHOLE.replace(b'"ended":[]', b'"ended":["rather worried"]')[:SUBSCRIPTIONS_BYTES],
}


@pytest.mark.parametrize("how", SPOILT)
async def test_what_is_not_of_its_form_is_refused_and_changes_nothing(
    region: RegionServed, office: PostOffice, how: str
) -> None:
    before = await kept(region[CAMFIELD])
    with pytest.raises(MessageRefused):
        await stated(region, office, SPOILT[how])
    assert await kept(region[CAMFIELD]) == before


async def test_a_subscription_of_the_longest_form_fits_its_row_and_its_message(
    region: RegionServed, office: PostOffice
) -> None:
    """Of the longest words, from the longest name, with as many marks as are kept."""
    words = {"purpose": max(Purpose, key=len), "reason": max(AccessReason, key=len)}
    longest = placing(str(uuid4()), **words)
    asker = replace(longest.asker, agency_kind=max(AgencyKind, key=len), role=max(Role, key=len))
    many = tuple(replace(longest, subscription=uuid4(), asker=asker) for _ in range(16))
    had = tuple(Notice(uuid4(), NUMBER_MAX) for _ in range(SUBSCRIPTIONS_TOLD))
    ended = tuple(uuid4() for _ in range(SUBSCRIPTIONS_ENDED))
    assert len(Exchange(many, ended, had).body()) == SUBSCRIPTIONS_BYTES
    assert len(Told(had, full=True).body()) == SUBSCRIPTIONS_ANSWER_BYTES
    index = office.jobs[CAMFIELD]
    whole = kept_of(index, "a" * 31, many[0]).seen([bytes(4)] * PARTS_MAX)
    numbers = {"noticed": NUMBER_MAX, "had": NUMBER_MAX, "looked": 1 << 33}
    whole = whole.told(noticed_on=day(0), **numbers)
    assert whole.parts == (bytes(4),) * PARTS_MAX
    async with work_on(index.feed, index.csa, index.log) as work:
        await keep(index, work, whole)  # and left: nothing is committed
