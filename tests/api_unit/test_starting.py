"""What a process does before it answers: little, and nothing that a first request waits for."""

import gc
from typing import Any

from fastapi.routing import APIRoute

from index_service.api.app import Stories, create_app
from index_service.api.identify import Identify
from index_service.commands.cli import parser

NOTHING: Any = None


def test_every_route_is_built_whole_before_the_first_request() -> None:
    """An included router builds its routes a second time, at the first request it may match."""
    app = create_app(Stories(NOTHING), Identify(NOTHING, NOTHING), NOTHING)
    assert {type(route) for route in app.routes if not isinstance(route, APIRoute)} == set()
    assert len(app.routes) > 100


def test_garbage_is_looked_for_again_once_a_command_is_read() -> None:
    assert gc.isenabled()
    parser("witness")
    assert gc.isenabled()
