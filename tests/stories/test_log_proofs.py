"""Anybody's receipt leads to its proof; how far the tree is shown depends on the asker alone."""

import asyncio
import json
import time
from base64 import b64encode, urlsafe_b64decode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from index_service.commands.seal import policy_lines
from index_verify.asking import LiveLog, NotThere
from index_verify.live import check_live, check_receipt
from index_verify.policy import Policy
from index_verify.proving import check_inclusion, read_growth
from index_verify.words import Verdict
from tests.sealing.sealing import Beside, sealer_beside
from tests.stories.asking import NO_WHY, Answer, Ask, refused
from tests.stories.test_silence import outward

HEADS, LEAVES, GROWTH = "/v1/log/heads", "/v1/log/leaves", "/v1/log/consistency"
PROOFS = "/v1/log/proofs"
NOBODYS = "ab" * 32


@dataclass(frozen=True)
class OverHttp(LiveLog):
    """The verifier's way to a log, led to this index, as one of its people."""

    ask: Any = None
    who: str = "teacher"
    loop: Any = None

    def get(self, *path: str, **asked: int | str) -> bytes:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        place = f"/v1/log/{'/'.join(path)}?{query}"
        asking = self.ask(self.who, "GET", place, why=NO_WHY)
        answer: Answer = asyncio.run_coroutine_threadsafe(asking, self.loop).result(30)
        if answer.status_code == 404:
            raise NotThere
        assert answer.status_code == 200, answer.text
        return answer.content


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sealed(ask: Ask, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Beside]:
    """A sealer beside this module's index, its log begun."""
    async with sealer_beside(ask.served, tmp_path_factory.mktemp("sealer")) as beside:
        beside.clock.on(seconds=6)
        await beside.rounds.found()
        yield beside


async def read(ask: Ask, path: str, who: str = "teacher") -> Answer:
    return await ask(who, "GET", path, why=NO_WHY)


async def shown(ask: Ask, path: str, who: str = "teacher") -> Any:
    answer = await read(ask, path, who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def after(beside: Beside, **passed: float) -> None:
    """Let time pass, and all that waits be sealed."""
    beside.clock.on(**passed)
    await beside.all()


async def early_in_the_hour(beside: Beside) -> None:
    """Go on to ten past: what follows within minutes falls into no later hour."""
    await after(beside, minutes=70 - beside.clock.now().minute)


def leaf_of(answer: Answer) -> str:
    """Return the leaf a receipt names."""
    return urlsafe_b64decode(answer.headers["audit-receipt"].split(".")[2] + "=").hex()


def policy(ask: Ask, beside: Beside) -> Policy:
    """Return what an outsider verifies by."""
    public = ask.served.index.keyring.receipt_key.public_key().public_bytes_raw()
    own = f"receipt {b64encode(public).decode()}\nquorum 0\n"
    return Policy.of(policy_lines(beside.settings) + own)


def live(ask: Ask, who: str = "teacher") -> OverHttp:
    return OverHttp("https://index.test", ask=ask, who=who, loop=asyncio.get_running_loop())


# Whoever may not


@pytest.mark.parametrize(
    "path",
    [HEADS, f"{LEAVES}?shard=202600&from=0&to=1", f"{PROOFS}/{NOBODYS}",
     f"{GROWTH}?shard=202600&from=0&to=0"],
)  # fmt: skip
async def test_nobody_without_an_account_in_order_reads_the_log(ask: Ask, path: str) -> None:
    refused(await ask(None, "GET", path), 401, "not_authenticated")
    refused(await read(ask, path, "suspended_worker"), 403, "account_suspended")
    refused(await read(ask, path, "closed_worker"), 403, "account_closed")


async def test_minute_heads_are_for_auditors_and_the_team(ask: Ask, sealed: Beside) -> None:
    await early_in_the_hour(sealed)
    await after(sealed, hours=1)
    for who in ("teacher", "lapsed_nurse", "schools_feed"):
        refused(await read(ask, f"{HEADS}?kind=minute", who), 403, "role_not_allowed")
        path = f"{PROOFS}/{NOBODYS}?kind=minute"
        refused(await read(ask, path, who), 403, "role_not_allowed")
        assert (await shown(ask, HEADS, who))["heads"]
    for who in ("auditor", "manager"):
        assert (await shown(ask, f"{HEADS}?kind=minute", who))["heads"]


# Main scenario


async def test_a_receipt_leads_to_its_proof(ask: Ask, sealed: Beside) -> None:
    """Judged by the independent verifier; a lapsed account asks as well."""
    answer = await read(ask, "/v1/me", "lapsed_nurse")
    await after(sealed, hours=1)
    proof = await read(ask, f"{PROOFS}/{leaf_of(answer)}", "lapsed_nurse")
    assert proof.headers["content-type"] == "text/plain; charset=utf-8"
    judged = check_inclusion(proof.text, bytes.fromhex(leaf_of(answer)), policy(ask, sealed))
    assert judged.verdict is Verdict.INTACT
    other = check_inclusion(proof.text, bytes.fromhex(NOBODYS), policy(ask, sealed))
    assert other.verdict is Verdict.TAMPERED


async def test_a_live_log_is_intact_and_its_receipts_are_proven(
    ask: Ask, sealed: Beside, tmp_path: Path
) -> None:
    receipt = (await read(ask, "/v1/me")).headers["audit-receipt"]
    await after(sealed, hours=1)
    since, rules = tmp_path / "seen", policy(ask, sealed)
    for _ in range(2):  # the second time growth is proven
        judged = await asyncio.to_thread(check_live, live(ask), rules, since, int(time.time()))
        assert judged.verdict is Verdict.INTACT, judged.kinds
        await read(ask, "/v1/me")
        await after(sealed, hours=1)
    judged = await asyncio.to_thread(check_receipt, receipt, rules, live(ask), 0)
    assert judged.verdict is Verdict.INTACT


async def test_growth_is_proven_between_heads(ask: Ask, sealed: Beside) -> None:
    await after(sealed, hours=1)
    (before,) = (await shown(ask, HEADS))["heads"]
    await read(ask, "/v1/me")
    await after(sealed, hours=1)
    (now,) = (await shown(ask, HEADS))["heads"]
    shard, sizes = (
        before.split("\n")[0].rpartition("/")[2],
        [int(note.split("\n")[1]) for note in (before, now)],
    )
    asked = f"{GROWTH}?shard={shard}&from={sizes[0]}&to={sizes[1]}"
    growth = read_growth((await read(ask, asked)).content, policy(ask, sealed))
    assert (growth.before, growth.after) == tuple(sizes)
    assert sizes[0] < sizes[1]
    one = await shown(ask, f"{HEADS}?shard={shard}&size={sizes[0]}")
    assert one["heads"] == [before]
    assert (await shown(ask, f"{HEADS}?shard=209900"))["heads"] == []


# What is not there, and what is not for this asker yet


async def test_a_leaf_in_no_head_is_one_answer_whosever_it_is(ask: Ask, sealed: Beside) -> None:
    await early_in_the_hour(sealed)
    mine = await read(ask, "/v1/me")
    path = f"{PROOFS}/{leaf_of(mine)}"
    waiting, none = await read(ask, path), await read(ask, f"{PROOFS}/{NOBODYS}")
    other = await read(ask, path, "social_worker")
    refused(waiting, 404, "leaf_not_sealed")
    assert outward(waiting) == outward(none) == outward(other)
    await after(sealed, minutes=2)  # in a minute's head, in no hour's yet
    assert outward(await read(ask, path)) == outward(none)
    assert (await read(ask, f"{path}?kind=minute", "auditor")).status_code == 200
    await after(sealed, hours=1)
    assert (await read(ask, path)).status_code == 200
    assert (await read(ask, path, "social_worker")).status_code == 200


async def test_the_tree_is_shown_as_far_as_the_askers_heads(ask: Ask, sealed: Beside) -> None:
    """How busy the index was in the last minutes is not for everybody."""
    await after(sealed, hours=1)
    shard = (await sealed.head()).shard
    before = (await sealed.head()).size
    await sealed.append(3)
    await after(sealed, minutes=2)
    size = (await sealed.head()).size
    asked = f"{LEAVES}?shard={shard}&from={before - 1}&to={size + 9}"
    for who, until in (("teacher", before), ("auditor", size), ("manager", size)):
        told = await shown(ask, asked, who)
        assert (told["shard"], told["from"]) == (shard, before - 1)
        assert len(told["leaves"]) == until - before + 1
        growth = f"{GROWTH}?shard={shard}&from=1&to="
        assert (await read(ask, f"{growth}{until}", who)).status_code == 200
        refused(await read(ask, f"{growth}{until + 1}", who), 400, "query_invalid")
    assert (await shown(ask, f"{LEAVES}?shard=209900&from=0&to=9"))["leaves"] == []
    assert (await shown(ask, f"{LEAVES}?shard={shard}&from=9&to=3"))["leaves"] == []


async def test_a_page_has_4096_leaves_at_most(ask: Ask, sealed: Beside) -> None:
    many = "insert into leaf select 'northmere', 200000, n, sha256(n::text::bytea), null, null"
    await sealed.sql(many + " from generate_series(0, 4999) n")
    head = "insert into log_head values ('northmere', 200000, 5000, 2, now(), 'a note')"
    await sealed.sql(head)
    try:
        told = await shown(ask, f"{LEAVES}?shard=200000&from=1&to=5000")
        assert len(told["leaves"]) == 4096
        rest = await shown(ask, f"{LEAVES}?shard=200000&from=4097&to=5000")
        assert len(rest["leaves"]) == 903
    finally:
        await sealed.sql("delete from leaf where shard = 200000")
        await sealed.sql("delete from log_head where shard = 200000")


async def test_cosignatures_stand_below_their_own_head(ask: Ask, sealed: Beside) -> None:
    await sealed.append(1)
    await after(sealed, hours=1)
    head = await sealed.head()
    add = "insert into cosignature values ('northmere', $1, $2, $3, $4)"
    line = "— camfield.example/witness AAAAAAAAAAA="
    await sealed.sql(add, head.shard, head.size, "camfield", line)
    await sealed.sql(add, head.shard, head.size - 16, "eastbrook", "— eastbrook.example AAAA")
    try:
        (note,) = (await shown(ask, HEADS))["heads"]
        assert note.endswith(f"\n{line}\n")
        assert "eastbrook" not in note
    finally:
        await sealed.sql("delete from cosignature")


async def test_a_leaf_that_was_changed_in_the_store_proves_nothing(
    ask: Ask, sealed: Beside
) -> None:
    answer = await read(ask, "/v1/me")
    await after(sealed, hours=1)
    leaf = bytes.fromhex(leaf_of(answer))
    change = "update leaf set hash = $2 where hash = $1"
    await sealed.sql(change, leaf, bytes(32))
    try:
        refused(await read(ask, f"{PROOFS}/{leaf.hex()}"), 404, "leaf_not_sealed")
        proof = await read(ask, f"{PROOFS}/{bytes(32).hex()}")
        judged = check_inclusion(proof.text, bytes(32), policy(ask, sealed))
        assert judged.verdict is Verdict.TAMPERED
        seen = await asyncio.to_thread(
            check_live, live(ask), policy(ask, sealed), None, int(time.time())
        )
        assert seen.verdict is Verdict.TAMPERED
    finally:
        await sealed.sql(change, bytes(32), leaf)


# Nonsense


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{HEADS}?kind=second", "query_invalid"),
        (f"{HEADS}?size=16", "query_invalid"),
        (f"{HEADS}?shard=2026", "query_invalid"),
        (f"{LEAVES}?shard=202600&from=-1&to=2", "query_invalid"),
        (f"{LEAVES}?shard=202600&from=01&to=2", "query_invalid"),
        (f"{LEAVES}?shard=202600&from=0", "query_invalid"),
        (f"{LEAVES}?shard=202600&from=0&to=9999999999999999", "query_invalid"),
        (f"{GROWTH}?shard=202600&from=2&to=1", "query_invalid"),
        (f"{PROOFS}/{NOBODYS.upper()}", "path_invalid"),
        (f"{PROOFS}/{NOBODYS[1:]}", "path_invalid"),
    ],
)
async def test_nonsense_is_refused(ask: Ask, path: str, code: str) -> None:
    refused(await read(ask, path), 400, code)


async def test_every_answer_about_the_log_is_an_entry_itself(ask: Ask, sealed: Beside) -> None:
    await after(sealed, hours=1)
    entry = await ask.entry(await read(ask, HEADS))
    assert (entry["action"], entry["outcome"], entry["subjects"]) == ("read_proof", "shown", [])
    missing = await ask.entry(await read(ask, f"{PROOFS}/{NOBODYS}"))
    assert (missing["outcome"], missing["code"]) == ("not_disclosed", "leaf_not_sealed")
    assert NOBODYS not in json.dumps(missing)
