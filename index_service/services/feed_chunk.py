"""One chunk of a supplier's lines in one transaction: match, decide, seal, write, log.

Lines take effect in their order: a later line of the chunk sees what an earlier one
made. The supplier hears of each line only what the line itself determines.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from consent.coverage import NewRecord
from index_service.domain.child import ChildRecord, Source
from index_service.domain.consenting import Consent, ConsentFor, ConsentState, Judgement
from index_service.domain.feed import (
    ChildLine,
    InvolvementLine,
    InvolvementVerb,
    LineCode,
    LineInvalid,
    LineOutcome,
)
from index_service.domain.involvement import Involvement, Service
from index_service.services.cases import (
    CASES_A_CHILD_MAX,
    OWN_CASES_MAX,
    SealedCase,
    checked_cases,
    new_case_id,
)
from index_service.services.consents_standing import notice_pointer
from index_service.services.feed_involvement import LineRefused, changed_by
from index_service.services.feed_said import Read, Referred, Said, Supplier, record_of
from index_service.services.feed_writes import Standing, Writes, kept_line
from index_service.services.index import Index
from index_service.services.loads import Load, caseload_pointers
from index_service.services.merging import merged
from index_service.services.peering.onward import NO_CASE, Onward
from index_service.services.peering.outgoing import Outgoing
from index_service.services.placing import (
    Known,
    Surroundings,
    birth_digests,
    held_now,
    placed,
    sought,
    waits,
)
from index_service.services.pointers import decoy
from index_service.services.record import attributes_of, sourced, traced
from index_service.services.sealing import facts_of, open_record
from index_service.store.work import Work


class Chunk:
    """The effects of one chunk, gathered line by line and written at the end."""

    def __init__(
        self, index: Index, work: Work, supplier: Supplier, outgoing: Outgoing | None = None
    ) -> None:
        """`outgoing` takes the lines of children who belong elsewhere; without it nobody does."""
        self._index = index
        self._onward = Onward(index, outgoing)
        self._work = work
        self._supplier = supplier
        self._around = Surroundings(index)
        self._standing: dict[UUID, Standing] = {}
        self._refs: dict[bytes, Referred] = {}
        self._macs: dict[bytes, bytes] = {}
        self._cases: dict[UUID, SealedCase] = {}
        self._live: set[UUID] = set()  # those of records that stand
        self._next: Said | None = None  # the line after the one in hand
        self._writes = Writes(index)

    async def take(
        self, lines: Sequence[Read], following: Read | None = None
    ) -> list[tuple[int, LineOutcome, LineInvalid | None]]:
        """Apply lines and write their effects; return each line's number and outcome.

        `following` is the line after the last of them, which another chunk applies.
        """
        said = [self._said(each) for each in lines]
        after = self._said(following) if following is not None else None
        await self._gather([each for each in said if each is not None], after)
        outcomes = []
        for read, each, self._next in zip(lines, said, [*said[1:], after], strict=True):
            invalid = read.line if isinstance(read.line, LineInvalid) else None
            outcome = LineOutcome.INVALID
            if each is not None:
                try:
                    outcome = self._apply(each)
                except LineRefused as refusal:
                    invalid = LineInvalid(refusal.code, refusal.field)
            outcomes.append((read.raw.number, outcome, invalid))
        await self._writes.write(self._work, self._standing.values())
        await self._onward.write(self._work)
        return outcomes

    # What the lines refer to

    def _ref(self, kind: str, reference: str) -> bytes:
        return self._index.keyring.references.source_ref(
            self._supplier.source, f"{kind}/{reference}"
        )

    def _said(self, each: Read) -> Said | None:
        line = each.line
        if isinstance(line, LineInvalid):
            return None
        content = each.raw.content
        assert isinstance(content, dict)  # INVARIANT: nothing else is a sound line
        mac = self._index.keyring.references.line_mac(self._supplier.source, each.raw.sent)
        if isinstance(line, ChildLine):
            refs: tuple[bytes, ...] = (self._ref("child", line.reference),)
            stated = traced(line.child)
            asked = sought(self._index, facts_of(stated))
            return Said(each.raw.sent, line, refs, mac, content, stated, asked)
        child = self._ref("child", line.child_reference)
        refs = (self._ref("involvement", line.reference), child)
        return Said(each.raw.sent, line, refs, mac, content)

    async def _gather(self, lines: Sequence[Said], after: Said | None) -> None:
        refs = {ref for each in lines for ref in each.refs} | ({after.refs[0]} if after else set())
        for row in await self._work.feeds.source_records(list(refs)) if refs else ():
            data = self._index.keyring.pointers.open_small(row.ref, row.pointer)
            led_to = UUID(bytes=data[:16])
            self._macs[row.ref] = row.line_mac
            if not self._onward.takes(row.ref, led_to):
                self._refs[row.ref] = Referred(led_to, UUID(bytes=data[16:32]))
        changed = [each for each in lines if not self._same(each)]
        asked = [each.sought for each in changed if each.sought is not None]
        await self._work.locks.births(birth_digests(self._index, asked))
        also = {
            self._refs[ref].child_id for each in changed for ref in each.refs if ref in self._refs
        }
        locked = await self._around.gather(self._work, asked, also)
        self._standing = {
            child_id: Standing(child_id, child.key, child.policy, child)
            for child_id, child in locked.items()
        }
        await self._gather_cases(changed)

    async def _gather_cases(self, changed: Sequence[Said]) -> None:
        """Fetch the case rows of children whose involvements are changed or ceased here."""
        keyring = self._index.keyring
        children = {}
        lines = [each for each in changed if isinstance(each.line, InvolvementLine)]
        for each in lines:
            takes_back = isinstance(each.line, InvolvementLine) and each.line.consent is False
            begins = self._refs.get(each.refs[0]) is None and not takes_back
            if begins and not self._may_fill(each.refs[1], len(lines)):
                continue
            # Of the child the line names too: that is where the involvement may be by now.
            for known in filter(None, map(self._refs.get, each.refs)):
                children[keyring.references.case_ref(known.child_id)] = known.child_id
        rows: dict[UUID, list[Any]] = {child_id: [] for child_id in children.values()}
        for row in await self._work.children.cases(list(children)) if children else ():
            rows[children[row.child_ref]].append(row._mapping)
        for child_id, found in rows.items():
            standing = self._standing[child_id]
            for case in checked_cases(keyring, standing.key, standing.policy, found):
                self._cases[case.id] = case
                if not standing.policy.superseded:
                    self._live.add(case.id)

    def _may_fill(self, child_ref: bytes, lines: int) -> bool:
        """Return whether so many lines might bring a known child to an agency's bound."""
        known = self._refs.get(child_ref)
        return known is not None and (
            self._standing[known.child_id].policy.cases + lines > OWN_CASES_MAX
        )

    def _full(self, standing: Standing) -> bool:
        """Return whether the supplier's agency, or everybody, has all the rows one may have."""
        if standing.policy.cases < OWN_CASES_MAX:
            return False
        own = [each for each in self._cases.values() if each.key is standing.key]
        mine = sum(each.head().agency == self._supplier.agency for each in own)
        return mine >= OWN_CASES_MAX or standing.policy.cases >= CASES_A_CHILD_MAX

    def _same(self, each: Said) -> bool:
        """Return whether the supplier said exactly this before."""
        return self._macs.get(each.refs[0]) == each.mac

    # What each line does

    def _apply(self, each: Said) -> LineOutcome:
        if self._same(each):
            return LineOutcome.SAME
        if isinstance(each.line, ChildLine):
            return self._child(each, each.line)
        return self._involvement(each, each.line)

    def _child(self, each: Said, line: ChildLine) -> LineOutcome:
        assert each.stated is not None  # INVARIANT: _said made both
        assert each.sought is not None
        known = self._refs.get(each.refs[0])
        gone = self._gone(each.refs[0])
        if gone is not None:
            return self._route(each, gone, known)
        # A line of a record since closed or joined is a new record's, whoever it is now.
        if known is None or self._superseded(known):
            becomes = record_of(each, self._next, self._supplier, self._refs)
            if known is None and becomes is NewRecord.NOT_HELD:
                return LineOutcome.HALTED  # known to others or not
            judged = self._around.judge(each.sought)
            if judged.same is None and becomes is NewRecord.NOT_HELD:
                return LineOutcome.HALTED
            if judged.same is None:
                outcome = LineOutcome.HELD if becomes is NewRecord.WAITS else judged.outcome
                there = self._onward.elsewhere(line.child.address)
                if there is not None and outcome is LineOutcome.NEW:
                    return self._route(each, there, None)
                if there is not None:
                    self._onward.keep_room(there)
                standing = self._new(each.stated, line, outcome, each.refs[0])
                self._keep(each, standing, NO_CASE)
                return outcome
            known = Referred(judged.same, NO_CASE)
        outcome = self._change(known.child_id, each.stated, line, each.refs[0])
        self._keep(each, self._standing[known.child_id], NO_CASE)
        return outcome

    def _gone(self, ref: bytes) -> str | None:
        """Return the authority a reference's child belongs to, if it is another."""
        known = self._refs.get(ref)
        return self._onward.gone(ref, self._moved_to(known) if known else "")

    def _moved_to(self, known: Referred) -> str:
        return self._standing[known.child_id].policy.gone_to

    def _route(self, each: Said, member: str, known: Referred | None) -> LineOutcome:
        moved = known if known is not None and self._moved_to(known) else None
        self._writes.sources[each.refs[0]] = self._onward.route(each, member, moved)
        self._macs[each.refs[0]] = each.mac
        return LineOutcome.ROUTED

    def _superseded(self, known: Referred) -> bool:
        return self._standing[known.child_id].policy.superseded

    def _source(self, line: ChildLine) -> Source:
        now = int(self._index.clock.now().timestamp())
        return Source(self._supplier.agency, line.as_of, now)

    def _new(
        self, stated: ChildRecord, line: ChildLine, outcome: LineOutcome, ref: bytes
    ) -> Standing:
        record = sourced(stated, attributes_of(stated), self._source(line))
        new = placed(self._index, record, outcome, self._supplier.agency, ref)
        self._around.index_new(new.child, facts_of(record))
        standing = Standing(new.child.child_id, new.child.key, new.child.policy, record=record)
        self._standing[standing.child_id] = standing
        self._writes.new_child(new)
        return standing

    def _change(
        self, child_id: UUID, stated: ChildRecord, line: ChildLine, ref: bytes
    ) -> LineOutcome:
        standing = self._standing[child_id]
        record = standing.record
        if record is None:
            assert standing.sealed is not None
            record = open_record(standing.sealed)
        after = merged(record, stated, self._source(line))
        facts = facts_of(after)
        asked, waited = sought(self._index, facts), standing.policy.held
        held = self._around.newly_resembles(asked, child_id)
        if standing.policy.shielded:
            for other in self._around.beside_shielded(asked, child_id):
                self._writes.hold(self._standing[other])
        policy = standing.policy = held_now(standing.policy) if held else standing.policy
        standing.record, standing.rewritten = after, True
        self._around.note(Known(child_id, facts, policy.guarded, policy.archived))
        outcome = LineOutcome.HELD if held else LineOutcome.CHANGED
        # One that waited already is listed already: another row like it would be refused.
        listed = LineOutcome.CHANGED if waited else outcome
        self._writes.pointers.append(waits(self._index, child_id, listed, ref))
        return outcome

    def _involvement(self, each: Said, line: InvolvementLine) -> LineOutcome:
        own_ref, child_ref = each.refs
        child = self._refs.get(child_ref)
        known = self._refs.get(own_ref)
        gone = self._gone(child_ref)
        if gone is not None and (known is None or self._superseded(known)):
            if known is None and not self._onward.knows(own_ref):
                self._begun(line)  # nonsense beside what its supplier sent stays nonsense
            return self._route(each, gone, known or child)
        if child is None:
            raise LineRefused(LineCode.REFERENCE_UNKNOWN, "child_reference")
        if known is not None and self._superseded(known) and not self._superseded(child):
            # It went with the child to the record that stands now, or ended with an identity.
            live = known.case_id in self._live
            if not live and known.case_id != NO_CASE and self._ended(known.case_id, line):
                self._keep(each, self._standing[known.child_id], known.case_id)
                return LineOutcome.HALTED
            known = Referred(child.child_id, known.case_id if live else NO_CASE)
        standing = self._standing[child.child_id if known is None else known.child_id]
        if known is None or known.case_id == NO_CASE:
            ends = known is not None and line.verb is not InvolvementVerb.BEGIN
            if ends or self._full(standing):
                # No supplier can bury a child under its lines; it is told nothing of that.
                self._keep(each, standing, NO_CASE)
                return LineOutcome.HALTED
            fact = self._begun(line)
            self._add_case(standing, fact)
            load = Load(standing.child_id, fact.id)
            self._writes.pointers += caseload_pointers(
                self._index.keyring, self._supplier.agency, None, load
            )
            self._keep(each, standing, fact.id)
            return LineOutcome.NEW
        self._replace_case(standing, known.case_id, line)
        self._keep(each, standing, known.case_id)
        return LineOutcome.CHANGED

    def _ended(self, case_id: UUID, line: InvolvementLine) -> bool:
        """Return whether a line only changes what ended with an identity, and so begins nothing.

        It is judged as if that stood yet: nonsense beside what its supplier said before
        stays nonsense, or an answer would tell that an identity was closed.
        """
        case = self._cases[case_id]
        before = case.body(case.head())
        assert isinstance(before, Involvement)
        after = changed_by(before, line)
        told = bool(line.consent) or not after.is_sensitive(after.service, after.agency_kind)
        return line.verb is not InvolvementVerb.BEGIN or not told

    def _begun(self, line: InvolvementLine) -> Involvement:
        if line.verb is not InvolvementVerb.BEGIN or not line.service or not line.contact:
            raise LineRefused(LineCode.REFERENCE_UNKNOWN, "reference")
        assert line.began is not None  # INVARIANT: parse_line demands it of a beginning
        if not line.consent and Involvement.is_sensitive(line.service, self._supplier.agency_kind):
            raise LineRefused(LineCode.CONSENT_MISSING, "consent")
        return Involvement(
            new_case_id(),
            self._supplier.agency,
            self._supplier.agency_kind,
            line.service,
            line.contact,
            line.began,
            ceased=line.ceased,
            confirmed=line.as_of,
            consent_in_force=bool(line.consent),
        )

    def _add_case(self, standing: Standing, fact: Involvement) -> None:
        sealed = self._writes.add_case(standing, fact)
        self._cases[fact.id] = SealedCase(fact.id, standing.key, sealed)

    def _replace_case(self, standing: Standing, case_id: UUID, line: InvolvementLine) -> None:
        case = self._cases[case_id]
        before = case.body(case.head())
        assert isinstance(before, Involvement)
        after = changed_by(before, line)
        sealed = self._writes.replace_case(standing, case, after)
        self._cases[case_id] = SealedCase(case_id, standing.key, sealed)
        taken_back = line.consent is False and after.is_sensitive(after.service, after.agency_kind)
        if taken_back:
            self._withdraw_consents(standing, {before.service, after.service})
        # A row for every change, so that none tells what it was.
        keyring = self._index.keyring
        self._writes.pointers.append(notice_pointer(keyring, case_id) if taken_back else decoy())

    def _withdraw_consents(self, standing: Standing, services: set[Service]) -> None:
        """End what was recorded here of a consent its supplier says is over."""
        ended = Judgement(None, None, "", self._index.clock.today())
        # The cases of one child are those under its key.
        for case in [each for each in self._cases.values() if each.key is standing.key]:
            head = case.head()
            body = case.body(head) if head.kind == "consent" else None
            if not isinstance(body, Consent) or body.state is not ConsentState.GIVEN:
                continue
            given_for, service, agency = body.concerns
            own = given_for is ConsentFor.SENSITIVE_ENTRY and agency == self._supplier.agency
            if own and service in services:
                after = replace(body, state=ConsentState.WITHDRAWN, ended=ended)
                sealed = self._writes.replace_case(standing, case, after)
                self._cases[case.id] = SealedCase(case.id, standing.key, sealed)

    def _keep(self, each: Said, standing: Standing, case_id: UUID) -> None:
        """Keep the supplier's reference and its last line, sealed under the child's key."""
        ref = each.refs[0]
        self._refs[ref] = Referred(standing.child_id, case_id)
        self._macs[ref] = each.mac
        data = standing.child_id.bytes + case_id.bytes
        self._writes.sources[ref] = {
            "ref": ref,
            "line_mac": each.mac,
            "pointer": self._index.keyring.pointers.seal_small(ref, data),
            "sealed": standing.key.seal("source", ref, kept_line(each.sent)),
        }


def tally(outcomes: Sequence[tuple[int, LineOutcome, LineInvalid | None]]) -> Counter[str]:
    """Count what became of a chunk's lines."""
    return Counter(outcome.value for _, outcome, _ in outcomes)
