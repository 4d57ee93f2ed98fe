"""The closed lists of practitioners' pages in plain words; a test holds them to the contract's."""

from typing import Final

from thin_client.codes import SERVICES, Words

OVERRIDE_GROUNDS: Final[Words] = {
    "section_47_enquiry": "A section 47 enquiry",
    "immediate_danger": "The child is in immediate danger",
    "police_protection": "Police protection",
    "missing_child": "The child is missing",
    "court_order": "A court ordered it",
}
OVERRIDE_STATES: Final[Words] = {
    "waiting": "Waiting for a second person",
    "granted": "Granted",
    "refused": "A second person said no",
    "used": "Used",
    "lapsed": "Lapsed",
}
DISSENTS: Final[Words] = {
    "no_assessment": "That there is no assessment",
    "threshold_not_met": "That the threshold was not met",
    "no_conference": "That there is no conference",
    "plan_not_made": "That no plan was made",
    "plan_too_soon_ended": "That a plan ended too soon",
    "closure": "That the case was closed",
    "lead_professional": "Who leads",
    "placement": "Where the child is placed",
    "return_home": "That the child returns home",
    "information_not_shared": "That information was not shared",
}
HARM: Final[Words] = {
    "is_suffering": "The child is suffering significant harm",
    "is_likely_to_suffer": "The child is likely to suffer significant harm",
}
BASIS_KIND_OF: Final[Words] = {
    "duty_to_supply": "statutory_supply",
    "duty_to_co_operate": "statutory_supply",
    "is_suffering": "significant_harm",
    "is_likely_to_suffer": "significant_harm",
    "harm_to_another_child": "public_interest",
    "harm_to_an_adult": "public_interest",
    "serious_crime": "public_interest",
    "ordered_by_court": "court_order",
    "directed_by_court": "court_order",
}
FEEDBACK: Final[Words] = {
    "reached": "I reached them",
    "no_answer": "Nobody answered",
    "wrong_number": "The number is wrong",
    "no_longer_there": "The person is no longer there",
    "no_longer_involved": "They no longer work with the child",
}
DOUBTS: Final[Words] = {
    "no_answer": "nobody answers",
    "wrong_number": "wrong number",
    "no_longer_there": "the person has left",
    "no_longer_involved": "said to be no longer involved",
}
HANDED: Final[Words] = {
    "handed_over": "Handed over",
    "ceased": "Ended already: left as it is",
    "not_there": "No longer there",
}
SENSITIVE: Final[Words] = {
    each: SERVICES[each] for each in ("mental_health", "sexual_health", "substance_misuse")
}
ENTERED_BY: Final[Words] = {
    "consent": "It is consented to",
    **HARM,
}
NOTICES: Final[Words] = {
    "contact_no_longer_brokered": "A contact brought about earlier no longer holds",
    "assessment_no_longer_told": "It is no longer told that a common assessment is held",
    "dissent": "A colleague disagrees with what was decided",
    "child_moved": "Another authority is now responsible for the child",
}
DID: Final[Words] = {
    "recorded": "Recorded.",
    "confirmed": "Confirmed as of today.",
    "confirmed_in_part": "Confirmed as of today, but for those that had ended or gone.",
    "changed": "Changed, and confirmed as of today.",
    "ended": "Ended.",
    "said": "Noted. Thank you: it helps whoever rings next.",
    "handed": "Handed on.",
    "offered": "Offered. The other authority decides.",
    "withdrawn": "Withdrawn. Those who were told before are told so.",
    "renewed": "Renewed.",
    "subscribed": "You will be told to ask again.",
    "unsubscribed": "You will no longer be told.",
    "mediation_over": "You no longer ask for somebody else.",
}
