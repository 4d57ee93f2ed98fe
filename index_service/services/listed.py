"""Lists of matters, page by page: each in a total order, so that a page goes on where one ended."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from index_service.crypto.keyring import Keyring
from index_service.domain.matter import Matter
from index_service.services.admitting import Admitted
from index_service.services.attempt import Attempt
from index_service.services.cursors import cursor_position, next_cursor

PAGE_MAX = 200
_NEVER_S = 1 << 62

Place = Callable[[Matter], bytes]


def most_urgent_first(matter: Matter) -> bytes:
    """Place what must be answered first before all else, and what nobody must answer last."""
    return (matter.due_s or _NEVER_S).to_bytes(8) + matter.id.bytes


def newest_first(matter: Matter) -> bytes:
    """Place what came last before what came before it."""
    return (_NEVER_S - matter.opened_s).to_bytes(8) + matter.id.bytes


@dataclass(frozen=True, slots=True)
class Paging:
    """Who asks for a page, and the cursor they have; Invalid for a cursor of anybody else's."""

    keyring: Keyring
    admitted: Admitted
    attempt: Attempt
    cursor: str | None

    def page(self, found: Iterable[Matter], place: Place) -> tuple[list[Matter], str | None]:
        """Return the matters of one page in order, and the cursor of the next if there is one."""
        after = cursor_position(self.keyring, self.admitted, self.attempt, self.cursor)
        rest = sorted((each for each in found if place(each) > after), key=place)
        page = rest[:PAGE_MAX]
        if len(rest) == len(page):
            return page, None
        return page, next_cursor(self.keyring, self.admitted, self.attempt, place(page[-1]))
