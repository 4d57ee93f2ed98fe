"""The two pages of a login: name and password, then a one-time code.

In the demo a button fills in a persona's password and the second page shows the code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from demo.openid.pages import nothing_to_go_on, page
from demo.openid.sessions import Attempt, Logins, Needs
from demo.openid.wire import posted, see_other
from demo.personas import Persona

WRONG: Final = "Name or password is wrong"
WRONG_CODE: Final = "That code is wrong or was used before"
SHUT: Final = "Too many wrong tries. Wait a minute, then try again"


@dataclass(frozen=True, slots=True)
class LoginPages:
    """Shows and reads the pages of every login under way."""

    logins: Logins
    people: Callable[[], Mapping[str, Persona]]

    async def show(self, request: web.Request) -> web.Response:
        """Answer with the page a login has come to."""
        attempt = self.logins.attempt(request)
        if attempt is None:
            return nothing_to_go_on()
        return self._code(attempt) if attempt.needs is Needs.CODE else self._password(attempt)

    async def take(self, request: web.Request) -> web.Response:
        """Read a page; answer with the next one, or with what follows the login."""
        attempt = self.logins.attempt(request)
        if attempt is None:
            return nothing_to_go_on()
        form = await posted(request)
        attempt.problem = ""
        if form.get("do") == "cancel":
            self.logins.give_up(request)
            return attempt.given_up()
        if form.get("do") == "restart" and attempt.confirms is None:
            attempt.needs, attempt.persona = Needs.PASSWORD, None
        elif "fill" in form:
            attempt.typed, attempt.filled = form["fill"], True
        elif attempt.needs is Needs.PASSWORD:
            self._take_password(attempt, form)
        elif self._code_is_right(attempt, form):
            return self.logins.finish(request, attempt)
        return see_other(str(request.rel_url))

    def _take_password(self, attempt: Attempt, form: Mapping[str, str]) -> None:
        name = form.get("name", "").strip()
        persona = self.people().get(name)
        door = persona.subject if persona else ""
        attempt.typed, attempt.filled = name, False
        if self.logins.tries.shut(door):
            attempt.problem = SHUT
        elif persona and self.logins.factors.knows(persona.subject, form.get("password", "")):
            attempt.persona, attempt.needs = persona, Needs.CODE
        else:
            self.logins.tries.wrong(door)
            attempt.problem = WRONG

    def _code_is_right(self, attempt: Attempt, form: Mapping[str, str]) -> bool:
        assert attempt.persona is not None
        subject, tries = attempt.persona.subject, self.logins.tries
        if tries.shut(subject):
            attempt.problem = SHUT
            return False
        if self.logins.factors.takes(subject, "".join(form.get("code", "").split())):
            tries.right(subject)
            return True
        tries.wrong(subject)
        attempt.problem = WRONG_CODE
        return False

    def _password(self, attempt: Attempt) -> web.Response:
        people = self.people()
        filled = people.get(attempt.typed) if attempt.filled else None
        told = {
            "name": attempt.typed,
            "password": self.logins.factors.password(filled.subject) if filled else "",
            "personas": list(people.values()),
            "problem": attempt.problem,
            "about": "name",
        }
        return page("password", told, attempt.goes_to)

    def _code(self, attempt: Attempt) -> web.Response:
        assert attempt.persona is not None
        told = {
            "persona": attempt.persona,
            "code": self.logins.factors.code_to_type(attempt.persona.subject),
            "step_up": attempt.confirms is not None,
            "problem": attempt.problem,
            "about": "code",
        }
        return page("code", told, attempt.goes_to)
