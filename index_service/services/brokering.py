"""Brokering: a request to the team to bring a practitioner and a service together.

Asking reads no child: the answer and the rows left are the same for a child who is here,
withheld or nobody. Whoever asked never learns who was asked, unless that service agreed.
"""

import hashlib
from dataclasses import replace
from uuid import UUID

import orjson

from consent.decide import may_ask
from consent.facts import Action, Ask, DisclosureClass, Purpose
from index_service.domain.brokering import Agreed, Brokered, ContactAsked
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.brokering_shown import (
    asked_matter,
    opened_on,
    shown_in_list,
    shown_to_asker,
    shown_to_team,
)
from index_service.services.directory_rows import open_account
from index_service.services.index import Index
from index_service.services.listed import Paging, most_urgent_first
from index_service.services.matters import (
    TEAM,
    OpenMatter,
    matter_by_id,
    matter_to_change,
    matters_on,
    of_account,
    open_matter,
    put_matter,
)
from index_service.services.opening import ABSENT
from index_service.services.releasing import Reachable, reachable, released_contact, team_sees
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import Snapshot, snapshot
from index_service.store.work import Work, work_on

_TAKEN = "taken"
_STEPS_MAX = 6  # what a row has room for; every step stands in the access log besides


class Brokering:
    """Takes requests for contact and handles them, for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def ask(
        self, login: Login, stated: ContactAsked, sent: Repeatable, attempt: Attempt
    ) -> tuple[UUID, bytes]:
        """Ask the team for a contact; return the request's id and the encoded answer."""
        index = self._index
        attempt.subjects = (stated.child_id,) if stated.child_id else ()
        attempt.query_commit = hashlib.sha256(sent.body).hexdigest()
        asked = Asked(login, Action.ASK_CONTACT, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            once = Once(index, admitted, attempt, sent)
            done = await once.before(work)
            change = Change(_subjects(stated.child_id), code=REPLAYED)
            if done is not None:
                before = await matter_to_change(index, work, done.resource)
                assert before is not None  # INVARIANT: matters are ended, not deleted
                matter = before.matter
            else:
                matter = asked_matter(stated, admitted, int(index.clock.now().timestamp()))
                await open_matter(index, work, matter, (TEAM, of_account(matter.account)))
                change = replace(change, code="", once=once, resource=matter.id)
            await recorded(index, work, attempt, change)
        said = {
            "id": str(matter.id),
            "due": matter.due_s,
            "agreement_version": admitted.agreement_version,
            **admitted.view.next_step,
        }
        return matter.id, orjson.dumps(said)

    async def listed(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of one's own requests, or for the team of all that wait, encoded."""
        index = self._index
        asked = Asked(login, Action.ASK_CONTACT, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            own = of_account(str(admitted.asker.account_id))
            found = await matters_on(index, reading, TEAM if _brokers(admitted) else own)
        requests = [each for each in found if each.kind is MatterKind.CONTACT_REQUEST]
        paging = Paging(index.keyring, admitted, attempt, cursor)
        page, following = paging.page(requests, most_urgent_first)
        subjects = tuple(SubjectShown(each.child_id) for each in page if each.child_id)
        entry = replace(attempt.entry(index.log.stamp(), Outcome.SHOWN), subjects=subjects)
        attempt.answered(await index.log.append(entry))
        return orjson.dumps({"requests": [shown_in_list(each) for each in page], "next": following})

    async def read(self, login: Login, request_id: UUID, attempt: Attempt) -> bytes:
        """Return one request, encoded, to whoever asked or to the team.

        To the asker, with the contact of a service that agreed, for as long as it may be told.
        """
        index = self._index
        asked = Asked(login, Action.ASK_CONTACT, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            matter = _request(await matter_by_id(index, reading, request_id), attempt)
            subjects = _subjects(matter.child_id)
            if _brokers(admitted):
                now_s = int(index.clock.now().timestamp())
                shown = shown_to_team(matter, now_s)
            elif matter.account == str(admitted.asker.account_id):
                contact, subjects = await self._released(reading, admitted, matter, subjects)
                shown = shown_to_asker(matter, contact)
            else:
                raise _absent(attempt)
        entry = replace(attempt.entry(index.log.stamp(), Outcome.SHOWN), subjects=subjects)
        attempt.answered(await index.log.append(entry))
        return orjson.dumps(shown)

    async def _released(
        self,
        reading: Snapshot,
        admitted: Admitted,
        matter: Matter,
        subjects: tuple[SubjectShown, ...],
    ) -> tuple[Shown | None, tuple[SubjectShown, ...]]:
        """Return the contact a request led to, if it may be told now, and who was shown."""
        agreed = matter.details.get("agreed")
        if agreed is None:
            return None, subjects
        purpose = admitted.ask.purpose
        found = await reachable(self._index, reading, admitted, UUID(agreed[0]), purpose)
        contact = released_contact(admitted, found)
        if found is None or contact is None:
            return None, subjects
        shown = SubjectShown(found.child.child_id, (DisclosureClass.INVOLVEMENTS,), shown=True)
        return contact, (shown,)

    async def take(self, login: Login, request_id: UUID, attempt: Attempt) -> None:
        """Take a request on, whoever of the team has it: one covers for another."""
        index = self._index
        asked = Asked(login, Action.BROKER, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            before = await self._unanswered(work, request_id, attempt)
            after = self._stepped(before.matter, admitted, _TAKEN, MatterState.TAKEN)
            await put_matter(index, work, before, after)
            change = Change(_subjects(before.matter.child_id), code=_TAKEN)
            await recorded(index, work, attempt, change)

    async def answer(
        self,
        login: Login,
        request_id: UUID,
        said: tuple[Brokered, Agreed | None],
        attempt: Attempt,
    ) -> None:
        """Answer a request: what was brought about, and who agreed where a contact is given."""
        index, (outcome, agreed) = self._index, said
        asked = Asked(login, Action.BROKER, attempt.access)
        found = None
        if agreed is not None:
            async with snapshot(index.reading, index.csa) as reading:
                admitted = await admit(index, reading, asked, attempt)
                request = _request(await matter_by_id(index, reading, request_id), attempt)
                found = await self._agreed(reading, admitted, agreed, request)
                attempt.subjects = (found.child.child_id,)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            before = await self._unanswered(work, request_id, attempt)
            after = self._stepped(before.matter, admitted, outcome.value, MatterState.ANSWERED)
            subjects = _subjects(before.matter.child_id)
            if agreed is not None and found is not None:
                _fits(before.matter, agreed, found)
                subjects = _subjects(found.child.child_id)
                told = (str(agreed.involvement_id), str(agreed.by), agreed.on.isoformat())
                after = replace(after, details={**after.details, "agreed": told})
            await put_matter(index, work, before, after, (TEAM,))
            await recorded(index, work, attempt, Change(subjects, code=outcome.value))

    async def _agreed(
        self, reading: Snapshot, admitted: Admitted, agreed: Agreed, request: Matter
    ) -> Reachable:
        """Return the involvement that may be named; Invalid or NotDisclosed if it may not.

        Of a shielded or held record nobody is named: the service rings instead.
        """
        purpose = Purpose(request.details["purpose"])
        found = await reachable(self._index, reading, admitted, agreed.involvement_id, purpose)
        if found is None or not team_sees(admitted, found):
            raise NotDisclosed(ABSENT)
        policy, body = found.child.policy, found.body()
        if policy.shielded or policy.unseen or body.ceased is not None:
            raise Invalid(Code.STATE_CONFLICT, "involvement_id")
        if not found.has_basis:
            raise Invalid(Code.CONSENT_MISSING, "involvement_id")
        row = await reading.account(agreed.by)
        keyring = self._index.keyring
        account = open_account(keyring, agreed.by, row["sealed"]) if row is not None else None
        if account is None or str(account.agency_id) != body.agency:
            raise Invalid(Code.FIELD_INVALID, "agreed_by")
        return found

    async def _unanswered(self, work: Work, request_id: UUID, attempt: Attempt) -> OpenMatter:
        found = await matter_to_change(self._index, work, request_id)
        matter = _request(found.matter if found else None, attempt)
        if matter.state not in (MatterState.WAITING, MatterState.TAKEN):
            raise Invalid(Code.STATE_CONFLICT)
        assert found is not None
        return found

    def _stepped(self, matter: Matter, admitted: Admitted, word: str, state: MatterState) -> Matter:
        now_s = int(self._index.clock.now().timestamp())
        kept = replace(matter, steps=matter.steps[-(_STEPS_MAX - 1) :])
        return kept.stepped(Step(now_s, str(admitted.asker.account_id), word), state)


def _brokers(admitted: Admitted) -> bool:
    """Return whether this asker handles requests: policy's word, as for any other action."""
    ask = Ask(Action.BROKER, admitted.ask.today)
    return may_ask(admitted.asker.facts, ask, admitted.agreement).allowed


def _subjects(child_id: UUID | None) -> tuple[SubjectShown, ...]:
    return (SubjectShown(child_id),) if child_id else ()


def _request(matter: Matter | None, attempt: Attempt) -> Matter:
    if matter is None or matter.kind is not MatterKind.CONTACT_REQUEST:
        raise _absent(attempt)
    return matter


def _absent(attempt: Attempt) -> NotDisclosed:
    """Return the one answer to a request that is not there, and to one that is another's."""
    attempt.rules = (ABSENT,)
    return NotDisclosed(ABSENT)


def _fits(matter: Matter, agreed: Agreed, found: Reachable) -> None:
    """Check that a service agreed about the child asked about, since it was asked."""
    if matter.child_id not in (None, found.child.child_id):
        raise Invalid(Code.FIELD_INVALID, "involvement_id")
    if agreed.on < opened_on(matter):
        raise Invalid(Code.DATE_OUT_OF_RANGE, "agreed_on")
