"""Finding a child: one form, and an answer that says why this child, and how complete it is."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from starlette.responses import Response

from index_client import Access, Refused
from thin_client import clock, codes, spoken
from thin_client.asking import SignInNeeded, Visit
from thin_client.forms import Form
from thin_client.outcomes import outcome_of
from thin_client.pages.page import Page
from thin_client.pages.posting import entry_of
from thin_client.pages.stating import access_of, suggesting

AGE_MAX: Final = 25
_NHS: Final = re.compile(r"\d{10}")
_UPN: Final = re.compile(r"[A-Z]\d{11}[0-9A-Z]")
# Where the form shows what the index found at fault.
_PLACES: Final = {
    "nhs_number": "number",
    "upn": "number",
    "case_number": "number",
    "date_of_birth": "born",
}


async def show(visit: Visit) -> Response:
    """Show the form; to whoever may not look up, where else they can go."""
    me = await visit.me()
    if me["role"] == "management_team":
        return visit.go("/team")  # it asks for none of the purposes that are chosen here
    if me["may"].get("lookup"):
        return await visit.page("searching/home.html", in_the_way=me["may"]["lookup"])
    if "lookup" not in me["may"] or me["role"] in ("auditor", "supplier"):
        return await visit.page("searching/home.html", in_the_way=[])
    return await _form(visit, suggesting(visit))


async def ask(visit: Visit) -> Response:
    """Keep what was typed under a random id, and go to its answer."""
    form = await visit.form()
    access, search = access_of(form), described(form)
    _check_number(form, search["facts"], await visit.me())
    if not form.ready or access is None:
        return await _form(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    visit.suggest_access(access)
    search |= {
        "purpose": access.purpose,
        "reason": access.reason,
        "reference": access.reference,
    }
    return visit.sent(form, f"/results/{visit.keep('search', search)}")


def described(form: Form) -> dict[str, Any]:
    """Return the child a form describes, as a search keeps it; with faults if it is too little."""
    facts, age = _facts(form), _age(form)
    _check_enough(form, facts, age)
    return {"facts": facts, "age": age, "typed": form.kept()}


async def change(visit: Visit) -> Response:
    """Show the form of a search again, as it was filled in."""
    search = visit.kept("search", visit.id("search"))
    if search is None:
        return visit.go("/")
    return await _form(visit, Form(search["typed"]["fields"]))


async def answer(visit: Visit) -> Response:
    """Ask the index, now, and show what it says; a page loaded again asks again."""
    search = visit.kept("search", visit.id("search"))
    if search is None:
        return visit.go("/")
    access = Access(search["purpose"], search["reason"], search["reference"])
    return await answered(visit, access, _at_fault(visit), "searching/results.html", {})


def _at_fault(visit: Visit) -> Callable[[Form], Awaitable[Response]]:
    async def draw(form: Form) -> Response:
        return await _form(visit, form, 400)

    return draw


async def answered(
    visit: Visit,
    access: Access,
    draw: Callable[[Form], Awaitable[Response]],
    template: str,
    shown: Mapping[str, Any],
) -> Response:
    """Show what the index answers to a search that is kept; `draw` where it is at fault."""
    number = visit.id("search")
    search = visit.kept("search", number)
    if search is None:
        return visit.go("/")
    try:
        answer = await visit.index.look_up_child(search["facts"], access=access)
        found = answer.body
    except Refused as refused:
        form = Form(search["typed"]["fields"], sent=True)
        if refused.status == 401:
            raise SignInNeeded from refused
        if refused.code == "too_few_facts":
            form.fault("given_name", _TOO_FEW)
        if form.take(refused, _PLACES):
            return await draw(form)
        raise
    if access.mediation is None:
        for match in found["matches"]:
            visit.state_access(match["child"]["child_id"], access)
    told = {
        **shown,
        "found": found,
        "entry": entry_of(answer.receipt),
        "search": number,
        "asked": _asked(search["facts"]),
        "compared": _compared(search["facts"]),
        "age": search["age"],
        "fits": lambda match: _fits(match, search["age"]),
        "outcome": outcome_of(found),
        "across": search["facts"].get("across", "own"),
    }
    return await visit.page(template, **told)


_TOO_FEW: Final = (
    "Give a number, or a name with a date of birth, or first and family name with a postcode"
)


def _facts(form: Form) -> dict[str, Any]:
    facts = {
        "given_name": form.text("given_name"),
        "family_name": form.text("family_name"),
        "date_of_birth": form.day("born"),
        "postcode": form.text("postcode", chars_max=10),
        **_number(form.text("number", chars_max=40)),
        "across": form.choice("across", codes.ACROSS) or "own",
    }
    return {name: fact for name, fact in facts.items() if fact}


def _number(typed: str | None) -> dict[str, str]:
    """Tell by its shape what number it is: one field less to choose."""
    if typed is None:
        return {}
    together = re.sub(r"[\s\-]", "", typed).upper()
    if _NHS.fullmatch(together):
        return {"nhs_number": together}
    if _UPN.fullmatch(together):
        return {"upn": together}
    return {"case_number": typed.upper()}


def _check_number(form: Form, facts: Mapping[str, Any], me: Mapping[str, Any]) -> None:
    """Say that a number is not for the asker's agency: its `none` would read as "not known"."""
    for name, text in codes.NUMBERS.items():
        if name in facts and name not in me["numbers"]:
            form.fault(
                "number",
                f"Your agency's agreement does not let it look children up by {text}. Leave it "
                "out, and give a name with a date of birth",
            )


def _age(form: Form) -> int | None:
    typed = form.text("age", chars_max=3)
    if typed is None:
        return None
    if typed.isascii() and typed.isdigit() and int(typed) <= AGE_MAX:
        return int(typed)
    form.fault("age", f"Give an age in whole years, 0 to {AGE_MAX}")
    return None


def _check_enough(form: Form, facts: Mapping[str, Any], age: int | None) -> None:
    named = bool(facts.get("given_name") or facts.get("family_name"))
    both = bool(facts.get("given_name") and facts.get("family_name"))
    if any(name in facts for name in ("nhs_number", "upn", "case_number")):
        return
    if (named and facts.get("date_of_birth")) or (both and facts.get("postcode")):
        return
    if both and age is not None:
        form.fault("postcode", "An age is not enough: give a postcode too, or a date of birth")
    form.fault("given_name", _TOO_FEW)


def _fits(match: Mapping[str, Any], age: int | None) -> bool:
    """Return whether a child is of about the age given; a year either way is forgiven."""
    if age is None:
        return True
    today = clock.today()
    born = date.fromisoformat(match["child"]["date_of_birth"])
    earliest, _ = spoken.years_around(age + 1, today)
    _, latest = spoken.years_around(age - 1, today)
    return earliest <= born <= latest


def _asked(facts: Mapping[str, Any]) -> list[str]:
    """Return what was asked by, in words; what it was is in the form."""
    said = {
        "given_name": "first name",
        "family_name": "family name",
        "date_of_birth": "date of birth",
        "postcode": "postcode",
        **codes.NUMBERS,
    }
    return [said[name] for name in said if name in facts]


def _compared(facts: Mapping[str, Any]) -> set[str]:
    """Return what was asked by as answers name it: a postcode is part of an address."""
    return {"address" if name == "postcode" else name for name in facts}


async def _form(visit: Visit, form: Form, status: int = 200) -> Response:
    suggested = bool(visit.suggested) and not form.sent and not form.resumed
    numbers = _numbers((await visit.me())["numbers"])
    return await visit.page(
        "searching/form.html", status, form=form, suggested=suggested, numbers=numbers
    )


def _numbers(given: Sequence[str]) -> str:
    """Return in words by which numbers the asker can search; "" if by none."""
    said = [text for name, text in codes.NUMBERS.items() if name in given]
    text = " or ".join(filter(None, (", ".join(said[:-1]), *said[-1:])))
    return text[:1].upper() + text[1:]


PAGES = (
    Page("/", "search", show, ask),
    Page("/searches/{search}", "search_changed", change),
    Page("/results/{search}", "results", answer),
)
