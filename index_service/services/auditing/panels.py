"""Panels: one child, one case, one named reader, until a day it ends by itself.

Whoever reviews what happened to a child is told who was involved and who looked, with the
leaves that prove it, and of no other child anything. While a panel lasts, nothing of that
child is removed for its age (`frozen_children`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import orjson

from consent.decide import may_ask
from consent.facts import Action, AgencyKind, Ask, ChildFacts, InvolvementLevel
from consent.panel import panel_is_told, panel_is_told_which_agency, panel_is_told_which_kind
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid, NotDisclosed, Refused
from index_service.domain.inspection import DAY_S, DAYS_OF_ONE_CHILD_MAX, Sought
from index_service.domain.involvement import Involvement
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.auditing.auditor import Inspected, case_of, enter, looked_into
from index_service.services.auditing.finding import (
    Begun,
    Finding,
    Page,
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
from index_service.services.sealing import open_policy
from index_service.services.writing import ABSENT, REPLAYED, Change, Once, Repeatable, recorded
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
        """Return the agency of who is to read; Invalid for an account that may read no panel."""
        row = await work.directory.account_beheld(account_id)
        if row is None:
            raise Invalid(Code.FIELD_INVALID, "account_id")
        account = open_account(self._index.keyring, account_id, row["sealed"])
        reader = asker_of(account, admitted.view.agencies[account.agency_id])
        ask = Ask(Action.READ_PANEL, self._index.clock.today())
        if not may_ask(reader.facts, ask, admitted.agreement):
            raise Invalid(Code.FIELD_INVALID, "account_id")
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
        kinds = kinds_of(admitted.view)
        paged = Paged(panel.id.bytes, cursor, Code.QUERY_INVALID)
        async with work_on(index.audit, index.csa, index.log) as work:
            place = await begun(index, work, admitted, attempt, paged)
            finding = Finding(index, work, sought, kinds, place.settled)
            page = await finding.page(place.after, PAGE_MAX)
            closed = await finding.closed_years()
            leaves = await work.auditing.leaves([each.entry_id for each in page.found])
        following = Begun(place.settled, page.following)
        looked = self._looked(page, panel, told, kinds)
        body = orjson.dumps(
            {
                "panel_id": str(panel.id),
                "child_id": str(panel.child_id),
                "ends_at": panel.details["ends_s"],
                "involved": told.involved,
                "looked": [
                    {**each, **_place_of(leaves.get(found.entry_id))}
                    for found, each in zip(page.found, looked, strict=True)
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

    def _looked(
        self, page: Page, panel: Matter, told: _Told, kinds: Mapping[str, AgencyKind]
    ) -> list[Shown]:
        """Return who looked, of each entry what a panel is told."""
        refs: dict[int, str] = {}
        for each in page.found:
            keys = keys_of(self._index.keyring, each.at.year)
            if keys is not None and panel.child_id is not None:
                refs[each.at.year] = keys.subject_ref(panel.child_id).hex()
        return [_shown_look(each, refs, told.facts, kinds) for each in page.found]


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


def _shown_look(
    found: Found, refs: Mapping[int, str], child: ChildFacts, kinds: Mapping[str, AgencyKind]
) -> Shown:
    entry = found.entry
    head: Shown = {
        "entry_id": str(found.entry_id),
        "at": int(found.at.timestamp()),
        "state": found.state.value,
        "leaf": found.leaf.hex(),
    }
    if entry is None:
        return {**head, "said": None}
    kind = kinds.get(entry["agency"])
    which = panel_is_told_which_agency(kind, child)
    ref = refs.get(found.at.year)
    own = next((each for each in entry["subjects"] if each["ref"] == ref), None)
    said = {
        "agency_kind": kind if panel_is_told_which_kind(kind) else None,
        "agency_id": (entry["agency"] or None) if which else None,
        "account_id": (entry["account"] or None) if which else None,
        "action": entry["action"] or None,
        "purpose": entry["purpose"] or None,
        "outcome": entry["outcome"],
        "shown": bool(own and own["shown"]),
        "classes": own["classes"] if own else [],
    }
    return {**head, "said": said}


def _place_of(leaf: Any | None) -> Shown:
    """Return where an entry stands in the tree; nulls while it is not sealed."""
    return {
        "shard": leaf.shard if leaf else None,
        "leaf_index": leaf.leaf_index if leaf else None,
    }
