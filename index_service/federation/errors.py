"""What goes wrong between authorities: closed lists of codes, told alike for every child."""

from enum import StrEnum


class PeerCode(StrEnum):
    """Why a message is refused. All hang on the sender and the message alone."""

    UNKNOWN_MEMBER = "unknown_member"
    CERTIFICATE_MISMATCH = "certificate_mismatch"
    SIGNATURE_INVALID = "signature_invalid"
    CLOCK_SKEW = "clock_skew"
    REPLAYED = "replayed"
    SUSPENDED = "suspended"
    VERSION_UNSUPPORTED = "version_unsupported"
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"

    # Of deriver and locator, to members in good standing.
    KEY_NOT_ALLOWED = "key_not_allowed"  # this member, or this use of key, may not ask that
    EPOCH_REFUSED = "epoch_refused"  # over, or not begun
    BUDGET_SPENT = "budget_spent"
    FILTER_REFUSED = "filter_refused"  # not of the size the directory gives the member
    ALREADY_THERE = "already_there"  # another one stands for this member and epoch


class Lost(StrEnum):
    """Why there is no answer of a peer."""

    NO_WAY = "no_way"  # not connected, or cut off
    DEADLINE = "deadline"
    BREAKER = "breaker"  # not tried: it failed just now
    UNAVAILABLE = "unavailable"  # answered that it cannot answer now
    NO_PORT = "no_port"  # it polls


class DirectoryFault(StrEnum):
    """Why a region's directory, or the policy to judge it by, does not count."""

    POLICY = "policy"
    FORM = "form"
    REGION = "region"
    QUORUM = "quorum"
    OUTSIDE_ITS_DAYS = "outside_its_days"
    OLDER = "older"
    MEMBERS = "members"
    KEYS = "keys"
    CERTIFICATE = "certificate"  # this process's own files
    SELF = "self"  # this authority is no member of it, or its own key is not


class MessageRefused(Exception):  # noqa: N818 (an answer, not an error of ours)
    """A message does not count: refused here, or, `by_peer`, by whom it was sent to."""

    def __init__(self, code: PeerCode, *, by_peer: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.by_peer = by_peer


class Unreachable(Exception):  # noqa: N818 (a state of somebody else's machine)
    """No answer within the deadline: neither yes nor no."""

    def __init__(self, code: Lost) -> None:
        super().__init__(code)
        self.code = code


class DirectoryRefused(Exception):  # noqa: N818 (told to the operator)
    """A directory does not count, or there is none to speak by."""

    def __init__(self, fault: DirectoryFault, where: str = "") -> None:
        super().__init__(f"{fault} {where}".rstrip())
        self.fault = fault
        self.where = where
