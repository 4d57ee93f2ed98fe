"""A worker leaves: their involvements go to another practitioner of the same agency.

Each is decided on alone, as if the keeper were to change it; what is not theirs to change,
or not there, is one word. Nothing is shown more widely than it was.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import orjson

from consent.caseload import stands_on_caseload
from consent.decide import decide_involvement
from consent.facts import Action, DisclosureClass
from index_service.domain.caseload import HandedOver
from index_service.domain.directory import Practitioner
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Contact, Involvement, PersonContact
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Login
from index_service.services.attempt import Attempt
from index_service.services.caseloads import admit_keeper
from index_service.services.cases import SealedCase
from index_service.services.consents_standing import headed
from index_service.services.directory_rows import open_practitioner
from index_service.services.facts import CaseFacts
from index_service.services.index import Index
from index_service.services.loads import Load, case_token, open_load, practitioner_pointer
from index_service.services.opening import decided
from index_service.services.sealing import SealedChild, open_policy
from index_service.services.writing import REPLAYED, Once, Repeatable, put_policy, replace_case
from index_service.store.work import Work, work_on

_TO = "to_practitioner_id"


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a keeper asks: these involvements, from one practitioner to another."""

    giver: UUID
    taker: UUID
    involvements: tuple[UUID, ...]
    contact: Contact | None = None  # whom to ring from now on, if not as the directory says


class HandOvers:
    """Hands caseloads over for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def hand_over(
        self, login: Login, asked: HandOver, sent: Repeatable, attempt: Attempt
    ) -> bytes:
        """Hand involvements over; return what became of each, in the order asked, encoded."""
        index = self._index
        async with work_on(index.feed, index.csa, index.log) as work:
            action = Action.RECORD_INVOLVEMENT
            admitted = await admit_keeper(index, work.directory, login, action, attempt)
            contact = await self._contact(work, admitted, asked)
            once = Once(index, admitted, attempt, sent)
            done = await once.before(work)
            await work.locks.shields_shared()
            desk = _Desk(index, work, admitted, replace(asked, contact=contact))
            became = await desk.lines(changing=done is None)
            body = _encoded(asked, became)
            entry = replace(
                attempt.entry(index.log.stamp(), Outcome.RECORDED),
                subjects=desk.subjects(became),
                code=REPLAYED if done else "",
                count=len(asked.involvements),
                result_commit=hashlib.sha256(body).hexdigest(),
            )
            if done is None:
                await once.remember(work, uuid4(), entry.entry_id)
            attempt.answered(await work.commit(index.log.prepare(entry)))
            return body

    async def _contact(self, work: Work, admitted: Admitted, asked: HandOver) -> Contact:
        """Return how the taker is reached; Invalid unless they are of the keeper's own agency."""
        row = await work.directory.practitioner(asked.taker)
        taker = open_practitioner(self._index.keyring, row) if row is not None else None
        if taker is None or taker.agency_id != admitted.asker.agency_id:
            raise Invalid(Code.FIELD_INVALID, _TO)
        return asked.contact or _reached(taker)


class _Desk:
    """One hand-over under way, in one transaction."""

    def __init__(self, index: Index, work: Work, admitted: Admitted, asked: HandOver) -> None:
        self._index = index
        self._work = work
        self._admitted = admitted
        self._asked = asked
        self._loads: dict[UUID, Load] = {}

    async def lines(self, *, changing: bool) -> dict[UUID, HandedOver]:
        """Change what is to be handed over, or only look again; return what became of each."""
        keyring, asked = self._index.keyring, self._asked
        tokens = [case_token(keyring, each) for each in asked.involvements]
        rows = await self._work.children.work(tokens)
        loads = (open_load(keyring, row.token, row.pointer) for row in rows)
        self._loads = {load.case_id: load for load in loads}
        ids = sorted({load.child_id for load in self._loads.values()})
        became = dict.fromkeys(asked.involvements, HandedOver.NOT_THERE)
        # Decided before any lock: who may not see a record leaves no mark on its row.
        beheld = [open_policy(keyring, row) for row in await self._work.children.beheld(ids)]
        seen = [child.child_id for child in beheld if self._may(child)]
        for row in await self._work.children.locked(seen) if changing else ():
            became |= await self._of_child(open_policy(keyring, row), changing=True)
        for child in [] if changing else [each for each in beheld if self._may(each)]:
            became |= await self._of_child(child, changing=False)
        return became

    def subjects(self, became: dict[UUID, HandedOver]) -> tuple[SubjectShown, ...]:
        """Return the children asked about; of those told of, that their involvements were."""
        told = {
            self._loads[each].child_id
            for each, word in became.items()
            if word is not HandedOver.NOT_THERE
        }
        ids = dict.fromkeys(load.child_id for load in self._loads.values())
        classes = (DisclosureClass.INVOLVEMENTS,)
        return tuple(SubjectShown(each, classes if each in told else ()) for each in ids)

    def _may(self, child: SealedChild) -> bool:
        return decided(self._admitted, self._admitted.ask, child).allowed

    async def _of_child(self, child: SealedChild, *, changing: bool) -> dict[UUID, HandedOver]:
        """Hand over those of a child's involvements that are asked for."""
        if not self._may(child):
            return {}
        became = {}
        rows = await self._cases(child)
        for case, before in self._own(child, rows):
            word = self._word(before, changing=changing)
            if word is not None:
                became[case.id] = word
            if (
                changing
                and before.practitioner == str(self._asked.giver)
                and word is (HandedOver.HANDED_OVER)
            ):
                child = await self._changed(child, case, before)
        if changing:
            await put_policy(self._work, child, child.policy)
        return became

    def _word(self, before: Involvement, *, changing: bool) -> HandedOver | None:
        if before.practitioner == str(self._asked.taker):
            return HandedOver.HANDED_OVER  # already, by an earlier request
        if before.practitioner != str(self._asked.giver):
            return None
        if before.ceased is not None:
            return HandedOver.CEASED
        return HandedOver.HANDED_OVER if changing else None

    async def _cases(self, child: SealedChild) -> list[Any]:
        ref = self._index.keyring.references.case_ref(child.child_id)
        return [row._mapping for row in await self._work.children.cases([ref])]

    def _own(self, child: SealedChild, rows: Sequence[Any]) -> list[tuple[SealedCase, Involvement]]:
        """Open those asked for that stand on the keeper's agency's caseload."""
        asker, ask = self._admitted.asker.facts, self._admitted.ask
        decision = decided(self._admitted, ask, child)
        heads = headed(self._index, child, rows)
        facts = CaseFacts((head for _, head in heads), asker.agency, ask.today, ask.purpose)
        own = []
        for case, head in heads:
            if head.kind != "involvement" or case.id not in self._loads:
                continue
            told = facts.involvement(head)
            level = decide_involvement(asker, ask, decision, told, self._admitted.agreement)
            if stands_on_caseload(told, level):
                body = case.body(head)
                assert isinstance(body, Involvement)  # INVARIANT: the head said so
                own.append((case, body))
        return own

    async def _changed(
        self, child: SealedChild, case: SealedCase, before: Involvement
    ) -> SealedChild:
        """Give one involvement its new practitioner and contact; return the child's next policy."""
        asked, keyring = self._asked, self._index.keyring
        assert asked.contact is not None  # INVARIANT: looked up before
        after = replace(before, practitioner=str(asked.taker), contact=asked.contact, reports=())
        policy = await replace_case(self._index, self._work, child, case, after)
        load = Load(child.child_id, case.id)
        former = practitioner_pointer(keyring, str(asked.giver), load)
        await self._work.children.remove_work([former])
        await self._work.children.add_work([practitioner_pointer(keyring, str(asked.taker), load)])
        return replace(child, policy=policy)


def _reached(taker: Practitioner) -> Contact:
    return Contact(taker.team, PersonContact(taker.name, taker.phone, taker.email))


def _encoded(asked: HandOver, became: dict[UUID, HandedOver]) -> bytes:
    lines = [
        {"involvement_id": str(each), "outcome": became[each].value} for each in asked.involvements
    ]
    return orjson.dumps({"lines": lines})
