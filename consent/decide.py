"""The questions of policy, and the one way verdicts add up.

The rules are looked up at each call, so the tuples are the whole policy: what is
taken out of them is gone.
"""

from collections.abc import Iterable

from consent import rules_asker, rules_assessment, rules_child, rules_involvement
from consent.agreement import Agreement
from consent.agreement_terms import lesser_level
from consent.decision import (
    AskerDecision,
    Cap,
    ChildReason,
    Decision,
    Forbid,
    Permit,
    Require,
    Verdict,
)
from consent.facts import (
    AgencyKind,
    Ask,
    AskerFacts,
    AssessmentFacts,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    InvolvementLevel,
    Obligation,
    SecondPerson,
)

_MAY_ASK = AskerDecision(True, ())
_NO_CLASS: frozenset[DisclosureClass] = frozenset()


def may_ask(asker: AskerFacts, ask: Ask, agreement: Agreement) -> AskerDecision:
    """Say whether this may be asked, and if not every reason, account defects first.

    Depends on no child; ask it before one is read.
    """
    reasons = rules_asker.defects(asker, ask, agreement)
    return AskerDecision(False, reasons) if reasons else _MAY_ASK


def numbers_to_ask_by(
    asker: AskerFacts, ask: Ask, agreement: Agreement
) -> frozenset[DisclosureClass]:
    """Say which numbers find a child for this asker. Depends on no child, so it may be told.

    By any other number there is nothing to be found, whoever the child.
    """
    return rules_child.numbers_that_find(asker, ask, agreement)


def decide(asker: AskerFacts, ask: Ask, child: ChildFacts, agreement: Agreement) -> Decision:
    """Say which classes of one child's record may be opened for this asker.

    A class not permitted is not to be opened, not even to compare. An asker with a
    defect is denied here too. Depends on its arguments only, so a request may keep it.
    """
    return combine([rule(asker, ask, child, agreement) for rule in rules_child.CHILD_RULES])


def decide_involvement(
    asker: AskerFacts,
    ask: Ask,
    decision: Decision,
    involvement: InvolvementFacts,
    agreement: Agreement,
) -> InvolvementLevel:
    """Say how much of one involvement is shown, given the decision on its child's record.

    Ask it of every involvement of an allowed record, INVOLVEMENTS permitted or not:
    of a shielded child an agency still sees its own.
    """
    caps: list[InvolvementLevel] = []
    verdicts: list[Verdict | None] = []
    for rule in rules_involvement.INVOLVEMENT_RULES:
        said = rule(asker, ask, decision, involvement, agreement)
        if isinstance(said, Cap):
            caps.append(said.level)
        else:
            verdicts.append(said)
    if not combine(verdicts).allowed:
        return InvolvementLevel.NOTHING
    return lesser_level(*caps)


def decide_assessment(
    asker: AskerFacts,
    ask: Ask,
    decision: Decision,
    facts: AssessmentFacts,
    agreement: Agreement,
) -> bool:
    """Say whether it is told that a common assessment is held, and by whom."""
    rules = rules_assessment.ASSESSMENT_RULES
    return combine([rule(asker, ask, decision, facts, agreement) for rule in rules]).allowed


def may_hold_assessment(kind: AgencyKind, agreement: Agreement) -> bool:
    """Say whether an assessment may be handed to an agency of this kind."""
    return rules_asker.holds_assessments(kind, agreement)


def override_terms(asker: AskerFacts, ask: Ask, agreement: Agreement) -> SecondPerson:
    """Say when somebody else must agree to the override asked for.

    Whether it may be asked for at all is for `may_ask`.
    """
    if rules_asker.takes_the_statutory_route(asker, ask, agreement):
        return agreement.override.second_person_statutory
    return agreement.override.second_person


def may_mediate(mediator: AskerFacts, ask: Ask, agreement: Agreement) -> AskerDecision:
    """Say whether this account may ask on a requester's behalf, and if not every reason.

    The question is then decided with the requester's facts, and needs its own `may_ask`.
    """
    reasons = rules_asker.defects_of_a_mediator(mediator, ask, agreement)
    return AskerDecision(False, reasons) if reasons else _MAY_ASK


def combine(verdicts: Iterable[Verdict | None]) -> Decision:
    """Deny unless something is permitted that nothing forbids.

    A rule that raises is a defect and its exception escapes; a rule that answers with
    anything but a verdict or None is one too: TypeError. Skipping either would let a
    broken prohibition turn into a permission.
    """
    permits = forbidden = _NO_CLASS
    obligations: frozenset[Obligation] = frozenset()
    whys: list[ChildReason] = []
    why_nots: list[ChildReason] = []
    for verdict in verdicts:
        if verdict is None:
            continue
        if type(verdict) is Permit:
            permits |= verdict.classes
            whys.append(verdict.reason)
        elif type(verdict) is Forbid:
            forbidden |= verdict.classes
            why_nots.append(verdict.reason)
        elif type(verdict) is Require:
            obligations |= verdict.obligations
        else:
            raise TypeError("a rule gave neither a verdict nor None")
    shown = permits - forbidden
    if not shown:
        reasons = tuple(sorted(set(why_nots))) or (ChildReason.NO_RULE_PERMITS,)
        return Decision(False, _NO_CLASS, reasons, frozenset())
    return Decision(True, shown, tuple(sorted({*whys, *why_nots})), obligations)
