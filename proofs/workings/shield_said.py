"""One invented child as suppliers and practitioners come to state it, slips and all.

What a record may be recognised by is judged here once more, by a rule of our own that
shares nothing with the index's: by any number, else by name and date of birth with one slip.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from index_service.domain.matching.keys import Facts
from proofs.workings.crowd import CONSONANTS, INWARD, nhs_number, upn, word

SERIALS_A_RUN = 20
_LIKE = 1  # letters that may be wrong, missing, doubled or turned round in one name


@dataclass(frozen=True, slots=True)
class Said:
    """A child as one sender states it; what is empty is left out."""

    given: str
    family: str
    born: date
    nhs_number: str
    upn: str
    case_number: str
    postcode: str
    house: str
    phone: str
    school: str

    def stated(self) -> dict[str, Any]:
        """Return it as the contract has it."""
        numbers = {
            "nhs_number": self.nhs_number,
            "upn": self.upn,
            "case_number": self.case_number,
        }
        address: dict[str, Any] = {"kind": "none_known"}
        if self.postcode:
            place = {"house": self.house, "street": "Mill Lane", "town": "Northmere"}
            address = {"kind": "current", **place, "postcode": self.postcode}
        return {
            "name": {"given_name": self.given, "family_name": self.family},
            "date_of_birth": self.born.isoformat(),
            "gender": "female",
            **{scheme: number for scheme, number in numbers.items() if number},
            "address": address,
            "carers": [
                {
                    "name": {"given_name": "Orrinda", "family_name": "Halloweth"},
                    "relation": "mother",
                    "parental_responsibility": True,
                    "phone": self.phone,
                }
            ],
            "school": {"urn": "900001", "name": self.school, "starts": "2020-09-01"},
        }

    def hidden(self) -> frozenset[str]:
        """Return every text of it that a shielded record shows to no ordinary asker."""
        texts = {self.nhs_number, self.upn, self.case_number, self.postcode, self.phone}
        return frozenset(text for text in {*texts, self.school} if text)


class Inventor:
    """Invents what one run's children are and come to be; the same for the same seed."""

    def __init__(self, run: int, chance: random.Random) -> None:
        self._serial = run * SERIALS_A_RUN
        self._last = self._serial + SERIALS_A_RUN
        self.chance = chance

    def _next_serial(self) -> int:
        self._serial += 1
        assert self._serial < self._last  # INVARIANT: a run has fewer steps than serials
        return self._serial if nhs_number(self._serial) else self._next_serial()

    def child(self) -> Said:
        """Return a child nobody resembles; its day of birth is a month as well."""
        chance, serial = self.chance, self._next_serial()
        day, month = chance.sample(range(1, 13), 2)
        said = Said(
            given=word(chance, chance.randrange(7, 10)),
            family=word(chance, chance.randrange(8, 13)),
            born=date(chance.randrange(2010, 2022), month, day),
            nhs_number="",
            upn="",
            case_number=f"NM{serial:06d}",
            postcode="",
            house="",
            phone="",
            school="",
        )
        return self.moved(self.renumbered(said))

    def moved(self, said: Said) -> Said:
        """Return it at another address and another school."""
        chance = self.chance
        inward = f"{chance.randrange(10)}{chance.choice(INWARD)}{chance.choice(INWARD)}"
        return replace(
            said,
            postcode=f"ZX{chance.randrange(10, 100)} {inward}",
            house=str(chance.randrange(1, 200)),
            phone=f"+441632960{chance.randrange(200, 1000)}",
            school=f"{word(chance, 11)} Primary",
        )

    def renumbered(self, said: Said) -> Said:
        """Return it under new numbers of both kinds."""
        serial = self._next_serial()
        return replace(said, nhs_number=nhs_number(serial) or "", upn=upn(serial))

    def renamed(self, said: Said) -> Said:
        """Return it under another family name."""
        return replace(said, family=word(self.chance, self.chance.randrange(8, 13)))

    def slipped(self, truth: Said) -> Said:
        """Return it as some sender might have it: names, numbers, date and address as they fall."""
        chance, said = self.chance, truth
        for slips, rate in ((_NAME_SLIPS, 0.5), (_NUMBER_SLIPS, 0.7)):
            if chance.random() < rate:
                said = chance.choice(slips)(self, said)
        if chance.random() < 0.2:
            said = replace(said, born=said.born.replace(month=said.born.day, day=said.born.month))
        if chance.random() < 0.3:
            said = self.moved(said)
        elif chance.random() < 0.1:
            said = replace(said, postcode="", house="")
        return said

    def known_still(self, old: Said) -> Said:
        """Return a closed identity as somebody has it who was not told: to the letter."""
        said = replace(self.moved(old), case_number="")
        return replace(said, nhs_number="", upn="") if self.chance.random() < 0.5 else said

    def misspelt(self, name: str) -> str:
        """Return a name with one slip of the pen, its first letter being right."""
        chance = self.chance
        at = chance.randrange(1, len(name) - 1)
        before, letter, after = name[:at], name[at], name[at + 1 :]
        slips = (
            before + after,
            before + letter + letter + after,
            before + after[0] + letter + after[1:],
            before + chance.choice(CONSONANTS) + after,
        )
        return chance.choice(slips)


_Slip = Callable[[Inventor, Said], Said]
_NAME_SLIPS: tuple[_Slip, ...] = (
    lambda inventor, said: replace(said, family=inventor.misspelt(said.family)),
    lambda inventor, said: replace(said, given=inventor.misspelt(said.given)),
    lambda inventor, said: inventor.renamed(said),
    lambda _inventor, said: replace(said, given=said.family, family=said.given),
)
_NUMBER_SLIPS: tuple[_Slip, ...] = (
    lambda _inventor, said: replace(said, nhs_number="", upn="", case_number=""),
    lambda _inventor, said: replace(said, upn="", case_number=""),
    lambda _inventor, said: replace(said, nhs_number="", case_number=""),
    lambda inventor, said: replace(inventor.renumbered(said), upn=said.upn, case_number=""),
    lambda inventor, said: replace(inventor.renumbered(said), case_number=""),
)


def recognisable(said: Said, known: Facts) -> bool:
    """Return whether anybody who knows the one could take the other for the same child.

    By a number they share, whatever the names are. Else by name and date of birth with one
    slip: of the pen in one name, names turned round, another family name, day for month.
    """
    numbers = {said.nhs_number, said.upn, said.case_number} - {""}
    if not numbers.isdisjoint(known.identifiers.values()):
        return True
    born = known.date_of_birth
    if born is None or {born.day, born.month} != {said.born.day, said.born.month}:
        return False
    if born.year != said.born.year:
        return False
    slips = 0 if said.born == born else 1
    names = [(name.given, name.family) for name in (*known.names, *known.former_names)]
    return any(_name_slips(said, given, family) + slips <= 1 for given, family in names)


def _name_slips(said: Said, given: str, family: str) -> int:
    """Return how many slips lie between two names; more than one means another child's."""
    if (said.family, said.given) == (given, family):
        return 1
    if said.given == given:
        return 0 if said.family == family else 1
    return 1 if said.family == family and distance(said.given, given) <= _LIKE else 2


def distance(one: str, other: str) -> int:
    """Return how many letters were put in, left out, changed or turned round with the next."""
    rows = [list(range(len(other) + 1))]
    for at, letter in enumerate(one, 1):
        row = [at]
        for place, against in enumerate(other, 1):
            best = min(rows[-1][place] + 1, row[-1] + 1, rows[-1][place - 1] + (letter != against))
            turned = at > 1 < place and (one[at - 2], letter) == (against, other[place - 2])
            row.append(min(best, rows[-2][place - 2] + 1) if turned else best)
        rows.append(row)
    return rows[-1][-1]
