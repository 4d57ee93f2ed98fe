"""Recording that a practitioner disagrees: about what, and how to reach them; never why.

Their agency's named manager and the management team are told by a matter of their own.
"""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import orjson

from consent.facts import Action, DisclosureClass, Role
from index_service.domain.disclosure import Shown, shown_contact
from index_service.domain.dissent import Dissent, DissentAbout
from index_service.domain.involvement import Contact
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt, told
from index_service.services.cases import new_case_id
from index_service.services.consents_standing import headed
from index_service.services.contact_shield import contact_as_seen
from index_service.services.forms.dissent import DISSENT
from index_service.services.index import Index
from index_service.services.matters import ALERTS, of_agency, open_matter
from index_service.services.opening import child_with_cases
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.services.statement import statement
from index_service.services.writing import Repeatable
from index_service.store.reading import snapshot

WHAT = "dissent"
_CLASSES = (DisclosureClass.INVOLVEMENTS,)


@dataclass(frozen=True, slots=True)
class Dissenting:
    """What a practitioner states who disagrees."""

    about: DissentAbout
    contact: Contact


class Dissents:
    """Records and shows dissents for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def record(
        self, login: Login, child_id: UUID, stated: Dissenting, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Record a dissent and return its id; the agency and the team are told with it."""
        index = self._index
        async with statement(index, login, Action.RECORD_DISSENT, attempt) as said:
            opened = await said.about(child_id)
            once, made = await said.once(opened, sent, *_CLASSES)
            if made is not None:
                return made
            fact = _stated(said.admitted, stated)
            await said.add(opened, fact)
            # As many rows as an involvement that begins.
            await said.work.children.add_work([decoy() for _ in range(LOAD_ROWS)])
            now_s = int(index.clock.now().timestamp())
            matter = _notice(fact, child_id, now_s)
            await open_matter(index, said.work, matter, (of_agency(fact.agency), ALERTS))
            await said.recorded(opened, *_CLASSES, once=once, resource=fact.id)
            return fact.id

    async def read(self, login: Login, child_id: UUID, attempt: Attempt) -> bytes:
        """Return the dissents the asker's own agency recorded, or for the team all, encoded."""
        index = self._index
        attempt.subjects = (child_id,)
        asked = Asked(login, Action.RECORD_DISSENT, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            opened, cases = await child_with_cases(index, reading, admitted, child_id, attempt)
        team = admitted.asker.facts.role is Role.MANAGEMENT_TEAM
        found = []
        for case, head in headed(index, opened.child, cases):
            own = head.agency == admitted.asker.facts.agency
            if head.kind == DISSENT.kind and (own or team):
                body = case.body(head)
                assert isinstance(body, Dissent)  # INVARIANT: the head said so
                found.append(body)
        found.sort(key=lambda each: (each.recorded, each.id.bytes), reverse=True)
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.SHOWN),
            rules=told(opened.decision),
            subjects=(SubjectShown(child_id, _CLASSES, shown=True),),
        )
        attempt.answered(await index.log.append(entry))
        return orjson.dumps({"dissents": [_shown(admitted, each) for each in found]})


def _stated(admitted: Admitted, stated: Dissenting) -> Dissent:
    asker = admitted.asker
    return Dissent(
        new_case_id(),
        str(asker.agency_id),
        stated.about,
        stated.contact,
        admitted.ask.today,
        str(asker.account_id),
    )


def _notice(fact: Dissent, child_id: UUID, now_s: int) -> Matter:
    return Matter(
        uuid4(),
        MatterKind.NOTICE,
        MatterState.WAITING,
        now_s,
        account=fact.account,
        agency=fact.agency,
        child_id=child_id,
        details={"what": WHAT, "since": fact.recorded.isoformat()},
    )


def _shown(admitted: Admitted, fact: Dissent) -> Shown:
    agency = admitted.view.agencies.get(UUID(fact.agency))
    return {
        "dissent_id": str(fact.id),
        "about": fact.about.value,
        "agency": agency.name if agency else "",
        "contact": shown_contact(contact_as_seen(admitted, fact.agency, fact.contact)),
        "recorded": fact.recorded.isoformat(),
    }
