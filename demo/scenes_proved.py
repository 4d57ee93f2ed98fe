"""The story's end: the log is verified by a stranger, and a family asks safely who looked."""

import asyncio
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from demo.asking import NotAsTold, Speaker, expect
from demo.authority import ROOT
from demo.scenes_withheld import KEEP
from demo.stage import Stage
from demo.telling import progress

SEALED_S_MAX = 120  # a minute's head, its padding, and the story's own load
_INTACT, _TAMPERED = 0, 1


async def log_is_verified_by_a_stranger(stage: Stage) -> None:
    """A verifier that shares no code with the index checks the log; one changed byte is found."""
    stage.step("Somebody who trusts none of us verifies the access log, then a forged copy of it")
    running = stage.running
    auditor = running.asking.persona("auditor")
    stage.asks(auditor, "index-verify live, then index-verify receipt, with the public keys alone")
    first = running.asking.receipts[0]
    with progress("a head of the minute"):
        await _sealed(auditor, running.asking.answers)
    live = await _verified(stage, "live", running.server.address)
    proven = await _verified(stage, "receipt", first, "--log", running.server.address)
    export = await _exported(stage, auditor)
    intact = await asyncio.to_thread(_run, stage, "export", str(export))
    expect(intact.returncode == _INTACT, "an intact export", intact.stdout, intact.stderr)
    lines = export.read_text("utf-8").splitlines()
    lines[3], lines[4] = lines[4].replace('"i":3', '"i":2'), lines[3].replace('"i":2', '"i":3')
    export.write_text("\n".join(lines) + "\n", "utf-8")
    forged = await asyncio.to_thread(_run, stage, "export", str(export))
    expect(forged.returncode == _TAMPERED, "the forgery found", forged.stdout, forged.stderr)
    said = forged.stdout.splitlines()
    await stage.shown(
        await auditor.get("/v1/log/heads?kind=minute"),
        f"the log as it answers: {live[0]}",
        f"the story's first receipt: {proven[0]}",
        f"a copy with two entries exchanged, exit 1: {said[0]}",
    )


async def family_asks_who_looked(stage: Stage) -> None:
    """A family is told who looked, through the team, and cannot be told too much."""
    stage.step("A family asks who looked: what the team may tell is the same whoever looked today")
    asking = stage.running.asking
    first, second = asking.persona("manager", *KEEP), asking.persona("deputy", *KEEP)
    looked_at, shielded = stage.ids["asked_for"], stage.ids["shielded"]
    stage.asks(first, "POST .../who-looked-requests: the child asks, identity and order seen")
    parent = {"asked_by": "parent", "right": "birth_certificate", "orders": "no_contact"}
    refused = await _requested(stage, first, looked_at, **parent)
    expect(refused["state"] == "refused", "a refusal under an order", refused)
    reports = []
    for child_id in (looked_at, shielded):
        made = await _requested(stage, first, child_id)
        expect(made["state"] == "waiting", "a request that waits for its release", made)
        path = f"/v1/who-looked-requests/{made['id']}/release"
        report = await second.post(path, {})
        expect(report.status == 200, "a report", report.status, report.body)
        reports.append((report, {**report.body, "request_id": ""}))
    (report, one), (other, same) = reports
    expect(one == same, "the same report for both children", one, same)
    await stage.shown(
        report,
        "a parent under a no-contact order is refused; the child itself is told",
        f"up to {one['until']}: {len(one['looks'])} looks. What happens this month is told when"
        " it is over, so that no enquiry is given away",
        "of a child looked at all day and of a shielded one the reports read the same",
        further=(other.receipt,),
    )


async def _requested(
    stage: Stage, team: Speaker, child_id: str, **differs: str
) -> dict[str, object]:
    """Record a request as the desk found it: by the child itself, all in order, unless said."""
    judged = stage.population.today - timedelta(days=1)
    found = {
        "asked_by": "child",
        "identity": "known_to_agency",
        "right": "own_record",
        "orders": "none",
        "competence": "sufficient",
        "judged_by": "social_worker",
        "judged_on": judged.isoformat(),
        "wish": "agrees",
        "harm": "none",
        **differs,
    }
    made = await team.post(f"/v1/children/{child_id}/who-looked-requests", found)
    expect(made.status == 201, "a request recorded", made.status, made.body)
    body: dict[str, object] = made.body
    return body


async def _sealed(auditor: Speaker, entries: int) -> None:
    """Wait until there is a head of the minute over so many entries."""
    for _ in range(SEALED_S_MAX):
        heads = (await auditor.get("/v1/log/heads?kind=minute")).body["heads"]
        if heads and int(heads[-1].split("\n")[1]) > entries:
            return
        await asyncio.sleep(1)
    raise NotAsTold(f"no head of the minute within {SEALED_S_MAX} s")


async def _verified(stage: Stage, *asked: str) -> list[str]:
    token = stage.running.directory / "auditor.token"
    token.write_text(stage.running.issuer.token_for("auditor"), "utf-8")
    done = await asyncio.to_thread(
        _run, stage, *asked, "--kind", "minute", "--token-file", str(token)
    )
    expect(done.returncode == _INTACT, "an intact log", done.stdout, done.stderr)
    return done.stdout.splitlines()


async def _exported(stage: Stage, auditor: Speaker) -> Path:
    """Fetch the newest head and every leaf below it; write them down as an export."""
    note = (await auditor.get("/v1/log/heads?kind=minute")).body["heads"][-1]
    origin, size = note.split("\n")[:2]
    shard = origin.rsplit("/", 1)[1]
    leaves: list[str] = []
    while len(leaves) < int(size):
        page = f"/v1/log/leaves?shard={shard}&from={len(leaves)}&to={size}"
        leaves += (await auditor.get(page)).body["leaves"]
    csa = stage.running.server.settings.csa
    first = {"format": "index-log/1", "csa": csa, "origin": origin, "kind": "hashes", "case": None}
    rows = [first, *({"i": i, "leaf": leaf} for i, leaf in enumerate(leaves))]
    rows.append({"end": len(leaves), "head": note})
    path = stage.running.directory / "export.jsonl"
    path.write_text(
        "".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) + "\n" for row in rows),
        "utf-8",
    )
    return path


def _run(stage: Stage, *asked: str) -> "subprocess.CompletedProcess[str]":
    """Run the verifier as anybody would: it knows the public keys and nothing of us."""
    policy = str(stage.running.directory / "policy")
    command = [sys.executable, "-m", "index_verify", *asked, "--policy", policy]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
