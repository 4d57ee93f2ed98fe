"""Gives the folders that ask one an authority; the pure folders load no database and no server."""

import gc
from collections.abc import Generator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.run import PURE

_TESTS = Path(__file__).parent

# The same examples in every run, however slow the machine: a suite that must pass is no place
# to go looking. To look further: --hypothesis-profile=wide.
_SLOW = (HealthCheck.too_slow,)
settings.register_profile("wide", deadline=None, suppress_health_check=_SLOW)
settings.register_profile("same", settings.get_profile("wide"), derandomize=True)
settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures of an authority and of a region unless only pure folders are asked for."""
    asked = {_folder(config.invocation_params.dir / arg) for arg in config.args}
    if not asked <= set(PURE):
        config.pluginmanager.register(import_module("tests.authority"), "authority")
        config.pluginmanager.register(import_module("tests.region"), "region")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among what tests import, neither now nor in every test again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def _folder(asked: Path) -> str:
    path = Path(str(asked).partition("::")[0]).resolve()
    inside = path.relative_to(_TESTS).parts if path.is_relative_to(_TESTS) else ()
    return inside[0] if inside else ""
