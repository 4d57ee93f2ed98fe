"""Why a child is asked about: what every request about a child states."""

from dataclasses import dataclass, field

from index_client.errors import Misstated
from index_client.generated.types import AccessReason, Purpose


@dataclass(frozen=True, slots=True)
class Access:
    """The lawful purpose and the reason, and where there is one the case's number and a grant.

    `reference` is the asker's own number for the case; `mediation` the id of a grant that the
    requester made. Neither is shown when this is printed.
    """

    purpose: Purpose
    reason: AccessReason
    reference: str | None = field(default=None, repr=False)
    mediation: str | None = field(default=None, repr=False)

    def headers(self, mediated: bool) -> dict[str, str]:
        """Return the headers that state it; Misstated for a grant where none can be used."""
        if self.mediation is not None and not mediated:
            raise Misstated("this is never asked on behalf of somebody else")
        stated = {
            "Access-Purpose": self.purpose,
            "Access-Reason": self.reason,
            "Access-Reference": self.reference,
            "Access-Mediation": self.mediation,
        }
        return {name: word for name, word in stated.items() if word is not None}
