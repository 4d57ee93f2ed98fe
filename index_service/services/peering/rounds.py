"""One question put to the region: derived, located, asked in two legs of those who may know.

Every exchange stands in the log before anything of it is told. What comes after the deadline is
dropped, and entered as that.
"""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import urandom
from uuid import uuid4

from index_service.domain.child import IdentifierScheme
from index_service.domain.errors import Unrecorded
from index_service.domain.matching.keys import Facts, query_keys
from index_service.domain.matching.region_keys import KINDS_OF
from index_service.federation.answer import FirstAnswer, PeerOutcome, SecondAnswer
from index_service.federation.errors import MessageRefused, Unreachable
from index_service.federation.members import Member
from index_service.federation.message import Sent
from index_service.federation.oblivious import ProofFailed, region_input
from index_service.federation.question import (
    DIGEST_BYTES,
    DIGESTS_OF,
    FIRST_PATH,
    SECOND_PATH,
    FirstQuestion,
    SecondQuestion,
    Stated,
    enough,
)
from index_service.federation.region_client import RegionClient
from index_service.federation.sizes import DERIVED_AT_ONCE, DERIVED_WIDE_AT_ONCE
from index_service.log.access_log import RequestEntries
from index_service.log.entry import Outcome
from index_service.log.leaf import Left
from index_service.services.admitting import Admitted
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.peering.heard import seal_exchange
from index_service.services.peering.known_to import asker_told, known_to
from index_service.services.peering.region import Region, Standing
from index_service.services.peering.region_sheet import SERIES
from index_service.services.peering.work_queue import Fetched, WorkQueue

EXCHANGED = "peer_exchange"
LATE = "late_answer"
UNANSWERED = "unanswered"
LATE_S = 5.0
"""How long a late answer is still awaited, to be entered as late; nobody is told of it."""

_POSSIBLE, _NO_FILTER = "possible", "no_filter"
_DERIVED_OF = {"first": DERIVED_AT_ONCE, "wide": DERIVED_WIDE_AT_ONCE}
_process_log = logging.getLogger(__name__)
_late: set[asyncio.Task[None]] = set()  # held: the loop itself keeps no task alive


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the region, by whom, on which request, until when (of the loop's clock)."""

    facts: Facts
    set_name: str
    admitted: Admitted
    attempt: Attempt
    until: float


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What one authority disclosed, and its promise that its log holds that it did."""

    answer: SecondAnswer
    receipt: str


@dataclass(frozen=True, slots=True)
class _Heard:
    """One message that went out, and what came back if anything did."""

    asked: Sent
    answered: Sent | None = None
    body: bytes = b""
    receipt: str = ""


@dataclass(slots=True)
class Round:
    """What a question came to: who disclosed what, and who did not answer."""

    disclosed: dict[str, Disclosed] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: int = 0
    located: bool = False  # deriver and locator answered


class Rounds:
    """Puts questions to the region for one index."""

    def __init__(self, index: Index, region: Region) -> None:
        self._index = index
        self._region = region

    async def put(self, standing: Standing, question: Question) -> Round:
        """Ask whoever may know, and return what was heard until the deadline."""
        found = Round()
        digests, said = await self._located(standing, question)
        if said is None:
            return found
        found.located = True
        found.silent |= {name for name, word in said.items() if word == _NO_FILTER}
        possible = [each for each in standing.peers if said.get(each.name) == _POSSIBLE]
        found.asked = len(possible)
        asking = {
            asyncio.create_task(self._one(standing, question, member, digests)): member
            for member in possible
        }
        await self._awaited(asking, question, found)
        return found

    async def _located(
        self, standing: Standing, question: Question
    ) -> tuple[tuple[bytes, ...], Mapping[str, str] | None]:
        """Return the question's digests and what the locator says; None where nobody could say."""
        directory, name = standing.directory, question.set_name
        client = RegionClient(self._region.client, directory, _left(question.until))
        epoch = directory.epochs.at(self._index.clock.now())
        keys = [key for key in query_keys(question.facts, 1) if key[0] in KINDS_OF[name]]
        size = _DERIVED_OF[name]
        inputs = [region_input(SERIES, kind, text) for kind, text in keys[:size]]
        try:
            async with asyncio.timeout_at(question.until):
                digests = await client.derive(SERIES, epoch, inputs, size)
                return digests, await client.locate(name, epoch, digests)
        except (Unreachable, MessageRefused, ProofFailed, LookupError, TimeoutError) as lost:
            _process_log.error("the region cannot be asked: %s", type(lost).__name__)
            return (), None

    async def _awaited(
        self,
        asking: Mapping[asyncio.Task[Disclosed | None], Member],
        question: Question,
        found: Round,
    ) -> None:
        if not asking:
            return
        done, pending = await asyncio.wait(asking, timeout=_left(question.until))
        for task in pending:
            member = asking[task]
            self._lost(member, found)
            late = asyncio.create_task(self._drop(task, member))
            _late.add(late)
            late.add_done_callback(_late.discard)
        for task in done:
            member = asking[task]
            try:
                disclosed = task.result()
            except (Unreachable, MessageRefused) as lost:
                _process_log.warning("peer %s did not answer: %s", member.name, lost.code)
                self._lost(member, found)
                continue
            if disclosed is not None:
                found.disclosed[member.name] = disclosed

    def _lost(self, member: Member, found: Round) -> None:
        """Note a member as silent, for this question and everybody's until a probe says else."""
        found.silent.add(member.name)
        now = self._index.clock.now()
        self._region.reachability.note(member.name, answered=False, at=now)

    async def _one(
        self, standing: Standing, question: Question, member: Member, digests: Sequence[bytes]
    ) -> Disclosed | None:
        """Ask one authority both legs; None where it discloses nothing."""
        question_id, stated = uuid4(), self._stated(standing, question, member)
        fill = [urandom(DIGEST_BYTES) for _ in range(DIGESTS_OF[question.set_name] - len(digests))]
        first = FirstQuestion(question_id, stated, tuple(sorted((*digests, *fill))))
        heard = await self._asked(member, FIRST_PATH, first.encoded(), question)
        said = FirstAnswer.decoded(heard.body, question_id)
        # Who has nothing to disclose is sent a dummy: what goes over the wire is the same.
        facts = _minimised(question.facts) if said.go_on else None
        second = SecondQuestion(question_id, stated, said.ticket, facts)
        told = await self._asked(member, SECOND_PATH, second.encoded(), question)
        answer = SecondAnswer.decoded(told.body, question_id)
        if answer.outcome is PeerOutcome.NOTHING or not said.go_on:
            return None
        return Disclosed(answer, told.receipt)

    async def _asked(self, member: Member, path: str, body: bytes, question: Question) -> Fetched:
        """Ask one leg, and enter the exchange before anything is made of it."""
        patience_s = _left(question.until) + LATE_S
        if not member.url:
            # It polls: what it claims and what it brings are messages of its own, entered so.
            return await WorkQueue(self._index).ask(member.name, path, body, patience_s)
        sent: list[Sent] = []

        async def going_out(head: Sent) -> None:
            sent.append(head)

        try:
            answer = await self._region.client.ask(member, path, body, patience_s, going_out)
        except (Unreachable, MessageRefused) as lost:
            await self._unanswered(path, sent, question.attempt, lost.code)
            raise
        await self._unanswered(path, sent[:-1], question.attempt, UNANSWERED)
        code = LATE if _left(question.until) <= 0 else ""
        heard = _Heard(answer.asked, answer.answered, answer.body, answer.receipt)
        await self._entered(path, heard, question.attempt, code)
        return Fetched(answer.body, answer.receipt)

    async def _unanswered(
        self, path: str, sent: Sequence[Sent], attempt: Attempt, code: str
    ) -> None:
        """Enter what went out and was not answered: its other half may stand in the peer's log."""
        for head in sent:
            await self._entered(path, _Heard(head), attempt, code)

    async def _entered(self, path: str, heard: "_Heard", attempt: Attempt, code: str) -> None:
        index = self._index
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.RECORDED),
            action=EXCHANGED,
            route=path,
            code=code,
            rules=(),
            subjects=(),
            query_commit=heard.asked.commit,
            result_commit=hashlib.sha256(heard.body).hexdigest() if heard.answered else "",
        )
        sealed = seal_exchange(
            index.keyring.rows, entry.entry_id, heard.asked, heard.answered, heard.receipt
        )
        # A step on the way: the request's own answer has its own entry.
        with RequestEntries():
            await index.log.append(entry, Left(exchange=sealed))

    async def _drop(self, task: "asyncio.Task[Disclosed | None]", member: Member) -> None:
        """Let a late answer come to its end, which is entered, and tell nobody of it."""
        until = asyncio.get_running_loop().time() + LATE_S
        try:
            async with asyncio.timeout_at(until):
                await task
        except (Unreachable, MessageRefused, TimeoutError):
            _process_log.warning("peer %s was late and never answered", member.name)
        except Unrecorded:
            _process_log.error("a late answer could not be entered, member=%s", member.name)
        else:
            _process_log.warning("peer %s answered late: dropped", member.name)

    def _stated(self, standing: Standing, question: Question, member: Member) -> Stated:
        """Return who asks and why, under references that only this authority is ever given."""
        admitted, attempt = question.admitted, question.attempt
        keyring, ask = self._index.keyring, admitted.ask
        assert ask.purpose is not None  # INVARIANT: a lookup states both
        assert ask.reason is not None
        mediator = attempt.asker.account_id if admitted.grant and attempt.asker else None
        return Stated(
            asker=asker_told(keyring, member.name, admitted.asker),
            mediator=mediator and known_to(keyring, member.name, "account", mediator),
            purpose=ask.purpose,
            reason=ask.reason,
            reference=attempt.access.reference,
            epoch=standing.directory.epochs.at(self._index.clock.now()),
            set_name=question.set_name,
        )


def _minimised(facts: Facts) -> Facts | None:
    """Return what another authority can make anything of: no case number of this one's."""
    numbers = dict(facts.identifiers)
    numbers.pop(IdentifierScheme.CASE_NUMBER, None)
    asked = replace(facts, identifiers=numbers)
    return asked if enough(asked) else None


def _left(until: float) -> float:
    """Return the seconds left until a moment of the loop's clock, none if it has passed."""
    return max(0.0, until - asyncio.get_running_loop().time())
