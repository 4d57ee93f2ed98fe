"""The region as this authority sees it: who answers, the locator's state, members suspended."""

import re
from typing import Any, Final

from starlette.responses import Response

from thin_client import clock
from thin_client.asking import Visit
from thin_client.pages.deciding import Decision, done, preview, team_page
from thin_client.pages.page import Page

LIST: Final = "/team/peers"
_MEMBER: Final = re.compile(r"[a-z][a-z0-9_]{2,30}")
_MOST: Final = {
    "index": (
        (
            "Its questions are answered no more, and none is sent to it: a child known only "
            "there is not found from here, and the answers here say that they are incomplete."
        ),
        "Moves and lines for it wait until it is released.",
    ),
    "deriver": (
        (
            "No search keys are made for this authority any more: when the present ones run out, "
            "no other authority can be asked about a child from here."
        ),
    ),
    "locator": (
        (
            "It no longer says which authorities may know a child: questions across the region are "
            "incomplete, and say so."
        ),
    ),
}


async def show(visit: Visit) -> Response:
    """Show every member, and how deriver, locator and the checks of shields answer."""
    told = (await visit.index.read_peers()).body
    return await team_page(visit, "team/peers.html", told=told, now=clock.now_s())


async def show_suspend(visit: Visit) -> Response:
    """Say what suspending a member brings about."""
    return await _drawn(visit, suspends=True)


async def suspend(visit: Visit) -> Response:
    """Suspend a member."""
    return await _changed(visit, suspends=True)


async def show_release(visit: Visit) -> Response:
    """Say what releasing a member brings about."""
    return await _drawn(visit, suspends=False)


async def release(visit: Visit) -> Response:
    """Release a member."""
    return await _changed(visit, suspends=False)


async def _drawn(visit: Visit, *, suspends: bool) -> Response:
    peer = await _peer(visit)
    if peer is None:
        return visit.go(LIST)
    decision = _suspension(peer) if suspends else _releasing(peer)
    return await preview(visit, decision)


async def _changed(visit: Visit, *, suspends: bool) -> Response:
    form = await visit.form()
    if not form.ready or not _MEMBER.fullmatch(visit.id("member")):
        return await _drawn(visit, suspends=suspends)
    if before := visit.already(form):
        return before
    if suspends:
        await visit.index.suspend_peer(visit.id("member"))
    else:
        await visit.index.release_peer(visit.id("member"))
    return done(visit, form, LIST, "peer_suspended" if suspends else "peer_released")


async def _peer(visit: Visit) -> Any:
    told = (await visit.index.read_peers()).body
    return next((each for each in told["peers"] if each["name"] == visit.id("member")), None)


def _suspension(peer: Any) -> Decision:
    effects = (
        "It is in force in the very next message, in both directions.",
        *_MOST[peer["kind"]],
        "Shields stay: nothing is shown to anybody by this. It can be released again.",
    )
    return Decision(f"Suspend {peer['title']}", effects, "Suspend it now", LIST, careful=True)


def _releasing(peer: Any) -> Decision:
    effects = (
        "Messages go both ways again, from the next one on, as the sharing agreement allows.",
        "What waited for it is sent. Release it only when the cause of the suspension is gone.",
    )
    return Decision(f"Speak with {peer['title']} again", effects, "Release it", LIST)


PAGES = (
    Page(LIST, "peers", show),
    Page(f"{LIST}/{{member}}/suspend", "peer_suspended", show_suspend, suspend),
    Page(f"{LIST}/{{member}}/release", "peer_released", show_release, release),
)
