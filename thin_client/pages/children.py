"""One child: who is involved and how to reach them first, then what else this asker may see."""

from typing import Any

from starlette.responses import Response

from index_client import Access, Answer
from index_client.generated.types import ChildAnswer
from thin_client.asking import Visit
from thin_client.pages.page import Page
from thin_client.pages.posting import entry_of, practice


async def show(visit: Visit) -> Response:
    """Read the record, for the reason stated for this child. What is withheld is not there."""
    child_id = visit.id("child_id")
    access = visit.access_for(child_id)
    answer = await visit.index.read_child(child_id, access=access)
    return await practice(visit, "children/child.html", **told_of_child(answer, access))


def told_of_child(answer: Answer[ChildAnswer], access: Access) -> dict[str, Any]:
    """Return what a page of a child is told."""
    told = answer.body
    involved = told["child"].get("involvements") or []
    return {
        "answer": told,
        "child": told["child"],
        "working": [each for each in involved if not each["ceased"]],
        "ended": [each for each in involved if each["ceased"]],
        "access": access,
        "entry": entry_of(answer.receipt),
    }


PAGES = (Page("/children/{child_id:uuid}", "child", show),)
