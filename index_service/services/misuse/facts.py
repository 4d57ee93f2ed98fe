"""Building AccessFacts: each access of a period, with what is known around it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from consent.facts import AccessReason, Action, Role
from index_service.domain.clock import london_day
from index_service.domain.misuse.accesses import AccessFacts, Mark, Nearness, Touched, WorkTie
from index_service.log.entry import Outcome
from index_service.services.misuse.children import Known
from index_service.services.misuse.entries import Noted
from index_service.services.misuse.people import People

SETTLES_S = 14 * 86_400
"""How long work may still be recorded that explains an access."""

CEASED = timedelta(days=90)
"""How long after an involvement ceased it still explains: reports are written, files closed."""

_NEAR_S = 7 * 86_400
_FED_S = 14 * 86_400
_TEAM_WORK = frozenset(
    {Action.READ_HOLDS, Action.INVESTIGATE, Action.BROKER, Action.APPROVE_OVERRIDE}
)
_CONTACT_WORK = frozenset({Action.ASK_CONTACT, Action.BROKER})
_INVOLVING = frozenset({Action.RECORD_INVOLVEMENT, Action.CREATE_CHILD})
_NAMES_SMOOTHED = 1_000  # as if so many more children of other names had been shown


@dataclass(frozen=True, slots=True)
class Period:
    """Everything a period's accesses are judged on."""

    now_s: int
    entries: Sequence[Noted]
    people: People
    child_of: Mapping[str, UUID]
    known: Mapping[UUID, Known]
    marks: Mapping[UUID, Mark]


class Names:
    """How common each family name is among the children anybody, or one agency, was shown."""

    def __init__(self, shown: Iterable[tuple[str, Known]]) -> None:
        """Count each child once for all, and once for each agency; `shown` is by agency."""
        pairs = {
            (agency, known.child_id, known.home.family)
            for agency, known in shown
            if known.home is not None
        }
        self._all = Counter(family for _, family in {pair[1:] for pair in pairs})
        self._here = Counter((agency, family) for agency, _, family in pairs)
        self._shown = Counter(agency for agency, _, _ in pairs)

    def share(self, agency: str, family: str) -> float:
        """Return a name's share, this one child left out where the agency saw others of it."""
        everywhere = self._all[family] / (self._all.total() + _NAMES_SMOOTHED)
        others = self._here[agency, family] - 1
        return max(everywhere, others / self._shown[agency] if others >= 2 else 0.0)


class Surroundings:
    """What is around the accesses of one period."""

    def __init__(self, period: Period) -> None:
        """Sort the period's work by the child it names."""
        self._period = period
        self._work: dict[UUID, list[Noted]] = defaultdict(list)
        for noted in period.entries:
            if not noted.is_access:
                for child_id in self._ids(noted.named):
                    self._work[child_id].append(noted)
        accesses = [noted for noted in period.entries if noted.is_access]
        self._names = Names(
            (noted.agency, period.known[child_id])
            for noted in accesses
            for child_id in self._ids(noted.shown)
            if child_id in period.known
        )

    def accesses(self) -> list[AccessFacts]:
        """Return every access of the period with what is known around it."""
        return [self._facts(noted) for noted in self._period.entries if noted.is_access]

    def _ids(self, refs: Iterable[str]) -> Iterator[UUID]:
        return (self._period.child_of[ref] for ref in refs if ref in self._period.child_of)

    def _facts(self, noted: Noted) -> AccessFacts:
        people = self._period.people
        late = people.out_of_hours(noted.agency, noted.at_s)
        unscheduled = noted.reason == AccessReason.UNSCHEDULED_CARE
        return AccessFacts(
            entry=str(noted.entry_id),
            who=people.facts(noted.account, noted.agency, noted.role, noted.at_s),
            at_s=noted.at_s,
            touched=tuple([self._touched(noted, each) for each in self._ids(noted.shown)]),
            reference=noted.reference,
            on_rota=unscheduled and people.is_duty_agency(noted.agency) and not late,
            mediated=bool(noted.mediation),
            out_of_hours=late,
            settled=self._period.now_s - noted.at_s >= SETTLES_S,
        )

    def _touched(self, noted: Noted, child_id: UUID) -> Touched:
        known = self._period.known.get(child_id) or Known(child_id)
        near = frozenset(self._near(noted, known))
        named = Nearness.OWN_FAMILY_NAME in near and known.home is not None
        return Touched(
            child=str(child_id),
            work=frozenset(self._ties(noted, known)),
            near=near,
            marks=frozenset(self._marks(known)),
            name_share=self._names.share(noted.agency, known.home.family)
            if named and known.home
            else 1.0,
            born=known.born,
        )

    def _marks(self, known: Known) -> Iterator[Mark]:
        if known.shielded:
            yield Mark.SHIELDED
        if (mark := self._period.marks.get(known.child_id)) is not None:
            yield mark

    def _near(self, noted: Noted, known: Known) -> Iterator[Nearness]:
        people, home = self._period.people, known.home
        if home is None:
            return
        own = people.homes.get(noted.account)
        if own is not None:
            if own.place and own.place == home.place:
                yield Nearness.OWN_HOUSEHOLD
            elif own.postcode and own.postcode == home.postcode:
                yield Nearness.NEIGHBOURS_CHILD
            if own.family and own.family == home.family:
                yield Nearness.OWN_FAMILY_NAME
        if people.colleagues_live_at(noted.account, noted.agency, home.place):
            yield Nearness.COLLEAGUES_CHILD

    def _ties(self, noted: Noted, known: Known) -> Iterator[WorkTie]:
        work = self._work[known.child_id]
        own = [each for each in work if each.agency == noted.agency]
        if noted.role == Role.MANAGEMENT_TEAM and any(
            each.outcome == Outcome.RECORDED or each.action in _TEAM_WORK for each in work
        ):
            yield WorkTie.TEAM_DUTY
        if self._involved(noted.agency, noted.at_s, known):
            recorded = [each.at_s for each in own if _records(each) and each.action in _INVOLVING]
            later = bool(recorded) and min(recorded) > noted.at_s
            yield WorkTie.LATER_INVOLVEMENT if later else WorkTie.INVOLVEMENT
        if noted.agency in known.assessing or any(
            each.action == Action.READ_DUE and each.account == noted.account for each in work
        ):
            yield WorkTie.REVIEW
        near = [each for each in own if abs(each.at_s - noted.at_s) <= _NEAR_S]
        if any(_records(each) and each.account == noted.account for each in near):
            yield WorkTie.RECORDING
        if noted.reference and any(
            _records(each) and each.reference == noted.reference for each in own
        ):
            yield WorkTie.SHARED_CASE
        if any(each.action in _CONTACT_WORK for each in near):
            yield WorkTie.CONTACT_REQUEST
        fed = known.fed.get(noted.agency, ())
        if any(abs(received_s - noted.at_s) <= _FED_S for received_s in fed):
            yield WorkTie.FEED
        if self._asked_for_at_work(noted, known):
            yield WorkTie.MEDIATION

    def _asked_for_at_work(self, noted: Noted, known: Known) -> bool:
        """Whether a grant names a requester whose own agency works with the child."""
        requester = self._period.people.accounts.get(noted.mediation.partition("/")[2])
        if requester is None:
            return False
        return self._involved(str(requester.agency_id), noted.at_s, known)

    def _involved(self, agency: str, at_s: int, known: Known) -> bool:
        """Whether an agency's involvement had not long ceased; whether it had begun is asked."""
        day = london_day(datetime.fromtimestamp(at_s, UTC))
        return any(_covers(began, ceased, day) for began, ceased in known.involved.get(agency, ()))


def _covers(began: date, ceased: date | None, day: date) -> bool:
    """Whether an involvement stands for work on a day, or on one of the days it settles in."""
    begun = began <= day + timedelta(seconds=SETTLES_S)
    return begun and (ceased is None or day <= ceased + CEASED)


def _records(noted: Noted) -> bool:
    return noted.outcome == Outcome.RECORDED
