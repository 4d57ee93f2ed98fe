"""Case rows of every kind, all of one form; what each kind holds stands in forms/.

A row is two envelopes side by side: a head that policy may look at to decide, and a body
opened only where it permits. Which kind a row is stands inside the head, sealed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import orjson

from index_service.crypto.envelope import Breach, SealBroken
from index_service.crypto.keyring import Keyring
from index_service.crypto.seal import SubjectKey, envelope_size
from index_service.domain.consenting import Basis, Consent, NotShared
from index_service.domain.dissent import Dissent
from index_service.domain.involvement import CafStatus, Involvement, LeadProfessional
from index_service.domain.shield import Shield
from index_service.domain.status import Status
from index_service.services.encoding import Policy
from index_service.services.forms.assessment import CAF, LEAD
from index_service.services.forms.consent import BASIS, CONSENT, NOT_SHARED
from index_service.services.forms.dissent import DISSENT
from index_service.services.forms.form import CaseHead, Form
from index_service.services.forms.involvement import INVOLVEMENT
from index_service.services.forms.shield import SHIELD
from index_service.services.forms.status import STATUS

CASES_A_CHILD_MAX = 200
"""Far above any child's, far below what would make a record unreadable."""

OWN_CASES_MAX = 50
"""Of one agency: reached first, so that who fills a record counts none but its own."""

CaseFact = (
    Involvement
    | CafStatus
    | LeadProfessional
    | Shield
    | Consent
    | Basis
    | NotShared
    | Dissent
    | Status
)

FORMS: tuple[Form[Any], ...] = (
    INVOLVEMENT,
    CAF,
    LEAD,
    SHIELD,
    CONSENT,
    BASIS,
    NOT_SHARED,
    DISSENT,
    STATUS,
)
_BY_KIND = {form.kind: form for form in FORMS}
_BY_FACT = {form.fact: form for form in FORMS}

_HEAD_SIZE = envelope_size("case_head")
_TAG = 16
_MORE_THAN_MOST = 12
_NOBODY = UUID(int=0)
SOME_HEAD = CaseHead("involvement", str(_NOBODY), ("school", "school", True))
"""Nobody's: looked at where one that is withheld would have been."""

_SOME_HEAD = orjson.dumps([SOME_HEAD.kind, SOME_HEAD.agency, *SOME_HEAD.extra])


@dataclass(frozen=True, slots=True)
class SealedCase:
    """One case row of a child whose key is at hand; head and body still closed."""

    id: UUID
    key: SubjectKey
    sealed: bytes

    def head(self) -> CaseHead:
        """Open what policy decides by."""
        kind, agency, *extra = orjson.loads(
            self.key.open("case_head", self.id, self.sealed[:_HEAD_SIZE])
        )
        return CaseHead(kind, agency, tuple(extra))

    def body(self, head: CaseHead) -> CaseFact:
        """Open the whole fact; only after policy permitted it."""
        row = orjson.loads(self.key.open("case", self.id, self.sealed[_HEAD_SIZE:]))
        fact: CaseFact = _BY_KIND[head.kind].read(self.id, head, row)
        return fact


def seal_case(key: SubjectKey, row_id: UUID, fact: CaseFact) -> bytes:
    """Seal one case row: head and body side by side, one size for every kind."""
    form = _BY_FACT[type(fact)]
    head = [form.kind, form.agency(fact), *form.head(fact)]
    return key.seal("case_head", row_id, orjson.dumps(head)) + key.seal(
        "case", row_id, orjson.dumps(list(form.body(fact)))
    )


def case_mark(keyring: Keyring, row_id: UUID, sealed: bytes) -> bytes:
    """Return the mark of one case row in one version, kept in the child's policy."""
    tags = sealed[_HEAD_SIZE - _TAG : _HEAD_SIZE] + sealed[-_TAG:]
    return keyring.references.reference("case_mark", row_id.bytes, tags)


def new_case_id() -> UUID:
    """Return a random id, so that ids tell neither order nor time."""
    return uuid4()


def opened_heads(
    keyring: Keyring, key: SubjectKey, cases: Sequence[SealedCase]
) -> list[tuple[SealedCase, CaseHead]]:
    """Return each checked case with its head, taking as long as for a child with more than most.

    Who is told nothing of a child must not learn from the time how many cases it has, or
    whether they were looked at; of a child with more than 12 it takes longer.
    """
    heads = [(case, case.head()) for case in cases]
    made = SealedCase(_NOBODY, key, key.seal("case_head", _NOBODY, _SOME_HEAD))
    for _ in range(_MORE_THAN_MOST - len(heads)):
        case_mark(keyring, made.id, made.sealed)
        made.head()
    return heads


def checked_cases(
    keyring: Keyring, key: SubjectKey, policy: Policy, rows: Iterable[Any]
) -> list[SealedCase]:
    """Return a child's case rows if they are exactly those its policy was sealed over.

    SealBroken otherwise: a row dropped, added or put back in an older version would
    hide or revive a practitioner, so nothing of the child is said until it is mended.
    """
    found = [SealedCase(row["id"], key, row["sealed"]) for row in rows]
    total = 0
    for case in found:
        total ^= int.from_bytes(case_mark(keyring, case.id, case.sealed))
    if len(found) != policy.cases or total.to_bytes(_TAG) != policy.case_sum:
        raise SealBroken(Breach.TAG, "case_row")
    return found
