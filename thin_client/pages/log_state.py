"""How the access log stands: its heads, who signed and cosigned them, and how it grew."""

import re
from base64 import b64decode
from typing import Any, Final

from starlette.responses import Response

from index_client.proof import ProofWrong, read_head
from thin_client import clock, codes_audit
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.page import Page
from thin_client.pages.proving import grew_from, kind_for, look_at, verdict

# A minute's head that is older than this is late; what is due is written in OPERATIONS.
LATE_S: Final = {"minute": 5 * 60, "hour": 2 * 60 * 60}
_SHARD: Final = re.compile(r"[2-9][0-9]{5}")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,14}")


async def show(visit: Visit) -> Response:
    """Check the newest heads: signatures, cosignatures, age, and growth since the last look."""
    return await _state(visit, Form.blank())


async def compare(visit: Visit) -> Response:
    """Keep a head that was noted elsewhere or earlier, and go to what came of comparing it."""
    form = await visit.form()
    noted = _noted(form)
    if not form.ready or noted is None:
        return await _state(visit, form, 400 if form.faults else 200)
    return visit.sent(form, f"/log/state/compared/{visit.keep('noted', noted)}")


async def compared(visit: Visit) -> Response:
    """Prove that the log shown now begins with the head noted."""
    noted = visit.kept("noted", visit.id("noted"))
    if noted is None:
        return visit.go("/log/state")
    kind = await kind_for(visit)
    heads = (await visit.index.read_log_heads(kind=kind, shard=noted["shard"])).body["heads"]
    holds: bool | None = None
    newest = None
    if heads:
        try:
            newest = read_head(heads[-1])
        except ProofWrong:
            holds = False
    if newest is not None and newest.size >= noted["size"]:
        root = b64decode(noted["root"], validate=True)
        holds = await grew_from(visit, (noted["size"], root), newest)
    told = {"noted": noted, "newest": newest, "verdict": verdict(holds)}
    return await visit.page("audit/compared.html", audit=codes_audit, **told)


async def _state(visit: Visit, form: Form, status: int = 200) -> Response:
    kind = await kind_for(visit)
    notes = (await visit.index.read_log_heads(kind=kind)).body["heads"]
    # The last first: it is what is asked for.
    looked = [await look_at(visit, note, kind) for note in reversed(notes)]
    now_s = int(clock.now_s())
    seen = [each for each in looked if each is not None]
    newest = seen[0] if seen else None
    age_s = now_s - newest.signed.signed_s if newest and newest.signed.signed_s else None
    told: dict[str, Any] = {
        "kind": kind,
        "seen": seen,
        "malformed": len(looked) - len(seen),
        "age_s": age_s,
        "late": age_s is not None and age_s > LATE_S[kind],
        "keys": visit.house.log_keys,
    }
    return await visit.page("audit/state.html", status, form=form, audit=codes_audit, **told)


def _noted(form: Form) -> dict[str, Any] | None:
    shard = form.text("shard", "Give the shard, such as 202600", 6) or ""
    size = form.text("size", "Give the size", 15) or ""
    root = form.text("root", "Give the root", 44) or ""
    if shard and not _SHARD.fullmatch(shard):
        form.fault("shard", "A shard is a year and two digits, such as 202600")
    if size and not _SIZE.fullmatch(size):
        form.fault("size", "A size is a whole number")
    if root and not re.fullmatch(r"[A-Za-z0-9+/]{43}=", root):
        form.fault("root", "A root has 44 characters and ends with =")
    if form.faults or not (shard and size and root):
        return None
    return {"shard": shard, "size": int(size), "root": root}


PAGES = (
    Page("/log/state", "log_state", show, compare),
    Page("/log/state/compared/{noted}", "log_compared", compared),
)
