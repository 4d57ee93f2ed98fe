"""What an asker would be shown of one child now, decided as for a read: part by part.

For notices alone: nothing of it leaves. Nothing is opened that the decision does not permit.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from consent.decide import decide_involvement
from consent.decision import Decision
from consent.facts import InvolvementLevel
from consent.peers import PeerMode, PeerTerms, shown_across
from index_service.domain import disclosure
from index_service.domain.disclosure import Shown
from index_service.domain.involvement import Involvement
from index_service.services.admitting import Admitted
from index_service.services.cases import checked_cases
from index_service.services.facts import CaseFacts
from index_service.services.index import Index
from index_service.services.read import shown_child
from index_service.services.sealing import SealedChild
from index_service.services.showing import Showing, shows_cases

_NO_PART = frozenset({"child_id", "restricted"})
_NO_NEWS = "last_confirmed"  # that an entry still holds is no reason to ask again
_SEEN = (InvolvementLevel.EXISTENCE, InvolvementLevel.CONTACT, InvolvementLevel.CONTENT)


def parts_read(
    index: Index, admitted: Admitted, child: SealedChild, decision: Decision, rows: Sequence[Any]
) -> tuple[bytes, ...]:
    """Return the parts of what an own asker would read."""
    shown = shown_child(Showing(index, admitted), child, decision, list(rows))
    return tuple(_parts(shown))


def parts_across(
    index: Index, admitted: Admitted, child: SealedChild, decision: Decision, rows: Sequence[Any]
) -> tuple[bytes, ...]:
    """Return the parts of what another authority's asker would be told; of its mode no more."""
    terms = admitted.peer
    assert terms is not None  # INVARIANT: an asker of another authority
    return tuple(_parts(_shown_across(Showing(index, admitted), child, decision, (terms, rows))))


def _shown_across(
    showing: Showing, child: SealedChild, decision: Decision, said: tuple[PeerTerms, Iterable[Any]]
) -> Shown:
    terms, rows = said
    if terms.mode is PeerMode.EXISTENCE:
        return {}
    left = shown_across(decision, terms)
    shown = disclosure.shown_identity(child.identity())
    shown["identifiers"] = showing.identifiers(child, left)
    if shows_cases(left):
        shown |= showing.cases(child, left, rows)
    return shown


def is_involved(
    index: Index, admitted: Admitted, child: SealedChild, decision: Decision, rows: Sequence[Any]
) -> bool:
    """Return whether the asker's agency works with the child now, by an entry it is shown."""
    asker, ask = admitted.asker.facts, admitted.ask
    cases = checked_cases(index.keyring, child.key, child.policy, rows)
    heads = [(case, case.head()) for case in cases]
    facts = CaseFacts((head for _, head in heads), asker.agency, ask.today, ask.purpose)
    for case, head in heads:
        if head.kind != "involvement" or head.agency != asker.agency:
            continue
        told = facts.involvement(head)
        level = decide_involvement(asker, ask, decision, told, admitted.agreement)
        body = case.body(head) if level in _SEEN else None
        if isinstance(body, Involvement) and body.ceased is None:
            return True
    return False


def _parts(shown: Shown) -> Iterator[bytes]:
    """Yield each part by itself: of a list each entry. What is null or empty is no part."""
    for name, part in shown.items():
        if name in _NO_PART:
            continue
        for each in part if isinstance(part, list) else [part]:
            told = each
            if isinstance(each, dict):
                told = {key: value for key, value in each.items() if key != _NO_NEWS}
            if told not in (None, {}):
                yield orjson.dumps([name, told], option=orjson.OPT_SORT_KEYS)
