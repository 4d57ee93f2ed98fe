"""Who inspects the log, for which case, and the entry that every inspection leaves."""

import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

from consent.facts import Action
from index_service.domain.errors import Code, Refused
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.store.reading import snapshot


@dataclass(frozen=True, slots=True)
class Inspected:
    """What an inspection's entry says: whom it was about, what was asked, what came out."""

    subjects: tuple[SubjectShown, ...] = ()
    query: bytes = b""
    result: bytes = b""
    count: int = 0


async def admit_auditor(index: Index, login: Login, attempt: Attempt) -> Admitted:
    """Return the auditor who asks; Refused without a case number, whatever is looked for."""
    asked = Asked(login, Action.INSPECT_LOG, attempt.access)
    async with snapshot(index.reading, index.csa) as reading:
        admitted = await admit(index, reading, asked, attempt)
    case_of(attempt)
    return admitted


def case_of(attempt: Attempt) -> str:
    """Return the case number a request states, or raise Refused."""
    if not attempt.access.reference:
        raise Refused(Code.CASE_MISSING)
    return attempt.access.reference


def looked_into(*ids: UUID | None) -> tuple[UUID, ...]:
    """Return the children and accounts an inspection is of, for its entry.

    Ids are random, so children and accounts can stand in one list: an account's entries are
    found as a child's are, by whoever looks at how auditors looked.
    """
    return tuple(each for each in ids if each is not None)


async def enter(index: Index, attempt: Attempt, inspected: Inspected) -> None:
    """Make the inspection's own entry durable, before anything of it is said."""
    entry = replace(
        attempt.entry(index.log.stamp(), Outcome.SHOWN if inspected.count else Outcome.NOTHING),
        subjects=inspected.subjects,
        query_commit=hashlib.sha256(inspected.query).hexdigest() if inspected.query else "",
        result_commit=hashlib.sha256(inspected.result).hexdigest(),
        count=inspected.count,
    )
    attempt.answered(await index.log.append(entry))
