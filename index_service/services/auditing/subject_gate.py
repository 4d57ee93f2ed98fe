"""What stands before anything a family is told: the desk's findings, and who is guarded."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from consent.who_looked import child_is_guarded, family_is_told_which_kind
from index_service.domain.clock import ADULT_AGE_YEARS, age_on
from index_service.domain.consenting import ConsentFor
from index_service.domain.looks import Look
from index_service.domain.matter import Matter
from index_service.domain.who_looked import (
    AskedBy,
    ChildsWish,
    Competence,
    Findings,
    GateRefusal,
    IdentityShown,
    JudgedBy,
    NotAskedBecause,
    OrdersFound,
    RightShown,
    SeriousHarm,
    what_stands_against,
)
from index_service.services.cases import checked_cases
from index_service.services.facts import CaseFacts, child_facts
from index_service.services.forms.form import CaseHead
from index_service.services.index import Index
from index_service.services.sealing import SealedChild
from index_service.store.work import Work


def against(findings: Findings, child: SealedChild, today: date) -> tuple[GateRefusal, ...]:
    """Return what stands against telling, by what the desk found and the child's own age."""
    is_adult = age_on(child.identity().date_of_birth, today) >= ADULT_AGE_YEARS
    return what_stands_against(findings, today, is_adult=is_adult)


def findings_of(matter: Matter) -> Findings:
    """Return what the desk found, as its request holds it."""
    known = matter.details
    judged_by, judged_on, why = known["judged_by"], known["judged_on"], known["unasked_because"]
    return Findings(
        AskedBy(known["asked_by"]),
        IdentityShown(known["identity"]),
        RightShown(known["right"]),
        OrdersFound(known["orders"]),
        Competence(known["competence"]),
        ChildsWish(known["wish"]),
        SeriousHarm(known["harm"]),
        JudgedBy(judged_by) if judged_by else None,
        date.fromisoformat(judged_on) if judged_on else None,
        NotAskedBecause(why) if why else None,
    )


async def is_guarded(index: Index, work: Work, child: SealedChild, looks: Iterable[Look]) -> bool:
    """Say whether kinds only are told, by two: for what is hidden, or ever was sensitive."""
    keyring = index.keyring
    ref = keyring.references.case_ref(child.child_id)
    rows: list[Any] = [row._mapping for row in await work.children.cases([ref])]
    cases = checked_cases(keyring, child.key, child.policy, rows)
    heads = [case.head() for case in cases]
    facts = CaseFacts(heads, "", index.clock.today())
    sensitive = any(_is_sensitive(head, facts) for head in heads)
    looked = any(each.kind and not family_is_told_which_kind(each.kind) for each in looks)
    return child_is_guarded(child_facts(child.policy), sensitive=sensitive or looked)


def _is_sensitive(head: CaseHead, facts: CaseFacts) -> bool:
    """Say whether a case row speaks of a sensitive service: ceased, refused or in force."""
    if head.kind == "involvement":
        return facts.involvement(head).sensitive
    if head.kind == "lead":
        return facts.leading(head).sensitive
    if head.kind == "consent":
        return bool(head.extra[0] == ConsentFor.SENSITIVE_ENTRY)
    return head.kind == "basis" and head.extra[1] is not None
