"""Bases other than consent, and decisions not to share: an agency's own, by whom and why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from consent.facts import Action, AgencyKind, DisclosureClass
from index_service.domain.consenting import (
    Basis,
    BasisKind,
    BasisReason,
    NotShared,
    NotSharedReason,
)
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Involvement, Service
from index_service.services.admitting import Admitted, Login
from index_service.services.attempt import Attempt
from index_service.services.cases import new_case_id
from index_service.services.consents_standing import own_row, standing_of
from index_service.services.index import Index
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.services.statement import statement
from index_service.services.writing import Repeatable

REVIEW_DAYS_MAX = 366
DECIDED_DAYS_MAX = 366  # longer ago, it is looked at again before it is entered

_CONSENTS = (DisclosureClass.CONSENTS,)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is stated of a basis: its kind and reason, when decided, when looked at again."""

    kind: BasisKind
    reason: BasisReason
    decided: date
    review: date
    service: Service | None = None


@dataclass(frozen=True, slots=True)
class Withholding:
    """What is stated of a decision not to share."""

    recipient: AgencyKind
    reason: NotSharedReason
    decided: date


def made_basis(admitted: Admitted, stated: Decision) -> Basis:
    """Return a basis of the asker's agency, or raise Invalid where its days or service are off.

    Only significant harm carries an entry, and only a sensitive one needs carrying.
    """
    today, asker = admitted.ask.today, admitted.asker
    _refuse_far(stated.decided, today)
    if not 0 < (stated.review - today).days <= REVIEW_DAYS_MAX:
        raise Invalid(Code.DATE_OUT_OF_RANGE, "review")
    if stated.service is not None:
        sensitive = Involvement.is_sensitive(stated.service, asker.facts.agency_kind)
        if stated.kind is not BasisKind.SIGNIFICANT_HARM or not sensitive:
            raise Invalid(Code.FIELD_INVALID, "service")
    return Basis(
        new_case_id(),
        str(asker.agency_id),
        stated.kind,
        stated.reason,
        stated.service,
        str(asker.account_id),
        stated.decided,
        stated.review,
    )


class Bases:
    """Keeps bases and decisions not to share for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def decide(
        self, login: Login, child_id: UUID, stated: Decision, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Record a basis the asker's agency decided on; return its id."""

        def made(admitted: Admitted) -> Basis:
            return made_basis(admitted, stated)

        return await self._add(login, child_id, made, sent, attempt)

    async def not_share(
        self, login: Login, child_id: UUID, stated: Withholding, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Record that the asker's agency decided not to share; return the record's id."""

        def made(admitted: Admitted) -> NotShared:
            _refuse_far(stated.decided, admitted.ask.today)
            asker = admitted.asker
            agency, account = str(asker.agency_id), str(asker.account_id)
            return NotShared(
                new_case_id(), agency, stated.recipient, stated.reason, account, stated.decided
            )

        return await self._add(login, child_id, made, sent, attempt)

    async def end(self, login: Login, child_id: UUID, basis_id: UUID, attempt: Attempt) -> None:
        """End a basis of the asker's agency, or any for the team; nothing rests on it from then."""
        index = self._index
        async with statement(index, login, Action.RECORD_CONSENT, attempt) as said:
            admitted, opened = said.admitted, await said.about(child_id)
            standing = await standing_of(index, said.work, opened.child)
            case, basis = own_row(standing.heads, basis_id, "basis", admitted, attempt)
            assert isinstance(basis, Basis)  # INVARIANT: asked for by its kind
            if basis.ended is not None:
                raise Invalid(Code.ENDED_ALREADY)
            account = str(admitted.asker.account_id)
            after = replace(basis, ended=admitted.ask.today, ended_by=account)
            await said.replace(opened, case, after)
            await said.work.children.add_work([decoy() for _ in range(LOAD_ROWS)])
            await said.recorded(opened, *_CONSENTS)

    async def _add(
        self,
        login: Login,
        child_id: UUID,
        made: Callable[[Admitted], Basis | NotShared],
        sent: Repeatable,
        attempt: Attempt,
    ) -> UUID:
        async with statement(self._index, login, Action.RECORD_CONSENT, attempt) as said:
            opened = await said.about(child_id)
            once, before = await said.once(opened, sent, *_CONSENTS)
            if before is not None:
                return before
            fact = made(said.admitted)
            await said.add(opened, fact)
            # Found through the child, so nothing leads to it: yet as many rows as ever.
            await said.work.children.add_work([decoy() for _ in range(LOAD_ROWS)])
            await said.recorded(opened, *_CONSENTS, once=once, resource=fact.id)
            return fact.id


def _refuse_far(decided: date, today: date) -> None:
    if not 0 <= (today - decided).days <= DECIDED_DAYS_MAX:
        raise Invalid(Code.DATE_OUT_OF_RANGE, "decided_on")
