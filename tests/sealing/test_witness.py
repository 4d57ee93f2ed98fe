"""A witness over HTTP: it cosigns what grew, and refuses forks, rollbacks and nonsense."""

import asyncio
import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from demo.authority import free_port
from index_service.log.checkpoint import (
    Checkpoint,
    HeadKeys,
    KeyKind,
    VerifierKey,
    read_line,
    read_note,
)
from index_service.log.policy import CosigningPolicy, PolicyRefused, logs_of
from index_service.log.tree import EMPTY_ROOT, root_of
from index_service.log.witness import KNOWN_PATH, SIZE_TYPE, Asked
from index_service.log.witness_state import StateUnfit, WitnessState, begin_state
from index_verify.findings import Report
from index_verify.heads import read_head
from index_verify.policy import Policy
from index_verify.splitting import check_split
from tests.sealing.witnesses import (
    KEYS,
    LEAVES,
    NAMES,
    OTHER,
    SHARD,
    Begun,
    asked,
    begun,
    consistency,
    head,
    log_lines,
    policy,
    post,
    serving,
    three,
)

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "index_service.commands.cli"]
RECEIPT = f"receipt {b64encode(KEYS.verifiers[0].public).decode()}\n"


@pytest.fixture
def witness(tmp_path: Path) -> Begun:
    return begun(tmp_path)


@pytest_asyncio.fixture
async def url(witness: Begun) -> AsyncIterator[str]:
    async with serving(witness, log_lines()) as address:
        yield address


async def grown(url: str, *sizes: int) -> None:
    """Have heads of these sizes cosigned, one after another."""
    for old, size in zip((0, *sizes), sizes, strict=False):
        assert (await post(url, asked(old, size)))[0] == 200


async def test_a_growing_log_is_cosigned_and_a_verifier_takes_the_lines(
    url: str, witness: Begun
) -> None:
    lines = f"csa northmere\n{log_lines()}{RECEIPT}" + policy([witness.key.verifier], [url], 1)
    for old, size in ((0, 16), (16, 48), (48, 48), (48, 300)):
        status, kind, line = await post(url, asked(old, size))
        assert (status, kind) == (200, "text/plain")
        read = read_head(head(size) + line, Policy.of(lines))
        assert (read.size, len(read.cosigned_s)) == (size, 1)


async def test_another_old_size_is_a_conflict_that_tells_the_known_one(url: str) -> None:
    await grown(url, 16, 48)
    for old in (0, 15, 16, 47, 49, 64):
        assert await post(url, asked(old, 64)) == (409, SIZE_TYPE, "48\n")


async def test_a_rollback_and_an_old_head_replayed_are_refused(url: str) -> None:
    first = asked(0, 16)
    assert (await post(url, first))[0] == 200
    await grown_from(url, 16, 48)
    assert await post(url, first) == (409, SIZE_TYPE, "48\n")
    assert await post(url, asked(16, 32)) == (409, SIZE_TYPE, "48\n")
    assert (await post(url, asked(48, 32)))[0] == 400  # the old size is larger than the head
    assert (await post(url, asked(48, 64)))[0] == 200


async def grown_from(url: str, old: int, size: int) -> None:
    assert (await post(url, asked(old, size)))[0] == 200


async def test_a_fork_is_refused_however_it_is_shown(url: str) -> None:
    await grown(url, 16)
    assert await post(url, asked(16, 16, OTHER)) == (409, SIZE_TYPE, "16\n")
    assert (await post(url, asked(16, 48, OTHER)))[0] == 422
    assert await post(url, asked(0, 48, OTHER)) == (409, SIZE_TYPE, "16\n")
    assert (await post(url, asked(16, 48)))[0] == 200


@pytest.mark.parametrize("change", ["short", "long", "swapped", "other", "none"])
async def test_a_proof_that_does_not_hold_is_refused(url: str, change: str) -> None:
    await grown(url, 19)
    old, *proof = asked(19, 200).partition("\n\n")[0].split("\n")
    proof = {
        "short": proof[:-1],
        "long": [*proof, proof[0]],
        "swapped": [*proof[:2][::-1], *proof[2:]],
        "other": [b64encode(os.urandom(32)).decode(), *proof[1:]],
        "none": [],
    }[change]
    body = "\n".join([old, *proof]) + "\n\n" + head(200)
    assert (await post(url, body))[0] == 422
    assert (await post(url, asked(19, 200)))[0] == 200


async def test_a_first_head_needs_no_proof_and_takes_none(url: str) -> None:
    body = Asked(0, (os.urandom(32),), head(16)).text()
    assert (await post(url, body))[0] == 422
    assert (await post(url, asked(0, 16)))[0] == 200


async def test_a_log_that_is_not_known_is_not_cosigned(url: str) -> None:
    other = HeadKeys("index.camfield.example/log", bytes(range(32)), bytes(range(1, 33)))
    assert (await post(url, Asked(0, (), head(16, keys=other)).text()))[0] == 404
    for origin in ("index.northmere.example", "INDEX.northmere.example/log/202600", "x"):
        text = head(16).replace(f"{KEYS.origin}/{SHARD}", origin)
        assert (await post(url, Asked(0, (), text).text()))[0] == 404


async def test_both_of_the_logs_signatures_are_needed(url: str) -> None:
    lines = head(16).splitlines(keepends=True)
    forged = HeadKeys(KEYS.origin, bytes(range(2, 34)), bytes(range(3, 35)))
    for note in (
        "".join([*lines[:4], lines[5]]),
        "".join([*lines[:4], lines[4]]),
        head(16).replace("\n16\n", "\n17\n"),
        "".join([*lines, lines[4]]),
        head(16, keys=forged),
    ):
        assert (await post(url, Asked(0, (), note).text()))[0] == 403
    strange = b64encode(os.urandom(68)).decode()
    more = head(16) + f"— somebody.example/else {strange}\n"
    assert (await post(url, Asked(0, (), more).text()))[0] == 200


async def test_strangers_lines_are_not_kept(url: str, witness: Begun) -> None:
    """They could fill what is kept until it is no note any more."""
    more = "".join(
        f"— somebody.example/{number} {b64encode(os.urandom(300)).decode()}\n"
        for number in range(130)
    )
    assert (await post(url, Asked(0, (), head(16) + more).text()))[0] == 200
    status, _, note = await post(url, head(16), KNOWN_PATH)
    assert status == 200
    assert [line.name for line in read_note(note).lines] == [KEYS.origin, KEYS.origin, NAMES[0]]
    assert (await post(url, asked(16, 48)))[0] == 200


NONE = asked(0, 16)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"old 0\n\n",
        NONE.replace("old 0", "old 00").encode(),
        NONE.replace("old 0", "old -1").encode(),
        NONE.replace("old 0", "old 1_0").encode(),
        NONE.replace("old 0", "old ١").encode(),
        NONE.replace("old 0", "0").encode(),
        NONE.replace("old 0\n", "old 0\n\n\n").encode(),
        NONE.replace("old 0\n", "old 0\r\n").encode(),
        NONE.replace("old 0\n", "old 0\nAAAA\n").encode(),
        NONE.replace("old 0\n", "old 0\n!\n").encode(),
        NONE.replace("old 0\n", "old 0\n" + f"{b64encode(bytes(32)).decode()}\n" * 64).encode(),
        NONE.replace("\n16\n", "\n016\n").encode(),
        NONE.replace("\n16\n", "\n16\nmore\n").encode(),
        NONE[:-1].encode(),
    ],
)
async def test_what_is_not_written_as_it_must_be_is_refused(url: str, body: bytes) -> None:
    assert (await post(url, body))[0] == 400
    assert (await post(url, NONE))[0] == 200


async def test_what_is_too_long_or_elsewhere_is_refused(url: str) -> None:
    assert (await post(url, b"x" * 200_000))[0] == 413
    assert (await post(url, NONE, "/v1/heads"))[0] == 404


async def test_an_empty_head_is_cosigned_and_says_what_any_does(url: str) -> None:
    empty = KEYS.signed(Checkpoint(KEYS.origin, SHARD, 0, EMPTY_ROOT), 1)
    assert (await post(url, Asked(0, (), empty).text()))[0] == 200
    assert (await post(url, asked(0, 16)))[0] == 200


async def test_who_holds_no_head_of_the_log_is_not_shown_the_last(url: str) -> None:
    """Minute heads are for witnesses: their sizes tell how much is asked when."""
    assert (await post(url, head(16), KNOWN_PATH))[0] == 404
    await grown(url, 16, 48)
    forged = HeadKeys(KEYS.origin, bytes(range(2, 34)), bytes(range(3, 35)))
    assert (await post(url, head(16, keys=forged), KNOWN_PATH))[0] == 403
    assert (await post(url, b"", KNOWN_PATH))[0] == 400
    status, _, note = await post(url, head(16), KNOWN_PATH)
    assert (status, read_note(note).text) == (200, read_note(head(48)).text)


async def test_of_many_heads_at_once_all_cosigned_ones_are_of_one_log(url: str) -> None:
    await grown(url, 16)
    views = [asked(16, size, leaves) for size in range(32, 80, 16) for leaves in (LEAVES, OTHER)]
    answers = await asyncio.gather(*(post(url, each) for each in views))
    cosigned = [view for view, (status, _, _) in zip(views, answers, strict=True) if status == 200]
    assert len(cosigned) == 1  # whoever came second has another old size by now
    assert all(status in (409, 422) for status, _, _ in answers if status != 200)


async def test_two_views_shown_to_two_witnesses_are_found_by_comparing(tmp_path: Path) -> None:
    """Each witness cosigns the view it was shown; no witness both; two heads convict."""
    found = 0
    async with three(tmp_path, log_lines()) as served:
        lines = f"csa northmere\n{log_lines()}{RECEIPT}{served.policy()}"
        policy_ = Policy.of(lines)
        assert policy_.quorum == 2
        old = dict.fromkeys(served.urls, 0)
        for size in range(16, 304, 16):
            notes = []
            for url, leaves in zip(served.urls, (LEAVES, OTHER), strict=False):
                status, _, line = await post(url, asked(old[url], size, leaves))
                assert status == 200
                old[url] = size
                notes.append(head(size, leaves) + line)
            report: Report = check_split((notes[0], notes[1]), None, policy_)
            assert list(report.kinds) == ["fork"]
            found += 1
            for old_size in {0, size}:
                status, _, _ = await post(served.urls[0], asked(old_size, size, OTHER))
                assert status == 409
        assert found == 18
        notes = [head(64), head(96, OTHER)]
        proof = consistency(64, 96, OTHER)
        assert list(check_split((notes[0], notes[1]), proof, policy_).kinds) == ["consistency"]


DYING = """
import os, signal, sys
from pathlib import Path
from index_service.commands import witness
class Dying(witness.WitnessState):
    def keep(self, head, note):
        if {kept}:
            super().keep(head, note)
        os.kill(os.getpid(), signal.SIGKILL)
witness.WitnessState = Dying
from index_service.commands.cli import main
sys.exit(main(sys.argv[1:]))
"""


def environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}


def command(witness: Begun, logs: Path, port: int) -> list[str]:
    made = ["witness", str(witness.keys), str(witness.state), "--name", NAMES[0]]
    return [*made, "--logs", str(logs), "--port", str(port)]


def started(way: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(way, env=environment())


async def answering(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a witness of another process answers."""
    async with asyncio.timeout(30):
        while True:
            try:
                await post(url, b"")
                return
            except aiohttp.ClientError:
                assert process.poll() is None
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("kept", [True, False])
async def test_killed_at_the_write_a_witness_cosigns_no_fork_after(
    witness: Begun, tmp_path: Path, kept: bool
) -> None:
    """With kill -9 before its state is written, or between that and the answer."""
    logs = tmp_path / "logs"
    logs.write_text(log_lines())
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    ways = [
        [sys.executable, "-c", DYING.format(kept=kept), *command(witness, logs, port)],
        [*COMMAND, *command(witness, logs, port)],
    ]
    process = started(ways[0])
    try:
        await answering(url, process)
        with pytest.raises(aiohttp.ClientError):
            await post(url, asked(0, 16))
        assert process.wait(20) == -signal.SIGKILL
        process = started(ways[1])
        await answering(url, process)
        if kept:
            assert await post(url, asked(0, 16, OTHER)) == (409, SIZE_TYPE, "16\n")
            assert await post(url, asked(16, 16, OTHER)) == (409, SIZE_TYPE, "16\n")
            assert (await post(url, asked(16, 16)))[0] == 200
        else:
            assert (await post(url, asked(0, 16)))[0] == 200
        assert (await post(url, asked(16, 48)))[0] == 200
    finally:
        process.kill()
        process.wait()


def test_two_processes_never_witness_from_one_directory(witness: Begun) -> None:
    logs = logs_of(log_lines())
    state = WitnessState(witness.state, witness.key.verifier, logs)
    with pytest.raises(StateUnfit, match="kept_by_another"):
        WitnessState(witness.state, witness.key.verifier, logs)
    state.close()
    WitnessState(witness.state, witness.key.verifier, logs).close()


async def test_a_witness_that_lost_its_state_does_not_begin_anew(
    witness: Begun, tmp_path: Path
) -> None:
    logs = logs_of(log_lines())
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o700)
    with pytest.raises(StateUnfit, match="not_begun"):
        WitnessState(empty, witness.key.verifier, logs)
    with pytest.raises(StateUnfit, match="not_empty"):
        begin_state(witness.state, witness.key.verifier.public)
    other = begun(tmp_path / "other")
    with pytest.raises(StateUnfit, match="not_begun"):
        WitnessState(other.state, witness.key.verifier, logs)
    open_ = tmp_path / "open"
    begin_state(open_, witness.key.verifier.public)
    open_.chmod(0o755)
    with pytest.raises(StateUnfit, match="readable_by_others"):
        WitnessState(open_, witness.key.verifier, logs)


@pytest.mark.parametrize("content", ["", "x", head(16)[:-9], head(16).replace("\n16\n", "\n8\n")])
async def test_what_was_kept_and_changed_is_no_start_and_no_cosignature(
    witness: Begun, content: str
) -> None:
    async with serving(witness, log_lines()) as url:
        await grown(url, 16)
        (file,) = witness.state.glob("*.head")
        file.write_text(content)
        for size in (16, 48):
            assert (await post(url, asked(0, size)))[0] == 500
    with pytest.raises(StateUnfit):
        WitnessState(witness.state, witness.key.verifier, logs_of(log_lines()))


async def test_a_disk_that_refuses_is_no_cosignature(witness: Begun) -> None:
    async with serving(witness, log_lines()) as url:
        await grown(url, 16)
        (file,) = witness.state.glob("*.head")
        draft = witness.state / f".{file.name}.draft"
        draft.mkdir()
        assert (await post(url, asked(16, 48)))[0] == 503
        draft.rmdir()
        assert (await post(url, asked(16, 64)))[0] == 200


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
        env=environment(),
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
