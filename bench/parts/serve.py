"""Serves one of the builds compared with ours, by the server ours runs on.

python -m bench.parts.serve plain|naive FILE      FILE holds settings, as JSON
"""

import json
import sys
from pathlib import Path

import uvicorn

from bench.parts import naive, plain

BUILDS = {"plain": plain.make_app, "naive": naive.make_app}


def main(build: str, file: str) -> None:
    """Serve until told to stop."""
    settings = json.loads(Path(file).read_text())
    uvicorn.run(
        BUILDS[build](settings),
        host="127.0.0.1",
        port=settings["port"],
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
