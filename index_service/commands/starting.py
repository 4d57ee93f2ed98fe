"""How every command starts: on the quicker event loop, refusing settings by their names."""

import asyncio
from typing import Any

import uvicorn
from pydantic import ValidationError


def named_settings(wrong: ValidationError) -> str:
    """Return the settings at fault by the names an operator sets, without their values."""
    fields = {str(each["loc"][0]) for each in wrong.errors(include_input=False)}
    return ", ".join(sorted(each if each.isupper() else f"INDEX_{each.upper()}" for each in fields))


def uvloop_run(main: Any) -> Any:
    """Run a coroutine on the faster event loop; return what it returns."""
    with asyncio.Runner(loop_factory=_loop) as runner:
        return runner.run(main)


def _loop() -> asyncio.AbstractEventLoop:
    config = uvicorn.Config(app="", loop="uvloop")
    factory = config.get_loop_factory()
    return factory() if factory else asyncio.new_event_loop()
