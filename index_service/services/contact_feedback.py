"""Whether a contact worked: said by whoever is shown it, kept with it, counted without a child."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from os import urandom
from uuid import UUID

import orjson

from consent.caseload import may_say_whether_it_worked
from consent.decide import decide_involvement
from consent.facts import Action, AgencyKind, DisclosureClass
from index_service.crypto.keyring import Keyring
from index_service.domain.contact_feedback import (
    LETTERS,
    OUTCOMES,
    ContactOutcome,
    ContactSaid,
    doubts,
    reports_after,
)
from index_service.domain.disclosure import Shown, is_shown
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.involvement import Involvement
from index_service.domain.looks import month_before, month_of
from index_service.domain.small_cells import shown_total, without_small_cells
from index_service.log.entry import Outcome
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.caseloads import DOUBTFUL, doubtful_list_of, listed_rows
from index_service.services.cases import SealedCase
from index_service.services.consents_standing import Headed
from index_service.services.facts import CaseFacts
from index_service.services.index import Index
from index_service.services.lists import list_pointer, list_tokens
from index_service.services.opening import ABSENT, Opened
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.services.statement import Statement, statement
from index_service.store.reading import snapshot

_BY_BYTES = 4  # tells two people apart, and one from nobody
_KIND_BYTES = 16
_CHANCE = 19


def _counted_in(month: str) -> str:
    return f"contacts/{month}"


def count_row(
    keyring: Keyring, month: str, kind: AgencyKind, outcome: ContactOutcome
) -> tuple[bytes, bytes]:
    """Return a row that counts one thing said in a month: no child, no contact, nobody."""
    chance = UUID(bytes=urandom(16))
    token, _ = list_pointer(keyring, _counted_in(month), chance)
    words = kind.encode().ljust(_KIND_BYTES, b"\x00") + LETTERS[outcome].encode()
    return token, keyring.pointers.seal_small(token, b"\x00" + words + urandom(_CHANCE))


def _counted(keyring: Keyring, token: bytes, pointer: bytes) -> tuple[AgencyKind, ContactOutcome]:
    words = keyring.pointers.open_small(token, pointer)[1:]
    kind = AgencyKind(words[:_KIND_BYTES].rstrip(b"\x00").decode())
    return kind, OUTCOMES[chr(words[_KIND_BYTES])]


class ContactFeedback:
    """Takes and counts what is said of contacts, for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def say(
        self, login: Login, involvement_id: UUID, outcome: ContactOutcome, attempt: Attempt
    ) -> None:
        """Keep what came of using a contact; NotDisclosed alike unless it is shown to who says so.

        Said again by the same person of the same contact it counts once.
        """
        index = self._index
        async with statement(index, login, Action.READ_INVOLVEMENT, attempt) as said:
            find = partial(self._shown, said.admitted, involvement_id)
            opened, (case, before) = await said.about_case(involvement_id, find)
            if before.ceased is not None:
                raise Invalid(Code.STATE_CONFLICT)
            person = said.admitted.asker.known_as
            mark = index.keyring.references.reference(
                "contact_said", involvement_id.bytes, person.bytes
            )
            told = ContactSaid(mark[:_BY_BYTES].hex(), outcome)
            after = replace(before, reports=reports_after(before.reports, told))
            await said.replace(opened, case, after)
            await self._listed(said, before, after, told)
            await said.recorded(opened, DisclosureClass.INVOLVEMENTS)

    def _shown(
        self, admitted: Admitted, involvement_id: UUID, opened: Opened, heads: Sequence[Headed]
    ) -> tuple[SealedCase, Involvement]:
        """Return the involvement if its contact is shown to whoever asks; else NotDisclosed."""
        asker, ask = admitted.asker.facts, admitted.ask
        facts = CaseFacts((head for _, head in heads), asker.agency, ask.today, ask.purpose)
        for case, head in heads:
            if case.id != involvement_id or head.kind != "involvement":
                continue
            told, decision = facts.involvement(head), opened.decision
            level = decide_involvement(asker, ask, decision, told, admitted.agreement)
            body = case.body(head) if may_say_whether_it_worked(level) else None
            if isinstance(body, Involvement) and is_shown(body, level):
                return case, body
        raise NotDisclosed(ABSENT)

    async def _listed(
        self, said: Statement, before: Involvement, after: Involvement, told: ContactSaid
    ) -> None:
        """Count what was said and list what is newly in doubt: always as many rows."""
        keyring, work = self._index.keyring, said.work
        rows = [decoy() for _ in range(LOAD_ROWS)]
        if told not in before.reports:
            month = month_of(self._index.clock.now())
            rows[0] = count_row(keyring, month, after.agency_kind, told.outcome)
        names = (DOUBTFUL, doubtful_list_of(after.agency))
        listed = [list_pointer(keyring, name, after.id) for name in names]
        # Whatever is no longer in doubt leaves its lists, or would be listed twice.
        await work.children.remove_work(listed)
        if doubts(after.reports):
            rows[1:] = listed
        await work.children.add_work(sorted(rows))

    async def figures(self, login: Login, stated: str | None, attempt: Attempt) -> bytes:
        """Return how often contacts worked in a month that is over, by kind of agency; encoded."""
        index, now = self._index, self._index.clock.now()
        asked = Asked(login, Action.SUPERVISE, attempt.access)
        this = month_of(now)
        month = stated or month_before(this)
        async with snapshot(index.reading, index.csa) as reading:
            await admit(index, reading, asked, attempt)
            if month >= this:
                raise Invalid(Code.QUERY_INVALID, "month")
            counts: Counter[tuple[AgencyKind, ContactOutcome]] = Counter()
            for token in list_tokens(index.keyring, _counted_in(month)):
                for row in await listed_rows(reading, [token]):
                    counts[_counted(index.keyring, token, row["pointer"])] += 1
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        kinds = [_figures(kind, counts) for kind in AgencyKind if _total(kind, counts)]
        return orjson.dumps({"month": month, "kinds": kinds})


def _total(kind: AgencyKind, counts: Counter[tuple[AgencyKind, ContactOutcome]]) -> int:
    return sum(counts[kind, outcome] for outcome in ContactOutcome)


def _figures(kind: AgencyKind, counts: Counter[tuple[AgencyKind, ContactOutcome]]) -> Shown:
    total = _total(kind, counts)
    cells = {outcome: counts[kind, outcome] for outcome in ContactOutcome}
    shown = without_small_cells(cells, total)
    return {
        "agency_kind": kind.value,
        "said": shown_total(total),
        "outcomes": [
            {"outcome": outcome.value, "count": count} for outcome, count in shown.items()
        ],
    }
