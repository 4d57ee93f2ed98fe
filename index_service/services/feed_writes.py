"""What a chunk of lines comes to in rows, written in one go at its end."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from index_service.crypto.seal import SIZES, SubjectKey
from index_service.domain.child import ChildRecord
from index_service.domain.feed import LineOutcome
from index_service.domain.involvement import Involvement
from index_service.services.cases import CaseFact, SealedCase, case_mark, seal_case
from index_service.services.encoding import Policy
from index_service.services.index import Index
from index_service.services.placing import Placed, held_now, waits
from index_service.services.sealing import (
    SealedChild,
    facts_of,
    sealed_parts,
    sealed_policy,
    sealed_sheet,
    sheet_under,
)
from index_service.services.tokens import TokenSheet
from index_service.store.work import Work

_SOURCE_BYTES = SIZES["source"]


@dataclass(slots=True)
class Standing:
    """A child as it stands in this chunk, with what must be written of it at the end."""

    child_id: UUID
    key: SubjectKey
    policy: Policy
    sealed: SealedChild | None = None  # None: new in this chunk
    record: ChildRecord | None = None
    rewritten: bool = False
    policy_changed: bool = False


class Writes:
    """The rows of one chunk; nothing reaches the store before `write`."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._new: dict[UUID, dict[str, Any]] = {}
        self._new_cases: dict[UUID, dict[str, Any]] = {}
        self._changed_cases: dict[UUID, dict[str, Any]] = {}
        self._sheets: dict[UUID, TokenSheet] = {}
        self._old_sheets: list[TokenSheet] = []
        self.pointers: list[tuple[bytes, bytes]] = []
        self.sources: dict[bytes, dict[str, Any]] = {}

    def new_child(self, new: Placed) -> None:
        """Add a child made by this chunk."""
        child_id = new.child.child_id
        self._new[child_id] = new.child.row
        self._sheets[child_id] = new.child.sheet
        self.pointers += new.work

    def add_case(self, standing: Standing, fact: Involvement) -> bytes:
        """Add a case row and its mark; return it sealed."""
        keyring = self._index.keyring
        sealed = seal_case(standing.key, fact.id, fact)
        child_ref = keyring.references.case_ref(standing.child_id)
        self._new_cases[fact.id] = {"id": fact.id, "child_ref": child_ref, "sealed": sealed}
        standing.policy = standing.policy.with_mark(case_mark(keyring, fact.id, sealed), added=1)
        standing.policy_changed = True
        return sealed

    def replace_case(self, standing: Standing, case: SealedCase, fact: CaseFact) -> bytes:
        """Put a changed case row and its mark in the old one's place; return it sealed."""
        keyring = self._index.keyring
        sealed = seal_case(standing.key, case.id, fact)
        without = standing.policy.with_mark(case_mark(keyring, case.id, case.sealed))
        standing.policy = without.with_mark(case_mark(keyring, case.id, sealed))
        standing.policy_changed = True
        if case.id in self._new_cases:
            self._new_cases[case.id]["sealed"] = sealed
        else:
            self._changed_cases[case.id] = {"id": case.id, "sealed": sealed}
        return sealed

    def hold(self, standing: Standing) -> None:
        """Let another record of a shielded child wait for the team."""
        standing.policy, standing.policy_changed = held_now(standing.policy), True
        self.pointers.append(waits(self._index, standing.child_id, LineOutcome.HELD))

    async def write(self, work: Work, standing: Iterable[Standing]) -> None:
        """Write everything: new children, changed children, tokens, case rows, sources."""
        rewritten: list[dict[str, Any]] = []
        policies: list[dict[str, Any]] = []
        for each in standing:
            if not (each.rewritten or each.policy_changed):
                continue
            row = self._rewritten(each) if each.rewritten else {}
            row["policy"] = sealed_policy(each.key, each.child_id, each.policy)
            if each.child_id in self._new:
                self._new[each.child_id] |= row
            else:
                (rewritten if each.rewritten else policies).append(
                    {"child_id": each.child_id, **row}
                )
        await work.children.insert(list(self._new.values()))
        await work.children.replace(rewritten)
        await work.children.replace(policies)
        await self._write_tokens(work)
        await work.children.add_cases(list(self._new_cases.values()))
        await work.children.replace_cases(list(self._changed_cases.values()))
        await work.children.add_work(sorted(self.pointers))
        await work.feeds.put_source_records(list(self.sources.values()))

    def _rewritten(self, each: Standing) -> dict[str, bytes]:
        """Seal a changed record anew and put a new sheet in its old one's place."""
        assert each.record is not None  # INVARIANT: a rewritten child was opened
        facts = facts_of(each.record)
        sheet = sheet_under(self._index.keyring, each.child_id, facts, each.policy)
        if each.child_id not in self._new:
            assert each.sealed is not None
            self._old_sheets.append(TokenSheet.decoded(each.sealed.part("tokens")))
        self._sheets[each.child_id] = sheet
        parts = sealed_parts(each.key, each.child_id, each.record)
        each.policy = replace(each.policy, more=parts.more)
        return {
            **parts.columns,
            "tokens": sealed_sheet(each.key, each.child_id, sheet),
        }

    async def _write_tokens(self, work: Work) -> None:
        """Move tokens, in order of token: rows of one child do not stand side by side."""
        await work.children.remove_tokens(
            [pair for sheet in self._old_sheets for pair in sheet.search],
            [pair for sheet in self._old_sheets for pair in sheet.guard],
        )
        await work.children.add_tokens(
            sorted(pair for sheet in self._sheets.values() for pair in sheet.search),
            sorted(pair for sheet in self._sheets.values() for pair in sheet.guard),
        )


def kept_line(line: bytes) -> bytes:
    """Return a line as it is kept: whole (0), packed (1), or where neither fits cut short (2)."""
    if len(line) < _SOURCE_BYTES:
        return b"\x00" + line
    packed = zlib.compress(line, 1)
    return (b"\x01" + packed if len(packed) < _SOURCE_BYTES else b"\x02" + line)[:_SOURCE_BYTES]
