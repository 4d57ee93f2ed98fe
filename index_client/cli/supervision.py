"""`supervision`: how one's own agency used the index, what it left open, and samples of it."""

import argparse
from typing import Any

from index_client.answers import Answer
from index_client.cli.tables import Page
from index_client.cli.verbs import Facts, Option, Verb, done, mount_noun, several
from index_client.generated import types as t
from index_client.index import Index

_FIELDS = (
    "practitioner_name", "role", "lookups", "reads", "overrides", "refusals", "misses",
    "out_of_hours_percent", "unreadable", "account_id",
)  # fmt: skip


def mount(nouns: Any) -> None:
    """Add the commands to the parser."""
    mount_noun(nouns, "supervision", "my own agency's use, and samples of it", _VERBS)


def _draw(index: Index, chosen: argparse.Namespace) -> Answer[Any]:
    body: t.StaffSampleAsked = {"month": chosen.month, "size": chosen.size}
    return index.draw_staff_sample(body)


def _shows_sample(page: Page, body: Any) -> None:
    page.facts("The sample", {name: said for name, said in body.items() if name != "sampled"})
    page.records("Accesses", body["sampled"])


_VERBS = (
    Verb(
        name="use",
        what="How my own agency's staff used the index in a month",
        asks=lambda index, chosen: index.read_staff_use(month=chosen.month, cursor=chosen.cursor),
        shows=several("Use by account", "accounts", *_FIELDS),
        options=(Option("month", "such as 2026-03; this one unless said"),),
        pages=True,
    ),
    Verb(
        name="open-work",
        what="What my own team left open",
        asks=lambda index, chosen: index.read_open_work(cursor=chosen.cursor),
        shows=several("What my team left open", "open"),
        pages=True,
    ),
    Verb(
        name="draw",
        what="Draw a random sample of my own agency's accesses of a month",
        asks=_draw,
        shows=done("Drawn"),
        options=(
            Option("month", "such as 2026-03", demanded=True),
            Option("size", "how many", demanded=True, number=True),
        ),
    ),
    Verb(
        name="samples",
        what="My own agency's samples, signed off or waiting",
        asks=lambda index, chosen: index.read_staff_samples(cursor=chosen.cursor),
        shows=several("Samples", "samples"),
        pages=True,
    ),
    Verb(
        name="sample",
        what="One sample: each access, but what it found",
        asks=lambda index, chosen: index.read_staff_sample(chosen.sample_id),
        shows=_shows_sample,
        ids=("sample_id",),
    ),
    Verb(
        name="sign-off",
        what="Sign a whole sample off, a finding for each access",
        asks=lambda index, chosen: index.sign_off_staff_sample(chosen.said, chosen.sample_id),
        shows=done("Signed off"),
        ids=("sample_id",),
        facts=Facts("the findings, as the contract's SampleSignedOff", {}),
        sure="A sample is signed off once; what is referred goes to the officers.",
    ),
)
