"""What is told although it depends on something hidden: the one table of declassified facts.

F(asker, world) is all that policy permits an asker, and these. docs/declassified.md is made
from here (`python -m proofs.workings.worlds_declassified`) and tested against it.
"""

from dataclasses import dataclass

from proofs.workings.worlds_nouns import EVERY_FLIP

HEAD = """# Declassified facts

For an asker, F is everything policy permits that asker, and the facts below. Two worlds
with equal F give equal bytes, headers, order and counts over every operation, and equal
time as far as is measured: `python3 dev.py prove worlds` shows it, changing one fact outside
F at a time. What is inside F must arrive, which the same proof shows.

This page is made from `proofs/workings/worlds_declassified.py`.
"""


@dataclass(frozen=True, slots=True)
class Declassified:
    """One fact told by necessity: what, to whom, why it must be, and how it is compared."""

    fact: str
    told_to: str
    because: str
    compared: str


DECLASSIFIED = (
    Declassified(
        "A record is restricted",
        "whoever finds or reads a shielded child by what is shown: name, day of birth, gender",
        "SI 2007/2182 regulation 6(5): the worker must know to ask the team",
        "by bytes: both worlds say so",
    ),
    Declassified(
        "A record is not released yet",
        "the agency that created or amended it",
        "its own record answers with the one 404 until the team decides; nothing says why",
        "by rate: the answer is the record or the one 404, nothing else",
    ),
    Declassified(
        "A child is on the index already",
        "whoever would create a second record of a child certainly the same and visible to them",
        "a duplicate is the worse harm; only what a lookup would have shown decides",
        "by bytes: a hidden child never brings it about",
    ),
    Declassified(
        "An agency's own involvement with a shielded child, or its open assessment of one",
        "that agency",
        "it recorded it; withholding it would hide its own work from it",
        "by bytes: both worlds have it",
    ),
    Declassified(
        "Contact with a sensitive service can be brokered",
        "kinds of agency the agreement names",
        "the agreement's own choice; never who, never how many",
        "inside F where agreed, else by bytes",
    ),
    Declassified(
        "An assessment somebody knows to be held is not told",
        "whoever knows of it otherwise, as its holder's agency does",
        "what a family refused an earlier holder binds the next; nothing says that they did",
        "both worlds have the same refusals of it",
    ),
    Declassified(
        "A batch's lines were accepted or invalid",
        "their supplier",
        "each line's own form decides, whatever else the index holds",
        "by bytes",
    ),
    Declassified(
        "Which kinds of agency feed the index, as of which day",
        "every asker, the same on every answer",
        "an answer must say how complete it is; it depends on no child",
        "by bytes",
    ),
    Declassified(
        "How often an agency's own staff were answered and were not, and with which classes",
        "supervisors of that agency, of accounts that are shown no more than they are",
        "user managers monitor their own staff; no child is named, and silence counts as a miss",
        "by bytes: the accomplice's own manager asks in both worlds; samples, by lot, in stories",
    ),
    Declassified(
        "What was done on the index, of whichever child, and by which rule it was refused",
        "auditors of the authority, for a case number each time",
        "the log is there to be gone through, and every look of theirs is an entry too",
        "by form: status and headers; what they mark, open and ask by id, by bytes",
    ),
    Declassified(
        "A child is not guarded: neither shielded nor known to a sensitive service",
        "a family whom two of the team named agencies to",
        "complaints and courts need names; the desk never promises them, and kinds are the rule",
        "reports of kinds, which every child's may be, by bytes",
    ),
    Declassified(
        "A child was shielded, by the classes seen of it since",
        "whoever is told who looked at that very child",
        "classes are what was seen; two of the team decide, behind the gate",
        "by bytes: both worlds have the shield",
    ),
)


def page() -> str:
    """Return docs/declassified.md."""
    lines = [HEAD, "| fact | told to | because | compared |", "|---|---|---|---|"]
    lines += [
        f"| {each.fact} | {each.told_to} | {each.because} | {each.compared} |"
        for each in DECLASSIFIED
    ]
    lines += ["", "## Facts outside F that are changed", ""]
    lines += ["| change | inside F for |", "|---|---|"]
    for flip in EVERY_FLIP:
        told = (flip.apply.__doc__ or "").strip()
        known = ", ".join(name.replace("_", " ") for name in flip.insiders)
        lines.append(f"| {told} | {known or 'nobody of this authority'} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
