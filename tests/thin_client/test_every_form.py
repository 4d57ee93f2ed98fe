"""No page does anything with a form that its own session's page did not send just now."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from thin_client.pages import PAGES
from thin_client.pages.page import Page
from thin_client.pages.posting import Posted

ASKS = (".ready", "still_filling_in(")
DEEP = 4
SENDING = [page for page in PAGES if page.post is not None]


def sources(handler: Callable[..., Any], seen: set[Any], deep: int = DEEP) -> Iterator[str]:
    """Yield the source of a handler and of what of ours it calls."""
    source = inspect.getsource(handler)
    yield source
    for name, value in vars(inspect.getmodule(handler)).items():
        called = f"{name}(" in source and value not in seen if callable(value) else False
        if called and deep and getattr(value, "__module__", "").startswith("thin_client.pages"):
            seen.add(value)
            yield from sources(Posted.does if value is Posted else value, seen, deep - 1)


@pytest.mark.parametrize("page", SENDING, ids=[page.name for page in SENDING])
def test_whoever_takes_a_form_asks_whether_it_was_sent(page: Page) -> None:
    """A form kept over a sign-in, or forged, comes to the same handler, and must only be drawn."""
    assert page.post is not None
    found = "".join(sources(page.post, {page.post}))
    assert any(each in found for each in ASKS), page.name
