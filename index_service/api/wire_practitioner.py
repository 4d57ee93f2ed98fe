"""Practitioners on the wire: how to reach their team, and a home that is never shown."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from index_service.api.wire import (
    EmailText,
    Id,
    NameText,
    PhoneText,
    PlaceText,
    PostcodeText,
    Wire,
)
from index_service.api.wire_involvement import TeamContact
from index_service.domain import directory
from index_service.domain.fields import (
    checked_email,
    checked_house,
    checked_name,
    checked_phone,
    checked_postcode,
)
from index_service.domain.stated import inside


class PractitionerStated(Wire):
    """A practitioner of an agency, and the team that answers for them."""

    agency_id: Id
    name: NameText
    team: TeamContact
    phone: PhoneText | None = None
    email: EmailText | None = None

    def to_domain(self, practitioner_id: UUID) -> directory.Practitioner:
        """Return the checked practitioner."""
        return directory.Practitioner(
            id=practitioner_id,
            agency_id=self.agency_id,
            name=checked_name(self.name, "name"),
            team=inside("team", TeamContact.to_domain, self.team),
            phone="" if self.phone is None else checked_phone(self.phone, "phone"),
            email="" if self.email is None else checked_email(self.email, "email"),
        )


class HomeStated(Wire):
    """Where a practitioner lives, and by which family name: kept as keyed digests only."""

    family_name: NameText
    postcode: PostcodeText
    house: PlaceText

    def to_domain(self) -> directory.HomeStated:
        """Return the checked home."""
        return directory.HomeStated(
            checked_name(self.family_name, "family_name"),
            checked_postcode(self.postcode),
            checked_house(self.house),
        )


class PractitionerAdded(PractitionerStated):
    """A practitioner, and where they live if they agreed to that being compared."""

    home: Annotated[
        HomeStated | None,
        Field(description="Compared with children's to notice misuse; never shown to anybody."),
    ] = None


class PractitionerShown(PractitionerStated):
    """How to reach one practitioner's team; whether all but the team are shown only that."""

    practitioner_id: Id
    contact_shielded: StrictBool


class PractitionerAmended(Wire):
    """Whether everybody but the management team is shown the practitioner's team only."""

    contact_shielded: StrictBool
