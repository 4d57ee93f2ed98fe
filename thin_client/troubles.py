"""When a request cannot go on: to sign in, to say why, or a page that says what to do now."""

from typing import Any, Final

from starlette.responses import Response

from index_client import Misstated, ReceiptWrong, Refused, Unreachable, Unrecorded
from index_client.receipts import entry_id_of
from thin_client.asking import (
    SignInNeeded,
    Visit,
    WhyNeeded,
    doors_of,
    drawn,
    must_sign_in,
)
from thin_client.forms import Form, FormRefused
from thin_client.provider import ProviderFails
from thin_client.sessions import TOKENS

NOTHING_HERE: Final = 404
TOO_MANY: Final = 429
_FOR_WHY: Final = frozenset({"purpose_not_allowed", "reason_not_allowed", "reference_invalid"})
DOWN: Final = (Unreachable, Unrecorded, ReceiptWrong, ProviderFails)
TROUBLES: Final = (SignInNeeded, WhyNeeded, FormRefused, Misstated, Refused, *DOWN)


async def told(visit: Visit, trouble: Exception) -> Response:
    """Answer a request that cannot go on. What was typed is kept under a random id."""
    if isinstance(trouble, SignInNeeded):
        return await _to_sign_in(visit, stronger=trouble.stronger)
    if isinstance(trouble, WhyNeeded):
        back = await _way_back(visit) or visit.request.url.path
        return visit.go(f"/why/{trouble.about}?back={back}")
    if isinstance(trouble, FormRefused | Misstated):  # nothing was sent to the index
        return await _drawn(visit, "troubles/form.html", {}, 400)
    if isinstance(trouble, Refused):
        return await _refused(visit, trouble)
    return await _down(visit, trouble)


async def _to_sign_in(visit: Visit, *, stronger: bool) -> Response:
    back = await _way_back(visit) or visit.request.url.path
    if not stronger:
        visit.session.drop(TOKENS)  # those it has open nothing
    return visit.go(f"/sign-in/again?back={back}{'&stronger=yes' if stronger else ''}")


async def _refused(visit: Visit, refused: Refused) -> Response:
    if must_sign_in(refused):
        return await _to_sign_in(visit, stronger=False)
    if refused.status == NOTHING_HERE:
        doors = await doors_of(visit)
        return await _drawn(
            visit, "troubles/nothing.html", {"doors": doors, "entry": _entry(refused)}, NOTHING_HERE
        )
    if refused.status >= 500:
        return await _down(visit, refused)
    back = await _way_back(visit)
    shown = {
        "refused": refused,
        "back": back,
        "doors": await doors_of(visit),
        "why": _where_why_is_changed(visit, back) if refused.code in _FOR_WHY else None,
        "by_account": refused.status in (403, TOO_MANY),
    }
    status = refused.status if refused.status in (403, TOO_MANY) else 400
    answer = await _drawn(visit, "troubles/refused.html", shown, status)
    if refused.retry_after_s:
        answer.headers["Retry-After"] = str(int(refused.retry_after_s))
    return answer


def _where_why_is_changed(visit: Visit, back: str | None) -> str | None:
    """Return where to say otherwise why one asks: what is refused once is refused all session."""
    if visit.stated is not None:
        return f"/why/{visit.stated['about']}?back={back or visit.request.url.path}"
    search = visit.request.path_params.get("search")
    return f"/searches/{search}" if search and visit.kept("search", search) else None


def _entry(refused: Refused) -> str | None:
    entry_id = entry_id_of(refused.receipt) if refused.receipt else None
    return str(entry_id) if entry_id else None


async def _down(visit: Visit, trouble: Exception) -> Response:
    """The index is down, slow, or did not answer as it must; whether it took a change is open."""
    # Not asked for anew: it is what does not answer.
    shown: dict[str, Any] = {
        "doors": visit.house.doors.agencies,
        "back": await _way_back(visit),
        "slow": isinstance(trouble, Unreachable) and trouble.cause == "timeout",
        "restored": isinstance(trouble, Refused) and trouble.code == "index_restored",
    }
    return await _drawn(visit, "troubles/down.html", shown, 503)


async def _drawn(visit: Visit, template: str, shown: dict[str, Any], status: int) -> Response:
    """Draw what went wrong. Nothing is asked for it: what would be asked may be what is wrong."""
    return await drawn(visit, template, {"me": visit.me_last_known, **shown}, status)


async def _way_back(visit: Visit) -> str | None:
    """Keep the form that was sent, if one was, and return where it is shown again."""
    if visit.request.method != "POST" and visit.request.scope.get("kept_form") is None:
        return None
    try:
        form: Form = await visit.form()
    except FormRefused:
        return None
    return visit.session.keep_form(visit.request.url.path, form.kept())
