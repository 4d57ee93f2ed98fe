"""What the management team's decisions share: a purpose stated, and effects told before a deed."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from index_client import Access
from thin_client import codes_team
from thin_client.asking import Visit
from thin_client.forms import Form

_CURSOR: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")
KEEPING: Final = Access("keep_index", "review")
SHIELDING: Final = Access("keep_index", "shielding")


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing about to be done, and what it brings about: a sentence for each effect.

    `careful` is for what cannot be taken back, or takes something from somebody.
    """

    title: str
    effects: Sequence[str]
    button: str
    back: str
    careful: bool = False
    access: Access | None = None


async def team_page(visit: Visit, template: str, /, status: int = 200, **told: Any) -> Response:
    """Draw a page of the team, with the words its codes are said in, and what was just done."""
    did = visit.kept("did", visit.request.query_params.get("did", ""))
    told["done"] = codes_team.DID.get(did or "")
    return await visit.page(template, status, team=codes_team, **told)


def done(visit: Visit, form: Form, path: str, did: str) -> Response:
    """Remember that a form did its work, and go where the page says at its top what was done."""
    return visit.sent(form, f"{path}?did={visit.keep('did', did)}")


async def draw(visit: Visit, template: str, form: Form, **told: Any) -> Response:
    """Draw a form of the team: with what is at fault, or as it was left."""
    return await team_page(visit, template, 400 if form.faults else 200, form=form, **told)


async def preview(visit: Visit, decision: Decision, form: Form | None = None) -> Response:
    """Say what a decision will bring about; whoever agrees sends it from there."""
    shown = form or Form.blank()
    return await team_page(visit, "team/decide.html", form=shown, decision=decision)


def still_filling_in(form: Form) -> bool:
    """Return whether a form is to be drawn again: at fault, kept over a sign-in, or to change."""
    return not form.ready or form.value("change") == "yes"


async def not_agreed_yet(visit: Visit, form: Form, decision: Decision) -> Response | None:
    """Return what comes before a deed: its effects in words, or where it led if done already."""
    if not form.ready or form.value("confirmed") != "yes":
        return await preview(visit, decision, form)
    return visit.already(form)


async def own_account(visit: Visit) -> str:
    """Return the id of the asking account: what it began, somebody else finishes."""
    mine: str = (await visit.me())["account_id"]
    return mine


def cursor_of(visit: Visit) -> str | None:
    """Return where a list goes on, as the index's own link says it; from the start otherwise."""
    said = visit.request.query_params.get("cursor", "")
    return said if _CURSOR.fullmatch(said) else None


Reading = Callable[[str | None], Awaitable[Any]]


async def each_of(read: Reading, listed: str) -> AsyncGenerator[Any, None]:
    """Yield each of a list that is only told in pages, to its end, however long it is.

    `read` asks for the page at a cursor; `listed` is what the answer calls the list. A page
    that is left out would be told as nothing there: no number of pages ends it but the last.
    """
    cursor: str | None = None
    while True:
        told = (await read(cursor)).body
        for each in told[listed]:
            yield each
        cursor = told["next"]
        if not cursor:
            return


async def among(read: Reading, listed: str, name: str, wanted: str) -> Any:
    """Return the one wanted of a list told in pages; None if it is on none of them."""
    async with aclosing(each_of(read, listed)) as listing:
        async for each in listing:
            if each[name] == wanted:
                return each
    return None
