"""What a supplier's newer statement changes in a record, attribute by attribute.

A line never overwrites what a person or another agency stated as of the same day or
later, nor what its own agency stated as of a later day. What a line does not state it leaves alone.
"""

from dataclasses import replace

from index_service.domain.child import AddressKind, ChildRecord, Education, PersonName, Source


def _takes(record: ChildRecord, attribute: str, source: Source) -> bool:
    standing = record.provenance.get(attribute)
    if standing is None:
        return True
    corrected = standing.by_person and not source.by_person
    if corrected or standing.agency != source.agency:
        # Of one day, what stands stays: suppliers must not take turns at a child's name.
        return source.as_of > standing.as_of
    return source.as_of >= standing.as_of


def merged(record: ChildRecord, stated: ChildRecord, source: Source) -> ChildRecord:
    """Return the record after a source's statement."""
    taken: dict[str, Source] = {}

    def take(attribute: str) -> bool:
        if not _takes(record, attribute, source):
            return False
        taken[attribute] = source
        return True

    identity, tracing = record.identity, record.tracing
    said = stated.identity
    if take("name") and said.name != identity.name:
        former = tuple(name for name in tracing.former_names if name != said.name)
        tracing = replace(tracing, former_names=((identity.name, *former))[:3])
        identity = replace(identity, name=said.name)
    if take("date_of_birth"):
        identity = replace(identity, date_of_birth=said.date_of_birth)
    if take("gender"):
        identity = replace(identity, gender=said.gender)
    carers = record.carers
    if stated.carers and take("carers"):
        carers = stated.carers
        identity = replace(identity, carers=said.carers)
    address = record.address
    # A line without an address reads as none known, and takes nobody else's away.
    if stated.address.kind is not AddressKind.NONE_KNOWN and take("address"):
        address = stated.address
        tracing = replace(tracing, postcode=stated.tracing.postcode, house=stated.tracing.house)
    settings = record.settings
    told = stated.settings
    if (told.school or told.education is not Education.NOT_KNOWN) and take("school"):
        settings = replace(settings, education=told.education, school=told.school)
    if told.practice and take("practice"):
        settings = replace(settings, practice=told.practice)
    numbers = {s: n for s, n in stated.identifiers.items() if take(s.value)}
    return ChildRecord(
        identity=identity,
        tracing=replace(tracing, former_names=_former(tracing.former_names, stated)),
        identifiers=record.identifiers | numbers,
        address=address,
        carers=carers,
        settings=settings,
        provenance=record.provenance | taken,
    )


def _former(names: tuple[PersonName, ...], stated: ChildRecord) -> tuple[PersonName, ...]:
    """Add the former names a line states, newest first, at most three."""
    more = tuple(name for name in stated.tracing.former_names if name not in names)
    return (*names, *more)[:3]
