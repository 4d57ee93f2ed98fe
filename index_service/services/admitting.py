"""Who may ask: the account behind a token, and the asker's side of policy, in one snapshot."""

from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID

from consent.agreement import Agreement
from consent.decide import may_ask, may_mediate
from consent.decision import AskerDecision
from consent.facts import Action, Ask
from consent.peers import PeerTerms
from index_service.domain.access import Access, Asker
from index_service.domain.errors import Code, Invalid, Refused
from index_service.services.directory_rows import asker_of, open_account
from index_service.services.index import Index
from index_service.services.mediation import grant_in_force
from index_service.services.views import DirectoryReader, View
from index_service.store.reading import Snapshot


@dataclass(frozen=True, slots=True)
class Login:
    """What a verified token says: who, and whether it is bound to a key."""

    issuer: str
    subject: str
    bound: bool = False


class StandingReader(DirectoryReader, Protocol):
    """A snapshot or writing transaction that can tell an account's standing."""

    async def standing(self, login: bytes) -> Any:
        """Return account, agency, newest agreement and directory version of a login."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it arrived: the login, the action, and what was stated with it."""

    login: Login
    action: Action
    access: Access = field(default_factory=Access)


@dataclass(frozen=True, slots=True)
class Admitted:
    """An asker the agreement in force lets ask this; nothing of any child is read yet."""

    asker: Asker
    ask: Ask
    agreement: Agreement
    agreement_version: int
    view: View
    grant: UUID | None = None  # under which a mediator asks; `asker` is the requester then
    peer: PeerTerms | None = None  # of an asker of another authority: the terms it is answered on

    @property
    def tags_bound_to(self) -> UUID:
        """What an answer's ETag is bound to: nobody amends with what a mediator was shown."""
        return self.grant or self.asker.account_id


class Watcher(Protocol):
    """Whoever must know the asker even if the question is refused: the request's attempt."""

    asker: Asker | None
    agreement: int
    mediation: str


async def admit(index: Index, reader: StandingReader, asked: Asked, watcher: Watcher) -> Admitted:
    """Return who asks, or raise Refused with a code that is the same for every child.

    Asked under a grant, `watcher` is told of the mediator, whose token it is, and what is
    returned is the requester, whose rights apply.
    """
    login = asked.login
    row = await reader.standing(index.keyring.references.login(login.issuer, login.subject))
    if row is None:
        raise Refused(Code.ACCOUNT_UNKNOWN)
    version = row["agreement"]
    view = await index.views.at(row["directory"], version, reader)
    account = open_account(index.keyring, row["account_id"], row["sealed"])
    agency = view.agencies[account.agency_id]
    asker = asker_of(account, agency)
    watcher.asker, watcher.agreement = asker, version or 0
    if account.binding_demanded and not login.bound:
        raise Refused(Code.TOKEN_NOT_BOUND)
    if view.agreement is None:
        raise Refused(Code.NO_AGREEMENT_IN_FORCE)
    access = asked.access
    ask = Ask(asked.action, index.clock.today(), access.purpose, access.reason)
    admitted = Admitted(asker, ask, view.agreement, version, view)
    if index.gate is not None:
        index.gate.check(asked.action)
    if index.lag is not None:
        index.lag.check(asked.action)
    if access.mediation is not None:
        return await _for_requester(index, reader, admitted, access.mediation, watcher)
    _may(may_ask(asker.facts, ask, view.agreement))
    return admitted


async def _for_requester(
    index: Index, reader: object, admitted: Admitted, grant_id: UUID, watcher: Watcher
) -> Admitted:
    """Return the requester of a grant as who asks, having judged the mediator as a mediator."""
    if not isinstance(reader, Snapshot):
        # Mediated access reads; a story that writes was given a grant by mistake.
        raise Invalid(Code.HEADER_INVALID, "Access-Mediation")
    mediator, ask, agreement = admitted.asker, admitted.ask, admitted.agreement
    _may(may_mediate(mediator.facts, ask, agreement))
    grant = await grant_in_force(index, reading=reader, grant_id=grant_id, mediator=mediator)
    # A mediator states what the requester stated; what is missing is missing, as for anyone.
    if (
        grant is None
        or ask.purpose not in (None, grant.purpose)
        or ask.reason not in (None, grant.reason)
    ):
        raise Refused(Code.MEDIATION_INVALID)
    watcher.mediation = f"{grant_id}/{grant.requester}"
    row = await reader.account(grant.requester)
    assert row is not None  # INVARIANT: accounts are closed, never deleted
    account = open_account(index.keyring, grant.requester, row["sealed"])
    requester = asker_of(account, admitted.view.agencies[account.agency_id])
    # Made for their own agency it names no account: by another one they are still themselves.
    if requester.known_as == mediator.known_as:
        raise Refused(Code.MEDIATION_INVALID)
    # In order now, and still somebody who may ask through another at all.
    for action in (Action.MEDIATE, ask.action):
        _may(may_ask(requester.facts, replace(ask, action=action), agreement))
    return replace(admitted, asker=requester, grant=grant_id)


def _may(decision: AskerDecision) -> None:
    """Go on, or raise Refused with every reason why this may not be asked."""
    if not decision.allowed:
        raise Refused(*(Code(reason.value) for reason in decision.reasons))
