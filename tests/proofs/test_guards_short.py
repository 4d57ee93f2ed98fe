"""The short form of `prove guards`: three guards taken out, and the list of all of them."""

from collections import Counter
from pathlib import Path

from consent.rules_asker import ASKER_RULES, MEDIATOR_RULES
from consent.rules_assessment import ASSESSMENT_RULES
from consent.rules_child import CHILD_RULES
from consent.rules_involvement import INVOLVEMENT_RULES
from index_service.store.tables import GOVERNED
from proofs.guards import ROOT, chosen, prove
from proofs.workings.judged import Proof
from proofs.workings.mutants import GRANTS, SAID_AGAIN, every_mutant, statements

MUTANTS = every_mutant(ROOT)


def test_three_guards_bite() -> None:
    """A rule, the boundary and a grant; each in a copy, never in this tree."""
    proof = Proof("guards", quiet=True)
    prove(chosen(MUTANTS, None, quick=True), proof)
    assert proof.failed == []
    assert proof.figures["bite"] == 3


def test_every_rule_every_grant_and_every_wall_is_on_the_list() -> None:
    kinds = Counter(mutant.kind for mutant in MUTANTS)
    tuples = (ASKER_RULES, MEDIATOR_RULES, CHILD_RULES, INVOLVEMENT_RULES, ASSESSMENT_RULES)
    assert kinds["rule"] == sum(len(rules) for rules in tuples)
    walls = {mutant.guard for mutant in MUTANTS if mutant.kind == "wall"}
    parts = ("policy", "using", "force", "enable")
    assert walls >= {f"{table.name}: {part}" for table in GOVERNED for part in parts}
    said = [each for path in GRANTS for each in statements((ROOT / path).read_text("utf-8"))]
    granted = [statement for statement in said if not statement.startswith(SAID_AGAIN)]
    assert set(granted) <= {mutant.guard for mutant in MUTANTS}


def test_every_guard_is_where_its_mutant_says() -> None:
    for mutant in MUTANTS:
        assert (ROOT / mutant.path).read_text("utf-8").count(mutant.old) == 1, mutant.guard
        assert mutant.new != mutant.old, mutant.guard


def test_every_named_test_is_there() -> None:
    for test in {mutant.test for mutant in MUTANTS}:
        path, _, name = test.partition("::")
        assert f"def {name.partition('[')[0]}(" in Path(ROOT / path).read_text("utf-8"), test
