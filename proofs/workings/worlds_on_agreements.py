"""Probes of sharing agreements: of no child, so that nothing of them may differ."""

from consent.agreement import default_document
from demo.authority import roomy
from proofs.workings.worlds_people import TEAM
from proofs.workings.worlds_probes import NO_WHY, Aim, Probe, Scene, asks

_HERE = "/v1/agreements"


@asks("proposeAgreement", by=(TEAM,), of_no_child=True)
def propose(aim: Aim, who: str | None) -> Scene:
    """Load one that widens nothing, and one that is none; budgets go on stopping nobody."""
    document = roomy(default_document())
    if aim.chance.random() < 0.5:
        document["version"] = f"1.{aim.chance.randrange(100, 999)}"
    else:
        document["check_years_max"] = 9
    body = {"document": document}
    return [Probe("proposeAgreement", who, "POST", _HERE, body, NO_WHY, aim.once())]


@asks("approveAgreement", by=(TEAM,), of_no_child=True)
def approve(aim: Aim, who: str | None) -> Scene:
    """Approve one that is not there: the hidden child's id, or nobody's."""
    path = f"{_HERE}/{aim.child_id()}/approve"
    return [Probe("approveAgreement", who, "POST", path, {"difference": "5f" * 32}, NO_WHY)]


@asks("readAgreements", by=(TEAM,), of_no_child=True)
def read(_: Aim, who: str | None) -> Scene:
    """Ask what is in force."""
    return [Probe("readAgreements", who, "GET", _HERE, why=NO_WHY)]


@asks("readAgreement", by=(TEAM,), of_no_child=True)
def document(aim: Aim, who: str | None) -> Scene:
    """Read one version, and one that is not there."""
    version = aim.chance.choice([1, 1, 900])
    return [Probe("readAgreement", who, "GET", f"{_HERE}/{version}", why=NO_WHY)]
