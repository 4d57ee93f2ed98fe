"""The plugin that starts the folders of long tests first. Loaded by tests/run.py.

A file of one test that takes a minute and comes last keeps one worker busy and the others idle.
Within a folder the order stays what it was, at random.
"""

import pytest

LONGEST_FIRST = ("proofs", "demo", "sealing", "bench", "packaging", "federation", "contract")


def place_of(file: str) -> int:
    """Return where a test's file comes, by its folder; after all that are named for the rest."""
    parts = file.split("/")
    folder = parts[1] if len(parts) > 2 else "."
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first."""
    items.sort(key=lambda item: place_of(item.nodeid.split("::")[0]))
