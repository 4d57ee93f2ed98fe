"""Every noun whose operations are probed, and every flip: importing this registers them."""

from importlib import import_module

from proofs.workings import worlds_flips_hidden, worlds_flips_said
from proofs.workings.worlds_flip import FLIPS

NOUNS = tuple(
    import_module(f"proofs.workings.worlds_on_{noun}")
    for noun in (
        "agreements",
        "assessments",
        "caseloads",
        "children",
        "consents",
        "contacts",
        "directory",
        "feeds",
        "inspections",
        "involvements",
        "log",
        "lookups",
        "misuse",
        "peers",
        "shields",
        "status",
        "subscriptions",
        "supervision",
        "transfers",
        "who_looked",
    )
)
FAMILIES = (worlds_flips_hidden, worlds_flips_said)
EVERY_FLIP = tuple(FLIPS)
