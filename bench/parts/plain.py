"""The ungoverned build: the same search and answer on plaintext tables, plainly written.

FastAPI, asyncpg with its default pool, Pydantic in and out. No token, no policy, no key, no
log; nobody may run it with real children. It exists to be compared with.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Request

from bench.parts.children import Made, groups_of
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
from consent.facts import AgencyKind, InvolvementLevel, Role
from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.disclosure import shown_contact
from index_service.domain.involvement import Involvement, Service
from index_service.domain.matching.grade import Graded
from index_service.domain.matching.keys import Facts, index_keys, query_keys
from index_service.domain.matching.score import Candidate, PreparedQuery, score
from index_service.services.lookup import concluded
from index_service.services.sealing import facts_of

TABLES = """
create table child (
    child_id uuid primary key, family text not null, given text not null, middle text not null,
    born date not null, gender text not null, former_names jsonb not null, postcode text not null,
    house text not null, nhs_number text, upn text, case_number text, carers jsonb not null,
    address jsonb not null, shielded boolean not null
);
create table child_key (
    key text not null, child_id uuid not null references child, primary key (key, child_id)
);
create table involvement (
    id uuid primary key, child_id uuid not null references child, agency text not null,
    agency_kind text not null, service text not null, contact jsonb not null,
    began date not null, ceased date, confirmed date
);
create index involvement_of_child on involvement (child_id);
"""
_CANDIDATES = """
select * from child
where child_id in (select child_id from child_key where key = any($1::text[])) limit 5000
"""
_INVOLVEMENTS = "select * from involvement where child_id = any($1::uuid[]) limit 2000"


class _Row(asyncpg.Record):
    """A row whose columns are attributes too, as asyncpg's manual shows."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


def _candidate(row: Any) -> Candidate:
    numbers = {scheme: row[scheme.value] for scheme in IdentifierScheme if row[scheme.value]}
    return Candidate(
        Facts(
            names=(PersonName(row["family"], row["given"], row["middle"]),),
            former_names=tuple(PersonName(*name) for name in json.loads(row["former_names"])),
            date_of_birth=row["born"],
            postcode=row["postcode"],
            house=row["house"],
            identifiers=numbers,
            gender=Gender(row["gender"]),
        )
    )


async def _tier(connection: Any, query: PreparedQuery, tier: int) -> list[Found]:
    keys = [f"{kind.value}:{text}" for kind, text in query_keys(query.facts, tier)]
    rows = await connection.fetch(_CANDIDATES, keys)
    found = []
    for row in rows:
        candidate = _candidate(row)
        found.append((row, query, candidate, score(query, candidate)))
    return found


def _involvement(row: Any) -> Involvement:
    return Involvement(
        row["id"],
        row["agency"],
        AgencyKind(row["agency_kind"]),
        Service(row["service"]),
        contact_of(row["contact"]),
        row["began"],
        row["ceased"],
        row["confirmed"],
    )


def _shown(row: Any) -> dict[str, Any]:
    return {
        "child_id": row["child_id"],
        "restricted": row["shielded"],
        "name": _name((row["family"], row["given"], row["middle"])),
        "date_of_birth": row["born"],
        "gender": row["gender"],
        "carers": [_name(name) for name in json.loads(row["carers"])],
        "identifiers": {scheme.value: row[scheme.value] for scheme in IdentifierScheme},
    }


def _name(parts: Sequence[str]) -> dict[str, str | None]:
    family, given, middle = parts
    return {"given_name": given or None, "middle_names": middle or None, "family_name": family}


async def _matches(connection: Any, shown: Sequence[Graded[Any]]) -> list[Match]:
    involved: dict[UUID, list[Told]] = {one.key["child_id"]: [] for one in shown}
    if involved:
        for row in await connection.fetch(_INVOLVEMENTS, list(involved)):
            told = _involvement(row), InvolvementLevel.CONTENT
            involved[row["child_id"]].append(told)
    return [shown_match(one, _shown(one.key), involved[one.key["child_id"]]) for one in shown]


def make_app(settings: dict[str, Any]) -> FastAPI:
    """Return the application; it opens its pool when it starts."""
    always = next_step()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(settings["database"], record_class=_Row) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/lookups")
    async def look_up(request: Request, body: Asked) -> Answer:
        """Answer one question."""
        async with request.app.state.pool.acquire() as connection:
            ranked = await graded(body.facts(), partial(_tier, connection))
            found = concluded(ranked, Role.PRACTITIONER)
            matches = await _matches(connection, found.shown)
        return Answer(outcome=found.outcome, matches=matches, **always)

    return app


def _child_row(child_id: UUID, made: Made) -> tuple[Any, ...]:
    record = made.record
    identity, tracing, name = record.identity, record.tracing, record.identity.name
    return (
        child_id,
        *(name.family, name.given, name.middle),
        identity.date_of_birth,
        identity.gender.value,
        json.dumps([[one.family, one.given, one.middle] for one in tracing.former_names]),
        tracing.postcode,
        tracing.house,
        *(record.identifiers.get(scheme) for scheme in IdentifierScheme),
        json.dumps([[one.family, one.given, one.middle] for one in identity.carers]),
        json.dumps([record.address.street, record.address.town]),
        False,
    )


def _involvement_rows(child_id: UUID, made: Made) -> list[tuple[Any, ...]]:
    return [
        (
            one.id,
            child_id,
            one.agency,
            one.agency_kind.value,
            one.service.value,
            json.dumps(shown_contact(one.contact)),
            *(one.began, one.ceased, one.confirmed),
        )
        for one in made.involvements
    ]


async def populate(database: str, made: list[Made], ids: list[UUID]) -> None:
    """Make the tables and fill them with these children under these ids."""
    connection: Any = await asyncpg.connect(database)
    try:
        await connection.execute(TABLES)
        for places in groups_of(5000, len(made)):
            some = [(ids[place], made[place]) for place in places]
            children = [_child_row(*one) for one in some]
            keys = [
                (f"{key.kind.value}:{key.text}", child_id)
                for child_id, child in some
                for key in index_keys(facts_of(child.record))
            ]
            cases = [row for one in some for row in _involvement_rows(*one)]
            await connection.copy_records_to_table("child", records=children)
            await connection.copy_records_to_table("child_key", records=keys)
            await connection.copy_records_to_table("involvement", records=cases)
    finally:
        await connection.close()
