"""What differs between two agreements' documents, term by term."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Difference = dict[str, str]
_JOINT: Final = ", then "


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Return every term that differs: `term`, `before`, `after`, and `mark`.

    `mark` is added, removed or changed. Nothing is weighed: what is wider the index says.
    """
    return list(_mappings((), old, new))


def _differing(path: tuple[str, ...], old: Any, new: Any) -> Iterator[Difference]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _mappings(path, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(path, old, new)
    elif old != new:
        yield _said(path, _text(old), _text(new))


def _mappings(
    path: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    for name in [*old, *(each for each in new if each not in old)]:
        here = (*path, name)
        if name not in new:
            yield _said(here, _text(old[name]), "")
        elif name not in old:
            yield _said(here, "", _text(new[name]))
        else:
            yield from _differing(here, old[name], new[name])


def _lists(path: tuple[str, ...], old: Sequence[Any], new: Sequence[Any]) -> Iterator[Difference]:
    before, after = [_text(each) for each in old], [_text(each) for each in new]
    for each in before:
        if each not in after:
            yield _said(path, each, "")
    for each in after:
        if each not in before:
            yield _said(path, "", each)


def _said(path: tuple[str, ...], before: str, after: str) -> Difference:
    mark = "changed" if before and after else ("added" if after else "removed")
    term = _JOINT.join(each.replace("_", " ") for each in path)
    return {"term": term, "before": before, "after": after, "mark": mark}


def _text(value: Any) -> str:
    """Return a value as it is read: words for words, lists with commas, the rest as JSON."""
    if isinstance(value, str):
        return value.replace("_", " ") or '""'
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(_text(each) for each in value) or "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{_text(name)}: {_text(said)}" for name, said in value.items()) or "none"
    return {"null": "none", "true": "yes", "false": "no"}.get(
        said := json.dumps(value, ensure_ascii=False), said
    )
