"""Names the made-up population is drawn from, by family origin, commoner ones first.

No list is of anybody: given and family names are common ones, put together by chance.
How often an origin and a name is drawn is a guess, unequal on purpose, as it is in life.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Names that go together; `weight` is how many families in a thousand have them.

    `daughters_ending` turns a family name into a daughter's, where the tongue does so.
    """

    weight: int
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]
    daughters_ending: tuple[str, str] = ("", "")
    rarer: tuple[str, ...] = ()  # family names of about as many children as all of `families`

    def family_of(self, family: str, *, girl: bool) -> str:
        """Return the family name as this child bears it."""
        ending, turned = self.daughters_ending
        if girl and ending and family.endswith(ending):
            return family.removesuffix(ending) + turned
        return family


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Names of places make most of the rarer family names of England; these places are made up.
_RARER = tuple(
    f"{first}{last}"
    for first in _words(
        "Ash Beck Birk Brad Brom Burn Clay Cold Cran Dal East Elm Fair Fern Gar Hazel Hart Hol "
        "Kel King Lang Lin Marl Mel Mor Nether New Oak Pen Rad Red Row Sand Shel Stan Swin Thorn "
        "Wal West Whit Wil Wood"
    )
    for last in _words(
        "bourne bridge brook bury cliffe combe croft dale den field ford ham hurst "
        "ley low mere more shaw stead stone thwaite ton well wick wood worth"
    )
)

ORIGINS = (
    Origin(
        520,
        _words(
            "Olivia Amelia Isla Ava Lily Freya Poppy Ivy Florence Evie Rosie Grace Millie Ella "
            "Daisy Harriet Martha Zoë Beatrice Nancy Edith Tabitha Imogen Winifred"
        ),
        _words(
            "George Oliver Noah Arthur Harry Leo Jack Alfie Freddie Theo Henry Archie Thomas "
            "Oscar William Reuben Stanley Albert Toby Rupert Barnaby Wilfred Jude Ralph"
        ),
        _words(
            "Smith Jones Taylor Brown Wilson Davies Walker White Green Hall Wood Clarke Turner "
            "Hill Cooper Ward Morris Baker Parker Bell Fisher Shaw Mason Holmes Webb Ford "
            "Barker Dawson Lambert Fletcher Hargreaves Ashworth Pickering Thistlewood"
        ),
        rarer=_RARER,
    ),
    Origin(
        110,
        _words(
            "Fatima Aisha Maryam Zainab Khadija Hafsa Amina Ayesha Safa Inaya Zara Noor Sumaya "
            "Hana Iqra Rabia"
        ),
        _words(
            "Muhammad Mohammed Yusuf Ibrahim Ahmed Adam Ali Hamza Bilal Umar Ismail Zayn Hasan "
            "Idris Haris Samir"
        ),
        _words(
            "Khan Ahmed Hussain Ali Begum Malik Iqbal Mahmood Rahman Akhtar Uddin Chowdhury "
            "Shah Mirza Qureshi Siddiqui Miah Aziz Rashid Bashir"
        ),
    ),
    Origin(
        60,
        _words("Anaya Simran Priya Diya Jasleen Kiran Meera Anika Harleen Riya Navya Isha"),
        _words("Arjun Aarav Rohan Jasdeep Karan Dev Gurdeep Nikhil Vivaan Amar Kabir Harjit"),
        _words(
            "Singh Kaur Patel Sharma Gill Kumar Shah Desai Sandhu Mehta Reddy Nair Dhillon Joshi "
            "Iyer Fernando"
        ),
    ),
    Origin(
        70,
        _words(
            "Zuzanna Maja Zofia Hanna Julia Oliwia Lena Alicja Nadia Gabriela Łucja Katarzyna "
            "Agnieszka"
        ),
        _words("Jakub Antoni Szymon Jan Filip Kacper Łukasz Mateusz Oskar Tymon Michał Paweł"),
        _words(
            "Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Dąbrowski "
            "Kozłowski Mazur Krawczyk Piotrowski Grabowski Pawłowski"
        ),
        ("ski", "ska"),
    ),
    Origin(
        75,
        _words(
            "Adaeze Oluchi Temitope Ama Folake Chidinma Yewande Abena Ifeoma Nkechi Titilayo Efua"
        ),
        _words("Emeka Kwame Tobi Oluwaseun Chinedu Kofi Femi Ikenna Ayodele Kojo Obinna Babatunde"),
        _words(
            "Okafor Mensah Adeyemi Okonkwo Boateng Balogun Osei Nwosu Adebayo Asante Eze Owusu "
            "Oyelaran Appiah Ogunleye Amoah"
        ),
    ),
    Origin(
        40,
        _words("Hodan Ifrah Sahra Ubah Ayaan Hibaq Nimco Deqa Asha Fartun"),
        _words("Abdirahman Liban Mahad Zakariye Guled Ayanle Warsame Abdullahi Bashiir Yaasiin"),
        _words("Mohamed Ali Abdi Hassan Farah Warsame Omar Jama Yusuf Aden Dirie Hersi"),
    ),
    Origin(
        35,
        _words("Mei Xinyi Yan Li Jiayi Ruoxi Linh Thảo Ngọc Hui"),
        _words("Wei Haoran Zihan Jun Ming Yichen Minh Đức Tuấn Kai"),
        _words("Wang Chen Li Zhang Liu Wong Nguyễn Trần Lin Cheung Phạm Huang Lê Wu"),
    ),
    Origin(
        35,
        _words("Elif Zeynep Defne Ayşe Ece Azra Nehir Rojin Berfin Dilan"),
        _words("Emir Mehmet Yiğit Kerem Çınar Baran Deniz Ömer Umut Rohat"),
        _words("Yılmaz Kaya Demir Şahin Çelik Öztürk Aydın Arslan Doğan Kılıç Polat Korkmaz"),
    ),
    Origin(
        30,
        _words("Leonor Matilde Inês Beatriz Lara Camila Valentina Luna Sofía Mariana"),
        _words("João Tomás Santiago Miguel Rafael Mateo Thiago Gabriel Duarte Nicolás"),
        _words("Silva Santos Pereira Costa García Rodríguez López Ferreira Nunes Almeida Torres"),
    ),
    Origin(
        25,
        _words("Andreea Ioana Maria Elena Ștefania Daria Alexandra Bianca"),
        _words("Andrei Ștefan Ionuț Matei Luca Alexandru Răzvan Vlad"),
        _words("Popescu Ionescu Popa Dumitru Stan Munteanu Rusu Constantin Moldovan Ciobanu"),
    ),
)

STREETS = _words(
    "Mill Church Station Larkfield Orchard Quarry Chapel Foundry Ropewalk Weir Tannery Beacon "
    "Hollow Priory Lantern Saltmarsh Kiln Fennel Garland Thornbury"
)
STREET_ENDS = _words("Lane Road Street Close Rise Avenue Terrace Row")
SCHOOL_NAMES = _words("Larkfield Quarryside Weirbank Beacon Priory Lantern Saltmarsh Kilnhurst")
WORKERS = (
    "Bridget Oldacre",
    "Comfort Asamoah",
    "Dorota Zawada",
    "Gwenllian Parry",
    "Harjinder Bassi",
    "Leila Mansouri",
    "Marguerite Fenn",
    "Olumide Bankole",
)
