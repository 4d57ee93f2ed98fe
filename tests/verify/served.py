"""A made-up log behind the proof API's four questions, honest or not."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.verify.made import MadeLog

TOKEN = "made-up-token"
CHUNK = 100


@dataclass
class Served:
    """What is answered; tests put other things in its place."""

    log: MadeLog
    sizes: list[int]
    status: int = 200
    answers: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)  # shards
    gone: bytes = b'{"code":"log_year_dropped","status":410}'
    not_there: bytes = b'{"code":"leaf_not_sealed","status":404}'
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str, asked: dict[str, int]) -> bytes | None:
        """Return an answer's body, or None where there is none."""
        what, _, rest = path.removeprefix("/v1/log/").partition("/")
        if what in self.answers:
            return self.answers[what]
        if what == "heads":
            return json.dumps({"heads": [self.log.note(size) for size in self.sizes]}).encode()
        if what == "consistency":
            return self.log.growth(asked["from"], asked["to"]).encode()
        if what == "leaves":
            begin, end = asked["from"], min(asked["to"], asked["from"] + CHUNK)
            leaves = [leaf.hex() for leaf in self.log.leaves()[begin:end]]
            return json.dumps({"shard": asked["shard"], "from": begin, "leaves": leaves}).encode()
        places = [at for at, each in enumerate(self.log.stored) if each.leaf.hex() == rest]
        return self.log.inclusion(places[0], self.sizes[-1]).encode() if places else None


@contextmanager
def serving(log: MadeLog, *sizes: int) -> Iterator[Served]:
    """Serve heads of these sizes, oldest first, on a port of this machine."""
    served = Served(log, list(sizes))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            served.asked.append(url.path)
            served.tokens.add(self.headers["Authorization"])
            numbers = {name: int(value) for name, value in asked.items() if value.isdigit()}
            body = served.answer(url.path, numbers) if served.status == 200 else b""
            status = 404 if body is None else served.status
            body = served.not_there if body is None else body
            if numbers.get("shard") in served.dropped:
                status, body = 410, served.gone
            self.send_response(status)
            self.send_header("Location", "/v1/log/heads")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
