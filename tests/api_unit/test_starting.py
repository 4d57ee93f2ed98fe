"""What a process does before it answers, and between two answers: little, and nothing waits."""

import gc
from typing import Any

import httpx
from fastapi.routing import APIRoute

from index_service.api.app import Stories, create_app
from index_service.api.identify import Identify
from index_service.commands.cli import parser
from index_service.commands.serve import KEEP_ALIVE_S

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


def test_a_connection_is_kept_longer_than_clients_keep_one_they_do_not_use() -> None:
    """Ended by both at one moment it is asked on and closed: an answer is lost."""
    client_s = httpx.Limits().keepalive_expiry
    assert client_s is not None
    assert 2 * client_s < KEEP_ALIVE_S
