"""What the subject desk hands to a family of the record itself: once its request is in order.

The gate is the request to be told who looked: the same findings, asked again on the day, and
where more than kinds is told a second person. Every class not told stays closed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from consent.access_report import subject_is_told, subject_is_told_of
from consent.facts import Action, AgencyKind, DisclosureClass
from consent.who_looked import family_is_told_which_kind, team_may_tell_who_looked
from index_service.domain import disclosure
from index_service.domain.child import IdentifierScheme
from index_service.domain.consenting import Consent, ConsentFor
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.involvement import CafState, CafStatus, Involvement
from index_service.domain.looks import Detail
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.log.entry import Outcome, SubjectShown
from index_service.services import encoding
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.auditing.looks import seen_of
from index_service.services.auditing.shown import kinds_of
from index_service.services.auditing.subject_gate import against, findings_of, is_guarded
from index_service.services.consents_standing import Headed, headed
from index_service.services.facts import CaseFacts
from index_service.services.index import Index
from index_service.services.matters import matter_beheld
from index_service.services.opening import ABSENT
from index_service.services.sealing import CLASS_OF_SCHEME, SealedChild, open_policy
from index_service.services.second_person import must_be_another
from index_service.services.stand_in import pass_over
from index_service.store.work import Work, work_on

NOTICE = (
    "This report tells what this index holds of the child. It names no sensitive service and "
    "no third party's contact; whether anything is left out is never said."
)
_IN_ORDER = frozenset({MatterState.WAITING, MatterState.ANSWERED})
# Whose attributes' sources are told: those of parts that are told.
_OF_CLASS = {
    DisclosureClass.IDENTITY: ("name", "date_of_birth", "gender"),
    DisclosureClass.TRACING: ("former_names",),
    DisclosureClass.NHS_NUMBER: ("nhs_number",),
    DisclosureClass.UPN: ("upn",),
    DisclosureClass.CASE_NUMBER: ("case_number",),
    DisclosureClass.WHEREABOUTS: ("address",),
    DisclosureClass.SETTINGS: ("school", "practice"),
}


class AccessReports:
    """Makes subject access reports for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def read(self, login: Login, child_id: UUID, request_id: UUID, attempt: Attempt) -> bytes:
        """Return what a child's subject is told of the record, encoded.

        Its entry commits to every byte. NotDisclosed where no such request is about this
        child; Invalid where something stands against telling, or somebody else must.
        """
        index = self._index
        asked = Asked(login, Action.TELL_WHO_LOOKED, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            attempt.subjects = (child_id,)
            child = await self._child(work, admitted, child_id, attempt)
            matter = await matter_beheld(index, work, request_id)
            self._refuse_unless_in_order(admitted, matter, child, attempt)
            assert matter is not None  # INVARIANT: just looked at
            classes = await self._classes(work, admitted, matter, child)
            report = _Report(admitted, child, classes, await self._heads(work, child))
            body = orjson.dumps({"request_id": str(request_id), **report.shown()})
            entry = replace(
                attempt.entry(index.log.stamp(), Outcome.SHOWN),
                subjects=(SubjectShown(child_id, tuple(sorted(classes)), shown=True),),
                result_commit=hashlib.sha256(body).hexdigest(),
            )
            attempt.answered(await work.commit(index.log.prepare(entry)))
            return body

    async def _child(
        self, work: Work, admitted: Admitted, child_id: UUID, attempt: Attempt
    ) -> SealedChild:
        rows = await work.children.beheld([child_id])
        may = team_may_tell_who_looked(admitted.asker.facts, admitted.ask, admitted.agreement)
        if not rows or not may:
            pass_over(self._index, admitted)
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        return open_policy(self._index.keyring, rows[0])

    def _refuse_unless_in_order(
        self, admitted: Admitted, matter: Matter | None, child: SealedChild, attempt: Attempt
    ) -> None:
        of_this = matter is not None and matter.kind is MatterKind.WHO_LOOKED
        if matter is None or not of_this or matter.child_id != child.child_id:
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        over = int(self._index.clock.now().timestamp()) >= matter.due_s
        if over or matter.state not in _IN_ORDER:
            raise Invalid(Code.ENDED_ALREADY)
        if against(findings_of(matter), child, admitted.ask.today):
            raise Invalid(Code.STATE_CONFLICT)

    async def _classes(
        self, work: Work, admitted: Admitted, matter: Matter, child: SealedChild
    ) -> frozenset[DisclosureClass]:
        """Return what is told; Invalid where it is not this person's to tell."""
        index = self._index
        seen = await seen_of(index, work, child.child_id, kinds_of(admitted.view))
        guarded = await is_guarded(index, work, child, seen.looks)
        more = Detail(matter.details["detail"]) is not Detail.KINDS
        if guarded or more:
            await must_be_another(index, work, admitted, matter.account)
        return subject_is_told(more=more, guarded=guarded)

    async def _heads(self, work: Work, child: SealedChild) -> tuple[Headed, ...]:
        ref = self._index.keyring.references.case_ref(child.child_id)
        rows = [row._mapping for row in await work.children.cases([ref])]
        return headed(self._index, child, rows)


@dataclass(frozen=True, slots=True)
class _Report:
    """One report under way: what is told, and the rows it is told from."""

    admitted: Admitted
    child: SealedChild
    classes: frozenset[DisclosureClass]
    heads: tuple[Headed, ...]

    def shown(self) -> Shown:
        """Open what is told, and nothing else."""
        return {
            "as_of": self.admitted.ask.today.isoformat(),
            "record": self._record(),
            "provenance": self._provenance(),
            "involvements": self._involvements(),
            "assessments": self._assessments(),
            "consents": self._consents(),
            "notice": NOTICE,
        }

    @property
    def _more(self) -> bool:
        return DisclosureClass.WHEREABOUTS in self.classes

    def _record(self) -> Shown:
        child = self.child
        former = child.tracing().former_names if DisclosureClass.TRACING in self.classes else ()
        address = settings = None
        if DisclosureClass.WHEREABOUTS in self.classes:
            address = disclosure.shown_address(encoding.decode_address(child.part("whereabouts")))
        if DisclosureClass.SETTINGS in self.classes:
            settings = disclosure.shown_settings(encoding.decode_settings(child.part("settings")))
        return {
            **disclosure.shown_identity(child.identity()),
            "former_names": [disclosure.shown_name(name) for name in former],
            "identifiers": {
                scheme.value: child.identifier(scheme) or None
                for scheme in IdentifierScheme
                if CLASS_OF_SCHEME[scheme] in self.classes
            },
            "address": address,
            "settings": settings,
        }

    def _agency(self, agency_id: str) -> tuple[AgencyKind | None, str | None]:
        """Return an agency's kind, and its name where names are told."""
        agency = self.admitted.view.agencies.get(UUID(agency_id))
        if agency is None or not family_is_told_which_kind(agency.kind):
            return None, None
        return agency.kind, agency.name if self._more else None

    def _provenance(self) -> list[Shown]:
        told = {name for each in self.classes for name in _OF_CLASS.get(each, ())}
        sources = encoding.decode_provenance(self.child.part("provenance"))
        rows = []
        for attribute, source in sorted(sources.items()):
            kind, name = self._agency(source.agency)
            if attribute in told and kind is not None:
                rows.append(
                    {
                        "attribute": attribute,
                        "agency_kind": kind.value,
                        "agency": name,
                        "as_of": source.as_of.isoformat(),
                        "by_person": source.by_person,
                    }
                )
        return rows

    def _involvements(self) -> list[Shown]:
        """Return who is or was involved: kinds, each once, unless more is told."""
        facts = CaseFacts((head for _, head in self.heads), "", self.admitted.ask.today)
        rows: dict[bytes, Shown] = {}
        for case, head in self.heads:
            if head.kind != "involvement" or not subject_is_told_of(facts.involvement(head)):
                continue
            kind, name = facts.involvement(head).agency_kind, self._agency(head.agency)[1]
            row: Shown = {"agency_kind": kind.value, "agency": name}
            row |= self._of_involvement(case.body(head)) if self._more else _NOTHING_MORE
            rows[orjson.dumps(row)] = row
        return [rows[key] for key in sorted(rows)]

    def _of_involvement(self, body: Any) -> Shown:
        assert isinstance(body, Involvement)  # INVARIANT: the head said so
        return {
            "service": body.service.value,
            "began": body.began.isoformat(),
            "ceased": body.ceased.isoformat() if body.ceased else None,
        }

    def _assessments(self) -> list[Shown]:
        return [
            {
                "agency_kind": kind.value,
                "agency": name,
                "held_since": caf.held_since.isoformat(),
                "closed": caf.closed.isoformat() if caf.closed else None,
            }
            for caf in self._bodies("caf", DisclosureClass.ASSESSMENT)
            if isinstance(caf, CafStatus) and caf.state() is not CafState.HANDED_ON
            for kind, name in (self._agency(caf.agency),)
            if kind is not None
        ]

    def _consents(self) -> list[Shown]:
        return [
            {
                "given_for": said.given_for.value,
                "state": said.state.value,
                "begins": said.begins.isoformat(),
                "until": said.until.isoformat() if said.until else None,
            }
            for said in self._bodies("consent", DisclosureClass.CONSENTS)
            if isinstance(said, Consent) and said.given_for is not ConsentFor.SENSITIVE_ENTRY
        ]

    def _bodies(self, kind: str, shown_by: DisclosureClass) -> Iterable[Any]:
        if shown_by in self.classes:
            yield from (case.body(head) for case, head in self.heads if head.kind == kind)


_NOTHING_MORE: Shown = {"service": None, "began": None, "ceased": None}
