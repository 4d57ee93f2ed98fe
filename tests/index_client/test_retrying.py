"""A question is asked again where that is safe, three times at most, within its deadline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_client.answers import Received
from index_client.questions import Question
from index_client.retrying import PAUSE_S, TRIES_MAX, Course, Lost, Outcome

READ = Question("GET", "/v1/me")
LOOKUP = Question("POST", "/v1/lookups", body={})
WRITE = Question("POST", "/v1/children", body={}, idempotency_key="k" * 20)
PUT = Question("PUT", "/v1/children/x/assessment", body={})
FEED = Question("PUT", "/v1/feeds/x/batches/y", body=b"", digested=True)

UNSENT, CUT = Lost("connect", sent=False), Lost("cut", sent=True)
PROBLEM = {"content-type": "application/problem+json"}


def answered(status: int, headers: dict[str, str] | None = None) -> Received:
    return Received(status, headers or {}, b"")


class _Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def course(question: Question, timeout_s: float = 10.0, chance: float = 0.5) -> Course:
    return Course(question.repeatable, timeout_s, _Clock(), lambda: chance)


def again(question: Question, outcome: Outcome) -> bool:
    return course(question).pause_s(outcome) is not None


@pytest.mark.parametrize("outcome", [CUT, Lost("timeout", sent=True), answered(503)])
def test_what_may_have_arrived_is_repeated_only_where_that_does_no_harm(outcome: Outcome) -> None:
    assert [again(each, outcome) for each in (READ, WRITE, FEED)] == [True, True, True]
    assert [again(each, outcome) for each in (LOOKUP, PUT)] == [False, False]


@pytest.mark.parametrize("question", [READ, WRITE, FEED, LOOKUP, PUT])
def test_what_was_never_sent_is_sent_again(question: Question) -> None:
    assert again(question, UNSENT)


@pytest.mark.parametrize("status", [200, 201, 204, 301, 400, 401, 403, 404, 409, 412, 422, 500])
def test_an_answer_stands(status: int) -> None:
    assert not again(READ, answered(status))


def test_nobody_is_asked_a_fourth_time() -> None:
    asked = course(READ)
    assert [asked.pause_s(CUT) is not None for _ in range(TRIES_MAX)] == [True, True, False]


def test_the_pauses_double_and_differ_between_askers() -> None:
    for chance, share in ((0.0, 0.5), (1.0, 1.0)):
        asked = course(READ, chance=chance)
        assert asked.pause_s(CUT) == pytest.approx(PAUSE_S * share)
        assert asked.pause_s(CUT) == pytest.approx(2 * PAUSE_S * share)


def test_the_index_says_how_long_to_wait() -> None:
    assert course(READ).pause_s(answered(503, {"retry-after": "3"})) == 3
    assert course(LOOKUP).pause_s(answered(429, {"retry-after": "3"})) == 3
    assert course(LOOKUP).pause_s(answered(429)) is None


def test_an_index_closed_until_people_open_it_is_not_asked_again() -> None:
    assert course(READ).pause_s(answered(503, PROBLEM)) is None


@pytest.mark.parametrize("said", ["", "soon", "-1", "1e3", "٣", "99999999", "3.5"])
def test_what_is_no_number_of_seconds_is_not_waited_for(said: str) -> None:
    assert course(LOOKUP).pause_s(answered(429, {"retry-after": said})) is None


def test_nobody_waits_past_the_deadline() -> None:
    assert course(READ, timeout_s=2.0).pause_s(answered(503, {"retry-after": "2"})) is None
    late = course(READ)
    assert isinstance(late.clock, _Clock)
    late.clock.now_s += 9.95
    assert late.pause_s(CUT) is None
    late.clock.now_s += 1
    assert late.left_s() == 0


@given(
    st.lists(st.sampled_from([UNSENT, CUT, answered(503), answered(429, {"retry-after": "1"})])),
    st.floats(0.1, 60),
    st.floats(0, 1),
)
def test_pauses_never_add_up_to_more_than_the_deadline(
    outcomes: list[Outcome], timeout_s: float, chance: float
) -> None:
    asked, total = course(READ, timeout_s, chance), 0.0
    for outcome in outcomes:
        pause_s = asked.pause_s(outcome)
        if pause_s is None:
            break
        total += pause_s
        assert isinstance(asked.clock, _Clock)
        asked.clock.now_s += pause_s
    assert total < timeout_s
    assert asked.tried <= TRIES_MAX
