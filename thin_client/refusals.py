"""What the index's refusals mean to whoever is refused, and what they can do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Said:
    """A heading, and what to do now."""

    title: str
    detail: str


_TEAM: Final = "Ring the index team of this authority."
REFUSALS: Final[Mapping[str, Said]] = {
    "account_unknown": Said(
        "You have no account here",
        "You are signed in, but this authority's index has no account for you. Ask its team.",
    ),
    "account_suspended": Said("Your account is suspended", _TEAM),
    "account_closed": Said("Your account is closed", "Ask the index team for a new one."),
    "check_lapsed": Said(
        "Your disclosure check has lapsed",
        "It holds for a set number of years. Have it renewed and recorded; then you can go on.",
    ),
    "training_missing": Said(
        "Your training is not recorded", "Complete the training, and have it recorded."
    ),
    "agreement_unsigned": Said(
        "You have not signed the user agreement", "Sign it, and have it recorded."
    ),
    "employer_not_accredited": Said(
        "Your organisation is not accredited", "This authority must accredit it first."
    ),
    "role_not_allowed": Said("Your account cannot do this", "Ask someone whose account can."),
    "agency_not_party": Said(
        "Your agency has not joined the sharing agreement", "It must join before it can ask."
    ),
    "purpose_not_allowed": Said(
        "This is not a purpose your agency may ask for",
        "Go back and choose the purpose you act under.",
    ),
    "reason_not_allowed": Said(
        "This reason does not go with that purpose",
        "Go back and choose another reason, or another purpose.",
    ),
    "no_agreement_in_force": Said("No sharing agreement is in force", _TEAM),
    "override_not_granted": Said(
        "Your account has no right to override",
        "Ask the index team to bring you together with whoever works with the child.",
    ),
    "supervision_not_granted": Said("Your account has no right to supervise", _TEAM),
    "mediation_invalid": Said(
        "The grant of mediated access does not hold",
        "Ask for a new one: each holds for 15 minutes, for one mediator.",
    ),
    "too_many_requests": Said(
        "You have asked about more children today than is usual",
        "Give a case reference with each, or ring the index team: they can help at once.",
    ),
    "second_person_needed": Said("A second person is needed", "Somebody else must agree to this."),
    "another_day": Said("Not on the same day", "Create the new record on another day."),
    "state_conflict": Said(
        "This has changed meanwhile", "Look at it again: what you asked no longer fits."
    ),
    "ended_already": Said("This has ended already", "Look at it again."),
    "precondition_failed": Said(
        "Somebody changed this meanwhile", "Look at it again, then decide whether to go on."
    ),
    "consent_missing": Said(
        "There is no live consent", "Record the consent this needs, or another lawful basis."
    ),
    "consent_overlaps": Said("This is in force already", "Renew or withdraw the one in force."),
    "idempotency_key_reused": Said(
        "This was sent before in another form", "Go back and start a new one."
    ),
    "case_missing": Said("A case number is needed", "Go back and give the number of the case."),
    "not_sealed_yet": Said(
        "Not all of this is sealed yet", "Entries are sealed within minutes: ask again then."
    ),
    "export_too_large": Said(
        "This is too much for one export", "Go back and search a shorter time, or one agency."
    ),
    "leaf_not_sealed": Said(
        "This is not in a head of the log yet", "Look again when the next head is signed."
    ),
    "log_year_dropped": Said(
        "That year of the log is dropped", "Its entries outlived their time; its heads are kept."
    ),
    "defect": Said("Something went wrong at the index", "It is recorded. Ring the index team."),
}
