"""The rows of the idiomatic build: ORM entities whose fields are sealed one by one."""

import hashlib
import hmac
import json
from datetime import date, datetime
from os import urandom
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import BigInteger, Identity, Index, insert
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.parts.children import Made, groups_of
from demo.personas import AGENCIES, Persona
from index_service.domain.child import IdentifierScheme
from index_service.domain.disclosure import shown_contact
from index_service.domain.involvement import Involvement
from index_service.domain.matching.keys import index_keys
from index_service.services.sealing import facts_of

_INSERT_ROWS = 2000


class Base(DeclarativeBase):
    """What every entity is declared on."""


class ChildRow(Base):
    """A child: its own key, wrapped, and every field sealed under it."""

    __tablename__ = "child"
    child_id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped_key: Mapped[bytes]
    shielded: Mapped[bool]
    held: Mapped[bool]
    archived: Mapped[bool]
    family: Mapped[bytes]
    given: Mapped[bytes]
    middle: Mapped[bytes]
    born: Mapped[bytes]
    gender: Mapped[bytes]
    former_names: Mapped[bytes]
    postcode: Mapped[bytes]
    house: Mapped[bytes]
    nhs_number: Mapped[bytes]
    upn: Mapped[bytes]
    case_number: Mapped[bytes]
    carers: Mapped[bytes]
    address: Mapped[bytes]


class KeyRow(Base):
    """One keyed search token of a child."""

    __tablename__ = "child_key"
    token: Mapped[bytes] = mapped_column(primary_key=True)
    child_id: Mapped[UUID] = mapped_column(primary_key=True)


class InvolvementRow(Base):
    """One involvement, its fields sealed under the child's key."""

    __tablename__ = "involvement"
    __table_args__ = (Index("involvement_of_child", "child_id"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    child_id: Mapped[UUID]
    agency: Mapped[str]
    agency_kind: Mapped[str]
    service: Mapped[bytes]
    contact: Mapped[bytes]
    began: Mapped[bytes]
    ceased: Mapped[bytes]
    confirmed: Mapped[bytes]


class AccountRow(Base):
    """Who may ask."""

    __tablename__ = "account"
    subject: Mapped[str] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID]
    role: Mapped[str]
    state: Mapped[str]
    checked_on: Mapped[date | None]
    trained_on: Mapped[date | None]
    signed_on: Mapped[date | None]


class AgencyRow(Base):
    """Whom an account works for."""

    __tablename__ = "agency"
    agency_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    accredited: Mapped[bool]


class AuditRow(Base):
    """One link of the hash chain."""

    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    entry: Mapped[str]
    previous: Mapped[bytes]
    hash: Mapped[bytes]


def _field_key(secret: bytes, place: str) -> AESGCM:
    # As the usual encrypted column types do: a key hashed for each field they meet.
    return AESGCM(hashlib.sha256(secret + place.encode()).digest())


def sealed(secret: bytes, place: str, text: str) -> bytes:
    """Seal one field under a key of its own, made from the child's."""
    nonce = urandom(12)
    return nonce + _field_key(secret, place).encrypt(nonce, text.encode(), None)


def opened(secret: bytes, place: str, envelope: bytes) -> str:
    """Open one field."""
    return _field_key(secret, place).decrypt(envelope[:12], envelope[12:], None).decode()


def token(secret: bytes, kind: int, text: str) -> bytes:
    """Return the keyed token of one search key."""
    return hmac.new(secret, f"{kind}:{text}".encode(), hashlib.sha256).digest()


def child_row(master: AESGCM, child_id: UUID, made: Made) -> tuple[bytes, dict[str, Any]]:
    """Return a child's own key and its row."""
    secret, nonce = AESGCM.generate_key(bit_length=256), urandom(12)
    record = made.record
    name, tracing = record.identity.name, record.tracing
    former = [[one.family, one.given, one.middle] for one in tracing.former_names]
    carers = [[one.family, one.given, one.middle] for one in record.identity.carers]
    fields = {
        "family": name.family,
        "given": name.given,
        "middle": name.middle,
        "born": record.identity.date_of_birth.isoformat(),
        "gender": record.identity.gender.value,
        "former_names": json.dumps(former),
        "postcode": tracing.postcode,
        "house": tracing.house,
        **{scheme.value: record.identifiers.get(scheme, "") for scheme in IdentifierScheme},
        "carers": json.dumps(carers),
        "address": json.dumps([record.address.street, record.address.town]),
    }
    row = {
        "child_id": child_id,
        "wrapped_key": nonce + master.encrypt(nonce, secret, child_id.bytes),
        **dict.fromkeys(("shielded", "held", "archived"), False),
        **{
            field: sealed(secret, f"child.{field}:{child_id}", text)
            for field, text in fields.items()
        },
    }
    return secret, row


def involvement_row(secret: bytes, child_id: UUID, one: Involvement) -> dict[str, Any]:
    """Return one involvement's row."""
    fields = {
        "service": one.service.value,
        "contact": json.dumps(shown_contact(one.contact)),
        "began": one.began.isoformat(),
        "ceased": one.ceased.isoformat() if one.ceased else "",
        "confirmed": one.confirmed.isoformat() if one.confirmed else "",
    }
    return {
        "id": one.id,
        "child_id": child_id,
        "agency": one.agency,
        "agency_kind": one.agency_kind.value,
        **{
            field: sealed(secret, f"involvement.{field}:{one.id}", t) for field, t in fields.items()
        },
    }


def standing_rows(personas: list[Persona]) -> dict[type[Base], list[dict[str, Any]]]:
    """Return the rows of accounts and agencies."""
    accounts = [
        {
            "subject": one.subject,
            "agency_id": one.agency.id,
            "role": one.account.role.value,
            "state": one.account.state.value,
            "checked_on": one.account.checked_on,
            "trained_on": one.account.trained_on,
            "signed_on": one.account.signed_on,
        }
        for one in personas
    ]
    agencies = [
        {
            "agency_id": one.id,
            "name": one.name,
            "kind": one.kind.value,
            "accredited": one.accredited,
        }
        for one in AGENCIES
    ]
    return {AccountRow: accounts, AgencyRow: agencies}


async def populate(
    settings: dict[str, Any], made: list[Made], ids: list[UUID], personas: list[Persona]
) -> None:
    """Make the tables and fill them with these children under these ids."""
    master = AESGCM(bytes.fromhex(settings["master"]))
    search = bytes.fromhex(settings["search"])
    engine = create_async_engine(settings["database"])
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for entity, rows in standing_rows(personas).items():
                await connection.execute(insert(entity), rows)
            for places in groups_of(_INSERT_ROWS, len(made)):
                tables: dict[type[Base], list[dict[str, Any]]] = {
                    ChildRow: [],
                    KeyRow: [],
                    InvolvementRow: [],
                }
                for place in places:
                    child_id, child = ids[place], made[place]
                    secret, row = child_row(master, child_id, child)
                    tables[ChildRow].append(row)
                    tables[KeyRow] += [
                        {"token": token(search, one.kind, one.text), "child_id": child_id}
                        for one in index_keys(facts_of(child.record))
                    ]
                    tables[InvolvementRow] += [
                        involvement_row(secret, child_id, one) for one in child.involvements
                    ]
                for entity, rows in tables.items():
                    await connection.execute(insert(entity), rows)
    finally:
        await engine.dispose()
