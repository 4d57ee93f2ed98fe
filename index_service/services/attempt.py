"""What one request has shown of itself so far: the facts its entry is written from."""

from dataclasses import dataclass, field
from uuid import UUID

from consent.decision import Decision
from index_service.domain.access import Access, Asker
from index_service.log.entry import AccessEntry, Outcome, SubjectShown
from index_service.log.receipt import Receipt

UNMATCHED = "unmatched"
SCOPE_KEY = "index.attempt"


def told(decision: Decision) -> tuple[str, ...]:
    """Return what an entry says of a decision in closed words: why, and what the answer owed."""
    reasons = (reason.value for reason in decision.reasons)
    return (*reasons, *sorted(owed.value for owed in decision.obligations))


@dataclass(slots=True)
class Attempt:
    """Made by the boundary for every request, filled in as the request is understood.

    `route` is a template, `action` a consent Action or the route's word; `subjects` are
    the ids asked about, existing or not. `token_verified` is set as soon as the token
    held, even if no account stands behind it: only what has neither may be shed. `login`
    is the keyed reference of the token's subject (hex), entered where the request came to
    its end before the account was looked up.
    """

    request_id: str
    route: str = UNMATCHED
    action: str = ""
    token_verified: bool = False
    login: str = ""
    asker: Asker | None = None
    access: Access = field(default_factory=Access)
    mediation: str = ""
    subjects: tuple[UUID, ...] = ()
    outcome: Outcome | None = None
    code: str = ""
    rules: tuple[str, ...] = ()
    agreement: int = 0
    query_commit: str = ""
    _receipt: Receipt | None = None

    @property
    def anonymous(self) -> bool:
        """Whether nobody is known to have asked."""
        return self.asker is None and not self.token_verified

    @property
    def receipt(self) -> Receipt | None:
        """The receipt of the entry this answer stands on, once there is one."""
        return self._receipt

    def answered(self, receipt: Receipt) -> None:
        """Say which entry this answer stands on; RuntimeError the second time."""
        if self._receipt is not None:
            raise RuntimeError("a request is answered once")
        self._receipt = receipt

    def entry(self, stamp: tuple[str, UUID, int], outcome: Outcome) -> AccessEntry:
        """Return the entry of an answer that shows nothing; `stamp` is AccessLog.stamp()."""
        asker = self.asker
        return AccessEntry(
            *stamp,
            action=self.action,
            route=self.route,
            outcome=outcome,
            code=self.code,
            rules=self.rules,
            account=str(asker.account_id) if asker else self.login,
            agency=str(asker.agency_id) if asker else "",
            role=asker.facts.role if asker else "",
            purpose=self.access.purpose or "",
            reason=self.access.reason or "",
            reference=self.access.reference or "",
            mediation=self.mediation,
            agreement=self.agreement,
            query_commit=self.query_commit,
            subjects=tuple(SubjectShown(child_id) for child_id in self.subjects),
            request_id=self.request_id,
        )
