"""Who may ask: the account behind a token, and the asker's side of policy, in one snapshot."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from consent.agreement import Agreement
from consent.decide import may_ask
from consent.facts import Action, Ask
from index_service.domain.access import Access, Asker
from index_service.domain.errors import Code, Refused
from index_service.services.directory_rows import asker_of, open_account
from index_service.services.index import Index
from index_service.services.views import DirectoryReader, View


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


class Watcher(Protocol):
    """Whoever must know the asker even if the question is refused: the request's attempt."""

    asker: Asker | None
    agreement: int


async def admit(index: Index, reader: StandingReader, asked: Asked, watcher: Watcher) -> Admitted:
    """Return who asks, or raise Refused with a code that is the same for every child."""
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
    decision = may_ask(asker.facts, ask, view.agreement)
    if not decision.allowed:
        raise Refused(*(Code(reason.value) for reason in decision.reasons))
    return Admitted(asker, ask, view.agreement, version, view)
