"""What a page is: an address, whoever shows it, and whoever takes the form sent to it."""

from dataclasses import dataclass

from thin_client.asking import Handler


@dataclass(frozen=True, slots=True)
class Page:
    """One address. GET shows and changes nothing; POST takes a form of ours.

    `{child_id:uuid}` in a path takes an id of the index; `name` is what the log says of it.
    """

    path: str
    name: str
    get: Handler | None = None
    post: Handler | None = None
