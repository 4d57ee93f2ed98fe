"""The command line against a real index: the stories, the run of 400, statuses, hostile names."""

import argparse
import asyncio
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index_client.cli.asking import stated
from index_client.cli.faults import Wrong
from index_client.cli.main import main
from index_client.cli.tables import Page
from tests.index_client.reaching import Reached
from tests.stories.asking import Ask
from tests.stories.made import a_child, by_everything, by_name, day, involvement

WHY = ["--purpose", "safeguard", "--reason", "contact_practitioner"]
HEAD = ["given_name", "family_name", "date_of_birth", "postcode", "reference"]
TokenOf = Callable[[str], str]
Captured = pytest.CaptureFixture[str]


async def run(reached: Reached, token_file: str, *words: str) -> int:
    """Run a command beside the index it asks."""
    told = [*words, "--index", reached.address, "--token-file", token_file, "--timeout", "60"]
    return await asyncio.to_thread(main, told)


def facts_file(tmp_path: Path, said: object) -> str:
    place = tmp_path / "facts.json"
    place.write_text(json.dumps(said))
    return str(place)


async def test_a_child_is_looked_up_and_whom_to_ring_is_shown(
    reached: Reached, ask: Ask, token_of: TokenOf, tmp_path: Path, capsys: Captured
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("social_worker", child_id)
    facts = facts_file(tmp_path, by_everything(child))
    token = token_of("police_desk")
    assert await run(reached, token, "lookup", *WHY, "--facts", facts) == 0
    said = capsys.readouterr().out
    assert "One child matches." in said
    assert involvement()["contact"]["team"]["phone"] in said
    assert await run(reached, token, "lookup", *WHY, "--facts", facts, "--json") == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "found"
    assert await run(reached, token, "child", child_id, *WHY) == 0
    assert child["name"]["family_name"] in capsys.readouterr().out


async def test_an_involvement_begins_is_confirmed_and_ceases(
    reached: Reached, ask: Ask, token_of: TokenOf, tmp_path: Path, capsys: Captured
) -> None:
    child_id, token = await ask.create(a_child()), token_of("social_worker")
    begin = ["begin", child_id, "--facts", facts_file(tmp_path, involvement()), "--json"]
    assert await run(reached, token, "involvements", *begin, *WHY) == 0
    made = json.loads(capsys.readouterr().out)["id"]
    for verb in ("confirm", "cease"):
        assert await run(reached, token, "involvements", verb, made, *WHY) == 0
    assert (await ask.shown("social_worker", child_id))["involvements"][0]["ceased"]


@pytest.mark.parametrize(
    ("who", "words", "said"),
    [
        ("social_worker", ["me"], "What I may do"),
        ("social_worker", ["mine"], "What my agency is told"),
        ("supervisor", ["mine"], "What my team left open"),
        ("social_worker", ["vocabularies"], "coming_to_notice"),
        ("auditor", ["log", "search", "--case", "AUD/2026-1"], "Entries"),
        ("manager", ["who-looked", "list"], "Requests to be told who looked"),
    ],
)
async def test_each_story_has_its_command(
    reached: Reached, token_of: TokenOf, capsys: Captured, who: str, words: list[str], said: str
) -> None:
    assert await run(reached, token_of(who), *words) == 0
    assert said in capsys.readouterr().out
    assert await run(reached, token_of(who), *words, "--json") == 0
    json.loads(capsys.readouterr().out)


async def test_why_an_answer_was_given_is_told_by_its_receipt(
    reached: Reached, token_of: TokenOf, capsys: Captured
) -> None:
    async with reached.as_("social_worker") as index:
        receipt = (await index.read_agencies()).receipt
    assert await run(reached, token_of("social_worker"), "decisions", str(receipt)) == 0
    assert "rules" in capsys.readouterr().out


async def test_statuses_tell_refused_from_asked_wrongly_from_no_answer(
    reached: Reached, token_of: TokenOf, tmp_path: Path, capsys: Captured
) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert await run(reached, token_of("social_worker"), "child", nobody, *WHY) == 1
    assert "not_disclosed" in capsys.readouterr().err
    assert await run(reached, token_of("social_worker"), "child", "Tamsin", *WHY) == 2
    assert "Tamsin" not in capsys.readouterr().err
    away = ["me", "--index", "http://127.0.0.1:9", "--token-file", token_of("social_worker")]
    assert await asyncio.to_thread(main, away) == 3
    broken = tmp_path / "broken"
    broken.write_text("{")
    assert await run(reached, token_of("teacher"), "lookup", *WHY, "--facts", str(broken)) == 2
    with pytest.raises(SystemExit) as caught:
        main(["lookup"])
    assert caught.value.code == 2


def run_file(tmp_path: Path, children: list[list[str]]) -> str:
    place = tmp_path / "run.csv"
    with place.open("w", newline="") as file:
        csv.writer(file).writerows([HEAD, *children])
    return str(place)


def line_of(child: dict, number: int) -> list[str]:  # type: ignore[type-arg]  # as made
    name = child["name"]
    facts = [name["given_name"], name["family_name"], child["date_of_birth"]]
    return [*facts, child["address"]["postcode"], f"RPT/{number}"]


async def test_a_run_of_400_children_says_for_each_whom_to_ring(
    reached: Reached, ask: Ask, token_of: TokenOf, tmp_path: Path, capsys: Captured
) -> None:
    known, lone, shielded = a_child(), a_child(), a_child()
    known_id = await ask.create(known)
    await ask.begin("social_worker", known_id)
    await ask.create(lone)
    await ask.shield(await ask.create(shielded), day(-90))
    children = [known, lone, shielded, *(a_child() for _ in range(397))]
    lines = [line_of(child, number) for number, child in enumerate(children)]
    result = tmp_path / "result.csv"
    words = ["coming-to-notice", run_file(tmp_path, lines), "--result", str(result), "--json"]
    assert await run(reached, token_of("police_desk"), *words) == 0
    assert json.loads(capsys.readouterr().out)["lines"] == 400
    rows = list(csv.DictReader(result.open(newline="")))
    assert [row["reference"] for row in rows] == [line[-1] for line in lines]
    assert (rows[0]["result"], rows[1]["result"]) == ("known", "known")
    assert rows[0]["team"] == involvement()["contact"]["team"]["name"]
    assert all(row["phone"] for row in rows)
    assert (rows[2]["result"], rows[2]["ring"]) == ("known", "broker line")
    assert {row["result"] for row in rows[3:]} == {"nothing_found"}
    assert {row["ring"] for row in rows[3:]} == {"front door"}
    text = result.read_text()
    assert not any(child["name"]["family_name"] in text for child in children)
    entries = {entry["entry_id"]: entry for entry in await ask.served.entries()}
    assert len({row["entry"] for row in rows}) == 400
    assert {entries[row["entry"]]["reference"] for row in rows} == {line[-1] for line in lines}
    assert {entries[row["entry"]]["reason"] for row in rows} == {"coming_to_notice"}


async def test_a_run_that_is_refused_leaves_no_result(
    reached: Reached, token_of: TokenOf, tmp_path: Path, capsys: Captured
) -> None:
    lines = [line_of(a_child(), 1)]
    words = ["coming-to-notice", run_file(tmp_path, lines), "--result", str(tmp_path / "result")]
    assert await run(reached, token_of("suspended_worker"), *words) == 1
    assert "account_suspended" in capsys.readouterr().err
    lines[0][2] = "yesterday"
    words[1] = run_file(tmp_path, lines)
    assert await run(reached, token_of("police_desk"), *words) == 2
    assert "Line 2: date_of_birth" in capsys.readouterr().err
    assert not any("result" in name for name in os.listdir(tmp_path))


async def test_a_batch_is_asked_as_it_is(
    reached: Reached, ask: Ask, token_of: TokenOf, tmp_path: Path, capsys: Captured
) -> None:
    child = a_child()
    await ask.create(child)
    subject = {"purpose": "safeguard", "reason": "review", "lookup": by_name(child)}
    facts = facts_file(tmp_path, {"subjects": [subject]})
    assert await run(reached, token_of("teacher"), "batch", "--facts", facts, "--json") == 0
    assert json.loads(capsys.readouterr().out)["answers"][0]["code"] is None


def test_nothing_personal_can_be_typed_on_the_command_line(capsys: Captured) -> None:
    for option in ("--given-name", "--family-name", "--date-of-birth", "--nhs-number"):
        with pytest.raises(SystemExit):
            main(["lookup", *WHY, option, "x"])
    capsys.readouterr()


class _Typing(io.StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


def test_facts_are_asked_for_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(sys, "stdin", _Typing("Tamsin\n\n Okonedo \n"))
    names = ("given_name", "middle_names", "family_name")
    nowhere = argparse.Namespace(facts=None)
    assert stated(nowhere, names) == {"given_name": "Tamsin", "family_name": "Okonedo"}
    said = capsys.readouterr()
    assert "given name: " in said.err
    assert said.out == ""
    monkeypatch.setattr(sys, "stdin", _Typing("Tamsin\n"))
    with pytest.raises(Wrong):  # the terminal went away half way
        stated(nowhere, names)
    monkeypatch.setattr(sys, "stdin", io.StringIO("Tamsin\n"))
    with pytest.raises(Wrong, match="Nobody is there"):
        stated(nowhere, names)


def test_facts_are_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"given_name": "Tamsin"}'))
    assert stated(argparse.Namespace(facts="-"), ()) == {"given_name": "Tamsin"}


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_completes_commands_and_options(shell: str, capsys: Captured) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    asked = f'{script}\nCOMP_WORDS=(index-client involvements "")\nCOMP_CWORD=2\n'
    if shell == "bash":
        told = subprocess.run(
            ["bash", "-c", asked + '_index_client; echo "${COMPREPLY[@]}"'],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert {"begin", "confirm", "cease"} <= set(told.stdout.split())
    else:
        assert script.startswith("autoload")


def test_what_steers_a_terminal_is_not_printed(capsys: Captured) -> None:
    page = Page()
    page.table("Doors [red]", ("a",), [["x\x1b]0;y\x07\u202ez [bold]no[/]"]])
    said = capsys.readouterr().out
    assert "\x1b]" not in said
    assert "\u202e" not in said
    assert "[bold]no[/]" in said
