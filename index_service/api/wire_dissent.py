"""Dissents on the wire: about what, and whom to ring; no narrative."""

from typing import Annotated, Literal

from pydantic import Field

from index_service.api.wire import DayText, Id, TitleText, Wire
from index_service.api.wire_involvement import Contact
from index_service.api.wire_shown import CASES_MAX
from index_service.domain import involvement
from index_service.domain.dissent import DissentAbout
from index_service.domain.stated import inside


class DissentStated(Wire):
    """A practitioner disagrees with what was decided about a child."""

    about: DissentAbout
    contact: Annotated[Contact, Field(description="How to reach whoever disagrees.")]

    def to_domain(self) -> tuple[DissentAbout, involvement.Contact]:
        """Return what it is about, and the checked contact."""
        return self.about, inside("contact", Contact.to_domain, self.contact)


class DissentShown(Wire):
    """One dissent, and how to reach whoever recorded it."""

    dissent_id: Id
    about: DissentAbout
    agency: TitleText | Literal[""]
    contact: Contact
    recorded: DayText


class Dissents(Wire):
    """The dissents about a child that this asker may see, newest first."""

    dissents: Annotated[list[DissentShown], Field(max_length=CASES_MAX)]
