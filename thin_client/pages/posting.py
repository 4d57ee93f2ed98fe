"""What every form that records something shares: drawn until it is right, sent once, then told."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from index_client import Refused
from index_client.receipts import entry_id_of
from thin_client import codes_practice
from thin_client.asking import Visit
from thin_client.forms import Form

Drawn = Callable[[Form, int], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Posted:
    """One form that came in. `draw` shows it again; `places` names our fields for the index's."""

    visit: Visit
    form: Form
    draw: Drawn
    places: Mapping[str, str] = field(default_factory=dict)

    async def does(
        self, call: Callable[[], Awaitable[object]], to: str, did: str = "recorded"
    ) -> Response:
        """Do it once if nothing is at fault, and go where it is told that it was done."""
        form = self.form
        if not form.ready:
            return await self.draw(form, 400 if form.faults else 200)
        if done := self.visit.already(form):
            return done
        try:
            await call()
        except Refused as refused:
            if form.take(refused, self.places):
                return await self.draw(form, 400)
            raise
        return self.visit.sent(form, f"{to}?did={self.visit.keep('did', did)}")


def entry_of(receipt: str | None) -> str | None:
    """Return the id of the log's entry an answer's receipt speaks of: why it was answered so."""
    entry_id = entry_id_of(receipt) if receipt else None
    return str(entry_id) if entry_id else None


async def practice(visit: Visit, template: str, /, status: int = 200, **told: Any) -> Response:
    """Draw a practitioner's page, with the words its codes are said in."""
    did = visit.kept("did", visit.request.query_params.get("did", ""))
    said = codes_practice.DID.get(did or "")
    return await visit.page(template, status, practice=codes_practice, said=said, **told)
