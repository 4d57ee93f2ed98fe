"""A case system's link is believed once, for a minute, and says nothing of anybody."""

import base64
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.thin_client.browsing import ORIGIN
from tests.thin_client.launching import CaseSystem, registered
from thin_client.clock import now_s
from thin_client.id_token import NotBelieved
from thin_client.launch_link import KEYS_MAX, REMEMBERED_MAX, WAITING_MAX, Launches

SYSTEM, OTHER = CaseSystem(), CaseSystem("other-2026", "other-case-system")


@pytest.fixture
def launches(tmp_path: Path) -> Launches:
    return Launches.reading(ORIGIN, str(registered(tmp_path, SYSTEM.public(), OTHER.public())))


def pass_on(launches: Launches, ahead_s: float) -> None:
    """Let it be so much later."""
    launches.now = lambda: now_s() + ahead_s


def refuses(launches: Launches, link: str) -> None:
    with pytest.raises(NotBelieved):
        launches.believed(link)


def test_what_a_link_says_is_taken_once(launches: Launches) -> None:
    child = str(uuid4())
    link = SYSTEM.link(child=child, purpose="safeguard", reason="review", reference="NM/17")
    waiting = launches.believed(link)
    refuses(launches, link)
    launch = launches.taken(waiting)
    assert launch is not None
    assert (launch.child, launch.purpose, launch.reference) == (child, "safeguard", "NM/17")
    assert launch.system == "Northmere case system"
    assert launches.taken(waiting) is None


def test_a_link_may_name_nobody_and_say_nothing(launches: Launches) -> None:
    launch = launches.taken(launches.believed(SYSTEM.link()))
    assert launch is not None
    assert launch.child is None


@pytest.mark.parametrize(
    "says",
    [
        {"aud": "https://elsewhere.test/launch"},
        {"aud": [f"{ORIGIN}/launch"]},
        {"aud": None},
        {"iss": "other-case-system"},  # with a key that is not its own
        {"iss": None},
        {"jti": None},
        {"jti": "short"},
        {"jti": 7},
        {"exp": None},
        {"exp": True},
        {"exp": 1e12},
        {"iat": None},
        {"child": "NM00017"},
        {"child": f"{uuid4()}".upper()},
        {"child": f"{uuid4()}/../../sign-out"},
        {"purpose": "keep_index"},
        {"purpose": "curiosity"},
        {"purpose": ["safeguard"]},
        {"reason": "shielding"},
        {"reference": "9990000018"},
        {"reference": "999-000-0018"},
        {"reference": "A12345678901B"},
        {"reference": "Ash Barenbeck"},
        {"name": "Ash Barenbeck"},  # there is no room for personal data
        {"date_of_birth": "2016-05-14"},
        {"back": "https://elsewhere.test/"},
    ],
)
def test_a_link_that_says_anything_else_is_not_believed(
    launches: Launches, says: dict[str, Any]
) -> None:
    refuses(launches, SYSTEM.link(**says))


@pytest.mark.parametrize(
    ("made_in_s", "for_s"),
    [
        (0, 61),
        (0, 0),
        (0, -1),
        (30, 30),
        (-30, 50),  # before this process began, which knows what it believed since
    ],
)
def test_a_link_of_another_time_is_not_believed(
    launches: Launches, made_in_s: int, for_s: int
) -> None:
    made = int(now_s()) + made_in_s
    refuses(launches, SYSTEM.link(iat=made, exp=made + for_s))


@pytest.mark.parametrize(
    "head",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS256"},
        {"typ": "JWT"},
        {"typ": None},
        {"kid": "nobodys"},
        {"kid": "other-2026"},
        {"kid": None},
        {"crit": ["exp"]},
        {"alg": []},
        {"alg": {"ES256": 1}},
    ],
)
def test_a_link_signed_otherwise_is_not_believed(launches: Launches, head: dict[str, Any]) -> None:
    refuses(launches, SYSTEM.link(head))


def test_a_link_of_a_key_nobody_registered_is_not_believed(launches: Launches) -> None:
    refuses(launches, CaseSystem().link())
    refuses(Launches.reading(ORIGIN, "none"), SYSTEM.link())


DEEP = base64.urlsafe_b64encode(b"[" * 6000).decode()


@pytest.mark.parametrize(
    "link",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "é.é.é",
        "e30.e30.",
        "x" * 9000,
        f"{DEEP}.e30.e30",
        "eyJhbGciOltdfQ.e30.e30",
    ],
)
def test_what_is_no_link_is_not_believed(launches: Launches, link: str) -> None:
    refuses(launches, link)


def test_a_link_altered_on_its_way_is_not_believed(launches: Launches) -> None:
    head, body, signature = SYSTEM.link(child=str(uuid4())).split(".")
    _, other, _ = SYSTEM.link(child=str(uuid4())).split(".")
    refuses(launches, f"{head}.{other}.{signature}")
    refuses(launches, f"{head}.{body}.{signature[:-2]}AA")


def test_a_used_link_stays_used_as_long_as_it_holds(launches: Launches) -> None:
    link = SYSTEM.link()
    launches.believed(link)
    for ahead_s in (1.0, 30.0, 58.0, 61.0, 3600.0):
        pass_on(launches, ahead_s)
        refuses(launches, link)
    assert launches.believed(OTHER.link(iat=int(now_s()) + 3600, exp=int(now_s()) + 3660))


def test_two_systems_may_choose_one_number(launches: Launches) -> None:
    launches.believed(SYSTEM.link(jti="0123456789abcdef"))
    launches.believed(OTHER.link(jti="0123456789abcdef"))
    refuses(launches, OTHER.link(jti="0123456789abcdef"))


def test_a_system_that_floods_is_refused_and_no_other_is(launches: Launches) -> None:
    until = int(now_s()) + 60
    launches._used[SYSTEM.iss] = {f"number-{n:012d}": until for n in range(REMEMBERED_MAX)}
    refuses(launches, SYSTEM.link())
    assert launches.believed(OTHER.link())


def test_no_more_wait_than_there_is_room_for_and_none_for_long(launches: Launches) -> None:
    first = launches.believed(SYSTEM.link())
    _, launch = launches._waiting[first]
    now = now_s()
    launches._waiting |= {f"waits-{n}": (now, launch) for n in range(WAITING_MAX - 1)}
    refuses(launches, SYSTEM.link())
    pass_on(launches, 700)
    assert launches.taken(first) is None
    later = int(now_s()) + 700
    assert launches.believed(SYSTEM.link(iat=later, exp=later + 60))
    assert len(launches._waiting) == 1


@pytest.mark.parametrize(
    "differs",
    [
        {"d": "AAAA"},
        {"kid": ""},
        {"kid": None},
        {"iss": None},
        {"iss": "Northmere Case System"},
        {"name": "<b>case</b>"},
        {"name": None},
        {"kty": "RSA"},
        {"crv": "P-384"},
        {"x": "AAAA"},
        {"y": None},
    ],
)
def test_an_unfit_key_stops_the_start(tmp_path: Path, differs: dict[str, Any]) -> None:
    key = {name: word for name, word in (SYSTEM.public() | differs).items() if word is not None}
    with pytest.raises(ValueError, match=r"key"):
        Launches.reading(ORIGIN, str(registered(tmp_path, key)))


def test_an_unfit_file_of_keys_stops_the_start(tmp_path: Path) -> None:
    file = registered(tmp_path, SYSTEM.public())
    for text in ("", "[]", '{"keys": []}', '{"keys": {}}', "null", '{"keys": [null]}'):
        file.write_text(text, "utf-8")
        with pytest.raises(ValueError, match=r"."):
            Launches.reading(ORIGIN, str(file))
    for keys in ([SYSTEM.public()] * 2, [SYSTEM.public()] * (KEYS_MAX + 1)):
        file.write_text(json.dumps({"keys": keys}), "utf-8")
        with pytest.raises(ValueError, match=r"keys"):
            Launches.reading(ORIGIN, str(file))
    with pytest.raises(OSError, match=r"absent"):
        Launches.reading(ORIGIN, str(tmp_path / "absent"))


def test_a_file_of_keys_that_others_can_write_stops_the_start(tmp_path: Path) -> None:
    file = registered(tmp_path, SYSTEM.public())
    file.chmod(0o664)
    with pytest.raises(ValueError, match="written by others"):
        Launches.reading(ORIGIN, str(file))
