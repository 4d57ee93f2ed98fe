"""The subject desk's, auditors' and supervisors' stories on the command line, the log sealed."""

import hashlib
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from demo.issuer import Issuer
from index_client.cli.faults import ASKED_WRONGLY, REFUSED
from index_service.commands.seal import policy_lines
from index_service.domain.clock import SystemClock
from index_service.domain.looks import month_of
from tests.authority import Served
from tests.index_client.commanding import Commands
from tests.sealing.sealing import Beside, sealer_beside
from tests.stories.asking import Ask
from tests.stories.auditing import CASE, account_of
from tests.stories.made import a_child, day
from tests.stories.telling import CHILD
from tests.stories.test_auditing_opening import altered
from tests.stories.test_misuse import canary_alert

FOR_A_CASE = ["--case", CASE]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sealed(served: Served, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Beside]:
    """A sealer beside this module's index, its log begun."""
    async with sealer_beside(served, tmp_path_factory.mktemp("sealer")) as beside:
        beside.clock.on(seconds=6)
        await beside.rounds.found()
        yield beside


@pytest.fixture(scope="module")
def policy(sealed: Beside, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The log's policy as it is published, in a file."""
    file: Path = tmp_path_factory.mktemp("policy") / "policy"
    public = sealed.served.index.keyring.receipt_key.public_key().public_bytes_raw()
    file.write_text(
        policy_lines(sealed.settings) + f"receipt {b64encode(public).decode()}\nquorum 0\n"
    )
    return str(file)


@pytest.fixture
def others(policy: str, tmp_path: Path) -> dict[str, str]:
    """Policies of the same authority: of its receipts alone, and with another log's keys."""
    lines = Path(policy).read_text("utf-8").splitlines()
    receipts = [line for line in lines if line.startswith(("csa ", "receipt "))]
    names = [line.split(" ")[1].split("+")[0] for line in lines if line.startswith("log ")]
    ed25519 = b"\x01" + Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    ml_dsa = b"\x06" + MLDSA44PrivateKey.generate().public_key().public_bytes_raw()
    keys = [f"log {spelt(names[0], key)}" for key in (ed25519, ml_dsa)]
    made = {"receipts": receipts, "keys": [*receipts, *keys, "quorum 0"]}
    for name, told in made.items():
        (tmp_path / name).write_text("\n".join(told) + "\n")
    return {name: str(tmp_path / name) for name in made}


def spelt(name: str, key: bytes) -> str:
    """Return a key as policies spell it: NAME+KEYID+BASE64(type || public key)."""
    key_id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex()
    return f"{name}+{key_id}+{b64encode(key).decode()}"


async def sealed_by_now(sealed: Beside) -> None:
    """Let two minutes pass, and all that waits be sealed."""
    sealed.clock.on(minutes=2)
    await sealed.all()


# The subject desk


async def test_who_looked_is_asked_recorded_refused_and_released(
    commands: Commands, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    record = ["who-looked", "record", child_id]
    made = await commands.told("manager", *record, facts=CHILD)
    assert made["state"] == "waiting"
    refuse = ["who-looked", "refuse", made["id"], "--because", "harm_possible", "--yes"]
    assert "Refused." in await commands.says("second_manager", *refuse)
    made = await commands.told("manager", *record, facts=CHILD)
    assert made["id"] in await commands.says("manager", "who-looked", "list")
    release = ["who-looked", "release", made["id"], "--yes"]
    assert "some looks are not told" in await commands.says("second_manager", *release)


async def test_a_family_is_told_what_is_held(commands: Commands, ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("health_visitor", child_id, service="health_visiting")
    made = await commands.told("manager", "who-looked", "record", child_id, facts=CHILD)
    report = ["access-report", child_id, "--request", made["id"]]
    told = await commands.says("second_manager", *report)
    assert child["name"]["family_name"] in told
    assert "health visiting" in told
    body = await commands.told("second_manager", *report)
    assert body["record"]["name"]["family_name"] == child["name"]["family_name"]


# Auditors


async def test_an_entry_is_opened_and_its_proof_checked_here(
    commands: Commands, ask: Ask, sealed: Beside, policy: str
) -> None:
    answer = await ask("teacher", "GET", "/v1/agencies")
    entry_id = ask.receipt_of(answer)
    entry = ["log", "entry", entry_id, *FOR_A_CASE, "--kind", "minute"]
    waits = await commands.told("auditor", *entry)
    assert waits["proof"]["sealed"] is False
    await sealed_by_now(sealed)
    opened = await commands.told("auditor", *entry, "--policy", policy)
    proof = opened["proof"]
    checks = ("leaf_opens", "path_leads_to_head", "place_agrees", "log_signed")
    assert {name: proof[name] for name in checks} == dict.fromkeys(checks, True)
    assert json.loads(opened["entry"])["entry_id"] == entry_id
    assert "log signed" in await commands.says("auditor", *entry, "--policy", policy)
    unsigned = await commands.says("auditor", *entry)
    assert "No signature was checked" in unsigned
    receipt = answer.headers["audit-receipt"]
    kept = await commands.told("auditor", "log", "proof", receipt, "--kind", "minute")
    assert (kept["path_leads_to_head"], kept["log_signed"]) == (True, None)
    said = await commands.says("auditor", "log", "proof", kept["leaf"], "--kind", "minute")
    assert "path leads to head" in said


async def test_a_leaf_missing_after_its_receipts_deadline_is_a_broken_promise(
    commands: Commands, ask: Ask, sealed: Beside, policy: str
) -> None:
    genuine = (await ask("teacher", "GET", "/v1/agencies")).headers["audit-receipt"]
    proof = ["log", "proof", "--kind", "minute"]
    waits = await commands.says("auditor", *proof, genuine, "--policy", policy)
    assert "ask again" in waits
    version, entry, leaf, _, signature = genuine.split(".")
    long_ago = f"{version}.{entry}.{leaf}.1000000000.{signature}"
    status, said, _ = await commands.run("auditor", *proof, long_ago)
    assert (status, "promise kept" in said) == (REFUSED, True)
    assert "Raise an alarm" in said
    status, _, told = await commands.run("auditor", *proof, long_ago, "--policy", policy)
    assert (status, "not this authority's" in told) == (ASKED_WRONGLY, True)  # it accuses nobody


async def test_an_entry_that_was_altered_is_not_called_proven(
    commands: Commands, ask: Ask, sealed: Beside, policy: str
) -> None:
    answer = await ask("teacher", "GET", "/v1/agencies")
    await sealed_by_now(sealed)
    async with altered(ask, ask.receipt_of(answer), "leaf", bytes(32)):
        entry = ["log", "entry", ask.receipt_of(answer), *FOR_A_CASE, "--policy", policy]
        status, said, _ = await commands.run("auditor", *entry)
    assert (status, "tampered" in said) == (1, True)


async def test_the_logs_heads_are_checked_by_its_policy(
    commands: Commands, sealed: Beside, policy: str, others: dict[str, str]
) -> None:
    await sealed_by_now(sealed)
    state = ["log", "state", "--kind", "minute"]
    heads = (await commands.told("auditor", *state, "--policy", policy))["heads"]
    assert heads
    assert all(each["log_signed"] for each in heads)
    assert "holds" in await commands.says("auditor", *state, "--policy", policy)
    assert "No signature was checked" in await commands.says("auditor", *state)
    unchecked = (await commands.told("auditor", *state, "--policy", others["receipts"]))["heads"]
    assert all(each["log_signed"] is None for each in unchecked)
    status, forged, _ = await commands.run("auditor", *state, "--policy", others["keys"])
    assert (status, "FAILS" in forged, "Raise an alarm." in forged) == (1, True, True)


async def test_the_log_is_compared_with_a_head_noted_earlier(
    commands: Commands, ask: Ask, sealed: Beside, policy: str
) -> None:
    await sealed_by_now(sealed)
    state = ["log", "state", "--kind", "minute", "--policy", policy]
    noted = (await commands.told("auditor", *state))["heads"][0]
    await ask("teacher", "GET", "/v1/agencies")
    await sealed_by_now(sealed)
    place = ["--shard", str(noted["shard"]), "--size", str(noted["size"]), "--kind", "minute"]
    compare = ["log", "compare", *place, "--policy", policy]
    told = await commands.told("auditor", *compare, "--root", noted["root"])
    assert told["size"] > told["noted_size"]
    assert (told["begins_with_noted"], told["log_signed"]) == (True, True)
    other = b64encode(bytes(32)).decode()
    status, said, _ = await commands.run("auditor", *compare, "--root", other)
    assert (status, "Raise an alarm." in said) == (1, True)
    status, _, err = await commands.run("auditor", *compare, "--root", "AAAA")
    assert (status, "32 bytes" in err) == (2, True)


async def test_entries_are_searched_handed_over_reached_and_drawn(
    commands: Commands, ask: Ask
) -> None:
    child_id = await ask.create(a_child())
    await ask.read("teacher", child_id)
    own = ["--account-id", account_of(ask, "teacher"), "--child-id", child_id, *FOR_A_CASE]
    found = await commands.told("auditor", "log", "search", "--action", "read_child", *own)
    assert [each["said"]["action"] for each in found["entries"]] == ["read_child"]
    part = await commands.told("auditor", "log", "export", "--form", "csv", *own)
    assert found["entries"][0]["entry_id"] in part["export"]
    export = ["log", "export", "--form", "csv", *own]
    assert found["entries"][0]["entry_id"] in await commands.says("auditor", *export)
    reached = await commands.told("auditor", "log", "breach", "--form", "children", *own)
    assert [each["child_id"] for each in reached["children"]] == [child_id]
    assert "By agency" in await commands.says("auditor", "log", "breach", "--form", "counts", *own)
    drawn = await commands.told("auditor", "log", "sample", "--size", "1", *FOR_A_CASE)
    assert len(drawn["entries"]) == 1
    sample = ["log", "sample", "--size", "1", "--seed", drawn["seed"], *FOR_A_CASE]
    assert drawn["seed"] in await commands.says("auditor", *sample)


async def test_a_panel_is_opened_and_read(commands: Commands, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("social_worker", child_id)
    opened = ["panels", "open", child_id, "--account", account_of(ask, "second_auditor")]
    made = await commands.told("auditor", *opened, "--days", "30", *FOR_A_CASE)
    told = await commands.says("second_auditor", "panels", "show", made["id"], *FOR_A_CASE)
    assert "social care" in told


async def test_an_alert_on_misuse_is_taken_and_concluded(
    commands: Commands, ask: Ask, issuer: Issuer
) -> None:
    alert_id, child_id = await canary_alert(ask)
    assert alert_id in await commands.says("auditor", "misuse", "list")
    shown = await commands.says("auditor", "misuse", "show", alert_id)
    assert "canary touched" in shown
    await commands.says("auditor", "misuse", "take", alert_id)
    conclude = ["misuse", "conclude", alert_id, "--outcome", "explained", "--yes"]
    assert "Concluded." in await commands.says("auditor", *conclude)
    assert "Alerted on, by group" in await commands.says("auditor", "misuse", "rates")
    listed: dict[str, Any] = await commands.told("auditor", "misuse", "marks")
    (mark,) = [each for each in listed["marks"] if each["child_id"] == child_id]
    assert "Ended." in await commands.says("auditor", "misuse", "end-mark", mark["id"])
    await commands.says("auditor", "misuse", "mark", child_id, "--mark", "well_known")
    assert "well known" in await commands.says("auditor", "misuse", "marks")


# Supervisors


async def test_a_sample_of_own_staff_is_drawn_and_signed_off(commands: Commands, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.read("social_worker", child_id)
    month = month_of(SystemClock().now())
    use = await commands.says("supervisor", "supervision", "use", "--month", month)
    assert "lookups" in use
    assert "left open" in await commands.says("supervisor", "supervision", "open-work")
    draw = ["supervision", "draw", "--month", month, "--size", "4"]
    made = (await commands.told("second_supervisor", *draw))["id"]
    assert made in await commands.says("supervisor", "supervision", "samples")
    sample = await commands.told("supervisor", "supervision", "sample", made)
    assert "seed" in await commands.says("supervisor", "supervision", "sample", made)
    entries = [each["entry_id"] for each in sample["sampled"]]
    findings = {"findings": [{"entry_id": each, "finding": "in_order"} for each in entries]}
    sign = ["supervision", "sign-off", made, "--yes"]
    assert "Signed off." in await commands.says("supervisor", *sign, facts=findings)
    assert day(0)[:7] == sample["month"]
