"""Panels: one child, one case, one named reader, until a day it ends by itself.

Whoever reviews what happened to a child is told who was involved and who looked, with the
leaves that prove it, and of no other child anything. While a panel lasts, nothing of that
child is removed for its age (`frozen_children`): the expiry of the log asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import orjson

from consent.decide import may_ask
from consent.facts import Action, AgencyKind, Ask, ChildFacts, InvolvementLevel
from consent.panel import (
    LOOKING_ACTIONS,
    panel_is_told,
    panel_is_told_that_one_looked,
    panel_is_told_which_agency,
)
from consent.who_looked import KEEPING_ROLES, LOOKING_ROLES, TOLD_CLASSES
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid, NotDisclosed, Refused
from index_service.domain.inspection import DAY_S, DAYS_OF_ONE_CHILD_MAX, Sought, is_override
from index_service.domain.involvement import Involvement
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.auditing.auditor import Inspected, case_of, enter, looked_into
from index_service.services.auditing.finding import (
    Begun,
    Finding,
    Paged,
    begun,
    cursor_after,
)
from index_service.services.auditing.opening import Found, keys_of
from index_service.services.auditing.shown import kinds_of
from index_service.services.cases import checked_cases
from index_service.services.directory_rows import asker_of, open_account
from index_service.services.facts import CaseFacts, child_facts
from index_service.services.index import Index
from index_service.services.matters import MatterReader, matter_by_id, matters_on, open_matter
from index_service.services.opening import ABSENT
from index_service.services.sealing import open_policy
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import Snapshot, snapshot
from index_service.store.work import Work, work_on

DAYS_MAX = 90
PAGE_MAX = 200
FROZEN = "retention_frozen"  # the list of panels whose child's record is kept meanwhile


@dataclass(frozen=True, slots=True)
class PanelAsked:
    """Whose case is reviewed, by which account, for how many days."""

    child_id: UUID
    account_id: UUID
    days: int


@dataclass(frozen=True, slots=True)
class _Told:
    """What the record itself tells a panel: its state, and who was involved."""

    facts: ChildFacts
    involved: list[Shown]


@dataclass(frozen=True, slots=True)
class _Looks:
    """Which entries are told to a panel as looks at its child, and as what.

    `refs` are the child's references by year, `kinds` the agencies' kinds by id.
    """

    refs: Mapping[int, str]
    child: ChildFacts
    kinds: Mapping[str, AgencyKind]

    def tells(self, found: Found) -> bool:
        """Say whether a panel is told of an entry: whatever cannot be opened might be a look."""
        entry = found.entry
        if entry is None:
            return True
        displays = entry["action"] in LOOKING_ACTIONS and self._was_shown(found)
        kept = entry["role"] in KEEPING_ROLES
        looked = kept or (entry["role"] in LOOKING_ROLES and self._classes(found))
        kind = self.kinds.get(entry["agency"])
        return bool(displays and looked and panel_is_told_that_one_looked(kind))

    def shown(self, found: Found) -> Shown:
        """Show one entry that is told; of the team no more than that they looked."""
        entry = found.entry
        head: Shown = {
            "entry_id": str(found.entry_id),
            "at": int(found.at.timestamp()),
            "state": found.state.value,
            "leaf": found.leaf.hex(),
        }
        if entry is None:
            return {**head, "said": None}
        kind = self.kinds.get(entry["agency"])
        named = panel_is_told_which_agency(kind, self.child)
        kept = entry["role"] in KEEPING_ROLES
        action = Action.READ_CHILD.value if is_override(entry) else entry["action"]
        said = {
            "agency_kind": kind,
            "agency_id": entry["agency"] if named else None,
            "account_id": entry["account"] if named else None,
            "action": None if kept else action,
            "purpose": None if kept else entry["purpose"] or None,
            "outcome": entry["outcome"],
            "shown": True,
            "classes": [] if kept else self._classes(found),
        }
        return {**head, "said": said}

    def _own(self, found: Found) -> list[Any]:
        ref, entry = self.refs.get(found.at.year), found.entry
        return [each for each in entry["subjects"] if each["ref"] == ref] if entry else []

    def _was_shown(self, found: Found) -> bool:
        return any(each["shown"] for each in self._own(found))

    def _classes(self, found: Found) -> list[str]:
        """Return what was displayed of the child, as far as it is told; none other is."""
        known = {name for each in self._own(found) if each["shown"] for name in each["classes"]}
        return sorted(known & TOLD_CLASSES)


class Panels:
    """Opens panels of one authority, and tells each what it may know."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def open(
        self, login: Login, panel: PanelAsked, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Open a panel for the case stated, and return its id; from now on nothing is removed."""
        index = self._index
        attempt.subjects = looked_into(panel.child_id, panel.account_id)
        asked = Asked(login, Action.INSPECT_LOG, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            case = case_of(attempt)
            once = Once(index, admitted, attempt, sent)
            subjects = tuple(SubjectShown(each) for each in attempt.subjects)
            done = await once.before(work)
            if done is not None:
                await recorded(index, work, attempt, Change(subjects, code=REPLAYED))
                return done.resource
            agency = await self._reader(work, admitted, panel.account_id)
            now_s = int(index.clock.now().timestamp())
            matter = Matter(
                uuid4(),
                MatterKind.PANEL,
                MatterState.TAKEN,
                now_s,
                account=str(panel.account_id),
                agency=agency,
                child_id=panel.child_id,
                details={"case": case, "ends_s": now_s + panel.days * DAY_S, "frozen_s": now_s},
                steps=(Step(now_s, str(admitted.asker.account_id), "opened"),),
            )
            await open_matter(index, work, matter, (FROZEN,))
            change = Change(subjects, once=once, resource=matter.id)
            await recorded(index, work, attempt, change)
            return matter.id

    async def _reader(self, work: Work, admitted: Admitted, account_id: UUID) -> str:
        """Return the agency of who is to read; Invalid for an account that may read no panel.

        Nobody opens one for themselves: a second person knows of every case that is read.
        """
        row = await work.directory.account_beheld(account_id)
        if row is None:
            raise Invalid(Code.FIELD_INVALID, "account_id")
        account = open_account(self._index.keyring, account_id, row["sealed"])
        reader = asker_of(account, admitted.view.agencies[account.agency_id])
        ask = Ask(Action.READ_PANEL, self._index.clock.today())
        if not may_ask(reader.facts, ask, admitted.agreement):
            raise Invalid(Code.FIELD_INVALID, "account_id")
        if reader.known_as == admitted.asker.known_as:
            raise Invalid(Code.SECOND_PERSON_NEEDED)
        return str(account.agency_id)

    async def read(
        self, login: Login, panel_id: UUID, cursor: str | None, attempt: Attempt
    ) -> bytes:
        """Return who was involved and a page of who looked, encoded, to the panel's reader.

        NotDisclosed for anybody else's panel and for none; Invalid once it has ended.
        """
        index = self._index
        asked = Asked(login, Action.READ_PANEL, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            case = case_of(attempt)
            panel = await self._own(reading, admitted, panel_id, attempt)
            if case != panel.details["case"]:
                raise Refused(Code.CASE_MISSING)
            now_s = int(index.clock.now().timestamp())
            if now_s >= panel.details["ends_s"]:
                raise Invalid(Code.ENDED_ALREADY)
            told = await self._told(reading, admitted, panel)
        sought = _since_long_ago(panel, now_s)
        looks = _Looks(self._refs(panel), told.facts, kinds_of(admitted.view))
        paged = Paged(panel.id.bytes, cursor, Code.QUERY_INVALID)
        async with work_on(index.audit, index.csa, index.log) as work:
            place = await begun(index, work, admitted, attempt, paged)
            finding = Finding(index, work, sought, looks.kinds, place.settled)
            page = await finding.page(place.after, PAGE_MAX, looks.tells)
            closed = await finding.closed_years()
            leaves = await work.auditing.leaves([each.entry_id for each in page.found])
        following = Begun(place.settled, page.following)
        body = orjson.dumps(
            {
                "panel_id": str(panel.id),
                "child_id": str(panel.child_id),
                "ends_at": panel.details["ends_s"],
                "involved": told.involved,
                "looked": [
                    {**looks.shown(each), **_place_of(leaves.get(each.entry_id))}
                    for each in page.found
                ],
                "missing": page.missing if cursor is None else [],
                "closed_years": closed,
                "next": cursor_after(index, admitted, attempt, paged.query, following),
            }
        )
        subjects = tuple(SubjectShown(each) for each in attempt.subjects)
        await enter(index, attempt, Inspected(subjects, b"", body, len(page.found)))
        return body

    async def _own(
        self, reading: Snapshot, admitted: Admitted, panel_id: UUID, attempt: Attempt
    ) -> Matter:
        """Return the asker's own panel; anybody else's is as none."""
        panel = await matter_by_id(self._index, reading, panel_id)
        own = panel is not None and panel.account == str(admitted.asker.account_id)
        if panel is None or not own or panel.kind is not MatterKind.PANEL:
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        attempt.subjects = looked_into(panel.child_id)
        return panel

    async def _told(self, reading: Snapshot, admitted: Admitted, panel: Matter) -> _Told:
        """Return who was involved, as far as a panel is told; nobody of a record that is gone."""
        index, child_id = self._index, panel.child_id
        assert child_id is not None  # INVARIANT: a panel is of one child
        rows = await reading.policies([child_id])
        if not rows:
            return _Told(ChildFacts(), [])
        child = open_policy(index.keyring, rows[0])
        facts = child_facts(child.policy)
        sealed = await reading.cases([index.keyring.references.case_ref(child_id)])
        cases = [
            (case, case.head())
            for case in checked_cases(index.keyring, child.key, child.policy, sealed)
        ]
        asker, ask = admitted.asker.facts, admitted.ask
        stands = CaseFacts((head for _, head in cases), asker.agency, ask.today)
        involved = []
        for case, head in cases:
            if head.kind != "involvement":
                continue
            told = stands.involvement(head)
            level = panel_is_told(asker, ask, facts, told, admitted.agreement)
            if level is not InvolvementLevel.NOTHING:
                body = case.body(head)
                assert isinstance(body, Involvement)  # INVARIANT: the head said so
                involved.append(_shown_involvement(body, level))
        return _Told(facts, sorted(involved, key=str))

    def _refs(self, panel: Matter) -> dict[int, str]:
        """Return the references of a panel's child, by year of the log."""
        assert panel.child_id is not None  # INVARIANT: a panel is of one child
        keyring, refs = self._index.keyring, {}
        for year in keyring.log_years():
            if (keys := keys_of(keyring, year)) is not None:
                refs[year] = keys.subject_ref(panel.child_id).hex()
        return refs


async def frozen_children(index: Index, reading: MatterReader) -> frozenset[UUID]:
    """Return the children of whom nothing may be removed now: each is under review by a panel."""
    now_s = int(index.clock.now().timestamp())
    panels = await matters_on(index, reading, FROZEN)
    return frozenset(
        each.child_id
        for each in panels
        if each.child_id is not None and now_s < each.details["ends_s"]
    )


def _since_long_ago(panel: Matter, now_s: int) -> Sought:
    until_s = now_s + DAY_S
    return Sought(until_s - DAYS_OF_ONE_CHILD_MAX * DAY_S, until_s, child_id=panel.child_id)


def _shown_involvement(involvement: Involvement, level: InvolvementLevel) -> Shown:
    """Show one involvement to a panel: never whom to ring."""
    whole = level is InvolvementLevel.CONTENT
    return {
        "agency_kind": involvement.agency_kind.value,
        "service": involvement.service.value,
        "agency_id": involvement.agency if whole else None,
        "began": involvement.began.isoformat() if whole else None,
        "ceased": involvement.ceased.isoformat() if whole and involvement.ceased else None,
    }


def _place_of(leaf: Any | None) -> Shown:
    """Return where an entry stands in the tree; nulls while it is not sealed."""
    return {
        "shard": leaf.shard if leaf else None,
        "leaf_index": leaf.leaf_index if leaf else None,
    }
