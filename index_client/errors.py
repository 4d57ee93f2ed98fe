"""What can go wrong, in four kinds; none of them repeats what was asked or answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Problem:
    """What a refusal says (RFC 9457): texts that are constants of the index, and no values.

    `fields` are pairs of a field's name and what is wrong with it; `retry_after_s` is how long
    the index wants to be left alone, where it says so.
    """

    status: int
    code: str
    title: str = ""
    detail: str = ""
    fields: Sequence[tuple[str, str]] = ()
    also: Sequence[str] = ()
    retry_after_s: float | None = None
    receipt: str | None = None


class Misstated(ValueError):  # noqa: N818 (what it says reads better)
    """What was given to the client has not the contract's form; says of which part, no value."""


class IndexFault(Exception):  # noqa: N818 (the family of what can go wrong)
    """Nothing was disclosed, or nothing that may be relied on."""


class Refused(IndexFault):
    """The index said no: `code` says why. A 404 says nothing, on purpose."""

    def __init__(self, problem: Problem) -> None:
        """Take what the refusal says; only its status and code are ever printed."""
        super().__init__(problem.status, problem.code)
        self._problem = problem
        self.status = problem.status
        self.code = problem.code
        self.title = problem.title
        self.detail = problem.detail
        self.fields = tuple(problem.fields)
        self.also = tuple(problem.also)
        self.retry_after_s = problem.retry_after_s
        self.receipt = problem.receipt

    def __reduce__(self) -> tuple[type[Self], tuple[Problem]]:
        """Be told as it is to another process."""
        return type(self), (self._problem,)

    def __str__(self) -> str:
        return f"{self.status} {self.code}"


class Unreachable(IndexFault):
    """No connection, no answer in time, or one that no index gives.

    `sent` tells whether the index may have taken the request: then it may have taken effect,
    and stand in the log. A write repeated with the same idempotency key takes effect once.
    """

    def __init__(self, cause: str, sent: bool) -> None:
        """Take a word for the cause ("connect", "timeout", "cut", "form", "status")."""
        super().__init__(cause, sent)
        self.cause = cause
        self.sent = sent

    def __str__(self) -> str:
        return f"the index cannot be reached ({self.cause})"


class Unrecorded(IndexFault):
    """The empty 503: the index could not write the request down, so it told nothing.

    Of a write the outcome is unknown until it is repeated with the same idempotency key.
    """

    def __str__(self) -> str:
        return "the index could not record the request, and told nothing"


class ReceiptWrong(IndexFault):
    """An answer without a receipt, or with one its authority did not sign: don't rely on it.

    Whatever the request was to change may be changed all the same.
    """

    def __init__(self, cause: str) -> None:
        """Take a word for the cause ("missing", "form", "signature")."""
        super().__init__(cause)
        self.cause = cause

    def __str__(self) -> str:
        return f"the answer's receipt does not hold ({self.cause})"
