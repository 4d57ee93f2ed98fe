"""Keeping the directory: agencies, accounts, practitioners, feed sources; and reading it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson

from consent.decide import may_ask, numbers_to_ask_by
from consent.decision import AskerReason
from consent.facts import (
    AccessReason,
    Action,
    AgencyKind,
    Ask,
    Purpose,
    Role,
)
from index_service.domain.alert import AlertOutcome
from index_service.domain.brokering import Brokered, BrokeringAnswer, Urgency
from index_service.domain.child import (
    AddressKind,
    CarerRelation,
    Education,
    Gender,
    IdentifierScheme,
)
from index_service.domain.consenting import (
    BasisKind,
    BasisReason,
    ConsentFor,
    Giver,
    NotSharedReason,
    ReceiptKept,
    Understanding,
)
from index_service.domain.directory import Account, Agency, HomeStated, Practitioner
from index_service.domain.disclosure import shown_hours
from index_service.domain.dissent import DissentAbout
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.hold import CheckedWith, HoldDecision
from index_service.domain.involvement import CafClosure, Day, Service
from index_service.domain.matching.grade import Grade
from index_service.domain.override import OverrideGround, OverrideOutcome
from index_service.domain.shield import (
    IdentityCheck,
    NewIdentityCause,
    ShieldAskedBy,
    ShieldGround,
    ShieldRefusal,
)
from index_service.log.entry import Outcome
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cursors import cursor_position, next_cursor
from index_service.services.directory_rows import (
    open_account,
    open_practitioner,
    seal_account,
    seal_agency,
    seal_practitioner,
)
from index_service.services.encoding import day_text
from index_service.services.index import Index
from index_service.services.listed import PAGE_MAX
from index_service.services.misuse.homes import home_digests
from index_service.services.sealing import CLASS_OF_SCHEME
from index_service.services.views import shown_front_door
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import snapshot
from index_service.store.work import Work, work_on

_BEFORE_ALL = UUID(int=0)
_STATED_LATER = frozenset({AskerReason.PURPOSE_MISSING, AskerReason.REASON_MISSING})
_VOCABULARIES = {
    "roles": Role,
    "agency_kinds": AgencyKind,
    "purposes": Purpose,
    "reasons": AccessReason,
    "genders": Gender,
    "identifier_schemes": IdentifierScheme,
    "address_kinds": AddressKind,
    "carer_relations": CarerRelation,
    "education": Education,
    "services": Service,
    "days": Day,
    "grades": Grade,
    "shield_grounds": ShieldGround,
    "shield_asked_by": ShieldAskedBy,
    "consents_for": ConsentFor,
    "consent_givers": Giver,
    "understandings": Understanding,
    "consent_receipts": ReceiptKept,
    "bases": BasisKind,
    "basis_reasons": BasisReason,
    "not_shared_reasons": NotSharedReason,
    "urgencies": Urgency,
    "brokering_outcomes": Brokered,
    "brokering_answers": BrokeringAnswer,
    "dissent_about": DissentAbout,
    "alert_outcomes": AlertOutcome,
    "shield_identity_checks": IdentityCheck,
    "shield_refusals": ShieldRefusal,
    "new_identity_causes": NewIdentityCause,
    "override_grounds": OverrideGround,
    "override_outcomes": OverrideOutcome,
    "hold_decisions": HoldDecision,
    "caf_closures": CafClosure,
    "hold_checks": CheckedWith,
}


class Directories:
    """Keeps and shows one authority's directory. Nothing here is about a child."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def _keep(
        self,
        login: Login,
        sent: Repeatable,
        attempt: Attempt,
        made: Callable[[Work, Admitted], Awaitable[UUID]],
    ) -> UUID:
        index = self._index
        asked = Asked(login, Action.KEEP_DIRECTORY, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            once = Once(index, admitted, attempt, sent)
            done = await once.before(work)
            if done is not None:
                await recorded(index, work, attempt, Change(code=REPLAYED))
                return done.resource
            resource = await made(work, admitted)
            await recorded(index, work, attempt, Change(once=once, resource=resource))
            return resource

    async def add_agency(
        self, login: Login, agency: Agency, source: str, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Add an agency, and the feed source it supplies by if it has one."""

        async def made(work: Work, _: Admitted) -> UUID:
            sealed = seal_agency(self._index.keyring, agency)
            await work.directory.put_agency(agency.id, sealed)
            if source and not await work.directory.add_source(source, agency.id):
                raise Invalid(Code.STATE_CONFLICT, "source")
            await work.directory.changed()
            return agency.id

        return await self._keep(login, sent, attempt, made)

    async def add_practitioner(
        self,
        login: Login,
        who: Practitioner,
        sent: Repeatable,
        attempt: Attempt,
        home: HomeStated | None = None,
    ) -> UUID:
        """Add a practitioner of an agency; of where they live only digests are kept."""
        keyring = self._index.keyring
        digests = home_digests(keyring, home) if home is not None else None
        kept = replace(who, home=digests)

        async def made(work: Work, admitted: Admitted) -> UUID:
            _known_agency(admitted, who.agency_id)
            await work.directory.add_practitioner(seal_practitioner(keyring, kept))
            return who.id

        return await self._keep(login, sent, attempt, made)

    async def add_account(
        self, login: Login, account: Account, of: Login, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Add an account for one login at one identity provider; one login, one account."""

        async def made(work: Work, admitted: Admitted) -> UUID:
            keyring = self._index.keyring
            _known_agency(admitted, account.agency_id)
            digest = keyring.references.login(of.issuer, of.subject)
            if await work.directory.account_of(digest) is not None:
                raise Invalid(Code.STATE_CONFLICT, "subject")
            await work.directory.add_account(
                {
                    "account_id": account.id,
                    "login": digest,
                    "agency_id": account.agency_id,
                    "sealed": seal_account(keyring, account),
                }
            )
            return account.id

        return await self._keep(login, sent, attempt, made)

    async def change_account(
        self,
        login: Login,
        account_id: UUID,
        changed: Callable[[Account], Account],
        attempt: Attempt,
    ) -> None:
        """Change an account: suspended in the next request of every worker."""
        index = self._index
        asked = Asked(login, Action.KEEP_DIRECTORY, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            await admit(index, work.directory, asked, attempt)
            row = await work.directory.account(account_id)
            if row is None:
                raise NotDisclosed("absent")
            after = changed(open_account(index.keyring, account_id, row["sealed"]))
            sealed = seal_account(index.keyring, after)
            await work.directory.replace_account(account_id, sealed)
            await recorded(index, work, attempt, Change())

    async def accounts(
        self, login: Login, agency_id: UUID | None, cursor: str | None, attempt: Attempt
    ) -> bytes:
        """Return a page of the accounts of an agency, or of all, encoded, in order of id."""
        index = self._index
        asked = Asked(login, Action.KEEP_DIRECTORY, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            position = cursor_position(index.keyring, admitted, attempt, cursor)
            after = UUID(bytes=position) if position else _BEFORE_ALL
            rows = await work.directory.accounts(agency_id, after, PAGE_MAX + 1)
            page = await self._opened(work, rows[:PAGE_MAX])
        following = None
        if len(rows) > PAGE_MAX:
            last = rows[PAGE_MAX - 1]["account_id"]
            following = next_cursor(index.keyring, admitted, attempt, last.bytes)
        return await self._shown({"accounts": page, "next": following}, attempt)

    async def account(self, login: Login, account_id: UUID, attempt: Attempt) -> bytes:
        """Return how one account stands, encoded."""
        index = self._index
        asked = Asked(login, Action.KEEP_DIRECTORY, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            await admit(index, work.directory, asked, attempt)
            row = await work.directory.account_beheld(account_id)
            if row is None:
                raise NotDisclosed("absent")
            (shown,) = await self._opened(work, [row])
        return await self._shown(shown, attempt)

    async def _opened(self, work: Work, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """Return accounts as the team sees them, each with its practitioner's name."""
        keyring = self._index.keyring
        found = [open_account(keyring, row["account_id"], row["sealed"]) for row in rows]
        ids = sorted({each.practitioner_id for each in found if each.practitioner_id})
        sealed = await work.directory.practitioners(ids) if ids else ()
        names = {who.id: who.name for who in (open_practitioner(keyring, row) for row in sealed)}
        return [_shown_account(each, names) for each in found]

    async def me(self, login: Login, attempt: Attempt) -> bytes:
        """Return what the index knows of the asking account, and what it may do and why not."""
        index = self._index
        asked = Asked(login, Action.READ_DIRECTORY, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
        facts = admitted.asker.facts
        agency = admitted.view.agencies[admitted.asker.agency_id]
        who = admitted.asker.practitioner_id
        body = {
            "account_id": str(admitted.asker.account_id),
            "agency": {"agency_id": str(agency.id), "name": agency.name, "kind": agency.kind.value},
            "practitioner_id": str(who) if who else None,
            "role": facts.role.value,
            "state": facts.account_state.value,
            "checked_on": facts.checked_on.isoformat() if facts.checked_on else None,
            "trained_on": facts.trained_on.isoformat() if facts.trained_on else None,
            "agreement_signed_on": facts.signed_on.isoformat() if facts.signed_on else None,
            "may": _obstacles(admitted),
            "numbers": _numbers(admitted),
            "agreement_version": admitted.agreement_version,
        }
        return await self._shown(body, attempt)

    async def vocabularies(self, login: Login, attempt: Attempt) -> bytes:
        """Return the closed vocabularies, and which reasons go with which purpose."""
        index = self._index
        asked = Asked(login, Action.READ_DIRECTORY, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            await admit(index, reading, asked, attempt)
        body = {name: [word.value for word in words] for name, words in _VOCABULARIES.items()}
        return await self._shown(body, attempt)

    async def agencies(self, login: Login, attempt: Attempt) -> bytes:
        """Return every agency's front door: duty line, hours, safeguarding lead."""
        index = self._index
        asked = Asked(login, Action.READ_DIRECTORY, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
        agencies = sorted(admitted.view.agencies.values(), key=lambda each: each.name)
        body = {
            "agencies": [{"agency_id": str(each.id), **shown_front_door(each)} for each in agencies]
        }
        return await self._shown(body, attempt)

    async def practitioner(self, login: Login, practitioner_id: UUID, attempt: Attempt) -> bytes:
        """Return how to reach one practitioner's team."""
        index = self._index
        asked = Asked(login, Action.KEEP_DIRECTORY, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            await admit(index, work.directory, asked, attempt)
            row = await work.directory.practitioner(practitioner_id)
            if row is None:
                raise NotDisclosed("absent")
        who = open_practitioner(index.keyring, row)
        body = {
            "practitioner_id": str(who.id),
            "agency_id": str(who.agency_id),
            "name": who.name,
            "phone": who.phone or None,
            "email": who.email or None,
            "team": {
                "name": who.team.name,
                "phone": who.team.phone,
                "hours": shown_hours(who.team.hours),
            },
            "contact_shielded": who.contact_shielded,
        }
        return await self._shown(body, attempt)

    async def _shown(self, body: object, attempt: Attempt) -> bytes:
        index = self._index
        entry = attempt.entry(index.log.stamp(), Outcome.SHOWN)
        attempt.answered(await index.log.append(entry))
        return orjson.dumps(body)


def _shown_account(account: Account, names: Mapping[UUID, str]) -> dict[str, Any]:
    who = account.practitioner_id
    return {
        "account_id": str(account.id),
        "agency_id": str(account.agency_id),
        "name": names.get(who) if who else None,
        "practitioner_id": str(who) if who else None,
        "role": account.role.value,
        "state": account.state.value,
        "checked_on": day_text(account.checked_on),
        "trained_on": day_text(account.trained_on),
        "signed_on": day_text(account.signed_on),
        "binding_demanded": account.binding_demanded,
        "may_override": account.may_override,
        "may_supervise": account.may_supervise,
    }


def _known_agency(admitted: Admitted, agency_id: UUID) -> None:
    if agency_id not in admitted.view.agencies:
        raise Invalid(Code.FIELD_INVALID, "agency_id")


def _numbers(admitted: Admitted) -> list[str]:
    """Return by which numbers the asker can look a child up: plain, as it is their agency's."""
    ask = Ask(Action.LOOKUP, admitted.ask.today)
    numbers = numbers_to_ask_by(admitted.asker.facts, ask, admitted.agreement)
    return [scheme.value for scheme in IdentifierScheme if CLASS_OF_SCHEME[scheme] in numbers]


def _obstacles(admitted: Admitted) -> dict[str, list[str]]:
    """Return, for each action of the asker's role, what of the account stands in its way.

    A purpose and reason are stated with each question: neither their absence here is an
    obstacle, nor what stating one of them would clear.
    """
    facts, agreement, today = admitted.asker.facts, admitted.agreement, admitted.ask.today
    told = {}
    for action in sorted(agreement.actions.get((facts.role, facts.agency_kind), ())):
        stated = agreement.purposes.get((facts.role, facts.agency_kind, action), frozenset())
        asks = [Ask(action, today, purpose) for purpose in (None, *stated)]
        found = [may_ask(facts, ask, agreement).reasons for ask in asks]
        told[action.value] = [
            reason.value
            for reason in found[0]
            if reason not in _STATED_LATER and all(reason in reasons for reasons in found)
        ]
    return told
