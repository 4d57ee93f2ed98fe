"""Accounts, agencies and practitioners to and from their sealed rows."""

from typing import Any
from uuid import UUID

import orjson

from consent.facts import AccountState, AgencyKind, AskerFacts, Role
from index_service.crypto.keyring import Keyring
from index_service.domain.access import Asker
from index_service.domain.directory import Account, Agency, HomeDigests, Practitioner
from index_service.domain.involvement import Day, Hours, TeamContact
from index_service.services.encoding import day_of, day_text

ACCOUNT_BYTES = 384
AGENCY_BYTES = 1024


def _hours(hours: tuple[Hours, ...]) -> list[Any]:
    return [[[day.value for day in line.days], line.opens, line.closes] for line in hours]


def _hours_of(rows: list[Any]) -> tuple[Hours, ...]:
    return tuple(Hours(tuple(Day(d) for d in days), opens, closes) for days, opens, closes in rows)


def seal_agency(keyring: Keyring, agency: Agency) -> bytes:
    """Seal an agency's row."""
    text = orjson.dumps(
        [
            1,
            agency.name,
            agency.kind.value,
            agency.duty_phone,
            _hours(agency.hours),
            agency.lead_name,
            agency.lead_phone,
            agency.accredited,
            agency.front_door,
            agency.out_of_hours,
        ]
    )
    return keyring.rows.seal("agency", agency.id, text, AGENCY_BYTES)


def open_agency(keyring: Keyring, agency_id: UUID, sealed: bytes) -> Agency:
    """Open an agency's row."""
    row = orjson.loads(keyring.rows.open("agency", agency_id, sealed))
    _, name, kind, phone, hours, lead, lead_phone, accredited, front_door, night = row
    return Agency(
        agency_id,
        name,
        AgencyKind(kind),
        phone,
        _hours_of(hours),
        lead,
        lead_phone,
        bool(accredited),
        bool(front_door),
        night,
    )


def seal_account(keyring: Keyring, account: Account) -> bytes:
    """Seal an account's row: role, state and clearances, bound to its agency."""
    text = orjson.dumps(
        [
            1,
            str(account.agency_id),
            account.role.value,
            account.state.value,
            day_text(account.checked_on),
            day_text(account.trained_on),
            day_text(account.signed_on),
            account.binding_demanded,
            str(account.practitioner_id) if account.practitioner_id else None,
            account.may_override,
            account.may_supervise,
        ]
    )
    return keyring.rows.seal("account", account.id, text, ACCOUNT_BYTES)


def open_account(keyring: Keyring, account_id: UUID, sealed: bytes) -> Account:
    """Open an account's row."""
    row = orjson.loads(keyring.rows.open("account", account_id, sealed))
    _, agency, role, state, checked, trained, signed, bound, who, *since = row
    overrides, supervises = (*since, False, False)[:2]  # rows grow at their end
    return Account(
        account_id,
        UUID(agency),
        Role(role),
        AccountState(state),
        day_of(checked),
        day_of(trained),
        day_of(signed),
        bool(bound),
        UUID(who) if who else None,
        bool(overrides),
        bool(supervises),
    )


def asker_of(account: Account, agency: Agency) -> Asker:
    """Return the asker an account stands for; its agency's facts are the agency's own row."""
    facts = AskerFacts(
        role=account.role,
        agency_kind=agency.kind,
        agency=str(agency.id),
        account_state=account.state,
        checked_on=account.checked_on,
        trained_on=account.trained_on,
        signed_on=account.signed_on,
        employer_accredited=agency.accredited,
        may_override=account.may_override,
        may_supervise=account.may_supervise,
    )
    return Asker(account.id, agency.id, facts, account.practitioner_id)


def _practitioner_text(who: Practitioner) -> bytes:
    return orjson.dumps(
        [
            1,
            str(who.agency_id),
            who.name,
            [who.team.name, who.team.phone, _hours(who.team.hours)],
            who.phone,
            who.email,
            who.contact_shielded,
            [who.home.family, who.home.postcode, who.home.place] if who.home else None,
        ]
    )


def seal_practitioner(keyring: Keyring, who: Practitioner) -> dict[str, Any]:
    """Return a practitioner's whole row, sealed under their own new key."""
    made = keyring.wrap.new_subject("practitioner", who.id)
    return {
        "practitioner_id": who.id,
        "wrap_key_id": made.wrap_key_id,
        "wrapped_key": made.wrapped,
        "sealed": made.key.seal("practitioner", who.id, _practitioner_text(who)),
    }


def reseal_practitioner(keyring: Keyring, row: Any, who: Practitioner) -> bytes:
    """Return what a practitioner is, sealed anew under the key of their row."""
    key = keyring.wrap.open_subject("practitioner", who.id, row["wrap_key_id"], row["wrapped_key"])
    return key.seal("practitioner", who.id, _practitioner_text(who))


def open_practitioner(keyring: Keyring, row: Any) -> Practitioner:
    """Open a practitioner's row."""
    who = row["practitioner_id"]
    key = keyring.wrap.open_subject("practitioner", who, row["wrap_key_id"], row["wrapped_key"])
    text = orjson.loads(key.open("practitioner", who, row["sealed"]))
    _, agency, name, (team, phone, hours), own_phone, email, *since = text
    contact = TeamContact(team, phone, _hours_of(hours))
    shielded, home = (*since, False, None)[:2]  # rows grow at their end
    digests = HomeDigests(*home) if home else None
    return Practitioner(who, UUID(agency), name, contact, own_phone, email, bool(shielded), digests)
