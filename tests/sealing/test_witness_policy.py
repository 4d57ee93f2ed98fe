"""What names a witness: a policy, a list of logs, and the command that makes one."""

import subprocess
from pathlib import Path

import pytest

from index_service.log.checkpoint import (
    Checkpoint,
    HeadKeys,
    KeyKind,
    VerifierKey,
    read_line,
    read_note,
)
from index_service.log.policy import CosigningPolicy, PolicyRefused, logs_of
from index_service.log.tree import root_of
from tests.sealing.witnesses import (
    COMMAND,
    ENVIRONMENT,
    KEYS,
    LEAVES,
    NAMES,
    SHARD,
    Begun,
    head,
    log_lines,
    policy,
)


def witness_line(number: int = 0, kind: KeyKind = KeyKind.COSIGNATURE) -> VerifierKey:
    return VerifierKey(NAMES[number], kind, root_of(LEAVES[number : number + 1]))


GOOD = policy(
    [witness_line(0), witness_line(1)], ["https://one.example", "https://two.example/w"], 1
)


def test_a_policy_names_its_witnesses_and_one_that_is_independent() -> None:
    read = CosigningPolicy.read(log_lines() + GOOD, KEYS.verifiers)
    assert [(each.name, each.independent, each.url) for each in read.witnesses] == [
        (NAMES[0], False, "https://one.example"),
        (NAMES[1], True, "https://two.example/w"),
    ]
    assert read.quorum == 1


@pytest.mark.parametrize(
    ("policy_", "code"),
    [
        (GOOD.replace(" independent", ""), "independent"),
        (GOOD.replace("quorum 1", "quorum 3"), "quorum"),
        (GOOD.replace("quorum 1", "quorum 0"), "quorum"),
        (GOOD.replace("quorum 1\n", ""), "quorum"),
        (GOOD + "quorum 2\n", "quorum"),
        ("quorum 1\n", "witness"),
        (GOOD.replace(" https://one.example", ""), "url"),
        (GOOD.replace("https://one", "ftp://one"), "witness"),
        (GOOD.replace("independent", "indifferent"), "witness"),
        (GOOD + f"witness {witness_line(0).text()} https://x\n", "witness"),
        (GOOD + f"witness {witness_line(2, KeyKind.ED25519).text()} https://x\n", "witness"),
        (GOOD.replace(witness_line(0).text(), witness_line(0).text()[:-2]), "key"),
        (GOOD + "witnesses 2\n", "line"),
        (GOOD + log_lines(HeadKeys("x.example/log", bytes(32), bytes(32))), "log"),
    ],
)  # fmt: skip
def test_a_policy_that_is_not_whole_is_refused(policy_: str, code: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        CosigningPolicy.read(policy_, KEYS.verifiers)
    assert refused.value.code == code


def test_one_key_under_two_names_is_one_witness() -> None:
    twice = VerifierKey(NAMES[2], KeyKind.COSIGNATURE, witness_line(0).public)
    with pytest.raises(PolicyRefused, match="witness"):
        CosigningPolicy.read(GOOD + f"witness {twice.text()} https://x\n", KEYS.verifiers)


def test_a_witness_knows_several_logs_by_both_keys_each() -> None:
    other = HeadKeys("index.camfield.example/log", bytes(range(5, 37)), bytes(range(6, 38)))
    logs = logs_of(f"csa northmere\n{log_lines()}csa camfield\n{log_lines(other)}")
    assert logs == {KEYS.origin: KEYS.verifiers, other.origin: other.verifiers}
    for lines in ("", GOOD, log_lines().splitlines()[0], log_lines() * 2):
        with pytest.raises(PolicyRefused):
            logs_of(lines)


def told(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_witness_is_made_once_and_refused_what_is_not_its_own(tmp_path: Path) -> None:
    keys, state, logs = (str(tmp_path / each) for each in ("keys", "state", "logs"))
    Path(logs).write_text(log_lines())
    assert told("keys", "make-witness", keys, state) == (0, "")
    assert told("keys", "make-witness", keys, state)[0] == 2
    assert told("keys", "make-witness", str(tmp_path / "k2"), state)[0] == 2
    assert list((tmp_path / "k2").iterdir()) == []
    status, line = told("witness", keys, state, "--name", NAMES[0], "--policy")
    assert status == 0
    key = VerifierKey.read(line.removeprefix("witness ").rstrip("\n"))
    assert (key.name, key.kind) == (NAMES[0], KeyKind.COSIGNATURE)
    for wrong, word in (
        (("witness", keys, state, "--name", "A b", "--logs", logs), "--name"),
        (("witness", keys, state, "--name", NAMES[0]), "--logs"),
        (("witness", keys, keys, "--name", NAMES[0], "--logs", logs), "state directory"),
        (("witness", state, state, "--name", NAMES[0], "--logs", logs), "key"),
        (("witness", keys, state, "--name", NAMES[0], "--logs", "/none"), "FileNotFoundError"),
    ):
        status, said = told(*wrong)
        assert (status, said.count("\n")) == (2, 1), said
        assert said.startswith("not started: ")
        assert word in said


def test_a_cosignature_is_the_line_its_page_shows(witness: Begun) -> None:
    """Computed by hand from C2SP tlog-cosignature: id, moment, and what is signed."""
    at = Checkpoint(KEYS.origin, SHARD, 16, root_of(LEAVES[:16]))
    line = read_line(witness.key.cosigned(at, 1_790_000_000).text())
    assert line.signature[:8] == (1_790_000_000).to_bytes(8)
    assert len(line.signature) == 72
    note = read_note(head(16))
    assert witness.key.verifier.holds(note, line)
    assert not witness.key.verifier.holds(read_note(head(17)), line)
