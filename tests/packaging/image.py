"""The Dockerfile, read into instructions, and our rules for it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_SECRET = re.compile(r"(password|passwd|secret|token|api_?key|private_?key|credential)", re.I)


@dataclass(frozen=True)
class Instruction:
    """One instruction, its continued lines joined."""

    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        """What follows, options apart."""
        return [word for word in self.rest.split() if not word.startswith("--")]


def instructions(text: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found = []
    for line in joined.splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            found.append(Instruction(word.upper(), rest.strip()))
    return found


def final_stage(read: list[Instruction]) -> list[Instruction]:
    """Return the instructions of the image that is shipped."""
    last = max(place for place, each in enumerate(read) if each.word == "FROM")
    return read[last:]


def copied_in(read: list[Instruction]) -> list[str]:
    """Return what is copied from the tree, not from another stage."""
    return [
        source
        for each in read
        if each.word == "COPY" and "--from=" not in each.rest
        for source in each.words[:-1]
    ]


def kept_out(source: str, ignore: str) -> bool:
    """Return whether .dockerignore keeps a file or folder of the root out; the last rule wins."""
    out = False
    for line in ignore.splitlines():
        rule = line.strip()
        if rule and not rule.startswith("#") and fnmatch(source, rule.removeprefix("!")):
            out = not rule.startswith("!")
    return out


def health_command(read: list[Instruction]) -> list[str]:
    """Return the command that asks the running container how it is."""
    (check,) = [each for each in read if each.word == "HEALTHCHECK"]
    command: list[str] = json.loads(check.rest[check.rest.index("[") :])
    return command


def faults(text: str, root: Path = ROOT) -> Iterator[str]:
    """Yield what is wrong with a Dockerfile."""
    read = instructions(text)
    shipped = final_stage(read)
    yield from _bases(read)
    yield from _users(shipped)
    yield from _sources(read, root)
    for each in read:
        if each.word == "ADD":
            yield "ADD fetches or unpacks what nobody reviewed: COPY instead"
        if each.word in ("ENV", "ARG") and _SECRET.search(each.rest):
            yield "a secret would stay in the image's history"
        if each.word == "RUN":
            yield from _left_behind(each.rest)
    for word in ("HEALTHCHECK", "ENTRYPOINT", "CMD"):
        found = [each.rest.rpartition("CMD ")[2] for each in shipped if each.word == word]
        if len(found) != 1 or not found[0].startswith("["):
            yield f"one {word}, and as a list: a shell would swallow signals"


def _left_behind(command: str) -> Iterator[str]:
    if re.search(r"\bapt(-get)? ", command) and "rm -rf /var/lib/apt/lists/*" not in command:
        yield "package lists are left in a layer"
    if re.search(r"(curl|wget)[^|]*\|\s*(ba)?sh", command):
        yield "a script is fetched and run unread"
    if re.search(r"\bpip (install|wheel)", command) and "--no-cache-dir" not in command:
        yield "pip's cache is left in a layer"


def _bases(read: list[Instruction]) -> Iterator[str]:
    stages = set()
    for each in read:
        if each.word == "FROM":
            base = each.words[0]
            tag = base.partition(":")[2]
            if base not in stages and not re.match(r"[0-9]+\.[0-9]+[\w.-]*$", tag):
                yield f"{base} is not pinned to a version"
            if " AS " in each.rest:
                stages.add(each.words[-1])


def _users(shipped: list[Instruction]) -> Iterator[str]:
    users = [each.rest for each in shipped if each.word == "USER"]
    if not users or users[-1].partition(":")[0] in ("root", "0"):
        yield "it runs as root"
    elif not re.fullmatch(r"[0-9]+:[0-9]+", users[-1]):
        yield "the user is a name: only a number can be checked by who runs it"


def _sources(read: list[Instruction], root: Path) -> Iterator[str]:
    ignore = (root / ".dockerignore").read_text("utf-8")
    for source in copied_in(read):
        name = source.removeprefix("./")
        if name in (".", ""):
            yield "the whole tree is copied"
        elif not (root / name).exists():
            yield f"{name} is copied and is not there"
        elif kept_out(name, ignore):
            yield f"{name} is copied and .dockerignore keeps it out"
