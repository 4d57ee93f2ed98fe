"""Overriding a shield: on what ground, with whose approval, and how the investigation ended."""

from enum import StrEnum

OVERRIDE_S = 15 * 60
APPROVAL_S_MAX = 24 * 60 * 60  # an approval later than that would answer another day's need
WARNING = (
    "This override starts an investigation at once. It shows one record, once, to you alone, "
    "within 15 minutes; everybody else still sees the shield."
)


class OverrideGround(StrEnum):
    """Why the hidden facts of a shielded child are needed now."""

    SECTION_47_ENQUIRY = "section_47_enquiry"
    IMMEDIATE_DANGER = "immediate_danger"
    POLICE_PROTECTION = "police_protection"
    MISSING_CHILD = "missing_child"
    COURT_ORDER = "court_order"


class OverrideState(StrEnum):
    """How far an override has come."""

    WAITING = "waiting"  # for a second person's approval
    GRANTED = "granted"
    REFUSED = "refused"  # by the second person
    USED = "used"
    LAPSED = "lapsed"  # not approved, or not used, in time


class OverrideOutcome(StrEnum):
    """How the investigation of an override ended."""

    IN_ORDER = "in_order"
    TRAINING_NEEDED = "training_needed"
    REFERRED_TO_EMPLOYER = "referred_to_employer"
    REFERRED_TO_POLICE = "referred_to_police"
