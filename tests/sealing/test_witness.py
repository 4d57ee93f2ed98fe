"""A witness over HTTP: it cosigns what grew, and refuses forks, rollbacks and nonsense."""

import asyncio
import os
from base64 import b64encode
from pathlib import Path

import pytest

from index_service.log.checkpoint import (
    Checkpoint,
    HeadKeys,
    read_note,
)
from index_service.log.tree import EMPTY_ROOT
from index_service.log.witness import KNOWN_PATH, SIZE_TYPE, Asked
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
    consistency,
    head,
    log_lines,
    policy,
    post,
    three,
)

RECEIPT = f"receipt {b64encode(KEYS.verifiers[0].public).decode()}\n"


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
