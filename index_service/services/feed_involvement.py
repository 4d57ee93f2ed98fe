"""What a supplier's line does to an involvement that stands, or why it is nonsense beside it."""

from dataclasses import replace

from index_service.domain.feed import InvolvementLine, InvolvementVerb, LineCode
from index_service.domain.involvement import SENSITIVE_SERVICES, Involvement


class LineRefused(Exception):  # noqa: N818 (one line's fate, caught where lines are applied)
    """A line that is nonsense beside what its own supplier sent before."""

    def __init__(self, code: LineCode, field: str) -> None:
        super().__init__(code)
        self.code = code
        self.field = field


def changed_by(before: Involvement, line: InvolvementLine) -> Involvement:
    """Return the involvement after a line that changes or ends it, or begins it anew."""
    if line.ceased is not None and line.ceased < before.began:
        raise LineRefused(LineCode.DATE_OUT_OF_RANGE, "ceased")
    change = line.verb is InvolvementVerb.CHANGE
    was_sensitive = Involvement.is_sensitive(before.service, before.agency_kind)
    if not was_sensitive and not line.consent and line.service in SENSITIVE_SERVICES:
        raise LineRefused(LineCode.CONSENT_MISSING, "consent")
    return replace(
        before,
        service=line.service or before.service,
        contact=line.contact or before.contact,
        began=(line.began or before.began) if line.verb is InvolvementVerb.BEGIN else before.began,
        ceased=before.ceased if change else line.ceased,
        confirmed=line.as_of,
        consent_in_force=before.consent_in_force if line.consent is None else line.consent,
        reports=before.reports if line.contact in (None, before.contact) else (),
    )
