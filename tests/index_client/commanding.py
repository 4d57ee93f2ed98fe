"""Commands typed beside the index they ask, with what came of each."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index_client.cli.main import main
from tests.index_client.reaching import Reached
from tests.stories.asking import CARE, KEEP, Why


def why(stated: Why = CARE) -> list[str]:
    """Return what is stated with a question about a child."""
    return ["--purpose", str(stated.purpose), "--reason", str(stated.reason)]


KEEPING = why(KEEP)


@dataclass
class Commands:
    """Types commands as one persona or another; `facts` are read from a file."""

    reached: Reached
    place: Path
    capsys: pytest.CaptureFixture[str]

    async def run(self, who: str, *words: str, facts: object = None) -> tuple[int, str, str]:
        """Run a command; return its status, what it printed, and what it said of it."""
        given = list(words)
        if facts is not None:
            file = self.place / "facts.json"
            file.write_text(json.dumps(facts))
            given += ["--facts", str(file)]
        given += [
            "--index",
            self.reached.address,
            "--token-file",
            self.reached.token_file(who, self.place),
        ]
        self.capsys.readouterr()
        status = await asyncio.to_thread(main, [*given, "--timeout", "60"])
        said = self.capsys.readouterr()
        return status, said.out, said.err

    async def says(self, who: str, *words: str, facts: object = None) -> str:
        """Return what a command prints for a person."""
        status, out, err = await self.run(who, *words, facts=facts)
        assert (status, err) == (0, "")
        return out

    async def told(self, who: str, *words: str, facts: object = None) -> Any:
        """Return what a command prints for a program."""
        status, out, err = await self.run(who, *words, "--json", facts=facts)
        assert (status, err) == (0, "")
        return json.loads(out)

    async def refused(self, who: str, *words: str, facts: object = None) -> str:
        """Return why the index refused."""
        status, out, err = await self.run(who, *words, facts=facts)
        assert (status, out) == (1, "")
        return err
