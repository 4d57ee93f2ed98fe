"""The one place where facts for policy are built from what is stored."""

from consent.facts import ChildFacts
from index_service.services.encoding import Policy

# The facts of a record are few, so each combination is made once: cheap to compare.
_FACTS = {
    (archived, held, shielded): ChildFacts(archived, held, shielded)
    for archived in (False, True)
    for held in (False, True)
    for shielded in (False, True)
}


def child_facts(policy: Policy) -> ChildFacts:
    """Return what policy is told of a child record."""
    return _FACTS[policy.archived, policy.held, policy.shielded]
