"""Recording involvement: it begins, is confirmed, changes contact, ceases, and is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from uuid import UUID

import orjson

from consent.decide import decide_involvement
from consent.decision import Decision
from consent.facts import Action, AgencyKind, DisclosureClass, InvolvementLevel, Role
from index_service.crypto.envelope import SealBroken
from index_service.domain import disclosure
from index_service.domain.consenting import Basis
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.involvement import Contact, Involvement, Service
from index_service.domain.stated import inside
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt, told
from index_service.services.bases import Decision as HarmDecided
from index_service.services.bases import made_basis
from index_service.services.cases import (
    SOME_HEAD,
    SealedCase,
    checked_cases,
    new_case_id,
    opened_heads,
)
from index_service.services.consents_standing import Headed, entry_is_refused, standing_of
from index_service.services.contact_shield import involvement_as_seen
from index_service.services.facts import CaseFacts
from index_service.services.forms.form import CaseHead
from index_service.services.index import Index
from index_service.services.loads import (
    Load,
    case_token,
    caseload_pointers,
    open_another_load,
    open_load,
)
from index_service.services.opening import ABSENT, Opened, decided
from index_service.services.peering.recorded_elsewhere import involvement_elsewhere
from index_service.services.sealing import open_policy
from index_service.services.stand_in import remember_first, stand_in
from index_service.services.statement import Statement, statement
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import Snapshot, snapshot
from index_service.store.work import Work

_NOT_OWN = "not_own_involvement"
_CLASS = DisclosureClass.INVOLVEMENTS


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a practitioner states when an involvement begins."""

    service: Service
    contact: Contact
    began: date
    consent: bool | None = None  # stated for sensitive services (reg 11(3)), or else
    significant_harm: HarmDecided | None = None


class Involvements:
    """Writes and reads involvements for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def begin(
        self, login: Login, child_id: UUID, stated: Beginning, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Record that the asker's agency is involved; return the involvement's id."""
        async with statement(self._index, login, Action.RECORD_INVOLVEMENT, attempt) as said:
            admitted, work = said.admitted, said.work
            fact = begun(admitted, stated)
            if stated.significant_harm is None:
                elsewhere = await self._elsewhere(said, child_id, fact, sent)
                if elsewhere is not None:
                    return elsewhere
            opened = await said.about(child_id)
            once, made = await said.once(opened, sent)
            if made is not None:
                return made
            if fact.consent_in_force:
                await self._refuse_if_withdrawn(work, opened, fact, admitted.ask.today)
            await said.add(opened, fact, *harm_of(admitted, stated))
            load = Load(child_id, fact.id)
            keyring = self._index.keyring
            rows = caseload_pointers(keyring, fact.agency, fact.practitioner, load)
            await work.children.add_work(rows)
            await said.recorded(opened, _CLASS, once=once, resource=fact.id)
            return fact.id

    async def _elsewhere(
        self, said: Statement, child_id: UUID, fact: Involvement, sent: Repeatable
    ) -> UUID | None:
        """Send on what concerns a child who belongs to another authority; None for our own."""
        # Asked first: of no other child may a key used before be told apart from a new one.
        asked = self._index, said.work, said.admitted
        if not await involvement_elsewhere(*asked, (child_id, None)):
            return None
        once = Once(self._index, said.admitted, said.attempt, sent.bound_to(child_id))
        done = await once.before(said.work)
        if done is None:
            await involvement_elsewhere(*asked, (child_id, fact))
        made = done.resource if done else fact.id
        change = Change((SubjectShown(child_id),), code=REPLAYED if done else "", resource=made)
        change = change if done else replace(change, once=once)
        await recorded(self._index, said.work, said.attempt, change)
        return made

    async def _refuse_if_withdrawn(
        self, work: Work, opened: Opened, fact: Involvement, today: date
    ) -> None:
        """Raise Invalid where the consent now stated was recorded as refused or at an end."""
        standing = await standing_of(self._index, work, opened.child)
        if entry_is_refused(standing, fact.agency, fact.service, today):
            raise Invalid(Code.CONSENT_MISSING, "consent")

    async def change(
        self,
        login: Login,
        involvement_id: UUID,
        changed: Callable[[Involvement, date], Involvement],
        attempt: Attempt,
    ) -> None:
        """Change one of the asker's agency's own involvements, or any for the team.

        `changed` gets the involvement and today. Somebody else's involvement, and one
        that is not there, are the same answer.
        """
        async with statement(self._index, login, Action.RECORD_INVOLVEMENT, attempt) as said:
            find = partial(self._own, said, involvement_id)
            opened, (case, before) = await said.about_case(involvement_id, find)
            await said.replace(opened, case, changed(before, said.admitted.ask.today))
            await said.recorded(opened, _CLASS)

    async def read(self, login: Login, involvement_id: UUID, attempt: Attempt) -> bytes:
        """Return one involvement, encoded; NotDisclosed where policy withholds it."""
        index = self._index
        asked = Asked(login, Action.READ_INVOLVEMENT, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            child_id, body, level = await self._seen(reading, admitted, involvement_id, attempt)
        body = involvement_as_seen(admitted, body)
        agency = admitted.view.agencies.get(UUID(body.agency))
        shown = disclosure.shown_involvement(body, agency.name if agency else "", level)
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.SHOWN),
            subjects=(SubjectShown(child_id, (DisclosureClass.INVOLVEMENTS,), shown=True),),
        )
        attempt.answered(await index.log.append(entry))
        return orjson.dumps(shown)

    async def _seen(
        self, reading: Snapshot, admitted: Admitted, involvement_id: UUID, attempt: Attempt
    ) -> tuple[UUID, Involvement, InvolvementLevel]:
        """Return an involvement policy shows this asker, its child's id, and how much of it.

        For one that is not there another child's are gone through, so that it takes as long.
        """
        index = self._index
        token = case_token(index.keyring, involvement_id)
        pointers = await reading.work([token])
        loads = [open_load(index.keyring, token, row["pointer"]) for row in pointers]
        if not loads:
            open_another_load(index.keyring)
        child_id = loads[0].child_id if loads else stand_in(index)
        attempt.subjects = (child_id if loads else involvement_id,)  # an id nobody has
        try:
            decision, facts, cases = await self._of_child(reading, admitted, child_id)
        except (NotDisclosed, SealBroken):
            if loads:
                raise
            raise NotDisclosed(ABSENT) from None
        sought = [each for each in cases if each[0].id == involvement_id] if loads else cases[:1]
        for case, head in sought:
            level = self._level(admitted, decision, facts, head)
            if loads and level not in (InvolvementLevel.NOTHING, InvolvementLevel.BROKERED):
                body = case.body(head)
                assert isinstance(body, Involvement)  # INVARIANT: the head said so
                if disclosure.is_shown(body, level):
                    attempt.rules = told(decision)
                    return child_id, body, level
        raise NotDisclosed(_NOT_OWN if loads else ABSENT)

    async def _of_child(
        self, reading: Snapshot, admitted: Admitted, child_id: UUID
    ) -> tuple[Decision, CaseFacts, list[tuple[SealedCase, CaseHead]]]:
        """Return the decision on a child, and its involvements still closed."""
        keyring = self._index.keyring
        rows = await reading.policies([child_id])
        rows_of_cases = await reading.cases([keyring.references.case_ref(child_id)])
        if not rows:
            raise NotDisclosed(ABSENT)
        child = open_policy(keyring, rows[0])
        remember_first(self._index, rows[0])
        decision = decided(admitted, admitted.ask, child)
        asker, ask = admitted.asker.facts, admitted.ask
        if not decision.allowed:
            opened_heads(keyring, child.key, ())  # as long as if one had been withheld
            nothing = CaseFacts((), asker.agency, ask.today, ask.purpose)
            self._level(admitted, decision, nothing, SOME_HEAD)
            raise NotDisclosed(*decision.reasons)
        cases = checked_cases(keyring, child.key, child.policy, rows_of_cases)
        heads = opened_heads(keyring, child.key, cases)
        facts = CaseFacts((head for _, head in heads), asker.agency, ask.today, ask.purpose)
        return decision, facts, [each for each in heads if each[1].kind == "involvement"]

    def _level(
        self, admitted: Admitted, decision: Decision, facts: CaseFacts, head: CaseHead
    ) -> InvolvementLevel:
        asker, ask = admitted.asker.facts, admitted.ask
        involved = facts.involvement(head)
        return decide_involvement(asker, ask, decision, involved, admitted.agreement)

    def _own(
        self, said: Statement, involvement_id: UUID, _: Opened, heads: Sequence[Headed]
    ) -> tuple[SealedCase, Involvement]:
        asker = said.admitted.asker.facts
        for case, head in heads:
            if case.id != involvement_id:
                continue
            mine = head.agency == asker.agency or asker.role is Role.MANAGEMENT_TEAM
            body = case.body(head) if head.kind == "involvement" and mine else None
            if isinstance(body, Involvement):
                return case, body
        said.attempt.rules = (_NOT_OWN,)
        raise NotDisclosed(_NOT_OWN)


def begun(admitted: Admitted, stated: Beginning) -> Involvement:
    """Return the involvement of the asker's agency, or raise Invalid where it may not supply it."""
    asker = admitted.asker
    kind: AgencyKind = asker.facts.agency_kind
    sensitive = Involvement.is_sensitive(stated.service, kind)
    harm = stated.significant_harm is not None
    # Regulation 11(3): supplied with consent, or where the provider decided it is for
    # significant harm; never both, and of no other service either.
    if harm and (not sensitive or stated.consent is True):
        raise Invalid(Code.FIELD_INVALID, "significant_harm")
    if sensitive and not harm and stated.consent is not True:
        raise Invalid(Code.FIELD_MISSING, "consent")
    return Involvement(
        new_case_id(),
        str(asker.agency_id),
        kind,
        stated.service,
        stated.contact,
        stated.began,
        confirmed=admitted.ask.today,
        practitioner=str(asker.practitioner_id) if asker.practitioner_id else None,
        consent_in_force=sensitive and stated.consent is True,
    )


def harm_of(admitted: Admitted, stated: Beginning) -> tuple[Basis, ...]:
    """Return the basis that carries a sensitive entry without consent, if one is stated."""
    if stated.significant_harm is None:
        return ()
    read = partial(made_basis, admitted)
    return (inside("significant_harm", read, stated.significant_harm),)


def confirmed(before: Involvement, today: date) -> Involvement:
    """Confirm that the involvement goes on as of today."""
    if before.ceased is not None:
        raise Invalid(Code.STATE_CONFLICT)
    return replace(before, confirmed=today)


def ceased_on(day: date) -> Callable[[Involvement, date], Involvement]:
    """Return the change by which an involvement ceases on a day already come."""

    def change(before: Involvement, today: date) -> Involvement:
        if before.ceased is not None:
            raise Invalid(Code.STATE_CONFLICT)
        if not before.began <= day <= today:
            raise Invalid(Code.DATE_OUT_OF_RANGE, "ceased")
        return replace(before, ceased=day)

    return change


def contact_changed(contact: Contact) -> Callable[[Involvement, date], Involvement]:
    """Return the change by which an involvement gets another contact."""

    def change(before: Involvement, today: date) -> Involvement:
        if before.ceased is not None:
            raise Invalid(Code.STATE_CONFLICT)
        return replace(before, contact=contact, confirmed=today, reports=())

    return change
