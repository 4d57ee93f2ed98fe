"""Proofs checked for the pages and the command line: what holds, and every way of not holding."""

from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from index_client.proof import (
    Head,
    Inclusion,
    LogKeys,
    ProofWrong,
    Signed,
    consistent,
    included,
    leaf_of,
    read_head,
    read_inclusion,
    signatures,
)
from index_service.log.checkpoint import Checkpoint
from index_service.log.leaf import leaf_hash
from index_service.log.tree import consistency_ranges, inclusion_ranges, root_of
from tests.sealing.witnesses import KEYS, SHARD, begun, head, log_lines

LEAVES = [sha256(bytes((each,))).digest() for each in range(24)]
AT_S = 1_790_000_000


def policy(more: str = "quorum 0\n", log: str | None = None) -> str:
    return f"csa northmere\n{log_lines() if log is None else log}receipt {'A' * 43}=\n{more}"


def keys(more: str = "quorum 0\n") -> LogKeys:
    known = LogKeys.from_policy(policy(more))
    assert known is not None
    return known


def proven(index: int, size: int) -> str:
    """Return a proof as the log tells it."""
    path = [root_of(LEAVES[a:b]) for a, b in inclusion_ranges(index, size)]
    hashes = "".join(f"{b64encode(each).decode()}\n" for each in path)
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{head(size, LEAVES)}"


def growth(before: int, after: int) -> list[str]:
    ranges = consistency_ranges(before, after)
    return [b64encode(root_of(LEAVES[a:b])).decode() for a, b in ranges]


def signed(note: str, known: LogKeys | None) -> Signed:
    return signatures(note, read_head(note), known)


def test_every_leaf_of_every_tree_is_proven_and_no_other() -> None:
    for size in range(1, len(LEAVES) + 1):
        for index in range(size):
            proof = read_inclusion(proven(index, size))
            tree = read_head(proof.note)
            assert included(LEAVES[index].hex(), proof, tree)
            assert not included(LEAVES[(index + 1) % 24].hex(), proof, tree)
            elsewhere = replace(proof, index=(index + 1) % size)
            assert size == 1 or not included(LEAVES[index].hex(), elsewhere, tree)
            assert not included(LEAVES[index].hex(), replace(proof, index=size), tree)
            longer = replace(proof, path=(*proof.path, LEAVES[0]))
            assert not included(LEAVES[index].hex(), longer, tree)
            assert not proof.path or not included(
                LEAVES[index].hex(), replace(proof, path=proof.path[:-1]), tree
            )


def test_growth_is_proven_between_all_sizes_and_never_between_others() -> None:
    for before in range(len(LEAVES) + 1):
        for after in range(before, len(LEAVES) + 1):
            one, two = (before, root_of(LEAVES[:before])), (after, root_of(LEAVES[:after]))
            proof = growth(before, after) if 0 < before < after else []
            assert consistent(one, two, proof)
            assert not consistent((before, LEAVES[0]), (after, LEAVES[1]), proof)
            assert before == after or not consistent(two, one, proof)
            assert not consistent(one, two, [*proof, b64encode(LEAVES[3]).decode()])
            if proof:
                assert not consistent(one, two, proof[:-1])
                assert not consistent(one, two, ["not base64", *proof[1:]])
                forged = [b64encode(LEAVES[5]).decode(), *proof[1:]]
                assert not consistent(one, two, forged)


def test_a_proof_of_a_smaller_tree_proves_nothing_of_a_larger_with_its_root() -> None:
    """A head may sign a root that is not its size's: only the length of the path tells."""
    false = replace(read_head(head(16, LEAVES)), root=root_of(LEAVES[:8]))
    assert not included(LEAVES[3].hex(), read_inclusion(proven(3, 8)), false)
    before, after = (5, root_of(LEAVES[:5])), (24, root_of(LEAVES[:16]))
    assert consistent(before, (16, after[1]), growth(5, 16))
    assert not consistent(before, after, growth(5, 16))


def test_a_leaf_is_what_blind_and_text_give() -> None:
    blind, text = bytes(range(32)), '{"csa":"northmere","reason":"Sch\u00fctz"}'
    assert leaf_of(blind.hex(), text) == leaf_hash(blind, text.encode()).hex()


def test_a_head_counts_with_both_signatures_of_the_log() -> None:
    note = head(16, LEAVES)
    found = signed(note, keys())
    assert (found.by_log, found.wrong, found.signed_s) == (True, False, AT_S)
    text, _, lines = note.partition("\n\n")
    first, second = lines.splitlines(keepends=True)
    for left in (first, second, ""):
        assert signed(f"{text}\n\n{left}", keys()).by_log is False
    assert signed(f"{note}{first}", keys()).by_log is False  # signed twice


@pytest.mark.parametrize("line", [0, 1])
@pytest.mark.parametrize("place", [0, 20, -3])
def test_a_signature_that_was_touched_does_not_hold(line: int, place: int) -> None:
    text, _, lines = head(16, LEAVES).partition("\n\n")
    parts = lines.splitlines()
    words = parts[line].split(" ")
    raw = bytearray(b64decode(words[2]))
    raw[place] ^= 1
    parts[line] = " ".join([*words[:2], b64encode(bytes(raw)).decode()])
    touched = signed(f"{text}\n\n{chr(10).join(parts)}\n", keys())
    assert touched.by_log is False


def test_signatures_of_another_head_or_another_log_do_not_hold() -> None:
    other = head(15, LEAVES).partition("\n\n")[2]
    text = head(16, LEAVES).partition("\n\n")[0]
    assert signed(f"{text}\n\n{other}", keys()).by_log is False
    strange = replace(read_head(head(16, LEAVES)), origin="index.camfield.example/log")
    assert signatures(head(16, LEAVES), strange, keys()).by_log is False


def test_without_keys_nothing_is_said_of_signatures() -> None:
    assert signed(head(16, LEAVES), None) == Signed(None, 0, {}, wrong=False)
    assert LogKeys.from_policy(policy(log="")) is None


def test_a_cosignature_counts_for_the_witness_that_made_it(tmp_path: Path) -> None:
    one = begun(tmp_path)
    known = keys(f"witness {one.key.verifier.text()} independent\nquorum 1\n")
    tree = Checkpoint(KEYS.origin, SHARD, 16, root_of(LEAVES[:16]))
    note = f"{head(16, LEAVES)}{one.key.cosigned(tree, AT_S + 5).text()}\n"
    assert signed(note, known).cosigned == {one.key.verifier.name: AT_S + 5}
    assert signed(note, keys()).cosigned == {}  # nobody this policy knows
    other = Checkpoint(KEYS.origin, SHARD, 15, root_of(LEAVES[:15]))
    false = f"{head(16, LEAVES)}{one.key.cosigned(other, AT_S).text()}\n"
    found = signed(false, known)
    assert (found.cosigned, found.wrong, found.by_log) == ({}, True, False)


@pytest.mark.parametrize(
    "note",
    ["", "a\n\nb", "log/202600\n1\nAAAA\n\n", "log\n16\n" + "A" * 43 + "=\n\n",
     "log/202600\n016\n" + "A" * 43 + "=\n\n", "log/202600\n0\n" + "A" * 43 + "=\n\n",
     "log/202600\n16\n" + "A" * 42 + "B=\n\n"],
)  # fmt: skip
def test_what_has_not_the_form_of_a_head_is_none(note: str) -> None:
    with pytest.raises(ProofWrong):
        read_head(note)


@pytest.mark.parametrize(
    ("before", "after"),
    [("tlog-proof@v1", "tlog-proof@v2"), ("index 5", "index 05"), ("index 5", "number 5"),
     ("index 5\n", "index 5\nAAAA\n")],
)  # fmt: skip
def test_what_has_not_the_form_of_a_proof_is_none(before: str, after: str) -> None:
    with pytest.raises(ProofWrong):
        read_inclusion(proven(5, 16).replace(before, after, 1))


def test_a_signature_line_of_another_form_is_a_finding() -> None:
    with pytest.raises(ProofWrong):
        signed(f"{head(16, LEAVES)}something else\n", keys())


@pytest.mark.parametrize(
    "wrong",
    [policy(log="log nothing\n"), policy("quorum 1\n"),
     policy(log=log_lines().split("\n")[0] + "\n"), policy(log=log_lines() * 2),
     policy().replace("csa northmere\n", "")],
)  # fmt: skip
def test_a_policy_that_checks_nothing_stops_the_start(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (whatever it is, nothing starts)
        LogKeys.from_policy(wrong)


def test_what_is_read_is_what_was_written() -> None:
    told = proven(0, 1)
    assert read_inclusion(told) == Inclusion(0, (), told.partition("\n\n")[2])
    found = read_head(head(16, LEAVES))
    assert found == Head(KEYS.origin, SHARD, 16, root_of(LEAVES[:16]), found.text)
