"""A child recorded together with the involvement that brings them here, or with none."""

from collections.abc import Sequence
from dataclasses import replace

from consent.coverage import BroughtBy, NewRecord, new_record
from consent.decide import may_ask
from consent.facts import Action
from index_service.domain.errors import Code, Invalid, Refused
from index_service.domain.involvement import Involvement
from index_service.domain.stated import inside
from index_service.services.admitting import Admitted
from index_service.services.cases import CaseFact, case_mark, seal_case
from index_service.services.index import Index
from index_service.services.involvement import Beginning, begun, harm_of
from index_service.services.loads import Load, caseload_pointers
from index_service.services.sealing import NewChild, sealed_policy
from index_service.store.work import Work

_FIELD = "involvement"


def first_involvement(
    admitted: Admitted, stated: Beginning | None
) -> tuple[tuple[CaseFact, ...], NewRecord]:
    """Return what is stated of involvement with a new child, and what becomes of the record.

    Invalid where the agreement holds involved children only and none is stated: of whatever
    child, so that it tells nothing of any.
    """
    facts: tuple[CaseFact, ...] = ()
    brought = BroughtBy.NOBODY
    if stated is not None:
        _refuse_who_may_not_begin(admitted)
        fact = inside(_FIELD, lambda said: begun(admitted, said), stated)
        facts = (fact, *inside(_FIELD, lambda said: harm_of(admitted, said), stated))
        sensitive = Involvement.is_sensitive(fact.service, fact.agency_kind)
        brought = BroughtBy.SENSITIVE if sensitive else BroughtBy.ORDINARY
    becomes = new_record(brought, admitted.asker.facts.role, admitted.agreement)
    if becomes is NewRecord.NOT_HELD:
        raise Invalid(Code.FIELD_MISSING, _FIELD)
    return facts, becomes


def _refuse_who_may_not_begin(admitted: Admitted) -> None:
    ask = replace(admitted.ask, action=Action.RECORD_INVOLVEMENT)
    decision = may_ask(admitted.asker.facts, ask, admitted.agreement)
    if not decision.allowed:
        raise Refused(*(Code(reason.value) for reason in decision.reasons))


async def begin_with(index: Index, work: Work, child: NewChild, facts: Sequence[CaseFact]) -> None:
    """Write the first rows of a child whose own stands in this transaction; none is none."""
    keyring, policy = index.keyring, child.policy
    ref = keyring.references.case_ref(child.child_id)
    for fact in facts:
        assert fact.id is not None  # INVARIANT: ids are given where facts are made
        sealed = seal_case(child.key, fact.id, fact)
        await work.children.add_cases([{"id": fact.id, "child_ref": ref, "sealed": sealed}])
        policy = policy.with_mark(case_mark(keyring, fact.id, sealed), added=1)
        if isinstance(fact, Involvement):
            load = Load(child.child_id, fact.id)
            rows = caseload_pointers(keyring, fact.agency, fact.practitioner, load)
            await work.children.add_work(rows)
    if facts:
        anew = sealed_policy(child.key, child.child_id, policy)
        await work.children.replace([{"child_id": child.child_id, "policy": anew}])
