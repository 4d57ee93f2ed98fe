"""What a supplier's newer statement changes in a record, attribute by attribute.

A line never overwrites what a person corrected as of the same day or later, nor what
any source stated as of a later day. What a line does not state it leaves alone.
"""

from dataclasses import replace

from index_service.domain.child import AddressKind, ChildRecord, PersonName, Settings, Source


def _takes(record: ChildRecord, attribute: str, source: Source) -> bool:
    standing = record.provenance.get(attribute)
    if standing is None:
        return True
    if standing.by_person and not source.by_person:
        return source.as_of > standing.as_of
    return source.as_of >= standing.as_of


def merged(record: ChildRecord, stated: ChildRecord, source: Source) -> ChildRecord:
    """Return the record after a source's statement; the same object if nothing changes."""
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
    if stated.settings != Settings() and take("settings"):
        settings = _settings(settings, stated.settings)
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


def _settings(old: Settings, stated: Settings) -> Settings:
    """Take school and practice each where stated: a school's line knows no practice."""
    return Settings(
        education=stated.education if stated.school or not old.school else old.education,
        school=stated.school or old.school,
        practice=stated.practice or old.practice,
    )


def _former(names: tuple[PersonName, ...], stated: ChildRecord) -> tuple[PersonName, ...]:
    """Add the former names a line states, newest first, at most three."""
    more = tuple(name for name in stated.tracing.former_names if name not in names)
    return (*names, *more)[:3]
