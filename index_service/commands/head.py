"""The server's protocol with a bound on heads: whoever sends no end of one is cut off.

Uvicorn keeps every header of a request until the last has come, from anybody, without
limit; no token has been seen by then and no entry could be written.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Above one read of the socket (256 KiB), which may hold a body and the next head's start.
HEAD_BYTES_MAX = 512 * 1024


class BoundedHead(HttpToolsProtocol):
    """Counts what came since the last head was whole, and hangs up past the bound."""

    _waited = 0
    _in_head = True

    def on_message_begin(self) -> None:
        """Note that a head begins."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is whole; what follows is a body, which its route bounds."""
        self._in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take what came; hang up if it still is the same head and too long."""
        super().data_received(data)
        self._waited = self._waited + len(data) if self._in_head else 0
        if self._waited > HEAD_BYTES_MAX:
            self.transport.abort()
