"""Random samples of an agency's own accesses: drawn by lot, looked through, signed off.

A sample is a matter of the agency's. Who signs it off has no access of their own in it; what
they refer goes to the officers who handle misuse, by reference. What an access found is not
told: a child is a reference that holds within one sample.
"""

import hashlib
import heapq
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

import orjson

from consent.facts import Action
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.domain.misuse.rules import RULES_VERSION
from index_service.domain.supervision import SAMPLE_MAX, SampleFinding, Use
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.auditing.auditor import Inspected, enter
from index_service.services.auditing.sampled import (
    SIGNED_OFF,
    Lot,
    Naming,
    account_in,
    entries_drawn,
    kept_findings,
    lot_of,
    new_sample,
    sample_head,
    shown_sample,
)
from index_service.services.auditing.sampling import SEED_BYTES, rank
from index_service.services.auditing.staff_entries import (
    entries_of,
    month_to_read,
    names_of,
    staff_of,
    use_in,
)
from index_service.services.index import Index
from index_service.services.listed import Paging, newest_first
from index_service.services.matters import (
    OpenMatter,
    matter_by_id,
    matter_to_change,
    matters_on,
    open_matter,
    put_matter,
)
from index_service.services.misuse.detecting import ENTRIES_LISTED_MAX
from index_service.services.misuse.lists import ALERTED
from index_service.services.opening import ABSENT
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import snapshot
from index_service.store.work import Work, work_on

REFERRED = "supervisor_referred"  # as officers are shown it, beside the rules
_POINTS = 100
_ACCESSES = frozenset({Use.LOOKUP, Use.READ, Use.OVERRIDE})


class SupervisedSamples:
    """Draws, shows and signs off samples for the supervisors of one authority's agencies."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def draw(
        self, login: Login, wanted: tuple[str, int], sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Draw `wanted[1]` accesses of the month `wanted[0]`; return the sample's id.

        The entry commits to agency, time, size and seed. Drawing again until it pleases
        leaves a sample and an entry each time. Where nothing was asked, nothing is drawn.
        """
        index, (month, size) = self._index, wanted
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, _asked(login, attempt), attempt)
            once = Once(index, admitted, attempt, sent)
            done = await once.before(work)
            if done is not None:
                await recorded(index, work, attempt, Change(code=REPLAYED))
                return done.resource
            lot = await self._drawn(admitted, month, size)
            sample = new_sample(lot, admitted.asker, self._now_s())
            attempt.query_commit = _committed(sample)
            await open_matter(index, work, sample, (_list_of(sample.agency),))
            await recorded(index, work, attempt, Change(once=once, resource=sample.id))
            return sample.id

    async def _drawn(self, admitted: Admitted, month: str, size: int) -> Lot:
        index, seed = self._index, os.urandom(SEED_BYTES)
        span = month_to_read(index, month, Code.FIELD_INVALID)
        cohort: list[UUID] = []
        async with work_on(index.audit, index.csa, index.log) as log:
            for account in await staff_of(index, log, admitted):
                entries = await entries_of(index, log, account, span)
                cohort += [
                    each.entry_id
                    for each in entries.opened
                    if each.entry is not None and use_in(each.entry) in _ACCESSES
                ]
        drawn = heapq.nsmallest(size, cohort, key=lambda each: rank(seed, each.bytes))
        return Lot(month, span, seed, len(cohort), tuple(drawn))

    async def listed(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of the own agency's samples, newest first, encoded."""
        index = self._index
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, _asked(login, attempt), attempt)
            found = await matters_on(index, reading, _list_of(str(admitted.asker.agency_id)))
        paging = Paging(index.keyring, admitted, attempt, cursor)
        page, following = paging.page(found, newest_first)
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        return orjson.dumps({"samples": [sample_head(each) for each in page], "next": following})

    async def read(self, login: Login, sample_id: UUID, attempt: Attempt) -> bytes:
        """Return one sample of the own agency with its accesses, encoded.

        NotDisclosed alike for another agency's and for none.
        """
        index = self._index
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, _asked(login, attempt), attempt)
            sample = _own(await matter_by_id(index, reading, sample_id), admitted, attempt)
        async with work_on(index.audit, index.csa, index.log) as log:
            entries = await entries_drawn(index, log, lot_of(sample))
            staff = await staff_of(index, log, admitted)
            names = await names_of(index, log, staff)
        agency = admitted.view.agencies[admitted.asker.agency_id]
        naming = Naming(agency, names, index.keyring)
        body = orjson.dumps(shown_sample(sample, entries, _committed(sample), naming))
        accounts = sorted({account_in(each) for each in entries} - {""})
        subjects = tuple(SubjectShown(UUID(each)) for each in accounts)
        await enter(index, attempt, Inspected(subjects, sample.id.bytes, body, len(entries)))
        return body

    async def sign_off(
        self,
        login: Login,
        sample_id: UUID,
        findings: Mapping[UUID, SampleFinding],
        attempt: Attempt,
    ) -> None:
        """Sign a whole sample off, a finding for each access; what is referred, is told.

        Invalid for somebody with an access of their own in it, by whichever account.
        """
        index = self._index
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, _asked(login, attempt), attempt)
            before = await self._to_sign(work, admitted, sample_id, attempt)
            sample, lot = before.matter, lot_of(before.matter)
            account_of = await self._others(admitted, lot)
            if findings.keys() != set(lot.drawn):
                raise Invalid(Code.FIELD_INVALID, "findings")
            step = Step(self._now_s(), str(admitted.asker.account_id), SIGNED_OFF)
            kept = kept_findings(lot, findings)
            after = sample.stepped(step, MatterState.ENDED, findings=kept)
            await put_matter(index, work, before, after)
            referred = [
                each for each in lot.drawn if findings[each] is SampleFinding.REFER_TO_AUDITOR
            ]
            await self._tell(work, sample, step, {each: account_of[each] for each in referred})
            await recorded(index, work, attempt, Change(code=SIGNED_OFF))

    async def _to_sign(
        self, work: Work, admitted: Admitted, sample_id: UUID, attempt: Attempt
    ) -> OpenMatter:
        found = await matter_to_change(self._index, work, sample_id)
        sample = _own(found.matter if found else None, admitted, attempt)
        assert found is not None  # INVARIANT: there is a sample
        if sample.state is not MatterState.WAITING:
            raise Invalid(Code.ENDED_ALREADY)
        return found

    async def _others(self, admitted: Admitted, lot: Lot) -> dict[UUID, str]:
        """Return the accounts of a sample's entries; Invalid if one is of whoever asks."""
        index = self._index
        async with work_on(index.audit, index.csa, index.log) as log:
            entries = await entries_drawn(index, log, lot)
            staff = await staff_of(index, log, admitted)
        people = {str(each.id): each.practitioner_id or each.id for each in staff}
        account_of = {
            entry_id: account_in(found) for entry_id, found in zip(lot.drawn, entries, strict=True)
        }
        own = admitted.asker.known_as
        if any(people.get(account) == own for account in account_of.values()):
            raise Invalid(Code.SECOND_PERSON_NEEDED)
        return account_of

    async def _tell(
        self, work: Work, sample: Matter, step: Step, referred: Mapping[UUID, str]
    ) -> None:
        """Tell the officers of what is referred: always as many rows, whatever that is."""
        by_account: dict[str, list[UUID]] = defaultdict(list)
        for entry_id, account in referred.items():
            by_account[account].append(entry_id)
        told = [
            _misuse(sample, account, entries[begin : begin + ENTRIES_LISTED_MAX], step)
            for account, entries in by_account.items()
            for begin in range(0, len(entries), ENTRIES_LISTED_MAX)
        ]
        told += [
            Matter(uuid4(), MatterKind.DECOY, MatterState.ENDED, step.at_s)
            for _ in range(SAMPLE_MAX - len(told))
        ]
        for matter in sorted(told, key=lambda each: each.id.bytes):
            lists = (ALERTED,) if matter.kind is MatterKind.MISUSE else ()
            await open_matter(self._index, work, matter, lists)

    def _now_s(self) -> int:
        return int(self._index.clock.now().timestamp())


def _asked(login: Login, attempt: Attempt) -> Asked:
    return Asked(login, Action.SUPERVISE, attempt.access)


def _list_of(agency: str) -> str:
    return f"samples/{agency}"


def _own(matter: Matter | None, admitted: Admitted, attempt: Attempt) -> Matter:
    """Return a sample of the own agency; another's, and any other matter, is as none."""
    own = matter is not None and matter.agency == str(admitted.asker.agency_id)
    if matter is not None and own and matter.kind is MatterKind.SAMPLE:
        return matter
    attempt.rules = (ABSENT,)
    raise NotDisclosed(ABSENT)


def _committed(sample: Matter) -> str:
    """Return what the entry of a draw commits to: whoever has the seed can make it again."""
    lot = lot_of(sample)
    drawing = {
        "agency": sample.agency,
        "seed": lot.seed.hex(),
        "since": lot.span.since_s,
        "size": len(lot.drawn),
        "until": lot.span.until_s,
    }
    return hashlib.sha256(orjson.dumps(drawing, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _misuse(sample: Matter, account: str, entries: Iterable[UUID], step: Step) -> Matter:
    """Return what officers are told of one account: entries and who referred them."""
    listed = [str(each) for each in entries]
    return Matter(
        uuid4(),
        MatterKind.MISUSE,
        MatterState.WAITING,
        step.at_s,
        account=account,
        agency=sample.agency,
        details={
            "since": f"{sample.details['month']}-01",
            "rules": [[REFERRED, _POINTS, RULES_VERSION]],
            "explained": [],
            "entries": listed,
            "accesses": len(listed),
        },
        steps=(Step(step.at_s, step.account, REFERRED),),
    )
