"""Granting mediated access: a requester lets somebody else ask on their behalf, for a while."""

from uuid import UUID, uuid4

import orjson

from consent.facts import Action
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.log.entry import Outcome
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.matters import open_matter
from index_service.services.mediation import GRANT_S, MediationGrant, grant_by_id
from index_service.services.opening import ABSENT
from index_service.services.second_person import known_behind
from index_service.services.writing import Change, recorded
from index_service.store.reading import snapshot
from index_service.store.work import work_on


class Mediations:
    """Makes and shows grants of mediated access for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def grant(
        self, login: Login, account: UUID | None, agency: UUID | None, attempt: Attempt
    ) -> MediationGrant:
        """Grant one account, or the accounts of one agency, the requester's rights for 15 minutes.

        They hold for the purpose and reason stated here. Whether there is such an account
        is not told.
        """
        index = self._index
        asked = Asked(login, Action.MEDIATE, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            _one_named(admitted, account, agency)
            asker, ask = admitted.asker, admitted.ask
            if account and await known_behind(index, work, account) == asker.known_as:
                raise Invalid(Code.FIELD_INVALID, "mediator_account_id")
            now_s = int(index.clock.now().timestamp())
            made = MediationGrant(
                uuid4(), asker.account_id, account, agency, ask.purpose, ask.reason, now_s + GRANT_S
            )
            await open_matter(index, work, made.matter(asker.agency_id, now_s), ())
            attempt.mediation = f"{made.id}/{made.requester}"
            await recorded(index, work, attempt, Change(resource=made.id))
            return made

    async def read(self, login: Login, grant_id: UUID, attempt: Attempt) -> bytes:
        """Return a grant, encoded, to the requester and to the mediator it was made for."""
        index = self._index
        asked = Asked(login, Action.MEDIATE, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            grant = await grant_by_id(index, reading, grant_id)
        asker = admitted.asker
        if grant is None or not (grant.requester == asker.account_id or grant.made_for(asker)):
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        attempt.mediation = f"{grant.id}/{grant.requester}"
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        return orjson.dumps(
            {
                "id": str(grant.id),
                "mediator_account_id": grant.mediator_account,
                "mediator_agency_id": grant.mediator_agency,
                "purpose": grant.purpose,
                "reason": grant.reason,
                "until": grant.until_s,
            }
        )


def _one_named(admitted: Admitted, account: UUID | None, agency: UUID | None) -> None:
    """Check that one mediator is named: an account or an agency, never both."""
    if account is None and agency is None:
        raise Invalid(Code.FIELD_MISSING, "mediator_account_id")
    if account is not None and agency is not None:
        raise Invalid(Code.FIELD_INVALID, "mediator_agency_id")
    if agency is not None and agency not in admitted.view.agencies:
        raise Invalid(Code.FIELD_INVALID, "mediator_agency_id")
