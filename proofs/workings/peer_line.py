"""A line between members that can be slowed, swallowed, torn or left hanging, at any moment.

It forwards TCP byte for byte and reads nothing: what runs over it is the members' own TLS.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

DELAY_S: Final = 0.45
DROPPED_AFTER: Final = 600  # bytes of a connection that still arrive
_CHUNK: Final = 16_384


class Fault(StrEnum):
    """What is wrong with a line."""

    NONE = "none"
    DELAY = "delay"  # everything arrives, later
    DROP = "drop"  # a connection's first bytes arrive, the rest never
    RESET = "reset"  # connections are torn down, new ones at once
    HALF_OPEN = "half open"  # the far side is gone, the near side hears nothing of it
    PARTITION = "partition"  # nothing passes in either direction


@dataclass(slots=True)
class Line:
    """One member's line: whoever calls it comes through here."""

    port: int
    target: int
    fault: Fault = Fault.NONE
    _pairs: "set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]]" = field(default_factory=set)

    @asynccontextmanager
    async def carrying(self) -> AsyncIterator["Line"]:
        """Carry what is sent as long as this lasts."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        try:
            yield self
        finally:
            server.close()
            for near, far in list(self._pairs):
                near.close()
                far.close()
            await server.wait_closed()

    def fail(self, fault: Fault) -> None:
        """Let something be wrong from now on, with connections there are as with new ones."""
        self.fault = fault
        for near, far in list(self._pairs):
            if fault is Fault.RESET:
                _tear(near)
                _tear(far)
            elif fault is Fault.HALF_OPEN:
                far.close()

    def mend(self) -> None:
        """Carry again. What was swallowed is lost: its connections are of no more use."""
        self.fault = Fault.NONE

    async def _carry(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        if self.fault is Fault.RESET:
            _tear(near)
            return
        try:
            back, far = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _tear(near)
            return
        pair = (near, far)
        self._pairs.add(pair)
        try:
            await asyncio.gather(self._pump(reader, far), self._pump(back, near))
        finally:
            self._pairs.discard(pair)
            near.close()
            far.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed, lost = 0, False
        with contextlib.suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                fault = self.fault
                if fault is Fault.DELAY:
                    await asyncio.sleep(DELAY_S)
                cut = fault is Fault.DROP and passed + len(chunk) > DROPPED_AFTER
                lost = lost or cut or fault in (Fault.PARTITION, Fault.HALF_OPEN)
                if lost:  # bytes of a stream that are missing are never made good
                    continue
                passed += len(chunk)
                writer.write(chunk)
                await writer.drain()
        # A far side that is gone is not told of here where the near side is to hear nothing.
        if not (lost or self.fault in (Fault.PARTITION, Fault.HALF_OPEN)):
            writer.close()


def _tear(writer: asyncio.StreamWriter) -> None:
    """End a connection by a reset: no orderly close is sent."""
    ours = writer.get_extra_info("socket")
    if ours is not None:
        with contextlib.suppress(OSError):
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
