"""Answering a peer: by the own agreement, in one shape, no more in a day than agreed."""

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from os import urandom
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from consent.facts import AgencyKind, Purpose, Role
from consent.peers import PeerMode
from demo.authority import roomy
from demo.towns import TOWNS, agreement_of
from index_service.domain.matching.keys import Facts
from index_service.federation.answer import FirstAnswer, PeerOutcome
from index_service.federation.errors import MessageRefused, PeerCode, Unreachable
from index_service.federation.question import DIGESTS_OF, FIRST_PATH, SECOND_PATH, FirstQuestion
from index_service.federation.sizes import ANSWER_BYTES, FIRST_ANSWER_BYTES, RELEASE_STEP_S
from index_service.services.peering.answering import Answering
from index_service.services.peering.heard import PeerAsked
from index_service.services.peering.peer_day import PeerLimits
from index_service.services.peering.polling import Polling
from index_service.services.peering.work_queue import (
    LEASE_S,
    Claimed,
    Fetched,
    Result,
    Work,
    WorkQueue,
)
from index_service.store.peer_work import PeerWork
from tests.federation.boroughs import CAMFIELD, EASTBROOK, NORTHMERE, living, settled
from tests.federation.peers import Peer, facts_of
from tests.region import RegionServed
from tests.stories.consent_said import agree
from tests.stories.made import Stated, day

FEW = 4


@dataclass
class Children:
    """Children of Camfield."""

    known: Stated
    shielded: Stated
    many: list[Stated]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def children(region: RegionServed) -> Children:
    """Children of Camfield in its filter, one of them shielded since."""
    camfield = region[CAMFIELD]
    made = Children(camfield.child(), camfield.child(), [camfield.child() for _ in range(2 * FEW)])
    for child in (made.known, *made.many):
        await living(camfield, child)
    shielded_id = await living(camfield, made.shielded)
    await settled(region, CAMFIELD)
    await camfield.ask.shield(shielded_id, review=day(-90))
    return made


@pytest.fixture
def peer(region: RegionServed, children: Children) -> Peer:
    """Northmere's index asking Camfield's."""
    return Peer(region, NORTHMERE, CAMFIELD)


async def test_a_peer_named_in_the_agreement_is_answered_as_far_as_it_says(
    peer: Peer, children: Children
) -> None:
    first, second = await peer.both(children.known)
    assert first.go_on
    assert (second.outcome, second.mode) == (PeerOutcome.SHOWN, PeerMode.CONTENT)
    (match,) = second.matches
    assert match["child"]["date_of_birth"] == children.known["date_of_birth"]


async def test_a_peer_not_named_is_told_nothing(
    region: RegionServed, peer: Peer, children: Children
) -> None:
    camfield = region[CAMFIELD].served
    document: Any = agreement_of(TOWNS[CAMFIELD])
    await agree(camfield, roomy({**document, "named": []}))
    first, second = await peer.both(children.known)
    assert (first.go_on, second.outcome) == (False, PeerOutcome.NOTHING)
    heard = await camfield.entries()
    entry = [each for each in heard if each["route"].endswith("/questions/second")][-1]
    assert (entry["outcome"], entry["rules"], entry["subjects"]) == (
        "nothing",
        ["not_gone_on"],
        [],
    )
    await agree(camfield, roomy(document))
    assert (await peer.both(children.known))[0].go_on


async def test_of_a_shielded_child_a_peer_is_told_what_it_is_told_of_nobody(
    region: RegionServed, peer: Peer, children: Children
) -> None:
    """Found by digests that still lead to it, by anybody, its own team's peers included."""
    for kind, role in (
        (AgencyKind.POLICE, Role.PRACTITIONER),
        (AgencyKind.AUTHORITY, Role.MANAGEMENT_TEAM),
    ):
        said = await peer.both(children.shielded, agency_kind=kind, role=role)
        nobody = await peer.both(region[CAMFIELD].child(), agency_kind=kind, role=role)
        assert [each.go_on for each in (said[0], nobody[0])] == [False, False]
        assert replace(said[1], question_id=nobody[1].question_id) == nobody[1]


async def test_a_known_childs_ticket_opens_no_shielded_one(
    region: RegionServed, peer: Peer, children: Children
) -> None:
    """A hostile peer gets leg 2 by a child it may ask about, and asks there about another."""
    said = []
    for child in (children.shielded, region[CAMFIELD].child()):
        stated = await peer.stated()
        _, first = await peer.first(facts_of(children.known), stated)
        assert first.go_on
        answer, second = await peer.second(facts_of(child), stated, first)
        said.append((len(answer.body), second.outcome, second.mode, second.matches))
    assert said[0] == said[1]
    assert said[0][1] is PeerOutcome.NOTHING


async def test_every_answer_of_a_leg_has_one_size_and_leaves_at_a_step(
    region: RegionServed, peer: Peer, children: Children
) -> None:
    """Found, shielded, nobody, refused: in bytes and in moments they are one."""
    cases: list[tuple[Stated, dict[str, Any]]] = [
        (children.known, {}),
        (children.shielded, {}),
        (region[CAMFIELD].child(), {}),
        (children.known, {"purpose": Purpose.FIND_MISSING_EDUCATION}),
        (children.known, {"role": Role.AUDITOR}),
    ]
    for child, differs in cases:
        facts, stated = facts_of(child), await peer.stated(**differs)
        await peer.digests(facts)
        begun = time.monotonic()
        answer, first = await peer.first(None if child is not children.known else facts, stated)
        assert time.monotonic() - begun >= RELEASE_STEP_S
        begun = time.monotonic()
        told, _ = await peer.second(facts if first.go_on else None, stated, first)
        assert time.monotonic() - begun >= RELEASE_STEP_S
        sizes = (len(answer.body), len(told.body), len(answer.receipt), len(told.receipt))
        assert sizes[:2] == (FIRST_ANSWER_BYTES, ANSWER_BYTES)
        assert sizes[2] == sizes[3]


async def test_a_leg_is_one_entry_with_its_codes_and_its_children(
    region: RegionServed, peer: Peer, children: Children
) -> None:
    facts, stated = facts_of(children.known), await peer.stated(reference="RPT/10442")
    one, first = await peer.first(facts, stated)
    two, _ = await peer.second(facts, stated, first)
    entries = {each["query_commit"]: each for each in await region[CAMFIELD].served.entries()}
    for answer, path, code in ((one, FIRST_PATH, "go_on"), (two, SECOND_PATH, "shown")):
        entry = entries[answer.asked.commit]
        assert (entry["route"], entry["code"], entry["outcome"]) == (path, code, "shown")
        assert (entry["account"], entry["reference"]) == (str(stated.asker.account), "RPT/10442")
        assert "agreement_gives" in entry["rules"]
        assert len(entry["subjects"]) == 1


async def test_a_retry_is_the_same_question_and_another_body_under_its_id_is_none(
    region: RegionServed, peer: Peer, children: Children
) -> None:
    facts, stated = facts_of(children.known), await peer.stated()
    _, first = await peer.first(facts, stated)
    charged = "select count(*) as n from charge"
    answers = []
    counts = []
    for _ in range(2):
        _, told = await peer.second(facts, stated, first)
        answers.append(told)
        counts.append((await region[CAMFIELD].served.rows(charged))[0]["n"])
    assert answers[0] == answers[1]
    assert counts[0] == counts[1]
    other = facts_of(children.many[0])
    with pytest.raises(MessageRefused) as refused:
        await peer.second(other, stated, first)
    assert refused.value.code is PeerCode.MALFORMED


async def test_leg_two_goes_no_further_than_leg_one(peer: Peer, children: Children) -> None:
    facts, stated = facts_of(children.known), await peer.stated()
    _, nothing = await peer.first(None, stated)
    _, told = await peer.second(facts, stated, nothing)
    assert told.outcome is PeerOutcome.NOTHING
    _, first = await peer.first(facts, stated)
    for forged in (
        replace(first, ticket=bytes(len(first.ticket))),
        replace(first, question_id=uuid4()),
    ):
        with pytest.raises(MessageRefused):
            await peer.second(facts, stated, forged)
    with pytest.raises(MessageRefused):  # asked for something else than leg 1 was
        await peer.second(facts, replace(stated, purpose=Purpose.PROMOTE_WELFARE), first)
    with pytest.raises(MessageRefused):  # nobody browses by a name
        await peer.second(Facts(names=facts.names), stated, first)


async def test_the_ticket_of_one_authority_is_nothing_to_another(
    region: RegionServed, peer: Peer, children: Children
) -> None:
    facts, stated = facts_of(children.known), await peer.stated()
    _, first = await peer.first(facts, stated)
    with pytest.raises(MessageRefused):
        await Peer(region, EASTBROOK, CAMFIELD).second(facts, stated, first)


async def to_ask(peer: Peer, answering: Answering, child: Stated) -> tuple[UUID, PeerAsked]:
    """Return leg 1 about a child, as a story is handed it, and its question's id."""
    facts, stated = facts_of(child), await peer.stated()
    digests = await peer.digests(facts)
    fill = [urandom(16) for _ in range(DIGESTS_OF["first"] - len(digests))]
    question = FirstQuestion(uuid4(), stated, (*digests, *fill))
    return question.question_id, await peer.heard(answering.handlers()[0], question.encoded())


async def by_hand(peer: Peer, answering: Answering, child: Stated) -> FirstAnswer:
    """Ask leg 1 about a child of an index's story itself: no port, no waiting for a step."""
    question_id, message = await to_ask(peer, answering, child)
    return FirstAnswer.decoded((await answering.first(message)).reply.body, question_id)


async def test_a_trawl_ends_after_so_many_children_and_learns_nothing_from_its_end(
    region: RegionServed, peer: Peer, children: Children
) -> None:
    """At an authority that lets a peer know of a few children a day."""
    region.later(days=1)  # a day of its own
    answering = Answering(region[CAMFIELD].served.index, PeerLimits(FEW))
    told = [await by_hand(peer, answering, child) for child in children.many]
    assert [each.go_on for each in told] == [True] * FEW + [False] * FEW
    # Who was told of already is told of still; a guess at nobody reads as the stop does.
    assert (await by_hand(peer, answering, children.many[0])).go_on
    nobody = await by_hand(peer, answering, region[CAMFIELD].child())
    stopped = told[-1]
    assert not nobody.go_on
    assert len(stopped.ticket) == len(nobody.ticket)
    heard = await region[CAMFIELD].served.entries()
    entries = [each for each in heard if each["route"].endswith("/questions/first")][-3:]
    assert [each["code"] for each in entries] == ["nothing", "go_on", "nothing"]
    assert "peer_day_used_up" in entries[0]["rules"]


async def test_a_peer_that_misses_too_often_is_told_nothing_more(
    region: RegionServed, peer: Peer, children: Children
) -> None:
    region.later(days=1)
    answering = Answering(region[CAMFIELD].served.index, PeerLimits(misses_a_day=3))
    for _ in range(3):
        assert not (await by_hand(peer, answering, region[CAMFIELD].child())).go_on
    assert not (await by_hand(peer, answering, children.known)).go_on
    region.later(days=1)  # and anew the next day
    assert (await by_hand(peer, answering, children.known)).go_on


async def test_many_at_once_are_told_of_no_more_than_one_after_another(
    region: RegionServed, peer: Peer, children: Children
) -> None:
    region.later(days=1)
    answering = Answering(region[CAMFIELD].served.index, PeerLimits(FEW))
    asked = [await to_ask(peer, answering, child) for child in children.many]
    said = await asyncio.gather(*(answering.first(message) for _, message in asked))
    told = [
        FirstAnswer.decoded(each.reply.body, question_id)
        for each, (question_id, _) in zip(said, asked, strict=True)
    ]
    assert sum(each.go_on for each in told) == FEW


async def test_what_waits_for_a_peer_without_a_port_goes_to_one_claimant(
    region: RegionServed,
) -> None:
    """A lease that ended goes to the next one, and what the first still brings is not taken."""
    north = region[NORTHMERE]
    queue = WorkQueue(north.served.index)
    asking = asyncio.create_task(queue.ask(EASTBROOK, FIRST_PATH, b"question", 20.0))
    lease, ((waiting),) = await queue.claim(EASTBROOK)
    assert queue.opened(waiting) == (FIRST_PATH, b"question")
    rows = await PeerWork(north.served.index.reading, north.served.index.csa).claim(
        EASTBROOK, uuid4(), lease_of(north.clock.now()), 4
    )
    assert rows == []  # leased already
    region.later(seconds=LEASE_S + 1)
    second, (again,) = await queue.claim(EASTBROOK)
    assert (again.id, second != lease) == (waiting.id, True)
    late = Result(waiting.id, lease, "v1.x", b"late")
    assert not await queue.answered(EASTBROOK, late)
    assert not await queue.answered(CAMFIELD, replace(late, lease=second))  # not theirs
    assert await queue.answered(EASTBROOK, Result(waiting.id, second, "v1.y", b"answer"))
    assert not await queue.answered(EASTBROOK, Result(waiting.id, second, "v1.z", b"twice"))
    assert await asking == Fetched(b"answer", "v1.y")
    assert await north.served.rows("select id from peer_work") == []


async def test_rows_that_wait_are_of_one_size_and_tell_nothing(region: RegionServed) -> None:
    north = region[NORTHMERE]
    queue = WorkQueue(north.served.index)
    tasks = [
        asyncio.create_task(queue.ask(EASTBROOK, path, body, 5.0))
        for path, body in ((FIRST_PATH, b"short"), (SECOND_PATH, b"q" * 4096))
    ]
    lease, waiting = await queue.claim(EASTBROOK)
    while len(waiting) < 2:
        lease, more = await queue.claim(EASTBROOK)
        waiting += more
    await queue.answered(EASTBROOK, Result(waiting[0].id, lease, "v1.x", b"a" * ANSWER_BYTES))
    rows = await north.served.rows("select length(sealed) as size from peer_work")
    assert len({row["size"] for row in rows}) == 1
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_a_question_to_a_peer_that_never_polls_is_unreachable_in_time(
    region: RegionServed,
) -> None:
    queue = WorkQueue(region[NORTHMERE].served.index)
    with pytest.raises(Unreachable):
        await queue.ask(EASTBROOK, FIRST_PATH, b"question", 0.2)
    assert await region[NORTHMERE].served.rows("select id from peer_work") == []


async def test_claims_and_results_are_messages_of_one_size(region: RegionServed) -> None:
    """Fetched over the wire, answered by the story that answers every question, and brought."""
    north, camfield = region[NORTHMERE].served.index, region[CAMFIELD].served.index
    peer, queue = Peer(region, NORTHMERE, CAMFIELD), WorkQueue(north)
    stated = await peer.stated()
    question = FirstQuestion(
        uuid4(), stated, tuple(urandom(16) for _ in range(DIGESTS_OF["first"]))
    )
    asking = asyncio.create_task(queue.ask(CAMFIELD, FIRST_PATH, question.encoded(), 10.0))
    assert camfield.region is not None
    assert await Polling(camfield, camfield.region).fetch(NORTHMERE) == 1
    fetched = await asking
    assert not FirstAnswer.decoded(fetched.body, question.question_id).go_on
    assert fetched.receipt.startswith("v1.")
    codes = [each["code"] for each in await region[NORTHMERE].served.entries()]
    assert "work_claimed" in codes
    assert "work_taken" in codes
    body = Claimed(uuid4(), ()).encoded()
    full = Claimed(uuid4(), tuple(Work(uuid4(), SECOND_PATH, bytes(4096)) for _ in range(4)))
    assert len(body) == len(full.encoded()) == ANSWER_BYTES


def lease_of(now: datetime) -> tuple[datetime, datetime]:
    """Return the span of a lease that begins now."""
    return now, now + timedelta(seconds=LEASE_S)
