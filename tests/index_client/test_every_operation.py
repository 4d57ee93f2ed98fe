"""Every operation of the contract has a command, or a stated reason for having none."""

import argparse
import inspect
import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from index_client import Index
from index_client.cli import accounts, children, desk, login
from index_client.cli.asking import stated
from index_client.cli.faults import ASKED_WRONGLY, NO_ANSWER
from index_client.cli.main import main, parser
from index_client.cli.verbs import Verb
from index_client.line import Line
from tests.contract.reading import operations, parameters, reviewed
from tests.index_client.commanding import why

WITHOUT = {
    "supply_batch": "suppliers' programs send batches, from where the lines are kept",
    "read_log_leaves": "whole shards are read by verifiers and witnesses: index-verify",
}
# What can't be taken back is asked about first; what reads, or may be said anew, is not.
FOR_GOOD = frozenset(
    "agree_transfer answer_contact_request appeal_shield approve_agreement approve_log_release"
    " approve_override approve_release ask_log_release ask_override ask_shield close_assessment"
    " close_identity conclude_alert conclude_misuse_alert conclude_override end_basis"
    " hand_over_caseload lift_shield propose_agreement read_under_override reassign_assessment"
    " refuse_shield refuse_transfer refuse_who_looked release_hold release_who_looked"
    " sign_off_staff_sample suspend_peer withdraw_consent amend_child".split()
)
METHODS = {
    name
    for name, _ in inspect.getmembers(Index, inspect.isfunction)
    if name not in dict(inspect.getmembers(Line, inspect.isfunction))
}


def leaves(within: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield the parser of every command."""
    nested = [each for each in within._actions if isinstance(each, argparse._SubParsersAction)]
    if not nested:
        yield within
    for action in nested:
        for inner in action.choices.values():
            yield from leaves(inner)


def asks(command: argparse.ArgumentParser) -> Callable[..., Any]:
    """Return the function by which a command asks."""
    verb: Verb | None = command.get_default("doing")
    run: Callable[..., Any] = command.get_default("run")
    return verb.asks if verb else run


def asked_by(function: Callable[..., Any]) -> set[str]:
    """Return the operations a function asks, and the functions of the command line it calls."""
    found: set[str] = set()
    seen: set[Any] = set()
    waiting: list[Any] = [function]
    while waiting:
        here = waiting.pop()
        if here in seen or not here.__module__.startswith("index_client.cli"):
            continue
        seen.add(here)
        for name in _names(here.__code__):
            called = here.__globals__.get(name)
            if inspect.isfunction(called):
                waiting.append(called)
            elif name in METHODS:
                found.add(name)
    return found


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def commanded(top: argparse.ArgumentParser) -> set[str]:
    """Return every operation some command asks."""
    return set().union(*(asked_by(asks(command)) for command in leaves(top)))


def test_every_operation_has_a_command_or_a_reason() -> None:
    ids = {operation["operationId"] for _, _, operation in operations(reviewed())}
    snake = {re.sub(r"(?<!^)([A-Z])", r"_\1", each).lower() for each in ids}
    assert snake == METHODS
    have = commanded(parser())
    assert snake - have == WITHOUT.keys()
    assert all(WITHOUT.values())


@pytest.mark.parametrize(
    ("noun", "lost"),
    [
        (accounts, {"add_account", "amend_account"}),
        (children, {"create_child", "amend_child", "look_up_child"}),
        (desk, {"read_me", "read_own_involvements"}),
    ],
)
def test_an_operation_that_lost_its_command_would_be_missed(noun: Any, lost: set[str]) -> None:
    top = argparse.ArgumentParser()
    mounted = top.add_subparsers()
    noun.mount(mounted)
    assert lost <= commanded(top)
    other = argparse.ArgumentParser()
    login.mount(other.add_subparsers())
    assert not lost & commanded(other)


def test_what_cannot_be_undone_is_asked_about_first() -> None:
    assured = {
        name
        for command in leaves(parser())
        if any("--yes" in action.option_strings for action in command._actions)
        for name in asked_by(asks(command))
    }
    assert assured - {"read_child"} == FOR_GOOD


def test_every_command_about_a_child_says_why() -> None:
    """Whatever the contract wants a purpose for, its command takes one."""
    wanted = {
        name for name in METHODS if "access" in inspect.signature(getattr(Index, name)).parameters
    }
    for command in leaves(parser()):
        options = {text for action in command._actions for text in action.option_strings}
        if asked_by(asks(command)) & wanted:
            assert {"--purpose", "--reason", "--reference"} <= options, command.prog


def test_what_may_be_asked_for_somebody_else_takes_their_grant() -> None:
    document = reviewed()
    mediated = {
        re.sub(r"(?<!^)([A-Z])", r"_\1", operation["operationId"]).lower()
        for _, _, operation in operations(document)
        if any(each["name"] == "Access-Mediation" for each in parameters(document, operation))
    }
    assert mediated
    for command in leaves(parser()):
        options = {text for action in command._actions for text in action.option_strings}
        takes = "--mediation" in options
        # What amends reads first, and amends as oneself.
        own = "amend_child" in asked_by(asks(command))
        assert takes is bool(asked_by(asks(command)) & mediated) or own, command.prog


def test_nothing_of_a_child_is_an_option_of_any_command() -> None:
    personal = re.compile("name|birth|postcode|house|street|town|nhs|upn|phone|email|ground|giver")
    for command in leaves(parser()):
        options = {text for action in command._actions for text in action.option_strings}
        assert not [each for each in options if personal.search(each)], command.prog


def documented() -> set[str]:
    """Return the commands that the section on the command line names."""
    text = (Path(__file__).parents[2] / "docs" / "CLIENT.md").read_text("utf-8")
    section = text.partition("## On the command line")[2].partition("\n## ")[0]
    found: set[str] = set()
    for spelt in re.findall(r"`([^`]+)`", section.replace("\\|", "|")):
        words = spelt.removeprefix("index-client ").split()
        verbs = words[1].split("|") if len(words) > 1 else [""]
        named = [verb for verb in verbs if re.fullmatch("[a-z][a-z-]+", verb)]
        found |= {f"{words[0]} {verb}" for verb in named} | {words[0]}
    return found


def test_every_command_is_in_the_table_of_commands() -> None:
    known = {command.prog.partition(" ")[2] for command in leaves(parser())}
    nouns = {each.partition(" ")[0] for each in known}
    told = documented()
    assert known <= told
    assert {each for each in told if each.partition(" ")[0] in nouns} <= known | nouns | {
        "completion bash", "completion zsh",
    }  # fmt: skip


class _Typing(io.StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "status"), [(None, ASKED_WRONGLY), ("no\n", ASKED_WRONGLY), ("yes\n", NO_ANSWER)]
)
def test_nothing_is_sent_unless_it_is_meant(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, typed: str | None, status: int
) -> None:
    """Nothing listens there: whatever is asked has no answer."""
    token = tmp_path / "token"
    token.write_text("an.access.token")
    nowhere = ["--index", "http://127.0.0.1:9", "--token-file", str(token)]
    lift = ["shields", "lift", *["00000000-0000-4000-8000-000000000000"] * 2, *why(), *nowhere]
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n") if typed is None else _Typing(typed))
    assert main(lift) == status
    assert main([*lift, "--yes"]) == NO_ANSWER


def test_a_closed_list_is_told_with_its_question(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", _Typing("north\n"))
    words = {"ground": ("named_threat", "well_known_family")}
    assert stated(argparse.Namespace(facts=None), ["ground"], words) == {"ground": "north"}
    assert "ground (named_threat, well_known_family): " in capsys.readouterr().err
