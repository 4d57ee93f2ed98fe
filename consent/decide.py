"""The three questions of policy, and the one way verdicts add up.

The rules are looked up at each call, so the tuples are the whole policy: what is
taken out of them is gone.
"""

from collections.abc import Iterable

from consent import rules_asker, rules_child
from consent.agreement import Agreement
from consent.decision import (
    AskerDecision,
    ChildReason,
    Decision,
    Forbid,
    Permit,
    Require,
    Verdict,
)
from consent.facts import (
    Ask,
    AskerFacts,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    Obligation,
)

_MAY_ASK = AskerDecision(True, ())
_NO_CLASS: frozenset[DisclosureClass] = frozenset()


def may_ask(asker: AskerFacts, ask: Ask, agreement: Agreement) -> AskerDecision:
    """Say whether this may be asked, and if not every reason, account defects first.

    Depends on no child; ask it before one is read.
    """
    reasons = rules_asker.defects(asker, ask, agreement)
    return AskerDecision(False, reasons) if reasons else _MAY_ASK


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
) -> bool:
    """Say whether one involvement is shown, given the decision on its child's record.

    Ask it of every involvement of an allowed record, INVOLVEMENTS permitted or not:
    of a shielded child an agency still sees its own.
    """
    verdicts = [
        rule(asker, ask, decision, involvement, agreement) for rule in rules_child.INVOLVEMENT_RULES
    ]
    return combine(verdicts).allowed


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
