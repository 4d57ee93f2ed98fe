"""After a breach: which children, which classes of facts, which askers, between two times."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson

from index_service.crypto.keyring import Keyring
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid
from index_service.domain.inspection import BreachForm, EntryState, Sought
from index_service.domain.small_cells import shown_total, without_small_cells
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Login
from index_service.services.attempt import Attempt
from index_service.services.auditing.auditor import Inspected, admit_auditor, enter, looked_into
from index_service.services.auditing.finding import Finding, Paged, begun, query_of
from index_service.services.auditing.opening import Found, keys_of, years_between
from index_service.services.auditing.shown import kinds_of
from index_service.services.index import Index
from index_service.store.work import Work, work_on

CHILDREN_MAX = 5_000
UNREAD_MAX = 1_000


@dataclass(slots=True)
class Reached:
    """What was shown of one child, to whom, and when first and last."""

    first: datetime
    last: datetime
    child_id: UUID | None = None
    references: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    agencies: set[str] = field(default_factory=set)

    def join(self, other: "Reached") -> None:
        """Take in what another year's reference of the same child reached."""
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.references |= other.references
        self.classes |= other.classes
        self.accounts |= other.accounts
        self.agencies |= other.agencies


class Breaches:
    """Tells auditors how far a breach of one authority's index reached."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def reach(
        self, login: Login, sought: Sought, form: BreachForm, attempt: Attempt
    ) -> bytes:
        """Return whom the askers looked for were shown, encoded; every child named is entered.

        Invalid where that is more than 100,000 entries or 5,000 children: a shorter time does.
        """
        index, query = self._index, query_of(sought, form=form)
        attempt.subjects = looked_into(sought.child_id, sought.account_id)
        admitted = await admit_auditor(index, login, attempt)
        async with work_on(index.audit, index.csa, index.log) as work:
            place = await begun(index, work, admitted, attempt, Paged(query))
            finding = Finding(index, work, sought, kinds_of(admitted.view), place.settled)
            found = [each async for each in finding.all() if _tells(each)]
            years = list(years_between(sought.since_s, sought.until_s))
            reached = await _named(index.keyring, work, _reached(found), years)
            closed = await finding.closed_years()
        if len(reached) > CHILDREN_MAX:
            raise Invalid(Code.EXPORT_TOO_LARGE)
        unread = [each for each in found if each.entry is None]
        by_child = form is BreachForm.CHILDREN
        body = orjson.dumps(
            {
                "form": form.value,
                "children": _children(reached) if by_child else None,
                "counts": None if by_child else _counts(reached),
                "unread": [
                    {"entry_id": str(each.entry_id), "state": each.state.value}
                    for each in unread[:UNREAD_MAX]
                ],
                "closed_years": closed,
            }
        )
        ids = [each.child_id for each in reached if by_child]
        about = dict.fromkeys((*attempt.subjects, *looked_into(*ids)))
        subjects = tuple(SubjectShown(each) for each in about)
        await enter(index, attempt, Inspected(subjects, query, body, len(reached)))
        return body


def _tells(found: Found) -> bool:
    """Say whether an entry showed somebody, or cannot be asked."""
    return found.state is not EntryState.OPEN or _shows(found)


def _shows(found: Found) -> bool:
    return found.entry is not None and found.entry["outcome"] == Outcome.SHOWN


def _reached(found: Iterable[Found]) -> dict[str, Reached]:
    """Return what was shown, by the reference of the child it was shown of."""
    reached: dict[str, Reached] = {}
    for each in found:
        entry = each.entry
        if entry is None:
            continue
        for subject in entry["subjects"]:
            if not subject["shown"]:
                continue
            one = reached.setdefault(subject["ref"], Reached(each.at, each.at))
            one.join(
                Reached(
                    each.at,
                    each.at,
                    None,
                    {subject["ref"]},
                    set(subject["classes"]),
                    {entry["account"]},
                    {entry["agency"]},
                )
            )
    return reached


async def _named(
    keyring: Keyring, work: Work, reached: dict[str, Reached], years: Iterable[int]
) -> list[Reached]:
    """Return what was reached, a child once, by id where it is still on the index.

    A reference cannot be turned back: every child's is made and looked for.
    """
    keys = [known for year in years if (known := keys_of(keyring, year)) is not None]
    left = dict(reached)
    named: dict[UUID, Reached] = {}
    after: UUID | None = None
    while left and (ids := await work.auditing.children(after)):
        after = ids[-1]
        for child_id in ids:
            for known in keys:
                one = left.pop(known.subject_ref(child_id).hex(), None)
                if one is not None:
                    one.child_id = child_id
                    named.setdefault(child_id, one).join(one)
    return [*named.values(), *left.values()]


def _children(reached: list[Reached]) -> list[Shown]:
    ordered = sorted(reached, key=lambda each: (each.first, sorted(each.references)))
    return [
        {
            "child_id": str(each.child_id) if each.child_id else None,
            "references": sorted(each.references),
            "classes": sorted(each.classes),
            "accounts": sorted(each.accounts),
            "agencies": sorted(each.agencies),
            "first": int(each.first.timestamp()),
            "last": int(each.last.timestamp()),
        }
        for each in ordered
    ]


def _counts(reached: list[Reached]) -> Shown:
    total = len(reached)
    by_class = Counter(name for each in reached for name in each.classes)
    by_agency = Counter(agency for each in reached for agency in each.agencies)
    classes = without_small_cells(by_class, total)
    agencies = without_small_cells(by_agency, total)
    return {
        "children": shown_total(total),
        "by_class": [
            {"disclosure_class": name, "children": classes[name]} for name in sorted(classes)
        ],
        "by_agency": [
            {"agency_id": agency, "children": agencies[agency]} for agency in sorted(agencies)
        ],
    }
