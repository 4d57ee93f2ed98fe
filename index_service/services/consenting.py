"""Consents: given or refused, renewed, withdrawn, read, and proved by their receipts.

What is in force is asked of the rows' heads in each request's own snapshot (facts.py), so
what is recorded here counts for every request begun after it was acknowledged.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from uuid import UUID

import orjson

from consent.facts import Action, DisclosureClass, Purpose, Role
from index_service.crypto.commitment import (
    ReceiptUnverified,
    code_of,
    commitment,
    consent_receipt,
    new_blind,
    same_proof,
    verify_consent_receipt,
)
from index_service.domain.consent_rules import (
    Said,
    canonical_terms,
    checked_begin,
    checked_until,
    judged,
    not_theirs,
    refuse_if_decided,
    refuse_overlap,
    superseded,
)
from index_service.domain.consenting import (
    Consent,
    ConsentFor,
    ConsentState,
    Giver,
    Judgement,
    ReceiptKept,
)
from index_service.domain.errors import Code, Invalid, Refused
from index_service.domain.involvement import Involvement, Service
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cases import SealedCase, new_case_id
from index_service.services.consents_shown import shown_consents
from index_service.services.consents_standing import (
    Headed,
    Standing,
    headed,
    list_changed,
    list_new,
    own_row,
    standing_of,
)
from index_service.services.index import Index
from index_service.services.loads import case_token, open_load
from index_service.services.opening import Opened, child_with_cases
from index_service.services.statement import statement
from index_service.services.writing import Repeatable
from index_service.store.reading import Snapshot, snapshot

_CONSENTS = (DisclosureClass.CONSENTS,)
_DIFFERS = "receipt_differs"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is stated when consent is given or refused."""

    given_for: ConsentFor
    refused: bool
    said: Said
    service: Service | None = None
    purpose: Purpose | None = None
    begins: date | None = None
    until: date | None = None
    receiving: str = ""
    receipt: ReceiptKept = ReceiptKept.NONE


@dataclass(frozen=True, slots=True)
class Kept:
    """What recording a consent comes to: its id, and the receipt or code if one was wanted."""

    id: UUID
    receipt: str | None


class Consents:
    """Keeps and shows consents for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def record(
        self, login: Login, child_id: UUID, stated: Terms, sent: Repeatable, attempt: Attempt
    ) -> Kept:
        """Record consent given or refused to the asker's agency; Invalid where it is not theirs."""
        index = self._index
        async with statement(index, login, Action.RECORD_CONSENT, attempt) as said:
            opened = await said.about(child_id)
            standing = await standing_of(index, said.work, opened.child)
            once, made = await said.once(opened, sent, *_CONSENTS)
            if made is not None:
                own = standing.consents(str(said.admitted.asker.agency_id))
                before = next(each for each in own if each.id == made)
                return Kept(before.id, self._proof(before))
            now_s = int(index.clock.now().timestamp())
            consent = _made(said.admitted, opened, stated, (standing, now_s))
            await said.add(opened, consent)
            await list_new(index, said.work, opened, consent, ends=stated.refused)
            await said.recorded(opened, *_CONSENTS, once=once, resource=consent.id)
            return Kept(consent.id, self._proof(consent))

    async def withdraw(self, login: Login, consent_id: UUID, said: Said, attempt: Attempt) -> None:
        """Withdraw a consent; no request begun after this returns rests on it."""

        def ended(consent: Consent, judgement: Judgement, _born: date) -> Consent:
            return replace(consent, state=ConsentState.WITHDRAWN, ended=judgement)

        await self._change(login, consent_id, (said, ended), attempt)

    async def renew(
        self, login: Login, consent_id: UUID, said: Said, until: date | None, attempt: Attempt
    ) -> None:
        """Renew what is in force: asked again, from today, for as long as a new one might last."""

        def renewed(consent: Consent, judgement: Judgement, born: date) -> Consent:
            if not consent.in_force(judgement.day):
                raise Invalid(Code.ENDED_ALREADY)
            last = checked_until(until, consent.given_for, said, born, judgement.day)
            return replace(consent, until=last, renewed=judgement)

        await self._change(login, consent_id, (said, renewed), attempt)

    async def _change(
        self,
        login: Login,
        consent_id: UUID,
        step: tuple[Said, Callable[[Consent, Judgement, date], Consent]],
        attempt: Attempt,
    ) -> None:
        index, (said, changed) = self._index, step
        async with statement(index, login, Action.RECORD_CONSENT, attempt) as change:
            admitted, work = change.admitted, change.work
            opened, (standing, case, before) = await change.about_case(
                consent_id, partial(_own, consent_id, admitted, attempt)
            )
            today, born = admitted.ask.today, opened.child.identity().date_of_birth
            _refuse_if_over(before, standing.consents(before.agency), today)
            understanding = judged(said, before.given_for, born, today)
            if before.last_said.giver is Giver.CHILD and said.giver is not Giver.CHILD:
                raise not_theirs()
            account = str(admitted.asker.account_id)
            judgement = Judgement(said.giver, understanding, account, today)
            after = changed(before, judgement, born)
            await change.replace(opened, case, after)
            await list_changed(index, work, after, ends=after.state is ConsentState.WITHDRAWN)
            await change.recorded(opened, *_CONSENTS)

    async def read(self, login: Login, child_id: UUID, attempt: Attempt) -> bytes:
        """Return what the asker's agency recorded of consent, the team all, encoded."""
        index = self._index
        attempt.subjects = (child_id,)
        asked = Asked(login, Action.READ_CONSENTS, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            heads = await self._heads(reading, admitted, child_id, attempt)
        shown = shown_consents(heads, admitted)
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.SHOWN),
            subjects=(SubjectShown(child_id, _CONSENTS, shown=True),),
        )
        attempt.answered(await index.log.append(entry))
        return orjson.dumps(shown)

    async def prove(self, login: Login, consent_id: UUID, presented: str, attempt: Attempt) -> None:
        """Open a receipt or code at the team's counter; Invalid where it is not this consent's."""
        index = self._index
        asked = Asked(login, Action.READ_CONSENTS, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            if admitted.asker.facts.role is not Role.MANAGEMENT_TEAM:
                raise Refused(Code.ROLE_NOT_ALLOWED)
            token = case_token(index.keyring, consent_id)
            pointers = await reading.work([token])
            loads = [open_load(index.keyring, token, row["pointer"]) for row in pointers]
            child_id = loads[0].child_id if loads else consent_id
            heads = await self._heads(reading, admitted, child_id, attempt)
            _, consent = own_row(heads, consent_id, "consent", admitted, attempt)
        assert isinstance(consent, Consent)  # INVARIANT: asked for by its kind
        if not self._proves(consent, presented):
            attempt.rules = (_DIFFERS,)
            raise Invalid(Code.STATE_CONFLICT, "receipt")
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.SHOWN),
            subjects=(SubjectShown(child_id, _CONSENTS, shown=True),),
        )
        attempt.answered(await index.log.append(entry))

    async def _heads(
        self, reading: Snapshot, admitted: Admitted, child_id: UUID, attempt: Attempt
    ) -> tuple[Headed, ...]:
        opened, rows = await child_with_cases(self._index, reading, admitted, child_id, attempt)
        return headed(self._index, opened.child, rows)

    def _proof(self, consent: Consent) -> str | None:
        """Return what the child or the service is given to prove this consent by, if anything."""
        if consent.receipt is ReceiptKept.NONE:
            return None
        if consent.receipt is ReceiptKept.CODE_ONLY:
            return code_of(consent.blind)
        committed = commitment(consent.blind, canonical_terms(consent))
        return consent_receipt(self._index.keyring.receipt_key, self._index.csa, committed)

    def _proves(self, consent: Consent, presented: str) -> bool:
        if consent.receipt is ReceiptKept.NONE:
            return False
        if consent.receipt is ReceiptKept.CODE_ONLY:
            return same_proof(code_of(consent.blind), presented.upper())
        public = self._index.keyring.receipt_key.public_key()
        try:
            committed = verify_consent_receipt(public, self._index.csa, presented)
        except ReceiptUnverified:
            return False
        return committed == commitment(consent.blind, canonical_terms(consent))


def _made(admitted: Admitted, opened: Opened, stated: Terms, told: tuple[Standing, int]) -> Consent:
    """Return the consent as stated, or raise Invalid: whose word, how long, what stands."""
    asker, today = admitted.asker, admitted.ask.today
    standing, now_s = told
    if stated.given_for is ConsentFor.SENSITIVE_ENTRY and not Involvement.is_sensitive(
        stated.service, asker.facts.agency_kind
    ):
        raise Invalid(Code.FIELD_INVALID, "service")
    born = opened.child.identity().date_of_birth
    understanding = judged(stated.said, stated.given_for, born, today)
    begins = checked_begin(stated.begins, today)
    until = None
    if not stated.refused:
        until = checked_until(stated.until, stated.given_for, stated.said, born, begins)
    receipt = stated.receipt
    consent = Consent(
        id=new_case_id(),
        agency=str(asker.agency_id),
        given_for=stated.given_for,
        service=stated.service,
        state=ConsentState.REFUSED if stated.refused else ConsentState.GIVEN,
        begins=begins,
        until=until,
        sequence=standing.next_sequence(now_s),
        given=Judgement(stated.said.giver, understanding, str(asker.account_id), today),
        purpose=stated.purpose,
        receiving=stated.receiving,
        stated_until=until,
        receipt=receipt,
        blind=b"" if receipt is ReceiptKept.NONE else new_blind(),
    )
    own = standing.consents(consent.agency)
    refuse_if_decided(stated.said, consent.concerns, own)
    refuse_overlap(consent, own, today)
    return consent


def _own(
    consent_id: UUID, admitted: Admitted, attempt: Attempt, _: Opened, heads: Sequence[Headed]
) -> tuple[Standing, SealedCase, Consent]:
    """Return a consent the asker's agency recorded, among all its child has."""
    case, own = own_row(heads, consent_id, "consent", admitted, attempt)
    assert isinstance(own, Consent)  # INVARIANT: asked for by its kind
    return Standing(tuple(heads)), case, own


def _refuse_if_over(consent: Consent, own: Iterable[Consent], today: date) -> None:
    """Raise Invalid where a consent was refused, withdrawn, has expired or been replaced."""
    expired = consent.until is not None and consent.until < today
    given = consent.state is ConsentState.GIVEN
    if not given or expired or superseded(consent, own, today):
        raise Invalid(Code.ENDED_ALREADY)
