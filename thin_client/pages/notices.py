"""What one's agency is told later, and what one asked to be told of: each only a reference."""

from typing import Any

from starlette.responses import Response

from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.page import Page
from thin_client.pages.posting import Posted, practice


async def show(visit: Visit) -> Response:
    """Show a page of what one's agency is told."""
    cursor = visit.request.query_params.get("cursor")
    told = (await visit.index.read_notices(cursor=cursor)).body
    return await practice(visit, "notices/list.html", told=told)


async def show_subscriptions(visit: Visit) -> Response:
    """Show one's own subscriptions, by one's own references, and which to ask about again."""
    return await _subscriptions(visit, Form.blank(), 200)


async def end_subscription(visit: Visit) -> Response:
    """End one."""
    form = await visit.form()
    subscription_id = visit.id("subscription_id")

    async def send() -> None:
        await visit.index.end_subscription(subscription_id)

    async def draw(again: Form, status: int) -> Response:
        return await _subscriptions(visit, again, status)

    return await Posted(visit, form, draw).does(send, "/subscriptions", "unsubscribed")


async def show_subscribe(visit: Visit) -> Response:
    """Show the form by which one asks to be told."""
    visit.access_for(visit.id("child_id"))
    return await _subscribe(visit, Form.blank(), 200)


async def subscribe(visit: Visit) -> Response:
    """Ask to be told, by a reference of one's own."""
    child_id = visit.id("child_id")
    access = visit.access_for(child_id)
    form = await visit.form()
    reference = form.text("reference", "Give your own reference for this case", 24)
    stated: Any = {"child_id": child_id, "reference": (reference or "").upper()}

    async def send() -> None:
        await visit.index.subscribe(stated, access=access, idempotency_key=form.once)

    async def draw(again: Form, status: int) -> Response:
        return await _subscribe(visit, again, status)

    return await Posted(visit, form, draw).does(send, "/subscriptions", "subscribed")


async def _subscriptions(visit: Visit, form: Form, status: int) -> Response:
    cursor = visit.request.query_params.get("cursor")
    told = (await visit.index.read_subscriptions(cursor=cursor)).body
    return await practice(visit, "notices/subscriptions.html", status, form=form, told=told)


async def _subscribe(visit: Visit, form: Form, status: int) -> Response:
    child_id = visit.id("child_id")
    return await practice(visit, "notices/subscribe.html", status, form=form, child_id=child_id)


PAGES = (
    Page("/notices", "notices", show),
    Page("/subscriptions", "subscriptions", show_subscriptions),
    Page("/subscriptions/{subscription_id:uuid}/end", "subscription_end", show_subscriptions,
         end_subscription),
    Page("/children/{child_id:uuid}/subscribe", "subscribe", show_subscribe, subscribe),
)  # fmt: skip
