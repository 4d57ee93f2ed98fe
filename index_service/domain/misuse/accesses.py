"""What is known around one access: who asked, what work leads to the child, and what else may.

Built elsewhere from opened entries, involvements, matters and keyed digests. No name, address
or number ever stands here: children and accounts are references.
"""

from dataclasses import dataclass
from enum import StrEnum


class WorkTie(StrEnum):
    """How work leads an agency to a child. Values are stable: they stand in sealed alerts."""

    TEAM_DUTY = "team_duty"  # a hold, shield, alert or request the management team handles
    INVOLVEMENT = "involvement"  # the asker's agency was involved
    RECORDING = "recording"  # the account recorded something about the child around then
    MEDIATION = "mediation"  # asked for a requester who is named in a grant and works there
    CONTACT_REQUEST = "contact_request"
    SHARED_CASE = "shared_case"  # a colleague works with the child under the same reference
    FEED = "feed"  # the agency's own feed named the child around then
    REVIEW = "review"  # on the agency's list of what is due
    LATER_INVOLVEMENT = "later_involvement"  # recorded within the days given for it


class Nearness(StrEnum):
    """What ties the person at the keyboard to a child in private."""

    OWN_HOUSEHOLD = "own_household"
    OWN_FAMILY_NAME = "own_family_name"
    NEIGHBOURS_CHILD = "neighbours_child"  # same postcode, another house
    COLLEAGUES_CHILD = "colleagues_child"


class Mark(StrEnum):
    """What draws the curious to a record, or is kept to draw them."""

    CANARY = "canary"
    WELL_KNOWN = "well_known"
    SHIELDED = "shielded"


@dataclass(frozen=True, slots=True)
class Touched:
    """One child of an access. `born` is a day's ordinal, 0 where it was not asked for.

    `name_share` is the smoothed share of the asker's family name among the children their
    agency was shown: how little a shared name says where it is common.
    """

    child: str
    work: frozenset[WorkTie] = frozenset()
    near: frozenset[Nearness] = frozenset()
    marks: frozenset[Mark] = frozenset()
    name_share: float = 1.0
    born: int = 0


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Who asked, as far as the rules look: the account, its peers, whether it is about to end."""

    account: str
    agency: str
    kind: str
    role: str
    lapses_soon: bool = False


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """One access: an entry of the access log with what is known around it.

    `at_s` is Unix seconds. `on_rota`: unscheduled work of a duty agency, while it is on duty.
    `mediated`: asked under a grant. `settled`: the days in which work still may be recorded
    have gone by. `touched` are the children shown; none where nothing was.
    """

    entry: str
    who: AccountFacts
    at_s: int
    touched: tuple[Touched, ...] = ()
    reference: str = ""
    on_rota: bool = False
    mediated: bool = False
    out_of_hours: bool = False
    settled: bool = True

    @property
    def missed(self) -> bool:
        """Whether nobody was shown."""
        return not self.touched

    @property
    def day(self) -> int:
        """The day it was on, counted in UTC: days are only compared."""
        return self.at_s // 86_400
