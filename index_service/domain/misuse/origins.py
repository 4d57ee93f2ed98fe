"""What a family name looks to be of, to show whether one group is treated otherwise.

Rough by design: it sorts names in bulk, for rates. It says nothing of any person.
"""

from typing import Final, NamedTuple

OTHER: Final = "british, irish and other"


class _Look(NamedTuple):
    """Whole words, beginnings and endings that are commoner in one group than elsewhere."""

    words: str
    beginnings: str
    endings: str


_LENGTH_MIN: Final = 5  # shorter names begin and end like any other
# The first group that fits is taken.
LOOKS: Final = {
    "south asian muslim": _Look(
        words=(
            "ahmad ahmed akhtar akter alam ali amin anwar aziz bashir begum bibi bulbul butt "
            "chaudhry choudhury chowdhury haque hasan hassan hossain huda hussain ibrahim "
            "iqbal islam javed kabir karim khan khatun mahmood malik miah mirza mohammed "
            "mollah patan qureshi rahman raja rashid raza saeed sarkar sarker shah shaikh "
            "sheikh siddiqui sultana"
        ),
        beginnings="abdul khond moham muham",
        endings="uddin ullah ique iquee zaman udeen zada",
    ),
    "south asian other": _Look(
        words=(
            "agarwal bains bose chauhan das desai fernando ghosh gill gurung iyer jain joshi "
            "kapoor kaur kumar limbu magar mehta mistry nair nayak parmar patel perera prasad "
            "rai rana rao reddy roy sahota sahu sharma silva singh solanki tamang thapa varma "
            "verma"
        ),
        beginnings="dha subra venka",
        endings=(
            "iwal arwal bhai dhu eshwar jee kar krishnan nathan preet swamy walia wani endra esh"
        ),
    ),
    "african": _Look(
        words=(
            "abdi abdullahi appiah asante boateng diallo eze jama mensah mohamud musa osei "
            "omar sesay traore warsame yeboah"
        ),
        beginnings=(
            "ade afol agye aja ako aki akin amoa ansa asa ayo bala chuk ejio nkru nwa nwo oba "
            "odu ogb ogu oka oke oko olu ono ony opo osi owu oye yeb yusu"
        ),
        endings=(
            "ngwa unga ufor wale bayo dele emi fofana gyei inde kwame mba osu tunde tetteh "
            "uzor wuah"
        ),
    ),
    "east asian": _Look(
        words=(
            "chan chang chen cheng cheung chow chu dang dinh fong fung gao guo he ho hoang "
            "huang kim lam lau le leung li liang lin liu luo ma ng ngo nguyen ouyang park "
            "pham phan qiu sun tan tang tao tran truong tsang vo vu wang wong wu xie xu yang "
            "ye yip yu zeng zhang zhao zheng zhou zhu"
        ),
        beginnings="hsi tso zh",
        endings="",
    ),
    "iberian and latin": _Look(
        words=(
            "almeida alves castro costa cruz da das diaz dos duarte freire garcia lopes "
            "machado matos mendes moreira nunes pinto ramos reis santos silva soares sousa "
            "souza torres vieira"
        ),
        beginnings="",
        endings="eira eiro inho alho alez enez ndez rdez uez quez omes ares ardo",
    ),
    "arabic and turkish": _Look(
        words=(
            "abbas abdullah al arslan aslan aydin celik demir eren haddad hamad kaya mansour "
            "mustafa nasser ozturk saleh salim sahin said sayed tekin"
        ),
        beginnings="abu al- el- yil oz",
        endings="oglu turk taş bulut demir ayed ouri",
    ),
    "eastern european": _Look(
        words="horvat kovacs nagy novak popa szabo toth",
        beginnings="",
        endings=(
            "ski ska wicz czyk czak escu eanu enko iuk chuk auskas aite iene ovic evic arova "
            "kova nova ova ev ov cki cka iak"
        ),
    ),
}


def origin_of(family_name: str) -> str:
    """Return the rough group a family name looks to be of."""
    words = family_name.replace("-", " ").split()
    long_words = [word for word in words if len(word) >= _LENGTH_MIN]
    for group, look in LOOKS.items():
        if not set(look.words.split()).isdisjoint(words):
            return group
        begins, ends = tuple(look.beginnings.split()), tuple(look.endings.split())
        if any(word.startswith(begins) or word.endswith(ends) for word in long_words):
            return group
    return OTHER
