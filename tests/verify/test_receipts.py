"""Receipts: genuine or not, kept or not, and when a missing leaf proves suppression."""

import random
from dataclasses import replace

import pytest

from index_verify.policy import Policy
from index_verify.receipts import read_receipt
from index_verify.spelling import Malformed
from tests.verify.conftest import Judge
from tests.verify.made import (
    CSA,
    SEEN_S,
    SHARD,
    Keys,
    MadeLog,
    compact,
    made_entry,
    moment,
)
from tests.verify.second import Case


def without(log: MadeLog, index: int) -> MadeLog:
    """Return the log as an honest sealer makes it when a row was deleted before it came."""
    kept = [each for at, each in enumerate(log.stored[:32]) if at != index]
    return MadeLog(log.keys, stored=[each for each in kept if each.entry_id is not None])


def test_a_kept_promise_is_counted(log: MadeLog, judge: Judge) -> None:
    assert judge(exports=[log.export()], receipts=[log.receipt(5)]) == []


def test_a_leaf_missing_past_the_deadline_is_proven_suppression(log: MadeLog, judge: Judge) -> None:
    less = without(log, 5)
    for export in (less.export(), less.export(opened=True)):
        assert judge(exports=[export], receipts=[log.receipt(5)]) == ["receipt_suppressed"]


def test_a_head_from_before_the_deadline_proves_nothing(log: MadeLog, judge: Judge) -> None:
    """Whoever shows an old log would else be accused of what is merely not there yet."""
    less, late = without(log, 5), log.promise(5, SEEN_S + 1)
    assert judge(exports=[less.export()], receipts=[late]) == ["receipt_early"]


def test_without_witnesses_the_logs_own_moment_counts(log: MadeLog, judge: Judge) -> None:
    alone = MadeLog(Keys(witnesses={}), stored=without(log, 5).stored)
    for late, code in ((0, "receipt_suppressed"), (1, "receipt_early")):
        receipt = MadeLog(alone.keys, stored=log.stored).promise(5, SEEN_S - 1 + late)
        case = Case(alone.keys.policy(quorum=0), [alone.export()], receipts=[receipt])
        assert judge(case) == [code]


def test_a_leaf_may_stand_in_the_year_of_the_entry_or_of_the_deadline(
    log: MadeLog, judge: Judge
) -> None:
    less = without(log, 5)
    new_year = log.promise(5, moment("2026-01-01T12:00:00"))
    assert judge(exports=[less.export()], receipts=[new_year]) == ["receipt_years"]
    before = MadeLog(log.keys, seed=4, shard=202500)
    before.append(16)
    shown = [less.export(), before.export()]
    assert judge(exports=shown, receipts=[new_year]) == ["receipt_suppressed"]
    before.stored += [log.stored[5]]
    shown = [less.export(), before.export()]
    assert judge(exports=shown, receipts=[new_year]) == []


def test_suppression_is_proven_by_every_tree_of_the_year_alone(log: MadeLog, judge: Judge) -> None:
    """A year's tree begun anew has several: the leaf may stand in the one that is not shown."""
    less, receipt = without(log, 5), [log.receipt(5)]
    anew = MadeLog(log.keys, seed=9, shard=SHARD + 1)
    entry, refs = made_entry(random.Random(9), 0)
    anew.take(replace(entry, action="release_log", code="approved"), refs)
    anew.append(20)
    opened = anew.export(opened=True)
    assert judge(exports=[opened], receipts=receipt) == ["receipt_years"]
    head = [anew.note()]
    assert judge(exports=[less.export()], heads=head, receipts=receipt) == ["receipt_years"]
    assert judge(exports=[less.export(), opened], heads=[], receipts=receipt) == [
        "receipt_suppressed"
    ]


def test_a_changed_receipt_is_not_genuine(log: MadeLog, judge: Judge) -> None:
    receipt = log.receipt(5)
    for at in (0, 1, 3, 30, 60, 75, len(receipt) - 60, len(receipt) - 1):
        for other in "AB7-.":
            changed = receipt[:at] + other + receipt[at + 1 :]
            if changed != receipt:
                found = judge(exports=[log.export(32)], receipts=[changed])
                assert found[0] in ("receipt_form", "receipt_signature"), at


def test_a_receipt_of_another_authority_or_key_is_not_genuine(log: MadeLog) -> None:
    receipt = log.receipt(5)
    for policy in (Keys().policy(), log.keys.policy(csa="camfield")):
        with pytest.raises(Malformed, match="receipt_signature"):
            read_receipt(receipt, Policy.of(policy))


def test_a_receipt_names_the_entry_of_its_leaf(log: MadeLog, judge: Judge) -> None:
    other = MadeLog(log.keys, stored=list(log.stored[:32]))
    wrong = other.stored[5].leaf
    other.stored[5] = log.stored[6]
    receipt = MadeLog(log.keys, stored=[*log.stored[:5], _with_leaf(log, wrong)]).receipt(5)
    found = judge(exports=[log.export(32, opened=True)], receipts=[receipt])
    assert found == ["receipt_entry"]


def _with_leaf(log: MadeLog, leaf: bytes) -> "object":
    return type(log.stored[6])(leaf, b"", b"", log.stored[6].entry_id)


def test_the_headers_name_may_stand_before_it(log: MadeLog) -> None:
    policy = Policy.of(log.keys.policy())
    assert read_receipt(f"Audit-Receipt: {log.receipt(5)}\n", policy).leaf == log.stored[5].leaf


def test_the_csa_of_an_export_is_the_policys(log: MadeLog, judge: Judge) -> None:
    line = compact({"csa": CSA})[1:-2]
    other = log.export(32).replace(line, line.replace(b"north", b"south"), 1)
    assert judge(exports=[other]) == ["export_csa"]
