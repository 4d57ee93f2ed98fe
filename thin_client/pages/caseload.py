"""One's own involvements to confirm, contacts in doubt, an agency's caseload and its hand-over."""

from collections import Counter
from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.own_work import access_of, asked
from thin_client.pages.page import Page
from thin_client.pages.posting import practice

AT_ONCE_MAX: Final = 50
NAMES_READ_MAX: Final = 10
DUE: Final = {"overdue": "Overdue", "soon": "Due within 28 days"}
_NOT_THIS_ONE: Final = frozenset({404, 409})


async def show_mine(visit: Visit) -> Response:
    """Show one's own involvements, those to confirm first."""
    return await _mine(visit, Form.blank(), 200)


async def confirm_mine(visit: Visit) -> Response:
    """Confirm those ticked; each is a statement of its own."""
    form = await visit.form()
    ticked = _ticked(form, "Tick those that go on")
    if not form.ready:
        return await _mine(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    access = access_of(visit, (await visit.me())["account_id"])
    missed = 0
    for involvement_id in ticked:
        try:
            await visit.index.confirm_involvement(involvement_id, access=access)
        except Refused as refused:
            if refused.status not in _NOT_THIS_ONE:
                raise
            missed += 1
    word = "confirmed" if not missed else "confirmed_in_part"
    return visit.sent(form, f"/mine?did={visit.keep('did', word)}")


async def show_doubtful(visit: Visit) -> Response:
    """Show contacts of one's agency that seem not to work; never who said so."""
    cursor = visit.request.query_params.get("cursor")
    told, access, about = await asked(
        visit, lambda why: visit.index.read_doubtful_contacts(access=why, cursor=cursor)
    )
    return await practice(visit, "caseload/doubtful.html", told=told, access=access, about=about)


async def show_caseload(visit: Visit) -> Response:
    """Show what one's agency works with: all of it, or one practitioner's."""
    return await _caseload(visit, Form.blank(), 200)


async def hand_over(visit: Visit) -> Response:
    """Hand what is ticked to somebody else, rung from now on as the directory says."""
    form = await visit.form()
    names = await _names(visit)
    stated: Any = {
        "from_practitioner_id": form.choice("practitioner_id", names, "Say whose work it is"),
        "to_practitioner_id": form.choice("to", names, "Say who takes it on"),
        "involvement_ids": _ticked(form, "Tick what is handed over"),
        "contact": None,
    }
    if stated["to_practitioner_id"] and form.value("to") == form.value("practitioner_id"):
        form.fault("to", "Choose somebody else than they who hand over")
    if not form.ready:
        return await _caseload(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    access = access_of(visit, (await visit.me())["account_id"])
    index = visit.index
    told = await index.hand_over_caseload(stated, access=access, idempotency_key=form.once)
    counted = Counter(line["outcome"] for line in told.body["lines"])
    handed = {"to": names[form.value("to")], "outcomes": dict(counted)}
    return visit.sent(form, f"/caseload/handed/{visit.keep('handed', handed)}")


async def show_handed(visit: Visit) -> Response:
    """Show what came of a hand-over."""
    handed = visit.kept("handed", visit.id("handed"))
    if handed is None:
        return visit.go("/caseload")
    return await practice(visit, "caseload/handed.html", handed=handed)


def _ticked(form: Form, needed: str) -> list[str]:
    ticked = list(dict.fromkeys(form.values("involvement")))
    if not ticked:
        form.fault("involvement", needed)
    return ticked[:AT_ONCE_MAX]


async def _mine(visit: Visit, form: Form, status: int) -> Response:
    cursor = visit.request.query_params.get("cursor") or form.value("cursor") or None
    told, access, about = await asked(
        visit, lambda why: visit.index.read_own_involvements(access=why, cursor=cursor)
    )
    shown = {"told": told, "access": access, "about": about, "cursor": cursor}
    return await practice(visit, "caseload/mine.html", status, form=form, **shown)


async def _caseload(visit: Visit, form: Form, status: int) -> Response:
    query = visit.request.query_params
    names = await _names(visit)
    whose = form.value("practitioner_id") or query.get("practitioner_id", "")
    due = form.value("due") or query.get("due")
    chosen: Any = {
        "practitioner_id": whose if whose in names else None,
        "due": due if due in DUE else None,
        "cursor": form.value("cursor") or query.get("cursor"),
    }
    told, access, about = await asked(
        visit, lambda why: visit.index.read_caseload(access=why, **chosen)
    )
    shown = {"told": told, "access": access, "about": about, "names": names, "due_words": DUE}
    return await practice(visit, "caseload/agency.html", status, form=form, chosen=chosen, **shown)


async def _names(visit: Visit) -> dict[str, str]:
    """Return the agency's practitioners by id, in the order told."""
    names: dict[str, str] = {}
    cursor: str | None = None
    for _ in range(NAMES_READ_MAX):
        told: Any = (await visit.index.read_caseload_practitioners(cursor=cursor)).body
        names |= {each["practitioner_id"]: each["name"] for each in told["practitioners"]}
        cursor = told["next"]
        if not cursor:
            break
    return names


PAGES = (
    Page("/mine", "mine", show_mine, confirm_mine),
    Page("/mine/doubtful", "doubtful", show_doubtful),
    Page("/caseload", "caseload", show_caseload),
    Page("/caseload/hand-over", "hand_over", show_caseload, hand_over),
    Page("/caseload/handed/{handed}", "handed", show_handed),
)
