"""The idiomatic governed build: what most would write who were told to govern this search.

FastAPI dependencies, ORM sessions, python-jose on every call, fields opened one by one, a
response model, and a hash chain of audit rows written in the request's own transaction.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jose import JWTError, jwt
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from bench.parts.naive_rows import (
    AccountRow,
    AgencyRow,
    AuditRow,
    ChildRow,
    InvolvementRow,
    KeyRow,
    opened,
    token,
)
from bench.parts.shapes import (
    Answer,
    Asked,
    Found,
    Match,
    Told,
    contact_of,
    graded,
    next_step,
    shown_match,
)
from consent.agreement import Agreement, compile_agreement, default_document
from consent.decide import decide, decide_involvement, may_ask
from consent.decision import Decision
from consent.facts import (
    AccessReason,
    AccountState,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    InvolvementLevel,
    Purpose,
    Role,
    SensitiveBasis,
)
from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.involvement import Involvement, Service
from index_service.domain.matching.grade import Graded
from index_service.domain.matching.keys import Facts, query_keys
from index_service.domain.matching.score import (
    Candidate,
    PreparedQuery,
    score,
    withheld_fields,
)
from index_service.services.lookup import concluded
from index_service.services.sealing import CLASS_OF_SCHEME

CHAIN_LOCK = 7217002
_bearer = HTTPBearer()


@dataclass(frozen=True, slots=True)
class Keys:
    """What the build opens and searches with."""

    master: AESGCM
    search: bytes


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as the dependencies have found."""

    subject: str
    facts: AskerFacts
    ask: Ask


@dataclass(slots=True)
class Opened:
    """A child whose fields have been opened one by one, as far as policy permits."""

    child_id: UUID
    secret: bytes
    decision: Decision
    fields: dict[str, str]


class Search:
    """One question being answered within one session."""

    def __init__(
        self, session: AsyncSession, keys: Keys, asker: Asker, agreement: Agreement
    ) -> None:
        self._session = session
        self._keys = keys
        self._asker = asker
        self._agreement = agreement

    async def tier(self, query: PreparedQuery, tier: int) -> list[Found]:
        """Return the candidates of a tier, opened and scored."""
        tokens = [
            token(self._keys.search, kind, text) for kind, text in query_keys(query.facts, tier)
        ]
        hits = select(KeyRow.child_id).where(KeyRow.token.in_(tokens))
        rows = await self._session.scalars(
            select(ChildRow).where(ChildRow.child_id.in_(hits)).limit(5000)
        )
        found: list[Found] = []
        for row in rows:
            child = self._opened(row)
            if child is not None:
                candidate = _candidate(child)
                found.append((child, query, candidate, score(query, candidate)))
        return found

    def _opened(self, row: ChildRow) -> Opened | None:
        facts = ChildFacts(row.archived, row.held, row.shielded)
        decision = decide(self._asker.facts, self._asker.ask, facts, self._agreement)
        if not decision.allowed:
            return None
        wrapped = row.wrapped_key
        secret = self._keys.master.decrypt(wrapped[:12], wrapped[12:], row.child_id.bytes)
        fields = {
            name: opened(secret, f"child.{name}:{row.child_id}", getattr(row, name))
            for name in _fields(decision)
        }
        return Opened(row.child_id, secret, decision, fields)

    async def involvements(self, child: Opened) -> list[Told]:
        """Return the involvements of a child that this asker may see."""
        rows = await self._session.scalars(
            select(InvolvementRow).where(InvolvementRow.child_id == child.child_id).limit(2000)
        )
        return [one for row in rows if (one := self._involvement(child, row)) is not None]

    def _involvement(self, child: Opened, row: InvolvementRow) -> Told | None:
        fields = {
            name: opened(child.secret, f"involvement.{name}:{row.id}", getattr(row, name))
            for name in ("service", "contact", "began", "ceased", "confirmed")
        }
        kind, service = AgencyKind(row.agency_kind), Service(fields["service"])
        own = row.agency == self._asker.facts.agency
        sensitive, none = Involvement.is_sensitive(service, kind), SensitiveBasis.NONE
        facts = InvolvementFacts(sensitive, none, own, kind, row.agency)
        asker = self._asker
        level = decide_involvement(asker.facts, asker.ask, child.decision, facts, self._agreement)
        if level in (InvolvementLevel.NOTHING, InvolvementLevel.BROKERED):
            return None
        involvement = Involvement(
            row.id,
            row.agency,
            kind,
            service,
            contact_of(fields["contact"]),
            date.fromisoformat(fields["began"]),
            _day(fields["ceased"]),
            _day(fields["confirmed"]),
        )
        return involvement, level


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _fields(decision: Decision) -> list[str]:
    """Return the fields a search may open: to show them, or to compare them."""
    names = ["family", "given", "middle", "born", "gender", "carers"]
    if DisclosureClass.TRACING in decision.permits:
        names += ["former_names", "postcode", "house"]
    names += [each.value for each in IdentifierScheme if CLASS_OF_SCHEME[each] in decision.permits]
    return names


def _candidate(child: Opened) -> Candidate:
    fields = child.fields
    former = json.loads(fields.get("former_names", "[]"))
    facts = Facts(
        names=(PersonName(fields["family"], fields["given"], fields["middle"]),),
        former_names=tuple(PersonName(*name) for name in former),
        date_of_birth=date.fromisoformat(fields["born"]),
        postcode=fields.get("postcode", ""),
        house=fields.get("house", ""),
        identifiers={each: n for each in IdentifierScheme if (n := fields.get(each.value, ""))},
        gender=Gender(fields["gender"]),
    )
    return Candidate(facts, withheld_fields(child.decision.permits))


def _shown(child: Opened) -> dict[str, Any]:
    fields = child.fields
    return {
        "child_id": child.child_id,
        "restricted": False,
        "name": _name((fields["family"], fields["given"], fields["middle"])),
        "date_of_birth": fields["born"],
        "gender": fields["gender"],
        "carers": [_name(name) for name in json.loads(fields["carers"])],
        "identifiers": {
            each.value: fields[each.value] or None
            for each in IdentifierScheme
            if each.value in fields
        },
    }


def _name(parts: Sequence[str]) -> dict[str, str | None]:
    family, given, middle = parts
    return {"given_name": given or None, "middle_names": middle or None, "family_name": family}


async def chained(session: AsyncSession, asker: Asker, outcome: str, shown: list[UUID]) -> None:
    """Add one link to the chain of audit rows, in this request's transaction."""
    await session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    last = await session.scalar(select(AuditRow).order_by(AuditRow.seq.desc()).limit(1))
    previous = last.hash if last else bytes(32)
    entry = json.dumps(
        {
            "subject": asker.subject,
            "action": asker.ask.action,
            "purpose": asker.ask.purpose,
            "reason": asker.ask.reason,
            "outcome": outcome,
            "shown": [str(child_id) for child_id in shown],
        },
        sort_keys=True,
    )
    at = datetime.now(UTC).replace(tzinfo=None)
    link = hashlib.sha256(previous + entry.encode()).digest()
    session.add(AuditRow(at=at, entry=entry, previous=previous, hash=link))
    await session.commit()


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Give a request its session."""
    async with request.app.state.sessions() as session:
        yield session


SessionOf = Annotated[AsyncSession, Depends(get_session)]


async def get_asker(
    request: Request,
    session: SessionOf,
    bearer: Annotated[HTTPAuthorizationCredentials, Depends(_bearer)],
    access_purpose: Annotated[Purpose, Header()],
    access_reason: Annotated[AccessReason, Header()],
) -> Asker:
    """Verify the token, find the account, and say whether it may ask."""
    settings = request.app.state.settings
    try:
        claims = jwt.decode(
            bearer.credentials,
            settings["jwks"],
            algorithms=["ES256"],
            audience=settings["audience"],
            issuer=settings["issuer"],
        )
    except JWTError:
        raise HTTPException(401) from None
    account = await session.get(AccountRow, claims["sub"])
    agency = await session.get(AgencyRow, account.agency_id) if account else None
    if account is None or agency is None:
        raise HTTPException(403)
    facts = AskerFacts(
        role=Role(account.role),
        agency_kind=AgencyKind(agency.kind),
        agency=str(agency.agency_id),
        account_state=AccountState(account.state),
        checked_on=account.checked_on,
        trained_on=account.trained_on,
        signed_on=account.signed_on,
        employer_accredited=agency.accredited,
    )
    ask = Ask(Action.LOOKUP, datetime.now(UTC).date(), access_purpose, access_reason)
    if not may_ask(facts, ask, request.app.state.agreement).allowed:
        raise HTTPException(403)
    return Asker(account.subject, facts, ask)


def make_app(settings: dict[str, Any]) -> FastAPI:
    """Return the application; it opens its engine when it starts."""
    always = next_step()
    keys = Keys(AESGCM(bytes.fromhex(settings["master"])), bytes.fromhex(settings["search"]))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = create_async_engine(settings["database"])
        app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
        app.state.settings = settings
        app.state.agreement = compile_agreement(default_document())
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/lookups", response_model=Answer)
    async def look_up(
        body: Asked,
        request: Request,
        session: SessionOf,
        asker: Annotated[Asker, Depends(get_asker)],
    ) -> Answer:
        """Answer one question."""
        search = Search(session, keys, asker, request.app.state.agreement)
        found = concluded(await graded(body.facts(), search.tier), asker.facts.role)
        shown: Sequence[Graded[Any]] = found.shown
        matches: list[Match] = [
            shown_match(one, _shown(one.key), await search.involvements(one.key)) for one in shown
        ]
        await chained(session, asker, found.outcome, [one.key.child_id for one in shown])
        return Answer(outcome=found.outcome, matches=matches, **always)

    return app
