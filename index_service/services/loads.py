"""Sealed pointers of case rows: by their own ids, by agency, by practitioner."""

from dataclasses import dataclass
from uuid import UUID

from index_service.crypto.keyring import Keyring
from index_service.services.pointers import decoy

_BUCKETS = 16
_SPARE = bytes(4)  # as long as a waiting record's row


@dataclass(frozen=True, slots=True)
class Load:
    """One case row of a caseload."""

    child_id: UUID
    case_id: UUID


def _caseload_token(keyring: Keyring, whose: str, bucket: int) -> bytes:
    return keyring.references.reference("caseload", whose.encode(), bytes((bucket,)))


def _load_data(load: Load) -> bytes:
    return b"\x00" + load.child_id.bytes + load.case_id.bytes + _SPARE


def case_token(keyring: Keyring, case_id: UUID) -> bytes:
    """Return the token a case row's child is found under."""
    return keyring.references.reference("case_id", case_id.bytes)


def caseload_tokens(keyring: Keyring, agency: str) -> list[bytes]:
    """Return the tokens an agency's caseload lies under: in order, so that pages go on."""
    return [_caseload_token(keyring, f"agency/{agency}", bucket) for bucket in range(_BUCKETS)]


def practitioner_tokens(keyring: Keyring, practitioner: str) -> list[bytes]:
    """Return the tokens a practitioner's caseload lies under, likewise."""
    whose = f"practitioner/{practitioner}"
    return [_caseload_token(keyring, whose, bucket) for bucket in range(_BUCKETS)]


def practitioner_pointer(keyring: Keyring, practitioner: str, load: Load) -> tuple[bytes, bytes]:
    """Return the row that leads a practitioner to a case row: the same each time."""
    token = _caseload_token(
        keyring, f"practitioner/{practitioner}", load.case_id.bytes[0] % _BUCKETS
    )
    return token, keyring.pointers.seal_small(token, _load_data(load))


def open_load(keyring: Keyring, token: bytes, pointer: bytes) -> Load:
    """Return a case row and its child from a pointer."""
    data = keyring.pointers.open_small(token, pointer)
    return Load(UUID(bytes=data[1:17]), UUID(bytes=data[17:33]))


def open_another_load(keyring: Keyring) -> None:
    """Open a row made for it: so that where none was found it takes as long."""
    token, nobody = bytes(16), UUID(int=0)
    sealed = keyring.pointers.seal_small(token, _load_data(Load(nobody, nobody)))
    open_load(keyring, token, sealed)


def caseload_pointers(
    keyring: Keyring, agency: str, practitioner: str | None, load: Load
) -> list[tuple[bytes, bytes]]:
    """Return the three rows that lead to a case row: by its id, its agency, its practitioner."""
    data = _load_data(load)
    by_id = case_token(keyring, load.case_id)
    rows = [(by_id, keyring.pointers.seal_small(by_id, data))]
    for whose in (f"agency/{agency}", f"practitioner/{practitioner}" if practitioner else None):
        if whose is None:
            rows.append(decoy())
            continue
        token = _caseload_token(keyring, whose, load.case_id.bytes[0] % _BUCKETS)
        rows.append((token, keyring.pointers.seal_small(token, data)))
    return rows
