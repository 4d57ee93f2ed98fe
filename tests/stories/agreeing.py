"""How the team proposes an agreement, approves it, and reads what is in force."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from consent.agreement import default_document
from demo.authority import ROOT, roomy
from tests.stories.asking import NO_WHY, Answer, Ask
from tests.stories.made import Stated, key

PATH = "/v1/agreements"
# As packaged but for budgets: one test asks more than a day of one account holds.
DEFAULT = roomy(default_document())
CAMFIELD: Stated = roomy(
    json.loads((Path(ROOT) / "demo" / "agreement_camfield.json").read_text("utf-8"))
)
NOBODYS = {"difference": "0" * 64}


async def propose(
    ask: Ask, document: object, who: str | None = "manager", sent: str | None = None
) -> Answer:
    """Propose an agreement."""
    headers = {"Idempotency-Key": sent or key()}
    return await ask(who, "POST", PATH, {"document": document}, why=NO_WHY, headers=headers)


async def approve(ask: Ask, kept: Stated, who: str = "second_manager", **differs: str) -> Answer:
    """Approve a proposal, by the difference it was told with unless another is given."""
    said = {"difference": kept["difference"], **differs}
    return await ask(who, "POST", f"{PATH}/{kept['id']}/approve", said, why=NO_WHY)


async def listed(ask: Ask) -> Stated:
    """Return what the team is told of its agreements."""
    answer = await ask("manager", "GET", PATH, why=NO_WHY)
    assert answer.status_code == 200, answer.text
    told: Stated = answer.json()
    return told


async def in_force(ask: Ask) -> Stated:
    """Return the document in force."""
    version = (await listed(ask))["in_force"]["version"]
    answer = await ask("manager", "GET", f"{PATH}/{version}", why=NO_WHY)
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == version
    document: Stated = answer.json()["document"]
    return document


async def bring(ask: Ask, document: Stated) -> Stated:
    """Bring an agreement into force, with a second person where one is needed."""
    kept: Stated = (await propose(ask, document)).json()
    if kept["state"] == "waiting":
        answer = await approve(ask, kept)
        assert answer.status_code == 200, answer.text
        kept = answer.json()
    assert kept["state"] == "in_force"
    return kept


async def under_default(ask: Ask) -> None:
    """Bring the default agreement into force unless it is."""
    if await in_force(ask) != DEFAULT:
        await bring(ask, DEFAULT)


def narrower() -> Stated:
    """Return the default with one class taken from schools."""
    document = deepcopy(DEFAULT)
    classes: Any = document["classes"]
    classes["withheld"].append(
        {
            "agency_kinds": ["school"],
            "actions": ["lookup", "read_child", "override"],
            "classes": ["assessment"],
        }
    )
    return document


def wider() -> Stated:
    """Return the default with teachers told the status."""
    document = deepcopy(DEFAULT)
    classes: Any = document["classes"]
    (withheld,) = [each for each in classes["withheld"] if each["classes"] == ["status"]]
    withheld["agency_kinds"].remove("school")
    return document
