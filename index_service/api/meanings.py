"""What each problem code means in HTTP: status, title, and what the asker can do.

A table and nothing else; problems.py speaks it and the catalogue is printed from it.
"""

from typing import NamedTuple

from index_service.domain.errors import Code


class Meaning(NamedTuple):
    """Status, title, and the next step. Constant texts: nothing of the request in them."""

    status: int
    title: str
    next_step: str


MEANINGS: dict[Code, Meaning] = {
    Code.NOT_DISCLOSED: Meaning(
        404,
        "Nothing to show",
        "There is nothing here that may be shown to you. Look the child up by name and date of "
        "birth, or ring the broker line given by /v1/me.",
    ),
    Code.NOT_AUTHENTICATED: Meaning(
        401, "Not authenticated", "Send a valid access token as Authorization: Bearer."
    ),
    Code.TOKEN_NOT_BOUND: Meaning(
        401,
        "Token not bound to its holder",
        "This account must use a token bound to its client certificate.",
    ),
    Code.ACCOUNT_UNKNOWN: Meaning(
        403, "No account here", "Ask the management team of this authority for an account."
    ),
    Code.ACCOUNT_SUSPENDED: Meaning(
        403, "Account suspended", "Ring the management team of this authority."
    ),
    Code.ACCOUNT_CLOSED: Meaning(
        403, "Account closed", "Ask the management team of this authority for a new account."
    ),
    Code.CHECK_LAPSED: Meaning(
        403,
        "Disclosure check lapsed",
        "Have your disclosure check renewed; it holds for three years.",
    ),
    Code.TRAINING_MISSING: Meaning(
        403, "Training not recorded", "Complete the training and have it recorded."
    ),
    Code.AGREEMENT_UNSIGNED: Meaning(
        403, "User agreement not signed", "Sign the user agreement and have it recorded."
    ),
    Code.EMPLOYER_NOT_ACCREDITED: Meaning(
        403,
        "Employer not accredited",
        "Your organisation must be accredited by this authority first.",
    ),
    Code.ROLE_NOT_ALLOWED: Meaning(
        403, "Not for this role", "Your account's role does not do this; ask someone whose does."
    ),
    Code.AGENCY_NOT_PARTY: Meaning(
        403,
        "Agency not party to the agreement",
        "Your agency must join the sharing agreement of this authority.",
    ),
    Code.PURPOSE_MISSING: Meaning(
        400, "No purpose stated", "Send Access-Purpose with a word of /v1/vocabularies."
    ),
    Code.PURPOSE_NOT_ALLOWED: Meaning(
        403,
        "Purpose not allowed",
        "The sharing agreement does not allow your agency or role this purpose.",
    ),
    Code.NUMBER_NOT_ALLOWED: Meaning(
        403,
        "Not by this number",
        "Your agency's numbers are in /v1/me: give one of them, or a name with a date of birth.",
    ),
    Code.REASON_MISSING: Meaning(
        400, "No reason stated", "Send Access-Reason with a word of /v1/vocabularies."
    ),
    Code.REASON_NOT_ALLOWED: Meaning(
        403, "Reason not allowed", "State a reason the agreement pairs with your purpose."
    ),
    Code.CASE_MISSING: Meaning(
        400,
        "No case number stated",
        "Send the case number this is for as Access-Reference; of a panel, the panel's own.",
    ),
    Code.NO_AGREEMENT_IN_FORCE: Meaning(
        403,
        "No sharing agreement in force",
        "The management team must bring an agreement into force.",
    ),
    Code.OVERRIDE_NOT_GRANTED: Meaning(
        403,
        "No right to override",
        "Ask the management team to broker, or enquire under section 47 as your role allows.",
    ),
    Code.SUPERVISION_NOT_GRANTED: Meaning(
        403,
        "No right to supervise",
        "Ask the management team to grant the right to see your own staff's use.",
    ),
    Code.MEDIATION_INVALID: Meaning(
        403,
        "No such grant of mediated access",
        "Ask the requester for a new grant: one holds for 15 minutes, for one mediator.",
    ),
    Code.ANOTHER_DAY: Meaning(
        403,
        "Not on the same day",
        "A new identity is two requests on different days: create the record another day.",
    ),
    Code.TOO_MANY_REQUESTS: Meaning(
        429,
        "Too many requests",
        "Wait, state a case reference with each request, or ring the management team.",
    ),
    Code.SUBSCRIPTIONS_FULL: Meaning(
        403, "As many subscriptions as one may have", "End one you no longer have reason for."
    ),
    Code.NOT_JSON: Meaning(400, "Not JSON", "Send one JSON value in UTF-8 without a mark."),
    Code.DUPLICATE_KEY: Meaning(400, "A key twice", "Name each key of an object once."),
    Code.BODY_TOO_LARGE: Meaning(
        413, "Body too large", "Send at most 64 KiB, in a batch at most 1 MiB."
    ),
    Code.BODY_TOO_DEEP: Meaning(400, "Body too deep", "Nest at most 12 deep."),
    Code.CHARACTER_NOT_ALLOWED: Meaning(
        400,
        "Character not allowed",
        "Leave out control characters, lone surrogates and noncharacters.",
    ),
    Code.WRONG_CONTENT_TYPE: Meaning(
        415, "Wrong content type", "Send the content type this route takes, not encoded."
    ),
    Code.NOT_ACCEPTABLE: Meaning(406, "Not acceptable", "Accept application/json."),
    Code.NO_SUCH_ROUTE: Meaning(404, "No such route", "See the published contract."),
    Code.METHOD_NOT_ALLOWED: Meaning(
        405, "Method not allowed", "Use a method named in the Allow header."
    ),
    Code.FIELD_UNKNOWN: Meaning(422, "Unknown field", "Send only the fields of the contract."),
    Code.FIELD_MISSING: Meaning(422, "Field missing", "Send the field named."),
    Code.FIELD_INVALID: Meaning(
        422, "Field not valid", "Correct the field named; the contract gives its form."
    ),
    Code.HEADER_INVALID: Meaning(400, "Header not valid", "Correct the header named."),
    Code.REFERENCE_INVALID: Meaning(
        400,
        "Reference not valid",
        "Use 3 to 24 of A-Z, 0-9, / and -, and never an NHS number or UPN.",
    ),
    Code.PATH_INVALID: Meaning(
        400, "Path not valid", "Write ids in lower case with hyphens, as they were given."
    ),
    Code.QUERY_INVALID: Meaning(
        400,
        "Query not valid",
        "Correct the query parameter named; with none named, send each that is known once.",
    ),
    Code.TOO_FEW_FACTS: Meaning(
        422,
        "Too few facts to look up by",
        "Give an identifier, a name with a date of birth, or both names with a postcode.",
    ),
    Code.IDENTIFIER_INVALID: Meaning(
        422, "Identifier not valid", "Check the number: its form or check digit is wrong."
    ),
    Code.DATE_OUT_OF_RANGE: Meaning(
        422, "Date out of range", "Check the date: it does not exist or cannot be meant."
    ),
    Code.IDEMPOTENCY_KEY_MISSING: Meaning(
        400, "No idempotency key", "Send Idempotency-Key, new for each change."
    ),
    Code.IDEMPOTENCY_KEY_REUSED: Meaning(
        422, "Idempotency key used before", "Use a new key for another request."
    ),
    Code.PRECONDITION_MISSING: Meaning(
        428, "No precondition", "Read it first and send its ETag as If-Match."
    ),
    Code.PRECONDITION_FAILED: Meaning(
        412, "Changed meanwhile", "Read it again and decide whether your change still stands."
    ),
    Code.STATE_CONFLICT: Meaning(
        409, "Not in this state", "Read it again: what you ask no longer fits its state."
    ),
    Code.CONSENT_GIVER_NOT_ALLOWED: Meaning(
        422,
        "Not theirs to give",
        "State the judgement of understanding: a child who understands gives consent, else "
        "somebody with parental responsibility.",
    ),
    Code.CONSENT_OVERLAPS: Meaning(
        409, "Already in force", "Renew or withdraw the one that is in force."
    ),
    Code.CONSENT_MISSING: Meaning(
        409, "No live consent", "Record the consent this needs, or another lawful basis."
    ),
    Code.SECOND_PERSON_NEEDED: Meaning(
        409, "A second person is needed", "Somebody else must agree to this."
    ),
    Code.ENDED_ALREADY: Meaning(409, "Ended already", "This was used, withdrawn or has ended."),
    Code.AGREEMENT_INVALID: Meaning(
        422, "Not an agreement", "Correct the place named; consent/README.md gives the form."
    ),
    Code.AGENCY_UNKNOWN: Meaning(
        422, "Not an agency here", "Name agencies of this index by their ids: `GET /v1/agencies`."
    ),
    Code.BATCH_TOO_LARGE: Meaning(413, "Batch too large", "Send fewer subjects or lines at once."),
    Code.EXPORT_TOO_LARGE: Meaning(
        413, "Too much at once", "Ask for a shorter time, or for one account or child."
    ),
    Code.NOT_SEALED_YET: Meaning(
        409, "Not sealed yet", "Ask again in a minute, or up to an earlier moment."
    ),
    Code.LEAF_NOT_SEALED: Meaning(
        404,
        "Leaf not sealed",
        "Ask again later. Past the deadline its receipt names, this answer with the receipt "
        "proves suppression, unless the year it is of is dropped.",
    ),
    Code.LOG_YEAR_DROPPED: Meaning(
        410, "Year dropped", "Its entries outlived their time: its heads are all there is of it."
    ),
    Code.DIGEST_MISSING: Meaning(
        400, "No digest", "Send the SHA-256 of the whole body as Content-Digest."
    ),
    Code.DIGEST_MISMATCH: Meaning(
        422, "Digest does not match", "Send the same body again; what arrived is kept."
    ),
    Code.INDEX_RESTORED: Meaning(
        503,
        "Closed after a restored backup",
        "Ring the management team: shields, withdrawals and suspensions since the backup are "
        "being entered again.",
    ),
    Code.UNRECORDED: Meaning(
        503, "Not recorded", "Nothing is shown that could not be recorded; try again."
    ),
    Code.UNAVAILABLE: Meaning(503, "Not available now", "Try again shortly."),
    Code.DEFECT: Meaning(500, "Defect", "It is ours and recorded; ring the management team."),
}
