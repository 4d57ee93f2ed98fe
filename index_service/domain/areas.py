"""Which authority an address belongs to: a table of postcode areas and districts, nothing else.

No centre decides it and no code does: the table is data of the region's signed directory.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from index_service.domain.child import Address, AddressKind

AREAS_MAX = 400
AREA = re.compile(r"[A-Z]{1,2}(?:[0-9]{1,2}[A-Z]?)?")
"""A postcode area (`NM`), a district (`NM1`), or a part of one (`EC1A`)."""

_LETTERS = re.compile(r"[A-Z]+")


@dataclass(frozen=True, slots=True)
class Borders:
    """Whose each area is, as one authority reads the region's directory."""

    own: str
    region: str
    members: frozenset[str]
    areas: Mapping[str, str]

    def authority_of(self, address: Address) -> str | None:
        """Return the member an address lived at now lies in, the most exact area first.

        None where nobody is named for it, or there is no such address: whoever was told of the
        child first is responsible provisionally.
        """
        if address.kind is not AddressKind.CURRENT or not address.postcode:
            return None
        return next(filter(None, map(self.areas.get, _places(address.postcode))), None)

    def elsewhere(self, address: Address) -> str | None:
        """Return the member an address lies in if that is another than this authority."""
        found = self.authority_of(address)
        return None if found == self.own else found


def _places(postcode: str) -> list[str]:
    """Return what a postcode may be listed under, the most exact first."""
    outward = postcode.partition(" ")[0]
    places = [outward]
    if outward[-1:].isalpha() and any(each.isdigit() for each in outward):
        places.append(outward[:-1])
    letters = _LETTERS.match(outward)
    return [*places, letters[0]] if letters else places
