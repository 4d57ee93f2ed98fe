"""The short form of `prove policy`: a slice of the space, the theorems, forty mutations."""

from dataclasses import replace

from consent import rules_asker, rules_child, rules_involvement
from proofs.policy import NAMES, PARTS, QUICK, prove
from proofs.workings.judged import Proof
from proofs.workings.policy_rules_child import Book
from proofs.workings.policy_score import GROUPS, ROOT, files_for, modules


def test_policy_answers_as_its_words_do_and_as_is_lawful() -> None:
    """A control that fails voids the run, and counts as failed."""
    proof = Proof("policy", quiet=True)
    prove(replace(QUICK, parts=PARTS[:2]), proof)
    assert proof.failed == []
    assert proof.figures["disagreements"] == 0
    assert proof.figures["theorem_controls_seen"] == proof.figures["theorems"] > 0


def test_of_forty_small_faults_the_tests_notice_nearly_all() -> None:
    """Drawn by a fixed lot; the long form tries every one and scores each group by itself."""
    proof = Proof("policy", quiet=True)
    prove(replace(QUICK, parts=PARTS[2:]), proof)
    assert proof.figures["mutations"] == QUICK.mutations
    assert proof.figures["survivors"] <= 2


def test_every_rule_is_written_down_for_z3_and_every_agreement_is_tried() -> None:
    rules = (
        *rules_asker.ASKER_RULES,
        *rules_child.CHILD_RULES,
        *rules_involvement.INVOLVEMENT_RULES,
    )
    assert [rule.__name__ for rule in rules if not hasattr(Book, rule.__name__)] == []
    assert len(NAMES) == 4


def test_every_mutated_module_has_tests_that_are_there() -> None:
    for group in GROUPS:
        assert modules(group)
        for path in modules(group):
            for test in files_for(group, path):
                assert (ROOT / test).is_file(), test


def test_every_test_of_the_policy_room_has_its_say_about_its_mutations() -> None:
    """A module whose own tests were left out of the score once survived nearly everything."""
    named = set(files_for("consent", "consent/decide.py"))
    there = {str(path.relative_to(ROOT)) for path in ROOT.glob("tests/consent/test_*.py")}
    assert named == there
