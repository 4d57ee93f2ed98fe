"""A page nobody does anything with is put away, and what was typed into it is kept out of sight.

A script asks for this, so it counts as nobody's doing: it keeps no session from being locked, leads
nowhere by itself, and asks nothing of the index. Else two tabs would keep one another open.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from thin_client.asking import House, safe_back
from thin_client.forms import FormRefused, read_form
from thin_client.sessions import Session


@dataclass(frozen=True, slots=True)
class PuttingAway:
    """Takes the place of a page that was left alone, for one house."""

    house: House

    async def show(self, request: Request) -> Response:
        """Say that a page was put away, and offer to go back to it."""
        session = self.house.session_of(request, by_hand=False)
        return self._drawn(request, session, safe_back(request.query_params.get("back")))

    async def keep(self, request: Request) -> Response:
        """Keep a form somebody was filling in, as one is kept over a sign-in; do nothing with it.

        It is shown again to whoever typed it: to nobody without a session, nor in a later one,
        which may be another person's.
        """
        session = self.house.session_of(request, by_hand=False)
        back = safe_back(request.query_params.get("back"))
        kept = await self._kept(request, session) if session is not None else None
        return self._drawn(request, session, kept or back, lost=kept is None)

    async def _kept(self, request: Request, session: Session) -> str | None:
        """Return where a form is shown again; None for an earlier session's, or one too large."""
        try:
            form = await read_form(request, session.csrf)
        except FormRefused:
            return None
        to = safe_back(request.query_params.get("to"))
        return session.keep_form(to, form.kept()) if form.sent else None

    def _drawn(
        self, request: Request, session: Session | None, back: str, *, lost: bool = False
    ) -> Response:
        told = {
            "lost": lost,
            "back": back,
            "kept": back.startswith("/kept/"),
            "asks_for_sign_in": session is None or not session.signed_in,
        }
        return self.house.page_for_nobody(request, "signing_in/put_away.html", told)
