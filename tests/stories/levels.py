"""How much of social care's involvements an agreement tells whom."""

from typing import Any


def levels(default: str, **asking: str) -> Any:
    """Return how much kinds are told of social care's."""
    of = {"agency_kinds": ["social_care"], "agencies": []}
    kinds = {"teacher": "school"}
    rows = [
        {"asking": [kinds.get(who, who)], "of": of, "level": level} for who, level in asking.items()
    ]
    return {"default": default, "exceptions": rows}
