"""What every story that writes has in common: admission, idempotency, the child under lock."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from consent.decision import Decision
from index_service.crypto.tags import same_mac
from index_service.domain.errors import Code, Invalid
from index_service.log.entry import Outcome, SubjectShown
from index_service.log.receipt import Receipt
from index_service.services.admitting import Admitted
from index_service.services.attempt import Attempt, told
from index_service.services.cases import CaseFact, case_mark, seal_case
from index_service.services.encoding import Policy
from index_service.services.index import Index
from index_service.services.sealing import SealedChild, sealed_policy
from index_service.store.work import KeyTaken, Work

REPLAYED = "replayed"
CREATED = 201


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request that may be sent again: its Idempotency-Key and exact body."""

    key: str
    body: bytes

    def bound_to(self, child_id: UUID) -> "Repeatable":
        """Return it bound to a child: the route's template and the body are the same for all."""
        return replace(self, body=child_id.bytes + self.body)


async def add_case(index: Index, work: Work, child: SealedChild, fact: CaseFact) -> Policy:
    """Insert a case row and re-seal the child's policy over it; return the new policy."""
    assert fact.id is not None  # INVARIANT: ids are given where facts are made
    sealed = seal_case(child.key, fact.id, fact)
    ref = index.keyring.references.case_ref(child.child_id)
    await work.children.add_cases([{"id": fact.id, "child_ref": ref, "sealed": sealed}])
    return child.policy.with_mark(case_mark(index.keyring, fact.id, sealed), added=1)


async def replace_case(
    index: Index, work: Work, child: SealedChild, old: Any, fact: CaseFact
) -> Policy:
    """Replace a case row (`old` as stored) and re-seal the child's policy over it."""
    assert fact.id is not None
    sealed = seal_case(child.key, fact.id, fact)
    await work.children.replace_cases([{"id": fact.id, "sealed": sealed}])
    without = child.policy.with_mark(case_mark(index.keyring, fact.id, old.sealed))
    return without.with_mark(case_mark(index.keyring, fact.id, sealed))


async def put_policy(work: Work, child: SealedChild, policy: Policy) -> None:
    """Store a child's policy anew."""
    sealed = sealed_policy(child.key, child.child_id, policy)
    await work.children.replace([{"child_id": child.child_id, "policy": sealed}])


@dataclass(frozen=True, slots=True)
class _Done:
    """What an earlier request under the same Idempotency-Key did; never its body."""

    body_mac: bytes
    status: int
    resource: UUID
    entry_id: UUID

    def packed(self) -> bytes:
        """Write it for a sealed pointer: 16 + 2 + 16 + 16 bytes."""
        return self.body_mac + self.status.to_bytes(2) + self.resource.bytes + self.entry_id.bytes

    @classmethod
    def unpacked(cls, data: bytes) -> "_Done":
        """Read it from a sealed pointer."""
        mac, status, resource, entry = data[:16], data[16:18], data[18:34], data[34:50]
        return cls(mac, int.from_bytes(status), UUID(bytes=resource), UUID(bytes=entry))


class Once:
    """Makes one request take effect once, however often it is sent."""

    def __init__(self, index: Index, admitted: Admitted, attempt: Attempt, sent: Repeatable):
        tags, account = index.keyring.tags, admitted.asker.account_id
        self._index = index
        self._key = tags.idempotency(account, attempt.route, sent.key)
        self._body = tags.body_mac(account, attempt.route, sent.body)

    async def before(self, work: Work) -> _Done | None:
        """Return what this request did before; Invalid if its key stood for another body."""
        pointer = await work.done_before(self._key)
        if pointer is None:
            return None
        done = _Done.unpacked(self._index.keyring.pointers.open_small(self._key, pointer))
        if not same_mac(done.body_mac, self._body):
            raise Invalid(Code.IDEMPOTENCY_KEY_REUSED, "Idempotency-Key")
        return done

    async def remember(self, work: Work, resource: UUID, entry_id: UUID) -> None:
        """Note what the request made, in its own transaction.

        A second sender of the same key waits here for the first and is then refused.
        """
        done = _Done(self._body, CREATED, resource, entry_id)
        pointer = self._index.keyring.pointers.seal_small(self._key, done.packed())
        try:
            await work.remember(self._key, pointer, self._index.clock.now())
        except KeyTaken:
            raise Invalid(Code.STATE_CONFLICT, "Idempotency-Key") from None


@dataclass(frozen=True, slots=True)
class Change:
    """What a story's entry says of it: whom it concerned, under which decision."""

    subjects: tuple[SubjectShown, ...] = ()
    decision: Decision | None = None
    code: str = ""
    once: Once | None = None
    resource: UUID | None = None


async def recorded(index: Index, work: Work, attempt: Attempt, change: Change) -> Receipt:
    """Write the entry of a change last, commit, and hand the receipt to the answer."""
    decision = change.decision
    entry = replace(
        attempt.entry(index.log.stamp(), Outcome.RECORDED),
        subjects=change.subjects,
        code=change.code,
        rules=told(decision) if decision else (),
    )
    if change.once is not None and change.resource is not None:
        await change.once.remember(work, change.resource, entry.entry_id)
    receipt = await work.commit(index.log.prepare(entry))
    attempt.answered(receipt)
    return receipt
