"""Log-out begun by an application (OpenID Connect RP-Initiated Logout 1.0).

Without an ID token of the login that stands, whoever sits there is asked first: else any
page could log them out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from demo.openid.grants import Grants
from demo.openid.minting import Mint
from demo.openid.pages import notice, page
from demo.openid.sessions import Logins
from demo.openid.wire import Malformed, posted, queried, see_other, with_query

KEPT = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


@dataclass(frozen=True, slots=True)
class _Leaving:
    """A log-out that may be done: of which login, and the way back."""

    sid: str | None
    address: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Ending:
    """Ends login sessions."""

    grants: Grants
    logins: Logins
    mint: Mint

    async def end(self, request: web.Request) -> web.Response:
        """End the login, or ask whether to; then go back if the address is a registered one."""
        try:
            fields = queried(request) if request.method == "GET" else await posted(request)
            leaving = self._leaving(fields)
        except (Malformed, ValueError):
            return notice("You are still signed in", "The request was not in order.", status=400)
        session = self.logins.session(request)
        # A form posted from elsewhere comes without our cookies, and finds nobody to log out.
        confirmed = request.method == "POST" and fields.get("do") == "yes"
        if session is not None and session.sid != leaving.sid and not confirmed:
            if fields.get("do") == "no":
                return notice("You are still signed in", "Nothing was changed.")
            return _asked(fields, leaving.address)
        for sid in {leaving.sid, session.sid if session else None} - {None}:
            self.logins.end(str(sid))
        if leaving.address is None:
            return notice("You are signed out", "You can close this page.")
        return see_other(with_query(leaving.address, [("state", leaving.state)]))

    def _leaving(self, fields: Mapping[str, str]) -> _Leaving:
        """Read the request; ValueError for a hint or an address that is not in order."""
        hint, address = fields.get("id_token_hint"), fields.get("post_logout_redirect_uri")
        said = {} if hint is None else self.mint.said(hint)
        named = said.get("aud", fields.get("client_id"))
        if fields.get("client_id", named) != named:
            raise ValueError("the ID token was made for another application")
        application = self.grants.application(None if named is None else str(named))
        if named is not None and application is None:
            raise ValueError("no such application")
        registered = () if application is None else application.post_logout_uris
        if address is not None and address not in registered:
            raise ValueError("no address of the application")
        sid = said.get("sid")
        return _Leaving(None if sid is None else str(sid), address, fields.get("state"))


def _asked(fields: Mapping[str, str], address: str | None) -> web.Response:
    told = {
        "title": "Sign out?",
        "text": "You stay signed in unless you say so.",
        "action": "/end-session",
        "kept": {name: fields[name] for name in KEPT if name in fields},
        "yes": "Sign out",
        "no": "Stay signed in",
        "device_code": "",
    }
    return page("confirm", told, address)
