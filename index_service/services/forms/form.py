"""What a kind of case row needs to be stored: its word, its head's rest, its body both ways."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What policy decides a case row by: kind, recording agency, and what its kind adds."""

    kind: str
    agency: str
    extra: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Form(Generic[Fact]):
    """One kind of case row. A kind's arrays may grow at their end, never change meaning.

    `head` gives what stands in the head after kind and agency; `read` makes the fact of
    a row's id, its head and its body.
    """

    kind: str
    fact: type[Fact]
    agency: Callable[[Fact], str]
    head: Callable[[Fact], Sequence[Any]]
    body: Callable[[Fact], Sequence[Any]]
    read: Callable[[UUID, CaseHead, Sequence[Any]], Fact]
