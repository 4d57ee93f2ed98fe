"""Alerts on use worked to an outcome; a supervisor's view of own staff, and a sample signed off."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from demo.issuer import Issuer
from tests.stories.asking import Ask
from tests.stories.auditing import account_of
from tests.stories.later import asking_at, on
from tests.stories.made import a_child
from tests.stories.test_misuse import canary_alert
from tests.thin_client.browsing import Forms, Somebody, somebody, text_of
from tests.thin_client.conftest import Signing
from thin_client.app import create_app
from thin_client.settings import Settings


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def supervisor(
    client_settings: Settings, issuer: Issuer, ask: Ask
) -> AsyncIterator[Somebody]:
    """A supervisor at pages whose index is asked an hour later: what is asked now is over."""
    child_id = await ask.create(a_child())
    for _ in range(3):
        await ask.read("colleague", child_id)
    async with asking_at(ask, on(hours=1)) as asking:
        app = create_app(client_settings, asking.client._transport)
        async with somebody(app, issuer, "supervisor") as one:
            yield one


# Alerts


async def test_an_alert_is_taken_and_concluded(sign_in: Signing, ask: Ask) -> None:
    alert_id, child_id = await canary_alert(ask)
    auditor = await sign_in("auditor")
    listed = await auditor.get("/misuse")
    assert "A record nobody has reason to open was opened" in text_of(listed)
    assert "<svg" in listed.text
    page = await auditor.get(f"/misuse/{alert_id}")
    assert account_of(ask, "teacher") in text_of(page)
    assert child_id not in page.text
    page = await auditor.send(page, f"/misuse/{alert_id}/take")
    assert "Being looked into" in text_of(page)
    assert "Taken, by you" in text_of(page)
    without = await auditor.send(page, f"/misuse/{alert_id}/conclude")
    assert without.status_code == 400
    page = await auditor.send(page, f"/misuse/{alert_id}/conclude", outcome="explained")
    assert "Concluded" in text_of(page)
    assert alert_id not in (await auditor.get("/misuse")).text


async def test_an_alerts_entry_is_opened_for_a_case(sign_in: Signing, ask: Ask) -> None:
    alert_id, _ = await canary_alert(ask)
    auditor = await sign_in("auditor")
    page = await auditor.get(f"/misuse/{alert_id}")
    link = next(each for each in Forms.of(page.text).links if each.startswith("/log/entries/"))
    asked = await auditor.get(link)
    entry_id = link.rpartition("/")[2]
    assert "For which case?" in text_of(asked)
    entry = await auditor.send(asked, f"/case/{entry_id}", case="aud/2026-18")
    assert "opened for case AUD/2026-18" in text_of(entry)
    # This client was given no keys: it says so, and calls no signature good.
    assert "these pages were given no keys of the log" in text_of(entry)


async def test_rates_by_group_name_nobody(sign_in: Signing) -> None:
    auditor = await sign_in("auditor")
    page = await auditor.get("/misuse/rates")
    assert page.status_code == 200
    assert "Nobody is named" in text_of(page)


# Supervision


@pytest.mark.parametrize("path", ["/staff-use", "/staff-samples", "/open-work"])
async def test_who_supervises_nobody_is_refused(sign_in: Signing, path: str) -> None:
    teacher = await sign_in("teacher")
    assert (await teacher.get(path)).status_code == 403


async def test_use_by_own_staff_is_a_chart_and_a_table(supervisor: Somebody, ask: Ask) -> None:
    page = await supervisor.get("/staff-use")
    said = text_of(page)
    assert page.status_code == 200, said
    assert f"Account {account_of(ask, 'colleague')[:8]}" in said
    assert page.text.count("<svg") == 2
    assert page.text.count("<table") == 3
    assert "style=" not in page.text


async def test_open_work_is_shown(supervisor: Somebody) -> None:
    assert "left open" in text_of(await supervisor.get("/open-work"))


async def test_a_sample_is_drawn_looked_through_and_signed_off(supervisor: Somebody) -> None:
    page = await supervisor.get("/staff-samples")
    page = await supervisor.send(page, "/staff-samples", size="3")
    assert page.status_code == 200, text_of(page)
    path = page.url.path
    (form,) = [each for each in Forms.of(page.text).forms if each.action == path]
    names = {name for name in _radios(page.text) if name.startswith("finding-")}
    assert len(names) == 3
    some = dict.fromkeys(sorted(names)[:2], "in_order")
    unfinished = await supervisor.post(path, form.fields | some)
    assert unfinished.status_code == 400
    assert "Say what you found" in text_of(unfinished)
    signed = await supervisor.post(path, form.fields | dict.fromkeys(names, "in_order"))
    assert "Signed off" in text_of(signed)
    assert not _radios(signed.text)
    listed = await supervisor.get("/staff-samples")
    assert "Signed off" in text_of(listed)


async def test_a_sample_of_no_size_is_a_fault(supervisor: Somebody) -> None:
    page = await supervisor.get("/staff-samples")
    page = await supervisor.send(page, "/staff-samples", size="0")
    assert page.status_code == 400
    assert "Give a number from 1 to 200" in text_of(page)


def _radios(html: str) -> set[str]:
    return set(re.findall(r'name="(finding-[0-9a-f-]{36})"', html))
