"""Auditors at the pages: the log searched, an entry proven in the page, alerts, marks, panels."""

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from index_service.commands.seal import policy_lines
from tests.authority import Served
from tests.sealing.sealing import Beside, sealer_beside
from tests.stories.asking import Ask
from tests.stories.auditing import account_of
from tests.stories.made import a_child
from tests.stories.test_auditing_opening import altered
from tests.thin_client.browsing import Forms, Somebody, text_of
from tests.thin_client.conftest import Signing
from thin_client.settings import Settings

CASE = "AUD/2026-17"
STANDS = (
    "The entry is the one asked for Holds",
    "Entry and blind give the leaf (SHA-256) Holds",
    "The receipt names this entry and this leaf Holds",
    "The proof is of the place the log tells Holds",
    "The inclusion path leads from the leaf to the signed root (RFC 9162) Holds",
    "The log signed the head with both its keys (Ed25519 and ML-DSA-44) Holds",
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sealed(served: Served, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Beside]:
    """A sealer beside this module's index, its log begun."""
    async with sealer_beside(served, tmp_path_factory.mktemp("sealer")) as beside:
        beside.clock.on(seconds=6)
        await beside.rounds.found()
        yield beside


@pytest.fixture(scope="module")
def client_settings(
    client_settings: Settings, sealed: Beside, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """What a client is told that checks the log: its policy file too."""
    file: Path = tmp_path_factory.mktemp("policy") / "policy"
    public = sealed.served.index.keyring.receipt_key.public_key().public_bytes_raw()
    own = f"receipt {b64encode(public).decode()}\nquorum 0\n"
    file.write_text(policy_lines(sealed.settings) + own)
    return client_settings.model_copy(update={"receipt_keys": str(file)})


async def searches(auditor: Somebody, **typed: str) -> httpx.Response:
    """Search the log of the last week, for a case."""
    return await auditor.send(await auditor.get("/log"), "/log", case=CASE, **typed)


async def sealed_by_now(sealed: Beside) -> None:
    """Let two minutes pass, and all that waits be sealed."""
    sealed.clock.on(minutes=2)
    await sealed.all()


async def a_read(ask: Ask) -> tuple[str, str]:
    """Return a child read once, and the entry of that."""
    child_id = await ask.create(a_child())
    return child_id, ask.receipt_of(await ask.read("teacher", child_id))


# Whoever may not


async def test_who_is_no_auditor_is_refused_and_shown_no_way(sign_in: Signing) -> None:
    teacher = await sign_in("teacher")
    page = await searches(teacher)
    assert page.status_code == 403
    assert "/log" not in Forms.of((await teacher.get("/agencies")).text).links
    assert (await teacher.get("/misuse")).status_code == 403


async def test_without_a_case_nothing_is_searched(sign_in: Signing) -> None:
    auditor = await sign_in("auditor")
    page = await auditor.send(await auditor.get("/log"), "/log", case="")
    assert page.status_code == 400
    assert "Give the number of the case" in text_of(page)


# Searching


async def test_an_entry_is_found_by_child_and_opened_with_its_proof(
    sign_in: Signing, ask: Ask, sealed: Beside
) -> None:
    child_id, entry_id = await a_read(ask)
    await sealed_by_now(sealed)
    auditor = await sign_in("auditor")
    page = await searches(auditor, child_id=child_id, role="practitioner")
    assert page.status_code == 200, text_of(page)
    assert CASE not in str(page.url)
    assert child_id not in str(page.url)
    (link,) = [each for each in Forms.of(page.text).links if each.endswith(entry_id)]
    entry = await auditor.get(link)
    said = text_of(entry)
    for each in STANDS:
        assert each in said
    assert "Does not hold" not in said
    assert "Not checked here" in said
    assert re.search(r"Index of the leaf \d+", said)
    assert f"opened for case {CASE}" in said


async def test_a_search_is_changed_without_typing_it_again(sign_in: Signing, ask: Ask) -> None:
    auditor = await sign_in("auditor")
    account = account_of(ask, "teacher")
    page = await searches(auditor, account_id=account, outcome="refused")
    again = await auditor.get(f"{page.url.path}/change")
    (form,) = [each for each in Forms.of(again.text).forms if each.action == "/log"]
    assert (form.fields["account_id"], form.fields["outcome"]) == (account, "refused")


async def test_days_in_the_wrong_order_are_said_beside_their_field(sign_in: Signing) -> None:
    auditor = await sign_in("auditor")
    page = await searches(auditor, since_day="2", since_month="3", since_year="2031")
    assert page.status_code == 400
    assert "The last day comes before the first" in text_of(page)


async def test_an_entry_that_was_altered_is_said_to_be_tampered_with(
    sign_in: Signing, ask: Ask, sealed: Beside
) -> None:
    _, entry_id = await a_read(ask)
    await sealed_by_now(sealed)
    auditor = await sign_in("auditor")
    await auditor.send(
        await auditor.get(f"/log/entries/{entry_id}"), f"/case/{entry_id}", case=CASE
    )
    async with altered(ask, entry_id, "leaf", bytes(32)):
        said = text_of(await auditor.get(f"/log/entries/{entry_id}"))
    assert "Tampered with" in said
    assert "Entry and blind give the leaf (SHA-256) Does not hold" in said
    assert "This entry is not proven" in said


async def test_what_is_not_sealed_yet_is_not_called_proven(sign_in: Signing, ask: Ask) -> None:
    _, entry_id = await a_read(ask)
    auditor = await sign_in("auditor")
    page = await auditor.get(f"/log/entries/{entry_id}")
    page = await auditor.send(page, f"/case/{entry_id}", case=CASE)
    said = text_of(page)
    assert "No head that may be shown to you has this leaf yet" in said
    assert "inclusion path" not in said


async def test_an_export_is_a_file_for_the_case(sign_in: Signing, ask: Ask, sealed: Beside) -> None:
    child_id, entry_id = await a_read(ask)
    await sealed_by_now(sealed)
    auditor = await sign_in("auditor")
    found = await searches(auditor, child_id=child_id)
    path = f"{found.url.path}/export"
    file = await auditor.send(await auditor.get(path), path, form="csv")
    assert file.headers["content-disposition"] == 'attachment; filename="access-log-part-1.csv"'
    assert file.headers["cache-control"] == "no-store"
    assert entry_id in file.text
    assert "1 part handed over" in text_of(await auditor.get(path))


async def test_how_far_it_reached_is_shown_as_children_or_as_counts(
    sign_in: Signing, ask: Ask
) -> None:
    child_id, _ = await a_read(ask)
    auditor = await sign_in("auditor")
    found = await searches(auditor, child_id=child_id)
    named = await auditor.get(f"{found.url.path}/reach/children")
    assert f"Record {child_id}" in text_of(named)
    counted = await auditor.get(f"{found.url.path}/reach/counts")
    assert child_id not in counted.text
    assert "<svg" in counted.text
    assert "too few to say" in text_of(counted)


async def test_a_sample_is_drawn_once_and_shown_again_by_its_seed(
    sign_in: Signing, ask: Ask
) -> None:
    await a_read(ask)
    auditor = await sign_in("auditor")
    found = await searches(auditor, account_id=account_of(ask, "teacher"))
    path = f"{found.url.path}/sample"
    drawn = await auditor.send(await auditor.get(path), path, size="3")
    assert drawn.status_code == 200, text_of(drawn)
    again = await auditor.get(drawn.url.path)
    pattern = r"/log/results/[^/]+/entries/[0-9a-f-]{36}"
    assert re.findall(pattern, drawn.text) == re.findall(pattern, again.text) != []


# The state of the log


async def test_heads_are_checked_and_their_growth_since_the_last_look(
    sign_in: Signing, ask: Ask, sealed: Beside
) -> None:
    await a_read(ask)
    await sealed_by_now(sealed)
    auditor = await sign_in("auditor")
    await auditor.get("/log/state")
    await a_read(ask)
    await sealed_by_now(sealed)
    said = text_of(await auditor.get("/log/state"))
    assert "The log signed the head with both its keys (Ed25519 and ML-DSA-44) Holds" in said
    assert "The tree begins with the one seen before (consistency proof) Holds" in said


async def test_a_head_that_was_noted_is_compared_and_a_false_one_is_told(
    sign_in: Signing, ask: Ask, sealed: Beside
) -> None:
    await sealed_by_now(sealed)
    auditor = await sign_in("auditor")
    page = await auditor.get("/log/state")
    (shard, root), size = _shown(text_of(page), "Root of the head"), _size(text_of(page))
    typed = {"shard": shard, "size": size, "root": root}
    await a_read(ask)  # the log grows, so that what was noted is its beginning
    await sealed_by_now(sealed)
    right = await auditor.send(page, "/log/state", **typed)
    assert "The log begins with the head you noted" in text_of(right)
    false = {**typed, "root": b64encode(bytes(32)).decode()}
    told = text_of(await auditor.send(await auditor.get("/log/state"), "/log/state", **false))
    assert "The log does not begin with the head you noted" in told
    ahead = {**typed, "size": str(int(size) + 999)}
    told = text_of(await auditor.send(await auditor.get("/log/state"), "/log/state", **ahead))
    assert "This could not be compared" in told


def _shown(said: str, name: str) -> tuple[str, str]:
    shard = re.search(r"Shard (\d{6}):", said)
    value = re.search(rf"{name} (\S+)", said)
    assert shard is not None
    assert value is not None
    return shard[1], value[1]


def _size(said: str) -> str:
    found = re.search(r"Size of the head (\d+)", said)
    assert found is not None
    return found[1]


# Receipts


async def test_a_receipt_of_ones_own_tells_why_and_stands_in_the_log(
    sign_in: Signing, ask: Ask, sealed: Beside
) -> None:
    child_id = await ask.create(a_child())
    answer = await ask.read("teacher", child_id)
    sealed.clock.on(minutes=70)
    await sealed.all()
    teacher = await sign_in("teacher")
    receipt = answer.headers["audit-receipt"]
    page = await teacher.send(await teacher.get("/receipts"), "/receipts", receipt=receipt)
    said = text_of(page)
    assert "The sharing agreement gives this to your agency" in said
    assert "The receipt names this entry and this leaf Holds" in said
    assert "to the signed root (RFC 9162) Holds" in said
    assert receipt not in str(page.url)
    wrong = await teacher.send(await teacher.get("/receipts"), "/receipts", receipt="v1.no")
    assert wrong.status_code == 400


async def test_a_receipt_whose_leaf_was_changed_does_not_hold(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    parts = (await ask.read("teacher", child_id)).headers["audit-receipt"].split(".")
    parts[2] = ("B" if parts[2][0] == "A" else "A") + parts[2][1:]
    teacher = await sign_in("teacher")
    page = await teacher.send(await teacher.get("/receipts"), "/receipts", receipt=".".join(parts))
    assert "The receipt names this entry and this leaf Does not hold" in text_of(page)


# Marks, panels


async def test_a_record_is_marked_and_the_mark_ended(sign_in: Signing, ask: Ask) -> None:
    child_id = await ask.create(a_child())
    auditor = await sign_in("auditor")
    page = await auditor.get("/marks")
    page = await auditor.send(page, "/marks", child_id=child_id, mark="well_known")
    assert child_id in text_of(page)
    (link,) = [each for each in Forms.of(page.text).links if each.endswith("/end")]
    page = await auditor.send(await auditor.get(link), link)
    assert child_id not in text_of(page)


async def test_a_panel_is_opened_by_one_auditor_and_read_by_another(
    sign_in: Signing, ask: Ask
) -> None:
    child_id, entry_id = await a_read(ask)
    await ask.begin("social_worker", child_id)
    auditor = await sign_in("auditor")
    page = await auditor.get("/panels/new")
    reader = await sign_in("second_auditor")
    own = re.search(r"needs your account's id: (\S+)", text_of(await reader.get("/panels")))
    assert own is not None
    assert own[1] == account_of(ask, "second_auditor")
    typed = {"case": CASE, "child_id": child_id, "days": "14", "account_id": own[1]}
    page = await auditor.send(page, "/panels/new", **typed)
    found = re.search(r"Number of the panel (\S+)", text_of(page))
    assert found is not None, text_of(page)
    page = await reader.get("/panels")
    page = await reader.send(page, "/panels", case=CASE, panel_id=found[1])
    said = text_of(page)
    assert "Who was involved, and who looked" in said
    assert "Social care" in said
    assert any(link.endswith(entry_id) for link in Forms.of(page.text).links)
