"""May this family be told who looked? What the desk found out, and what stands against it.

A report can endanger the child it is about (FIPR on subject access; ICO: exemption of
serious harm, children's own rights), so it is refused unless everything is in order.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

JUDGED_DAYS_MAX = 90
REQUEST_DAYS_MAX = 28


class AskedBy(StrEnum):
    """Who asks to be told."""

    CHILD = "child"
    PARENT = "parent"  # whoever says they have parental responsibility
    COURT = "court"
    OFFICIAL = "official"  # whom a statute lets ask


class IdentityShown(StrEnum):
    """How it was made sure that whoever asks is who they say."""

    NOT_CONFIRMED = "not_confirmed"
    DOCUMENTS_SEEN = "documents_seen"
    KNOWN_TO_AGENCY = "known_to_agency"
    COURT_PAPERS_SEEN = "court_papers_seen"


class RightShown(StrEnum):
    """By what it was shown that it is theirs to ask."""

    NOT_SHOWN = "not_shown"
    OWN_RECORD = "own_record"
    BIRTH_CERTIFICATE = "birth_certificate"
    RESPONSIBILITY_AGREEMENT = "responsibility_agreement"  # Children Act 1989 section 4
    RESPONSIBILITY_ORDER = "responsibility_order"
    ADOPTION_ORDER = "adoption_order"
    SPECIAL_GUARDIANSHIP_ORDER = "special_guardianship_order"
    GUARDIAN_APPOINTED = "guardian_appointed"  # section 5
    COURT_DIRECTION = "court_direction"
    STATUTORY_POWER = "statutory_power"


class OrdersFound(StrEnum):
    """The strictest court order found that concerns whoever asks and the child."""

    NOT_CHECKED = "not_checked"
    NONE = "none"
    CONTACT_UNRESTRICTED = "contact_unrestricted"  # there are orders; contact is free
    CONTACT_RESTRICTED = "contact_restricted"
    PROHIBITED_STEPS = "prohibited_steps"
    NON_MOLESTATION = "non_molestation"
    NO_CONTACT = "no_contact"


class Competence(StrEnum):
    """Whether the child understands enough to ask, or to object."""

    NOT_JUDGED = "not_judged"
    SUFFICIENT = "sufficient"
    INSUFFICIENT = "insufficient"
    ADULT = "adult"  # 18 or over: nobody judges


class JudgedBy(StrEnum):
    """As what somebody judged the child's understanding."""

    SOCIAL_WORKER = "social_worker"
    HEALTH_PRACTITIONER = "health_practitioner"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    MANAGEMENT_TEAM = "management_team"
    COURT = "court"


class ChildsWish(StrEnum):
    """What the child says to it."""

    AGREES = "agrees"
    OBJECTS = "objects"
    NOT_ASKED = "not_asked"


class NotAskedBecause(StrEnum):
    """Why the child was not asked."""

    TOO_YOUNG = "too_young"
    CANNOT_UNDERSTAND = "cannot_understand"
    WOULD_ENDANGER = "would_endanger"
    NOT_REACHED = "not_reached"


class SeriousHarm(StrEnum):
    """Whether telling could cause serious harm to the child or to anybody else."""

    NOT_ASSESSED = "not_assessed"
    NONE = "none"
    POSSIBLE = "possible"
    LIKELY = "likely"


class GateRefusal(StrEnum):
    """What stands against telling. The desk's; a family hears one wording for all of them."""

    IDENTITY_NOT_CONFIRMED = "identity_not_confirmed"
    RIGHT_NOT_SHOWN = "right_not_shown"
    ORDERS_NOT_CHECKED = "orders_not_checked"
    ORDER_FORBIDS = "order_forbids"
    COMPETENCE_NOT_JUDGED = "competence_not_judged"
    CHILD_CANNOT_ASK = "child_cannot_ask"
    CHILD_IS_COMPETENT = "child_is_competent"  # so it is the child's to ask
    CHILD_IS_ADULT = "child_is_adult"
    CHILD_OBJECTS = "child_objects"
    CHILD_NOT_ASKED = "child_not_asked"
    HARM_NOT_ASSESSED = "harm_not_assessed"
    HARM_POSSIBLE = "harm_possible"
    HARM_LIKELY = "harm_likely"


@dataclass(frozen=True, slots=True)
class Findings:
    """What the desk found out about one request."""

    asked_by: AskedBy
    identity: IdentityShown
    right: RightShown
    orders: OrdersFound
    competence: Competence
    wish: ChildsWish
    harm: SeriousHarm
    judged_by: JudgedBy | None = None
    judged_on: date | None = None
    unasked_because: NotAskedBecause | None = None


_RIGHTS = {
    AskedBy.CHILD: frozenset({RightShown.OWN_RECORD}),
    AskedBy.PARENT: frozenset(
        {
            RightShown.BIRTH_CERTIFICATE,
            RightShown.RESPONSIBILITY_AGREEMENT,
            RightShown.RESPONSIBILITY_ORDER,
            RightShown.ADOPTION_ORDER,
            RightShown.SPECIAL_GUARDIANSHIP_ORDER,
            RightShown.GUARDIAN_APPOINTED,
        }
    ),
    AskedBy.COURT: frozenset({RightShown.COURT_DIRECTION}),
    AskedBy.OFFICIAL: frozenset({RightShown.STATUTORY_POWER}),
}
_IDENTITIES = {
    AskedBy.COURT: frozenset({IdentityShown.COURT_PAPERS_SEEN}),
    AskedBy.OFFICIAL: frozenset({IdentityShown.DOCUMENTS_SEEN}),
}
_CONFIRMED = frozenset(IdentityShown) - {IdentityShown.NOT_CONFIRMED}
_FREE = frozenset({OrdersFound.NONE, OrdersFound.CONTACT_UNRESTRICTED})
_COULD_NOT_SAY = frozenset({NotAskedBecause.TOO_YOUNG, NotAskedBecause.CANNOT_UNDERSTAND})
_FAMILY = frozenset({AskedBy.CHILD, AskedBy.PARENT})
_HARM = {
    SeriousHarm.NOT_ASSESSED: GateRefusal.HARM_NOT_ASSESSED,
    SeriousHarm.POSSIBLE: GateRefusal.HARM_POSSIBLE,
    SeriousHarm.LIKELY: GateRefusal.HARM_LIKELY,
}


def what_stands_against(found: Findings, today: date, *, is_adult: bool) -> tuple[GateRefusal, ...]:
    """Return everything that stands against telling; only nothing at all lets it be told.

    `is_adult` is by the record's date of birth, whatever the desk states.
    """
    refusals = {
        *_of_who_asks(found),
        *(_of_the_child(found, today, is_adult=is_adult) if found.asked_by in _FAMILY else ()),
    }
    if found.harm is not SeriousHarm.NONE:
        refusals.add(_HARM[found.harm])
    return tuple(sorted(refusals))


def _of_who_asks(found: Findings) -> set[GateRefusal]:
    refusals = set()
    if found.identity not in _IDENTITIES.get(found.asked_by, _CONFIRMED):
        refusals.add(GateRefusal.IDENTITY_NOT_CONFIRMED)
    if found.right not in _RIGHTS[found.asked_by]:
        refusals.add(GateRefusal.RIGHT_NOT_SHOWN)
    if found.asked_by in _FAMILY and found.orders is OrdersFound.NOT_CHECKED:
        refusals.add(GateRefusal.ORDERS_NOT_CHECKED)
    elif found.asked_by is AskedBy.PARENT and found.orders not in _FREE:
        refusals.add(GateRefusal.ORDER_FORBIDS)
    return refusals


def _of_the_child(found: Findings, today: date, *, is_adult: bool) -> set[GateRefusal]:
    refusals = set()
    asks_itself = found.asked_by is AskedBy.CHILD
    stated_so = is_adult is (found.competence is Competence.ADULT)
    if not stated_so or not (is_adult or _judged(found, today)):
        refusals.add(GateRefusal.COMPETENCE_NOT_JUDGED)
    elif asks_itself and found.competence is Competence.INSUFFICIENT:
        refusals.add(GateRefusal.CHILD_CANNOT_ASK)
    if not asks_itself and is_adult:
        refusals.add(GateRefusal.CHILD_IS_ADULT)
    if not asks_itself and found.competence is Competence.SUFFICIENT:
        refusals.add(GateRefusal.CHILD_IS_COMPETENT)
    if found.wish is ChildsWish.OBJECTS:
        refusals.add(GateRefusal.CHILD_OBJECTS)
    if found.wish is ChildsWish.NOT_ASKED:
        could_not = found.unasked_because in _COULD_NOT_SAY
        if asks_itself or not could_not:
            refusals.add(GateRefusal.CHILD_NOT_ASKED)
    return refusals


def _judged(found: Findings, today: date) -> bool:
    """Say whether somebody judged the child's understanding, and lately: children grow."""
    if found.competence is Competence.NOT_JUDGED or found.judged_by is None:
        return False
    return found.judged_on is not None and 0 <= (today - found.judged_on).days <= JUDGED_DAYS_MAX
