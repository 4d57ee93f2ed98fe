"""The consents a child's record holds: found by an id, by a child, and what follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from os import urandom
from typing import Any
from uuid import UUID

from consent.facts import Role
from index_service.crypto.keyring import Keyring
from index_service.domain.consenting import Basis, Consent, ConsentFor, NotShared
from index_service.domain.errors import NotDisclosed
from index_service.domain.involvement import Service
from index_service.services.admitting import Admitted
from index_service.services.attempt import Attempt
from index_service.services.cases import SealedCase, checked_cases
from index_service.services.forms.form import CaseHead
from index_service.services.index import Index
from index_service.services.lists import list_pointer
from index_service.services.loads import (
    Load,
    case_token,
    caseload_pointers,
    open_another_load,
    open_load,
)
from index_service.services.opening import Opened
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.services.sealing import SealedChild
from index_service.store.work import Work

NOTICES = "notices"
"""The list of what ended and must be told to those told before: read by noticing.py."""

DAY = timedelta(days=1)
NOT_OWN = "not_own_consent"
TELLABLE = frozenset({ConsentFor.SENSITIVE_ENTRY, ConsentFor.CAF})
KINDS = ("consent", "basis", "not_shared")
Headed = tuple[SealedCase, CaseHead]


@dataclass(frozen=True, slots=True)
class Standing:
    """A child's case rows with their heads open."""

    heads: tuple[Headed, ...]

    def next_sequence(self, now_s: int) -> int:
        """Return the number of the child's next consent: now, or after every other's."""
        numbers = [head.extra[5] for _, head in self.heads if head.kind == "consent"]
        return max(now_s, max(numbers, default=0) + 1)

    def consents(self, agency: str) -> list[Consent]:
        """Open the consents one agency recorded."""
        own = [(case, head) for case, head in self.heads if head.kind == "consent"]
        bodies = [case.body(head) for case, head in own if head.agency == agency]
        return [body for body in bodies if isinstance(body, Consent)]


def headed(index: Index, child: SealedChild, rows: Sequence[Any]) -> tuple[Headed, ...]:
    """Return a child's case rows, checked, with their heads open."""
    cases = checked_cases(index.keyring, child.key, child.policy, rows)
    return tuple((case, case.head()) for case in cases)


async def standing_of(index: Index, work: Work, child: SealedChild) -> Standing:
    """Return the case rows of a child under lock."""
    ref = index.keyring.references.case_ref(child.child_id)
    rows = [row._mapping for row in await work.children.cases([ref])]
    return Standing(headed(index, child, rows))


def entry_is_refused(standing: Standing, agency: str, service: Service, today: date) -> bool:
    """Say whether what was recorded of a sensitive entry stands against making it now."""
    concerns = (ConsentFor.SENSITIVE_ENTRY, service, agency)
    rows = [each for each in standing.consents(agency) if each.concerns == concerns]
    begun = [each for each in rows if each.begins <= today]
    newest = max(begun, key=lambda each: each.sequence, default=None)
    return bool(rows) and (newest is None or not newest.in_force(today))


async def child_of(index: Index, work: Work, case_id: UUID) -> UUID:
    """Return a case row's child; for one that is not there, an id nobody has."""
    token = case_token(index.keyring, case_id)
    for row in await work.children.work([token]):
        return open_load(index.keyring, row.token, row.pointer).child_id
    open_another_load(index.keyring)
    return case_id


def own_row(
    heads: Sequence[Headed], case_id: UUID, kind: str, admitted: Admitted, attempt: Attempt
) -> tuple[SealedCase, Consent | Basis | NotShared]:
    """Return a row the asker's agency recorded, or any for the team; else NotDisclosed."""
    asker = admitted.asker.facts
    for case, head in heads:
        mine = head.agency == asker.agency or asker.role is Role.MANAGEMENT_TEAM
        if case.id == case_id and head.kind == kind and mine:
            body = case.body(head)
            assert isinstance(body, Consent | Basis | NotShared)  # INVARIANT: the head said so
            return case, body
    attempt.rules = (NOT_OWN,)
    raise NotDisclosed(NOT_OWN)


def notices_on(day: date) -> str:
    """Return the name of the list of what has expired once a day begins."""
    return f"{NOTICES}/{day.isoformat()}"


def notice_pointer(keyring: Keyring, case_id: UUID, name: str = NOTICES) -> tuple[bytes, bytes]:
    """Return a row that leads the notices to a case row; another each time, so none collide."""
    token, _ = list_pointer(keyring, name, case_id)
    return token, keyring.pointers.seal_small(token, b"\x00" + case_id.bytes + urandom(16))


async def list_new(index: Index, work: Work, opened: Opened, consent: Consent, ends: bool) -> None:
    """Add the rows that lead to a new consent, and to the notice its end calls for.

    As many as an involvement's beginning adds, whatever it says.
    """
    load = Load(opened.child.child_id, consent.id)
    by_id, by_agency, spare = caseload_pointers(index.keyring, consent.agency, None, load)
    spare = _to_notice(index.keyring, consent, ends) or spare
    await work.children.add_work(sorted((by_id, by_agency, spare)))


async def list_changed(index: Index, work: Work, consent: Consent, ends: bool) -> None:
    """Add as many rows for a change of a consent: the notice its end calls for, or none."""
    rows = [decoy() for _ in range(LOAD_ROWS)]
    rows[0] = _to_notice(index.keyring, consent, ends) or rows[0]
    await work.children.add_work(sorted(rows))


def _to_notice(keyring: Keyring, consent: Consent, ends: bool) -> tuple[bytes, bytes] | None:
    """Return the row that leads the notices to a consent: now, or the day after its last."""
    if consent.given_for not in TELLABLE:
        return None
    if ends:
        return notice_pointer(keyring, consent.id)
    expired = notices_on(consent.until + DAY) if consent.until else None
    return notice_pointer(keyring, consent.id, expired) if expired else None
