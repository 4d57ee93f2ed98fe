"""What a family asks and is told, in plain words; a test holds the lists equal to the contract."""

from typing import Final

from thin_client.codes import Words

ASKED_BY: Final[Words] = {
    "child": "The child, or the adult they became",
    "parent": "A parent, or whoever says they have parental responsibility",
    "court": "A court",
    "official": "An official whom a statute lets ask",
}
IDENTITY: Final[Words] = {
    "documents_seen": "Documents were seen",
    "known_to_agency": "They are known to an agency",
    "court_papers_seen": "Court papers were seen",
    "not_confirmed": "It is not confirmed",
}
RIGHT: Final[Words] = {
    "own_record": "It is their own record",
    "birth_certificate": "Birth certificate",
    "responsibility_agreement": "Parental responsibility agreement (section 4)",
    "responsibility_order": "Parental responsibility order",
    "adoption_order": "Adoption order",
    "special_guardianship_order": "Special guardianship order",
    "guardian_appointed": "Appointed guardian (section 5)",
    "court_direction": "A court's direction",
    "statutory_power": "A statutory power",
    "not_shown": "It was not shown",
}
ORDERS: Final[Words] = {
    "none": "None",
    "contact_unrestricted": "There are orders, and contact is free",
    "contact_restricted": "Contact is restricted",
    "prohibited_steps": "Prohibited steps",
    "non_molestation": "Non-molestation",
    "no_contact": "No contact",
    "not_checked": "Nobody has looked",
}
COMPETENCE: Final[Words] = {
    "sufficient": "Understands enough to ask, or to object",
    "insufficient": "Does not understand enough",
    "adult": "18 or over: nobody judges",
    "not_judged": "Nobody has judged it",
}
JUDGED_BY: Final[Words] = {
    "social_worker": "A social worker",
    "health_practitioner": "A health practitioner",
    "safeguarding_lead": "A safeguarding lead",
    "management_team": "The index team",
    "court": "A court",
}
WISHES: Final[Words] = {
    "agrees": "Agrees",
    "objects": "Objects",
    "not_asked": "Was not asked",
}
NOT_ASKED: Final[Words] = {
    "too_young": "Too young",
    "cannot_understand": "Cannot understand",
    "would_endanger": "Asking would endanger",
    "not_reached": "Could not be reached",
}
HARM: Final[Words] = {
    "none": "No",
    "possible": "Possibly",
    "likely": "Likely",
    "not_assessed": "Nobody has assessed it",
}
DETAILS: Final[Words] = {
    "kinds": "Kinds of agency",
    "agencies": "Which agencies (a second person must release it)",
    "names": "Agencies and practitioners (a second person must release it)",
}
GROUNDS: Final[Words] = {
    "child_asked": "The child asked for it",
    "complaint": "A complaint",
    "court_direction": "A court's direction",
    "statutory_power": "A statutory power",
    "staff_agreed": "The staff named agreed",
}
REFUSALS: Final[Words] = {
    "identity_not_confirmed": "It is not confirmed who asks",
    "right_not_shown": "It was not shown that it is theirs to ask",
    "orders_not_checked": "Nobody has looked for court orders",
    "order_forbids": "A court order forbids it",
    "competence_not_judged": "Nobody has judged what the child understands",
    "child_cannot_ask": "The child does not understand enough to ask",
    "child_is_competent": "The child is competent, so it is theirs to ask",
    "child_is_adult": "The child is an adult, so it is theirs to ask",
    "child_objects": "The child objects",
    "child_not_asked": "The child was not asked",
    "harm_not_assessed": "Nobody has assessed whether telling could do serious harm",
    "harm_possible": "Telling could do serious harm",
    "harm_likely": "Telling is likely to do serious harm",
}
CONSENT_FOR: Final[Words] = {
    "confidentiality": "Share what was told in confidence",
    "sensitive_entry": "Enter a sensitive service",
    "stay_past_18": "Keep the record past 18, to 25 at most",
    "caf": "Tell that a common assessment is held",
    "caf_transfer": "Move the common assessment to another authority",
}
CONSENT_STATES: Final[Words] = {
    "given": "Given",
    "refused": "Refused",
    "withdrawn": "Withdrawn",
}
GIVERS: Final[Words] = {
    "child": "The child",
    "parental_responsibility": "Somebody with parental responsibility",
}
UNDERSTANDINGS: Final[Words] = {
    "sufficient": "The child understands enough to decide",
    "insufficient": "The child does not understand enough to decide",
    "not_needed": "18 or over: nobody judges",
}
RECEIPTS: Final[Words] = {
    "none": "None: nothing that could prove it to others",
    "code_only": "A short code, easy to remember and to hide",
    "kept_by_service": "A signed receipt, kept by the service",
}
BASIS_KINDS: Final[Words] = {
    "statutory_supply": "A duty to supply",
    "significant_harm": "Significant harm",
    "public_interest": "The public interest",
    "court_order": "A court order",
}
BASIS_REASONS: Final[Words] = {
    "duty_to_supply": "The law says it must be supplied",
    "duty_to_co_operate": "The law says agencies must co-operate",
    "is_suffering": "The child is suffering",
    "is_likely_to_suffer": "The child is likely to suffer",
    "harm_to_another_child": "Harm to another child",
    "harm_to_an_adult": "Harm to an adult",
    "serious_crime": "Serious crime",
    "ordered_by_court": "A court ordered it",
    "directed_by_court": "A court directed it",
}
NOT_SHARED: Final[Words] = {
    "more_detrimental_to_child": "Sharing would do the child more harm than not",
    "consent_refused": "Consent was refused",
    "not_relevant": "It is not relevant",
    "not_proportionate": "It is not proportionate",
    "no_lawful_basis": "There is no lawful basis",
    "identity_not_verified": "It is not verified who asks",
    "advice_awaited": "Advice is awaited",
    "restrained_by_court": "A court restrains it",
}
