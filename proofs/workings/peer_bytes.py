"""What is heard at an authority's port, as plaintext, and whether any of it tells of a child.

A field is looked for in every writing it may have been put in: as it is, in either case, as
UTF-16, hexadecimal, base64 at any place, percent-encoded, and backwards.
"""

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.towns import CAMFIELD, EASTBROOK, NORTHMERE
from index_service.federation.question import FIRST_PATH, SECOND_PATH
from tests.region import RegionServed
from tests.stories.made import Stated, day

ENCODINGS: Final = 6
_LETTERS_MIN: Final = 5  # shorter texts stand anywhere by chance
_REVIEW_IN_DAYS: Final = 60


@dataclass(slots=True)
class Heard:
    """Everything that came to one port."""

    bytes_heard: bytearray = field(default_factory=bytearray)
    paths: list[str] = field(default_factory=list)
    left_s: list[float] = field(
        default_factory=list
    )  # of each leg: from its last byte to its answer

    @property
    def questions(self) -> int:
        """How many legs of questions came."""
        return sum(path in (FIRST_PATH, SECOND_PATH) for path in self.paths)


@dataclass(frozen=True, slots=True)
class _Listening:
    """Stands before a member's port and keeps what is heard there."""

    app: ASGIApp
    heard: Heard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep the head, and every part of the body as it comes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.heard.paths.append(scope["path"])
        self.heard.bytes_heard += scope["raw_path"] + b"?" + scope["query_string"]
        for name, value in scope["headers"]:
            self.heard.bytes_heard += name + b": " + value + b"\n"

        now, arrived_s = asyncio.get_running_loop().time, 0.0

        async def kept() -> Message:
            nonlocal arrived_s
            part = await receive()
            self.heard.bytes_heard += part.get("body", b"")
            arrived_s = now()
            return part

        async def leaving(part: Message) -> None:
            if part["type"] == "http.response.start" and scope["path"] in (FIRST_PATH, SECOND_PATH):
                self.heard.left_s.append(now() - arrived_s)
            await send(part)

        await self.app(scope, kept, leaving)


@contextmanager
def listening(region: RegionServed, *names: str) -> Iterator[dict[str, Heard]]:
    """Keep what comes to these members' ports as long as this lasts."""
    found = {name: Heard() for name in names}
    before = {}
    for name in names:
        silence = region.listeners[name].silence
        assert silence is not None
        before[name] = silence.app
        silence.app = _Listening(silence.app, found[name])
    try:
        yield found
    finally:
        for name, app in before.items():
            silence = region.listeners[name].silence
            assert silence is not None
            silence.app = app


def writings(text: str) -> Iterator[bytes]:
    """Yield a text in every writing it is looked for in."""
    for each in dict.fromkeys((text, text.upper(), text.lower())):
        plain = each.encode()
        yield plain
        yield each.encode("utf-16-le")
        yield plain.hex().encode()
        yield quote(each).encode()
        yield each[::-1].encode()
        for before in range(3):  # base64 of it, wherever in a longer text it begins
            padded = b64encode(b"\0" * before + plain)
            yield padded[-(-before * 8 // 6) : len(padded) - 4]


def found_in(heard: Heard, texts: list[str]) -> list[str]:
    """Return which of these texts stand anywhere in what was heard."""
    whole = bytes(heard.bytes_heard)
    return [text for text in texts if any(w in whole for w in writings(text) if len(w) > 4)]


def texts_of(child: Stated) -> list[str]:
    """Return every field a question states of a child."""
    texts = [
        child["name"]["given_name"],
        child["name"]["family_name"],
        child["date_of_birth"],
        child["date_of_birth"].replace("-", ""),
        child["nhs_number"],
        child["upn"],
        child["address"]["postcode"],
        child["address"]["postcode"].replace(" ", ""),
    ]
    return [text for text in texts if len(text) >= _LETTERS_MIN]


@dataclass(slots=True)
class Told:
    """What lookups left at the authority that holds the child, and at the one that does not."""

    asked: int = 0
    bytes_elsewhere: int = 0
    questions_elsewhere: int = 0
    found_elsewhere: list[str] = field(default_factory=list)
    found_there: int = 0
    passed_on: int = 0  # questions heard at the asking authority's own port


async def lookups_heard(region: RegionServed, count: int) -> Told:
    """Look children of Camfield up from Northmere, whom Eastbrook's filter seems to know.

    Eastbrook's own child of that name and day was shielded since: it is contacted in both legs,
    and may hear nothing of the question.
    """
    camfield, eastbrook, told = region[CAMFIELD], region[EASTBROOK], Told()
    children = [camfield.child() for _ in range(count)]
    alike = [
        eastbrook.child(name=each["name"], date_of_birth=each["date_of_birth"]) for each in children
    ]
    for each in children:
        await camfield.create(each)
    ids = [await eastbrook.create(each) for each in alike]
    await region.check_shields(CAMFIELD, EASTBROOK)
    await region.derive_all(CAMFIELD, EASTBROOK)
    for child_id in ids:
        await eastbrook.ask.shield(child_id, day(-_REVIEW_IN_DAYS))
    await region.probe()
    with listening(region, NORTHMERE, CAMFIELD, EASTBROOK) as heard:
        for child in children:
            answer = await region[NORTHMERE].ask(
                "social_worker", "POST", "/v1/lookups", _question(child)
            )
            assert answer.status_code == 200, answer.text
    for child in children:
        told.asked += 1
        told.found_elsewhere += found_in(heard[EASTBROOK], texts_of(child))
        told.found_there += bool(found_in(heard[CAMFIELD], texts_of(child)))
    told.bytes_elsewhere = len(heard[EASTBROOK].bytes_heard)
    told.questions_elsewhere = heard[EASTBROOK].questions
    told.passed_on = heard[NORTHMERE].questions
    return told


def _question(child: Stated) -> dict[str, Any]:
    return {
        **child["name"],
        "date_of_birth": child["date_of_birth"],
        "nhs_number": child["nhs_number"],
        "upn": child["upn"],
        "postcode": child["address"]["postcode"],
        "across": "region",
    }
