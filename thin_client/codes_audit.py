"""What auditors and supervisors read, in plain words; a test holds them equal to the contract."""

from typing import Final

from thin_client.codes import Words

OUTCOMES: Final[Words] = {
    "shown": "Something was shown",
    "nothing": "Nothing was found",
    "not_disclosed": "Not disclosed",
    "refused": "Refused to the asker",
    "invalid": "Not understood",
    "recorded": "Recorded",
    "failed": "Failed",
    "shed": "Turned away in a flood",
}
ACTIONS: Final[Words] = {
    "lookup": "Look up a child",
    "read_child": "Read a record",
    "create_child": "Create a record",
    "amend_child": "Amend a record",
    "read_involvement": "Read an involvement",
    "record_involvement": "Record an involvement",
    "record_assessment": "Record a common assessment",
    "shield": "Shield a record",
    "lift_shield": "Lift a shield",
    "supply": "Supply a batch",
    "read_batch": "Read a batch",
    "read_holds": "Read held lines",
    "keep_directory": "Keep accounts and agencies",
    "read_directory": "Read the directory",
    "record_consent": "Record consent or another basis",
    "read_consents": "Read consents",
    "ask_contact": "Ask for contact",
    "broker": "Bring about contact",
    "mediate": "Grant mediated access",
    "ask_shield": "Ask for a shield",
    "override": "Override a shield",
    "approve_override": "Approve an override",
    "investigate": "Investigate an override",
    "release_hold": "Decide a held line",
    "close_identity": "Close an identity",
    "record_status": "Record a child's status",
    "record_dissent": "Record that something is wrong",
    "read_due": "Read what is due",
    "keep_agreement": "Keep the sharing agreement",
    "read_decision": "Read why one was answered so",
    "read_notices": "Read notices",
    "read_proof": "Read proofs of the log",
    "inspect_log": "Inspect the log",
    "read_panel": "Read a panel",
    "tell_who_looked": "Tell a family who looked",
    "handle_misuse": "Work on misuse alerts",
    "supervise": "Supervise own staff",
    "transfer": "Hand responsibility over",
    "release_log": "Release a restored index",
    "subscribe": "Subscribe to changes",
}
ENTRY_STATES: Final[Words] = {
    "open": "Opens, and is what its leaf committed to",
    "not_openable": "Does not open: the keys of its year are destroyed",
    "tampered": "Tampered with: it is not what its leaf committed to",
}
CLASSES: Final[Words] = {
    "identity": "Identity",
    "tracing": "Former names and addresses to search by",
    "identifier:nhs_number": "NHS number",
    "identifier:upn": "Unique pupil number",
    "identifier:case_number": "Case number",
    "whereabouts": "Whereabouts",
    "carers": "Carers' contact",
    "settings": "School and practice",
    "involvements": "Involvements and lead professional",
    "assessment": "Common assessment",
    "provenance": "Who supplied what",
    "restriction": "That the record is restricted",
    "status": "Protection plan, looked after",
    "consents": "Consents",
}
ALERT_OUTCOMES: Final[Words] = {
    "no_concern": "No concern",
    "explained": "Explained by work",
    "record_corrected": "A record was corrected",
    "raised_with_agency": "Raised with the agency",
    "referred": "Referred for investigation",
    "account_suspended": "The account was suspended",
}
ALERT_STATES: Final[Words] = {
    "waiting": "Waiting",
    "taken": "Being looked into",
    "ended": "Concluded",
}
STEPS: Final[Words] = {"taken": "Taken", "concluded": "Concluded", "opened": "Opened"}
RULES: Final[Words] = {
    "out_of_hours": "Out of hours",
    "account_about_to_lapse": "The account was about to lapse",
    "no_later_involvement": "No involvement was recorded later",
    "kept_returning": "Kept returning to the same child",
    "mediated_without_a_request": "Mediated, and nobody had asked for it",
    "canary_touched": "A record nobody has reason to open was opened",
    "own_household": "A child of the asker's own household",
    "own_family_name": "A child of the asker's own family name",
    "neighbours_child": "A child of the asker's neighbourhood",
    "colleagues_child": "A child of a colleague",
    "well_known_child": "A child everybody has heard of",
    "shielded_child": "A shielded child",
    "many_misses": "Many searches that found nobody",
    "out_of_hours_browsing": "Many children out of hours",
    "volume_in_a_day": "Unusually many children in a day",
    "volume_over_time": "Unusually many children over time",
    "sequential_births": "Dates of birth tried in sequence",
    "reference_reused": "One case reference for many children",
    "agency_volume": "Unusually many children by a whole agency",
}
EXPLANATIONS: Final[Words] = {
    "report_reference": "A report's reference was stated",
    "rota": "On the rota",
    "asked_again": "Asked again after nobody was found",
}
MARKS: Final[Words] = {
    "canary": "Canary: nobody has reason to open it",
    "well_known": "A child everybody has heard of",
}
EXPORT_FORMS: Final[Words] = {
    "openings": "Openings that anybody can verify (JSON Lines)",
    "csv": "A table (CSV)",
    "fhir": "FHIR AuditEvent",
}
BREACH_FORMS: Final[Words] = {
    "children": "The children, by reference",
    "counts": "Counts alone, small ones left out: fit to be passed on",
}
FINDINGS: Final[Words] = {
    "in_order": "In order",
    "ask_the_practitioner": "Ask the practitioner",
    "refer_to_auditor": "Refer to the auditors",
}
OPEN_KINDS: Final[Words] = {
    "contact_unanswered": "Contact asked for and not answered",
    "assessment_past_review": "Common assessment past its review",
    "involvement_not_confirmed": "Involvement not confirmed",
}
DECISION_RULES: Final[Words] = {
    "team_keeps_the_index": "The index team keeps the index",
    "agreement_gives": "The sharing agreement gives this to your agency",
    "own_number": "It is your own agency's number",
    "own_involvement": "You are involved with the child",
    "own_assessment": "Your agency holds the common assessment",
    "agency_excepted": "An exception was recorded for your agency",
    "level_agreed": "The agreement gives your agency this much and no more",
    "record_shielded": "The record is shielded",
    "override_not_in_force": "The override is not in force any more",
}
OBLIGATIONS: Final[Words] = {
    "withhold_whereabouts": "Whereabouts were left out",
    "withhold_sensitive": (
        "Sensitive services are left out of every answer like this, whether or not there are any"
    ),
    "offer_brokering": "Contact through the index team is offered with every answer like this one",
}
YES_NO: Final[Words] = {"yes": "Yes", "no": "No"}
# What a page checked by itself, and what came of it.
VERDICTS: Final[Words] = {"holds": "Holds", "fails": "Does not hold", "unchecked": "Not checked"}
CHECKS: Final[Words] = {
    "entry_id": "The entry is the one asked for",
    "leaf": "Entry and blind give the leaf (SHA-256)",
    "receipt": "The receipt names this entry and this leaf",
    "place": "The proof is of the place the log tells",
    "path": "The inclusion path leads from the leaf to the signed root (RFC 9162)",
    "form": "The proof has the form of one",
    "log_signed": "The log signed the head with both its keys (Ed25519 and ML-DSA-44)",
    "witnessed": "As many witnesses cosigned the head as the policy demands",
    "same_head": "Nobody was shown another head of this size here",
    "grown": "The tree begins with the one seen before (consistency proof)",
}
