"""The closed lists of the management team's pages in plain words; held equal to the contract's."""

from typing import Final

from thin_client.codes import Words

SHIELD_GROUNDS: Final[Words] = {
    "domestic_abuse": "Domestic abuse",
    "witness_protection": "Witness protection",
    "contested_adoption": "Contested adoption, or one at risk",
    "sensitive_fostering": "A foster placement that must not be found",
    "named_threat": "A named person is a threat",
    "well_known_family": "A well-known family",
    "shielded_elsewhere": "Shielded by another authority",
}
SHIELD_ASKED_BY: Final[Words] = {
    "child": "The child",
    "parent_or_carer": "A parent or carer",
    "practitioner": "A practitioner",
    "court": "A court",
    "region": "Another authority",
}
# What stands in a shield and cannot be chosen: told by the region.
OWN_GROUNDS: Final = tuple(each for each in SHIELD_GROUNDS if each != "shielded_elsewhere")
OWN_ASKED_BY: Final = tuple(each for each in SHIELD_ASKED_BY if each != "region")
IDENTITY_CHECKS: Final[Words] = {
    "documents_seen": "Documents were seen",
    "known_to_agency": "The agency knows them",
    "court_papers_seen": "Court papers were seen",
}
SHIELD_REFUSALS: Final[Words] = {
    "no_increased_risk": "No increased risk of significant harm was found",
    "whereabouts_known": "The person feared knows the whereabouts already",
    "asker_not_entitled": "Whoever asked may not ask for this child",
    "identity_not_confirmed": "Who asked could not be confirmed",
    "asker_not_reached": "Whoever asked could not be reached",
}
SHIELD_REQUEST_STATES: Final[Words] = {
    "waiting": "Waits for a decision",
    "appealed": "Appealed: waits for another person's decision",
    "granted": "Granted",
    "refused": "Refused",
}
OVERRIDE_GROUNDS: Final[Words] = {
    "section_47_enquiry": "A section 47 enquiry",
    "immediate_danger": "Immediate danger",
    "police_protection": "Police protection",
    "missing_child": "A missing child",
    "court_order": "A court order",
}
OVERRIDE_STATES: Final[Words] = {
    "waiting": "Waits for a second person before anything is shown",
    "granted": "May be read once, while its time lasts",
    "refused": "Not approved",
    "used": "The record was read",
    "lapsed": "Its time ran out unread",
}
SECOND_PERSONS: Final[Words] = {
    "not_needed": "No second person is needed",
    "before": "A second person agrees before anything is shown",
    "after": "A second person agrees after the fact",
}
OVERRIDE_OUTCOMES: Final[Words] = {
    "in_order": "It was in order",
    "training_needed": "Training is needed",
    "referred_to_employer": "Referred to the employer",
    "referred_to_police": "Referred to the police",
}
BROKERED: Final[Words] = {
    "passed_on": "Passed on: the service will ring whoever asked",
    "contact_given": "The service agreed to be named and reached",
    "nobody_to_broker": "There is nobody to reach",
    "not_agreed": "The service did not agree",
}
HOLD_OUTCOMES: Final[Words] = {
    "held": "Held: resembles a shielded child, and nobody else sees it",
    "doubtful": "Doubtful: may be a record of a child already here",
}
HOLD_DECISIONS: Final[Words] = {
    "another_child": "Another child: release this record",
    "same_child": "The same child: join this record to the child's own",
}
HOLD_CHECKS: Final[Words] = {
    "supplier": "The agency that supplied it",
    "family": "The family",
    "shield_decider": "Whoever decided on the shield",
}
LINE_OUTCOMES: Final[Words] = {
    "new": "A new record",
    "same": "Said nothing new",
    "changed": "Changed a record",
    "held": "Held: resembles a shielded child",
    "doubtful": "Doubtful: may be a child already here",
    "halted": "Halted",
    "routed": "Sent to the authority it belongs to",
    "invalid": "Invalid: not accepted",
}
LINE_CODES: Final[Words] = {
    "line_too_long": "The line is too long",
    "not_utf8": "Not written in UTF-8",
    "character_not_allowed": "A character that is not allowed",
    "not_json": "Not JSON",
    "duplicate_key": "A name given twice",
    "too_deep": "Nested too deeply",
    "not_csv": "Not CSV",
    "column_count": "Too many or too few columns",
    "field_unknown": "A field that is not known",
    "field_missing": "A field is missing",
    "field_invalid": "A field has the wrong form",
    "identifier_invalid": "A number whose form or check digit is wrong",
    "date_out_of_range": "A date that cannot be meant",
    "reference_unknown": "Refers to a line never sent",
    "consent_missing": "Consent is needed and is not recorded",
}
BATCH_STATES: Final[Words] = {
    "incomplete": "Not complete yet",
    "complete": "Complete",
}
MOVE_REASONS: Final[Words] = {
    "moved_home": "The family moved",
    "address_learned": "The address was learned",
    "placed": "Placed in care here",
    "dispute_settled": "A dispute was settled",
}
MOVE_SIDES: Final[Words] = {
    "receiving": "Coming here",
    "holding": "Leaving here",
}
MOVE_STEPS: Final[Words] = {
    "proposed": "Proposed",
    "agreed": "Agreed: the record is on its way",
    "delivered": "Delivered",
    "taken": "Taken",
    "closed": "Complete",
    "refused": "Refused",
}
MOVE_REFUSALS: Final[Words] = {
    "not_known_here": "No such child is known here",
    "still_lives_here": "The child still lives here",
    "another_child": "It is another child",
    "second_thoughts": "Second thoughts",
    "withdrawn": "Withdrawn by the authority that proposed it",
}
HOLDERS_REFUSALS: Final = tuple(each for each in MOVE_REFUSALS if each != "withdrawn")
WIDENINGS: Final[Words] = {
    "days": "When it holds",
    "check_years": "How many years a disclosure check holds",
    "party": "Which kinds of agency take part",
    "action": "What a role may do",
    "purpose": "For which purposes",
    "reason": "For which reasons",
    "gateway": "Where a power may be used",
    "class": "Which classes of facts are shown",
    "number": "Which numbers are shown",
    "coverage": "Which children are on the index",
    "level": "How much of an involvement is shown",
    "brokered": "Who is told of services that may not be named",
    "caf": "How much of a common assessment is told",
    "override": "Who may override a shield",
    "approver": "Who may approve an override",
    "second_person": "When an override needs a second person",
    "mediation": "Who may ask on another's behalf",
    "named": "What named agencies are given",
    "budget": "How many children may be asked about in a day",
    "subscription": "Subscriptions",
}
COVERAGE_MODES: Final[Words] = {
    "involved_only": "Only children somebody works with",
    "universal": "Every child of the authority",
}
ACCOUNT_STATES: Final[Words] = {
    "active": "Active",
    "suspended": "Suspended",
    "closed": "Closed",
}
ALERT_OUTCOMES: Final[Words] = {
    "no_concern": "No concern",
    "explained": "Explained",
    "record_corrected": "The record was corrected",
    "raised_with_agency": "Raised with the agency",
    "referred": "Referred",
    "account_suspended": "The account was suspended",
}
NEW_IDENTITY_CAUSES: Final[Words] = {
    "adoption": "Adoption",
    "protection": "Protection of identity",
    "gender_recognition": "Gender recognition",
}
REENTRIES: Final[Words] = {
    "re_entered": "All such decisions since the backup were entered again",
    "none_since": "There were none since the backup",
}
RELEASE_STATES: Final[Words] = {
    "waiting": "Waits for a second person",
    "approved": "Approved",
}
PEER_KINDS: Final[Words] = {
    "index": "Another authority's index",
    "deriver": "The deriver: makes the region's search keys",
    "locator": "The locator: says which authorities may know a child",
}
PEER_STATES: Final[Words] = {"active": "Active", "leaving": "Leaving the region"}
REGION_CHECKS: Final[Words] = {
    "deriver": "The deriver",
    "locator": "The locator",
    "shield_new": "New shields told to the region",
    "shield_set": "The region's shields heard",
    "shield_night": "The nightly check of shields",
}
# Not a closed list of the contract: a word that is new to us is said without its dashes.
ALERTS: Final[Words] = {
    "override_asked": "Somebody asked to override a shield",
    "override_read": "A shielded record was read under an override",
    "override_approved": "An override was approved",
    "override_not_approved": "An override was not approved",
    "tripwire": "One record was reached in an unusual way",
    "shield_review": "A shield is past its day of review",
    "held_too_long": "A record has waited too long for a decision",
    "past_its_clock": "A request is past its clock",
    "dissent": "Somebody disagrees with a decision",
    "child_moved": "A child has moved",
    "region_directory_missing": "The region's directory is missing or has run out",
    "locator_misses_a_child": "The locator misses a child it should know",
    "filter_full": "The filter told to the locator is full",
    "shield_met": "A record here meets a shield of another authority",
    "shield_from_region": "A shield of another authority was found to cover a record here",
    "shield_lifted_here_stands_in_region": "A shield lifted here still stands in the region",
    "shield_check_unanswered": "Another authority did not answer the check of shields",
    "shield_check_unanswered_there": "An authority did not answer the check of shields",
    "responsibility_disputed": "It is disputed which authority is responsible",
    "routed_lines_refused": "Another authority refused lines sent on to it",
    "transfer_message_refused": "Another authority refused a message about a move",
    "authority_not_named": "An authority is not named in the agreement",
    "peer_day_used_up": "Another authority has used up its day's questions",
}
# Said at the top of the page a deed leads to.
DID: Final[Words] = {
    "account_added": "The account was added. It may ask from its next sign-in on.",
    "account_suspended": "The account is now suspended. It is in force from the next request on.",
    "account_active": "The account is now active. It is in force from the next request on.",
    "account_closed": "The account is now closed. It is in force from the next request on.",
    "account_changed": "The account was changed. It is in force from the next request on.",
    "agency_added": "The agency was added.",
    "practitioner_added": "The practitioner was added.",
    "contact_shielded": "Everybody but the team now sees the team line only.",
    "contact_shown": "Their own contact is shown again.",
    "request_taken": "You are at it: the request is yours.",
    "request_answered": "The request was answered. Whoever asked can read it now.",
    "release_asked": "Asked for. Nothing is released until a second person agrees.",
    "released": "The record was released.",
    "joined": "The two records are one now.",
    "shield_requested": "The request was sent to the index team.",
    "shield_appealed": "The appeal was sent. Somebody else decides.",
    "shield_refused": "The request was refused, and whoever sent it is told why.",
    "shield_granted": "The record is shielded from now on.",
    "shield_reviewed": "It is written down that the shield was looked at again.",
    "shield_lifted": "The shield was lifted.",
    "override_approved": "Your approval was written down.",
    "override_not_approved": "It was written down that you do not approve.",
    "override_concluded": "The investigation is concluded.",
    "identity_closed": "The record was closed for good.",
    "move_proposed": "The move was proposed. The other authority decides.",
    "move_refused": "The move was refused, and the other authority is told why.",
    "move_agreed": "The move was agreed to. The record goes once both sides have settled it.",
    "move_reviewed": "It is written down that the record was looked through.",
    "agreement_waits": "The agreement was proposed. Somebody else approves it.",
    "agreement_in_force": "The agreement is in force.",
    "agreement_approved": "The agreement was approved.",
    "peer_suspended": "The member is suspended from now on.",
    "peer_released": "The member is spoken with again.",
    "alert_concluded": "The alert is concluded.",
    "log_release_asked": "Stated. A second person has to approve it.",
    "log_release_approved": "Your approval was written down.",
}
STEPS: Final[Words] = {
    "asked": "Asked",
    "taken": "Taken on",
    "answered": "Answered",
    "approved": "Approved",
    "refused": "Refused",
    "reviewed": "Reviewed",
}
