"""A log's way to one witness, over HTTP(S): what it answers is a cosignature or a reason.

Nothing of it is believed: a cosignature is verified, a head it shows counts by the log's own
signatures.
"""

from dataclasses import dataclass

import aiohttp

from index_service.log.answers import answered
from index_service.log.checkpoint import NOTE_LENGTH_MAX
from index_service.log.policy import PolicyWitness
from index_service.log.witness import ADD_PATH, KNOWN_PATH, SIZE_TYPE, Asked, line_of, size_of

ANSWER_S_MAX = 5.0


class WitnessLost(Exception):  # noqa: N818 (a state of somebody else's machine)
    """No cosignature and nothing told: out of reach, or an answer of another kind."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Told:
    """A witness's answer: its line, or the size it cosigned last, or that it saw another tree."""

    line: str | None = None
    size: int | None = None
    disputed: bool = False


class HttpWitness:
    """One witness, asked to cosign heads."""

    def __init__(self, witness: PolicyWitness) -> None:
        self._witness = witness
        self._timeout = aiohttp.ClientTimeout(total=ANSWER_S_MAX)

    @property
    def name(self) -> str:
        """The witness's name."""
        return self._witness.name

    async def add(self, asked: Asked) -> Told:
        """Have a head cosigned, or WitnessLost."""
        status, kind, text = await self._post(ADD_PATH, asked.text())
        if status == 200:
            line = line_of(text, asked.note, self._witness.key)
            if line is None:
                raise WitnessLost("cosignature")
            return Told(line=line)
        if status == 409 and kind == SIZE_TYPE:
            try:
                size = size_of(text.removesuffix("\n"))
            except ValueError:
                raise WitnessLost("answer") from None
            return Told(size=size, disputed=size == asked.old)
        if status == 422:
            return Told(disputed=True)
        raise WitnessLost(f"status_{status}")

    async def known(self, note: str) -> str | None:
        """Return the note it cosigned last of a head's log and shard, None where it tells none."""
        try:
            status, _, text = await self._post(KNOWN_PATH, note)
        except WitnessLost:
            return None
        return text if status == 200 else None

    async def _post(self, path: str, body: str) -> tuple[int, str, str]:
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.post(
                    self._witness.url + path, data=body.encode(), allow_redirects=False
                ) as answer,
            ):
                text = await answered(answer, NOTE_LENGTH_MAX)
                return answer.status, answer.content_type, text
        except (aiohttp.ClientError, TimeoutError):
            raise WitnessLost("unreachable") from None
