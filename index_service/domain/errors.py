"""The five families of things that go wrong, and the closed list of their codes.

Only api/problems.py knows what they mean in HTTP. A message carries a code and
counts, never a value: what was sent is never echoed (RFC 9457 section 5).
"""

from enum import StrEnum


class Code(StrEnum):
    """Stable problem codes. Adding is free; renaming or reusing breaks clients."""

    # Facts of the child, or nothing there: one code, one answer.
    NOT_DISCLOSED = "not_disclosed"

    # About the asker: the same for every child.
    NOT_AUTHENTICATED = "not_authenticated"
    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_SUSPENDED = "account_suspended"
    ACCOUNT_CLOSED = "account_closed"
    CHECK_LAPSED = "check_lapsed"
    TRAINING_MISSING = "training_missing"
    AGREEMENT_UNSIGNED = "agreement_unsigned"
    EMPLOYER_NOT_ACCREDITED = "employer_not_accredited"
    TOKEN_NOT_BOUND = "token_not_bound"
    ROLE_NOT_ALLOWED = "role_not_allowed"
    AGENCY_NOT_PARTY = "agency_not_party"
    PURPOSE_MISSING = "purpose_missing"
    PURPOSE_NOT_ALLOWED = "purpose_not_allowed"
    REASON_MISSING = "reason_missing"
    REASON_NOT_ALLOWED = "reason_not_allowed"
    NUMBER_NOT_ALLOWED = "number_not_allowed"
    CASE_MISSING = "case_missing"
    NO_AGREEMENT_IN_FORCE = "no_agreement_in_force"
    OVERRIDE_NOT_GRANTED = "override_not_granted"
    SUPERVISION_NOT_GRANTED = "supervision_not_granted"
    MEDIATION_INVALID = "mediation_invalid"
    ANOTHER_DAY = "another_day"
    TOO_MANY_REQUESTS = "too_many_requests"
    SUBSCRIPTIONS_FULL = "subscriptions_full"

    # Nonsense in the request.
    NOT_JSON = "not_json"
    DUPLICATE_KEY = "duplicate_key"
    BODY_TOO_LARGE = "body_too_large"
    BODY_TOO_DEEP = "body_too_deep"
    CHARACTER_NOT_ALLOWED = "character_not_allowed"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    NOT_ACCEPTABLE = "not_acceptable"
    NO_SUCH_ROUTE = "no_such_route"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    FIELD_UNKNOWN = "field_unknown"
    FIELD_MISSING = "field_missing"
    FIELD_INVALID = "field_invalid"
    HEADER_INVALID = "header_invalid"
    REFERENCE_INVALID = "reference_invalid"
    PATH_INVALID = "path_invalid"
    QUERY_INVALID = "query_invalid"
    TOO_FEW_FACTS = "too_few_facts"
    IDENTIFIER_INVALID = "identifier_invalid"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    IDEMPOTENCY_KEY_MISSING = "idempotency_key_missing"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    PRECONDITION_MISSING = "precondition_missing"
    PRECONDITION_FAILED = "precondition_failed"
    STATE_CONFLICT = "state_conflict"
    CONSENT_GIVER_NOT_ALLOWED = "consent_giver_not_allowed"
    CONSENT_OVERLAPS = "consent_overlaps"
    CONSENT_MISSING = "consent_missing"
    SECOND_PERSON_NEEDED = "second_person_needed"
    ENDED_ALREADY = "ended_already"
    AGREEMENT_INVALID = "agreement_invalid"
    AGENCY_UNKNOWN = "agency_unknown"
    BATCH_TOO_LARGE = "batch_too_large"
    EXPORT_TOO_LARGE = "export_too_large"
    NOT_SEALED_YET = "not_sealed_yet"
    LEAF_NOT_SEALED = "leaf_not_sealed"
    LOG_YEAR_DROPPED = "log_year_dropped"
    DIGEST_MISSING = "digest_missing"
    DIGEST_MISMATCH = "digest_mismatch"

    # Ours.
    INDEX_RESTORED = "index_restored"
    UNRECORDED = "unrecorded"
    UNAVAILABLE = "unavailable"
    DEFECT = "defect"


class NotDisclosed(Exception):  # noqa: N818 (the field's word, not an error of ours)
    """Policy said no on facts of the child, or nothing is there: one 404, byte for byte.

    `codes` are the exact causes for the sealed entry; they never leave.
    """

    def __init__(self, *codes: str) -> None:
        super().__init__(Code.NOT_DISCLOSED)
        self.codes = codes


class Refused(Exception):  # noqa: N818 (an answer to the asker)
    """Something about the asker, told plainly and equal for every child."""

    def __init__(self, code: Code, *also: Code) -> None:
        super().__init__(code)
        self.code = code
        self.also = also


class Invalid(Exception):  # noqa: N818 (an answer to the asker)
    """The asker sent nonsense: `field` is a path of known names, never a value."""

    def __init__(self, code: Code, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field


class Unrecorded(Exception):  # noqa: N818 (what happened, said of the entry)
    """The access log could not be written: nothing may be said."""


class Unavailable(Exception):  # noqa: N818 (a state of the store)
    """The store cannot be asked now; nothing was done and nothing is said."""
