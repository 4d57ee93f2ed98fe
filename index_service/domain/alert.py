"""What the management team makes of an alert, once it has looked into it."""

from enum import StrEnum


class AlertOutcome(StrEnum):
    """How an alert was concluded. None of them presumes guilt."""

    NO_CONCERN = "no_concern"
    EXPLAINED = "explained"
    RECORD_CORRECTED = "record_corrected"
    RAISED_WITH_AGENCY = "raised_with_agency"
    REFERRED = "referred"
    ACCOUNT_SUSPENDED = "account_suspended"
