"""Which names are common in England, in two bands: an equal rare name tells far more.

Written from published ranks of names, not from any index: counts of our own would lay
open how often names occur in it. Bands are rough on purpose, since ranks move.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VERY_COMMON_GIVEN: Final = _words("""
    alfie amelia ava charlie charlotte ella emily evie george grace harry henry isabella isla jack
    jacob james jessica joshua leo lily mia mohammed muhammad noah oliver olivia oscar poppy sophia
    sophie thomas william
""")
COMMON_GIVEN: Final = _words("""
    aaron abigail adam ahmed aidan aisha albert albie alex alexander ali alice amber amelie amy
    anna archie aria arlo arthur austin bailey beatrice bella ben benjamin bethany blake bobby
    bonnie caitlin caleb callum cameron carter charles chloe connor daisy daniel darcy david dexter
    dylan eden edward eleanor elijah eliza elizabeth ellie elliot elliott ellis elsie emilia emma
    erin esme ethan eva evelyn ezra fatima finley florence frankie freddie frederick freya gabriel
    georgia gracie hallie hamza hannah harley harper harrison harvey heidi holly hugo ibrahim
    imogen isaac isabelle ivy jackson jake jamie jasmine jasper jaxon jayden jenson jesse john
    joseph jude julia kai katie kian kieran layla leah leon lewis lexi liam libby lilly logan lola
    lottie louie louis luca lucas lucy luke luna maisie maria martha maryam mason matilda matthew
    max maya megan michael mila millie mohamed mohammad molly nancy nathan niamh ollie omar orla
    owen paige penelope phoebe rebecca reggie reuben rhys riley robert robyn roman ronnie rory rose
    rosie ruby ryan samuel sara sarah scarlett sebastian sienna skye sofia stanley summer teddy thea
    theo theodore tilly toby tommy tyler victoria violet willow yusuf zachary zahra zara zoe
""")
VERY_COMMON_FAMILY: Final = _words("""
    ahmed ali begum brown davies evans green hall hussain johnson jones khan patel roberts robinson
    singh smith taylor thomas thompson walker white williams wilson wood wright
""")
COMMON_FAMILY: Final = _words("""
    adams akhtar allen anderson bailey baker barker barnes bell bennett butler campbell carter
    chapman chen clark clarke collins cook cooper cox davis dixon edwards ellis fisher fletcher ford
    foster gibson graham gray harris harrison hassan hill holmes howard hughes hunt iqbal islam
    jackson james jenkins kaur kelly kennedy king knight lee lewis li lloyd mahmood malik marshall
    martin mason matthews mcdonald miah miller mills mitchell mohamed mohammed moore morgan morris
    murphy murray obrien palmer parker phillips powell price rahman reynolds richardson robertson
    rogers russell ryan scott shah shaw simpson stevens stewart turner uddin wang ward watson webb
    young
""")


def band(name: str, very_common: frozenset[str], common: frozenset[str]) -> int:
    """Return 0 for a very common folded name, 1 for a common one, 2 for any other."""
    if name in very_common:
        return 0
    return 1 if name in common else 2
