"""One entry of the access log, and the exact bytes it is committed to by.

An entry says what was asked, by whom, why, and what was released. It holds codes and
keyed references only: no name, number, date of birth, path or body ever enters one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

import orjson

from consent.facts import DisclosureClass

FORMAT = 1
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER  # 53 bits: any JSON reader agrees


class Outcome(StrEnum):
    """What became of a request. Values are stable: they stand in sealed entries."""

    SHOWN = "shown"
    NOTHING = "nothing"  # asked in order; nothing found that may be shown
    NOT_DISCLOSED = "not_disclosed"
    REFUSED = "refused"  # something about the asker
    INVALID = "invalid"
    RECORDED = "recorded"  # a change was written
    FAILED = "failed"  # ours: a defect, or a store that could not be asked
    SHED = "shed"  # the count of anonymous refusals left out in one second


class Told(StrEnum):
    """What stands on a consent and was told; stands in a subject's row, not in the leaf."""

    CONTACT_BROKERED = "contact_brokered"  # that contact with some service can be brokered
    ASSESSMENT_HELD = "assessment_held"


@dataclass(frozen=True, slots=True)
class SubjectShown:
    """One child asked about or displayed, and the classes of facts that were released."""

    child_id: UUID
    classes: tuple[DisclosureClass, ...] = ()
    shown: bool = False
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One decision asked for. The first three come from AccessLog.stamp().

    `action` is a consent Action or a route's own word, "" when refused before it was
    known; `route` is the template, never a path. `account` is its id, or the keyed
    reference of the token's subject (hex) where a request ended before the look-up.
    Commitments are hex SHA-256 or "". `agreement` is a version, 0 for none. `count` is
    of lines, subjects or shed requests.
    """

    csa: str
    entry_id: UUID
    at_ms: int
    action: str
    route: str
    outcome: Outcome
    code: str = ""
    rules: tuple[str, ...] = ()
    account: str = ""
    agency: str = ""
    role: str = ""
    purpose: str = ""
    reason: str = ""
    reference: str = ""
    mediation: str = ""
    agreement: int = 0
    query_commit: str = ""
    result_commit: str = ""
    row_state: str = ""
    subjects: tuple[SubjectShown, ...] = ()
    count: int = 0
    request_id: str = ""


def canonical(entry: AccessEntry, subject_refs: Sequence[bytes]) -> bytes:
    """Return the entry's only byte form: compact JSON, sorted keys, UTF-8, whole numbers.

    `subject_refs` are the keyed references of `entry.subjects`, in their order; the child
    ids themselves stay out. Raises TypeError for a number that is not a whole one and
    for text that is not Unicode, so that no two readers can differ over a leaf.
    """
    for number in (entry.at_ms, entry.agreement, entry.count):
        if type(number) is not int:
            raise TypeError("an entry holds whole numbers only")
    return orjson.dumps(
        {
            "account": entry.account,
            "action": entry.action,
            "agency": entry.agency,
            "agreement": entry.agreement,
            "at_ms": entry.at_ms,
            "code": entry.code,
            "count": entry.count,
            "csa": entry.csa,
            "entry_id": entry.entry_id,
            "mediation": entry.mediation,
            "outcome": entry.outcome,
            "purpose": entry.purpose,
            "query_commit": entry.query_commit,
            "reason": entry.reason,
            "reference": entry.reference,
            "request_id": entry.request_id,
            "result_commit": entry.result_commit,
            "role": entry.role,
            "route": entry.route,
            "row_state": entry.row_state,
            "rules": entry.rules,
            "subjects": [
                {
                    "classes": class_names(subject.classes),
                    "ref": ref.hex(),
                    "shown": subject.shown,
                }
                for subject, ref in zip(entry.subjects, subject_refs, strict=True)
            ],
            "v": FORMAT,
        },
        option=_CANONICAL,
    )


@lru_cache(maxsize=512)
def class_names(classes: tuple[DisclosureClass, ...]) -> tuple[str, ...]:
    """Return the classes' stable names in order of name: a set has one written form."""
    return tuple(sorted({each.value for each in classes}))
