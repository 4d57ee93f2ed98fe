"""The index's closed lists in plain words; a test holds each list equal to the contract's."""

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]

PURPOSES: Final[Words] = {
    "safeguard": "Keep a child safe",
    "promote_welfare": "Support a child's welfare",
    "enquire_significant_harm": "Enquire into significant harm (section 47)",
    "find_missing_education": "Find a child missing education",
    "keep_index": "Keep the index right",
}
REASONS: Final[Words] = {
    "contact_practitioner": "To contact others who work with the child",
    "new_referral": "A new referral",
    "coming_to_notice": "The child came to our notice",
    "unscheduled_care": "Urgent or unplanned care",
    "planned_care": "Planned care",
    "assessment": "An assessment",
    "review": "A review",
    "strategy_discussion": "A strategy discussion",
    "admission_or_attendance": "Admission to school, or attendance",
    "record_involvement": "To record that we work with the child",
    "supply_or_correct": "To supply or correct what is recorded",
    "shielding": "Shielding",
}
# The index's own housekeeping is stated by the pages that do it, not chosen in a search.
SEARCH_PURPOSES: Final = tuple(each for each in PURPOSES if each != "keep_index")
SEARCH_REASONS: Final = tuple(
    each for each in REASONS if each not in ("supply_or_correct", "shielding")
)
# The team may ask for no purpose but its own: any other is refused it for every child.
TEAM_PURPOSES: Final = ("keep_index",)
TEAM_REASONS: Final = (
    "review",
    "contact_practitioner",
    "record_involvement",
    "supply_or_correct",
    "shielding",
)
NUMBERS: Final[Words] = {
    "nhs_number": "NHS number",
    "upn": "pupil number",
    "case_number": "case number",
}
AGENCY_KINDS: Final[Words] = {
    "authority": "The authority's index team",
    "social_care": "Social care",
    "early_help": "Early help",
    "early_years": "Early years",
    "school": "Schools",
    "college": "Colleges",
    "health_visiting": "Health visiting",
    "school_nursing": "School nursing",
    "general_practice": "General practice",
    "hospital": "Hospitals",
    "mental_health": "Mental health",
    "sexual_health": "Sexual health",
    "substance_misuse": "Substance misuse",
    "police": "Police",
    "probation": "Probation",
    "youth_justice": "Youth justice",
    "housing": "Housing",
    "voluntary": "Voluntary organisations",
}
SERVICES: Final[Words] = {
    "school": "School",
    "early_years": "Early years",
    "health_visiting": "Health visiting",
    "school_nursing": "School nursing",
    "general_practice": "General practice",
    "hospital": "Hospital",
    "social_care": "Social care",
    "early_help": "Early help",
    "education_welfare": "Education welfare",
    "special_needs": "Special educational needs",
    "police": "Police",
    "probation": "Probation",
    "youth_justice": "Youth justice",
    "housing": "Housing",
    "voluntary": "Voluntary organisation",
    "mental_health": "Mental health",
    "sexual_health": "Sexual health",
    "substance_misuse": "Substance misuse",
}
GENDERS: Final[Words] = {"female": "Female", "male": "Male", "not_specified": "Not specified"}
ACROSS: Final[Words] = {
    "own": "This authority",
    "region": "This authority, and others in the region that may know the child",
    "region_wider": "As far as can be asked: needs a case reference",
}
GRADES: Final[Words] = {
    "certain": "This is the child asked for",
    "probable": "Probably the child asked for",
    "possible": "May be the child asked for",
    "none": "Not the child asked for",
}
FIELDS: Final[Words] = {
    "given_name": "first name",
    "family_name": "family name",
    "middle_name": "middle name",
    "date_of_birth": "date of birth",
    "gender": "gender",
    "address": "address",
    "nhs_number": "NHS number",
    "upn": "unique pupil number",
    "case_number": "case number",
}
LEVELS: Final[Words] = {
    "exact": "the same",
    "nickname": "a short or pet form",
    "sounds_alike": "sounds alike",
    "close": "spelt nearly the same",
    "swapped": "the same, with names swapped",
    "day_month_swapped": "the same, with day and month swapped",
    "partial": "in part the same",
    "differs": "different",
    "missing": "not recorded or not given",
    "not_compared": "not compared",
}
CARERS: Final[Words] = {
    "mother": "Mother",
    "father": "Father",
    "step_parent": "Step-parent",
    "grandparent": "Grandparent",
    "other_relative": "Other relative",
    "foster_carer": "Foster carer",
    "guardian": "Guardian",
    "local_authority": "Local authority",
    "other": "Other carer",
}
ADDRESSES: Final[Words] = {
    "current": "Current address",
    "last_known": "Last known address",
    "none_known": "No known address",
    "left_england_may_return": "Left England, intends to return within 3 years",
    "left_england_not_returning": "Left England, does not intend to return",
    "left_england_intention_unknown": "Left England, not known whether to return",
}
EDUCATION: Final[Words] = {
    "attending": "At school or college",
    "educated_otherwise": "Educated otherwise than at school",
    "not_receiving": "Not receiving education",
    "not_of_school_age": "Not of school age",
    "not_known": "Not known",
}
URGENCIES: Final[Words] = {
    "emergency": "Emergency: within the hour",
    "same_day": "Today",
    "three_days": "Within three working days",
}
BROKERING_ANSWERS: Final[Words] = {
    "you_will_be_called": "The service agreed, and will ring you",
    "contact": "The service agreed that you are told how to reach it",
    "no_contact_can_be_made": "No contact can be made",
}
REQUEST_STATES: Final[Words] = {
    "waiting": "Waiting for the index team",
    "taken": "The index team is working on it",
    "answered": "Answered",
}
CAF_CLOSURES: Final[Words] = {
    "needs_met": "needs met",
    "family_disengaged": "the family no longer took part",
    "moved_authority": "moved to another authority",
    "moved_to_social_care": "moved to social care",
}
DAYS: Final[Words] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
STATES: Final[Words] = {
    "answered": "answered",
    "nothing": "no entry, or nothing to disclose",
    "unreachable": "did not answer",
}
ROLES: Final[Words] = {
    "practitioner": "Practitioner",
    "management_team": "Index team",
    "auditor": "Auditor",
    "supplier": "Supplier",
    "case_system": "Case system",
}
