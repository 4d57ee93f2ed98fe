"""`completion bash|zsh`: prints what a shell needs to complete commands and options."""

import argparse
from collections.abc import Iterator
from typing import Any

from index_client.cli.faults import DONE

_BASH = """\
_index_client() {{
    local before="${{COMP_WORDS[*]:1:COMP_CWORD-1}}" current="${{COMP_WORDS[COMP_CWORD]}}" known=""
    case "$before" in
{cases}
        *) COMPREPLY=($(compgen -f -- "$current")); return;;
    esac
    COMPREPLY=($(compgen -W "$known" -- "$current") $(compgen -f -- "$current"))
}}
complete -F _index_client index-client
"""
_ZSH = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    parser = nouns.add_parser("completion", help="print a shell's completion")
    parser.add_argument("shell", choices=("bash", "zsh"))
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print the script: eval "$(index-client completion bash)"."""
    cases = "\n".join(sorted(_cases(chosen.whole, ""), key=len, reverse=True))
    print((_ZSH if chosen.shell == "zsh" else "") + _BASH.format(cases=cases), end="")
    return DONE


def _cases(parser: argparse.ArgumentParser, before: str) -> Iterator[str]:
    """Yield a line for each command and the commands within it, options after it too."""
    for each in parser._actions:
        if each.option_strings and each.choices:
            words = " ".join(map(str, each.choices))
            yield f'        "{before} "*"{each.option_strings[0]}") known="{words}";;'
    within = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    known = [text for each in parser._actions for text in each.option_strings]
    for action in within:
        known += list(action.choices)
        for name, inner in action.choices.items():
            yield from _cases(inner, f"{before} {name}".strip())
    match = f'"{before}"|"{before} "*' if before else '""'
    yield f'        {match}) known="{" ".join(known)}";;'
