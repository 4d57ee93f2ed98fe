"""Exports of the log and the reach of a breach, on the wire."""

from typing import Annotated

from pydantic import Field, StrictInt

from consent.facts import DisclosureClass
from index_service.api.wire import Id, Wire
from index_service.api.wire_inspection import Account, LogSought, Reference, Years
from index_service.api.wire_matter import Next, Seconds
from index_service.domain.inspection import BreachForm, EntryState, ExportForm

CHILDREN_MAX = 5_000
_NAMED_MAX = 5_000


class LogExported(LogSought):
    """What is to be exported and in what form, or with `cursor` its next part."""

    form: ExportForm
    cursor: Next = None


class BreachAsked(LogSought):
    """Whose askings are looked at: an account's, an agency's, or everybody's."""

    form: BreachForm


class ChildReached(Wire):
    """What was shown of one child, to whom; no id where no record is on the index any more."""

    child_id: Id | None
    references: Annotated[list[Reference], Field(max_length=11)]
    classes: Annotated[list[DisclosureClass], Field(max_length=len(DisclosureClass))]
    accounts: Annotated[list[Account], Field(max_length=_NAMED_MAX)]
    agencies: Annotated[list[Id], Field(max_length=_NAMED_MAX)]
    first: Seconds
    last: Seconds


_Count = Annotated[
    StrictInt | None,
    Field(ge=0, description="Null where it is small, or would give a small one away."),
]


class ClassReached(Wire):
    """Of how many children this class was shown."""

    disclosure_class: DisclosureClass
    children: _Count


class AgencyReached(Wire):
    """To which agency how many children were shown."""

    agency_id: Id
    children: _Count


class BreachCounts(Wire):
    """How many, fit to be passed on: nothing below 5, and nothing that would tell it."""

    children: _Count
    by_class: Annotated[list[ClassReached], Field(max_length=len(DisclosureClass))]
    by_agency: Annotated[list[AgencyReached], Field(max_length=_NAMED_MAX)]


class EntryUnread(Wire):
    """An entry of that time that could not be asked."""

    entry_id: Id
    state: EntryState


class BreachReach(Wire):
    """Which children and classes were reached, or how many; never both."""

    form: BreachForm
    children: Annotated[list[ChildReached] | None, Field(max_length=CHILDREN_MAX)]
    counts: BreachCounts | None
    unread: Annotated[list[EntryUnread], Field(max_length=1_000)]
    closed_years: Years
