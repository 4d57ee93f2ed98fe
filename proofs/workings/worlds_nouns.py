"""Every noun whose operations are probed, and every flip: importing this registers them."""

from proofs.workings import (
    worlds_flips_hidden,
    worlds_flips_said,
    worlds_on_agreements,
    worlds_on_assessments,
    worlds_on_children,
    worlds_on_consents,
    worlds_on_contacts,
    worlds_on_directory,
    worlds_on_feeds,
    worlds_on_inspections,
    worlds_on_involvements,
    worlds_on_log,
    worlds_on_lookups,
    worlds_on_misuse,
    worlds_on_shields,
    worlds_on_status,
    worlds_on_supervision,
    worlds_on_who_looked,
)
from proofs.workings.worlds_flip import FLIPS

NOUNS = (
    worlds_on_agreements,
    worlds_on_assessments,
    worlds_on_children,
    worlds_on_consents,
    worlds_on_contacts,
    worlds_on_directory,
    worlds_on_feeds,
    worlds_on_inspections,
    worlds_on_involvements,
    worlds_on_log,
    worlds_on_lookups,
    worlds_on_misuse,
    worlds_on_shields,
    worlds_on_status,
    worlds_on_supervision,
    worlds_on_who_looked,
)
FAMILIES = (worlds_flips_hidden, worlds_flips_said)
EVERY_FLIP = tuple(FLIPS)
