"""Who is asked: the first who can, not who failed lately, nor by too many at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from learners.dictionaries.providers.desk import Desk
from learners.dictionaries.providers.errors import (
    Busy,
    NoProvider,
    ProviderError,
    Unanswered,
)
from learners.dictionaries.providers.provider import Task
from learners.dictionaries.providers.tests.stubs import Said, guarded, make_question
from learners.dictionaries.providers.trouble import Trouble

pytestmark = pytest.mark.nodb

DEAD = ProviderError("Babel: connection refused")


@pytest.fixture
def desk_of(tmp_path):
    def make(*providers, places=3, **options):
        return Desk([guarded(one, tmp_path, **options) for one in providers], places)

    return make


def refusal(desk, question=None):
    with pytest.raises(ProviderError) as caught:
        desk.ask(question or make_question())
    return caught.value


# --- in order


def test_the_first_who_can_is_asked(desk_of):
    explains = Said(name="explains", tasks=[Task.EXPLAIN])
    first, second = Said("One", "first"), Said("Two", "second")
    desk = desk_of(explains, first, second)
    assert desk.ask(make_question()) == ("One", "first")
    assert (explains.asked, second.asked) == ([], [])


@pytest.mark.parametrize("exc", [DEAD, Busy("b", 9), Unanswered("u")])
def test_the_next_is_asked_where_one_fails(desk_of, exc):
    desk = desk_of(Said(exc, "first"), Said("Two", "second"))
    assert desk.ask(make_question()) == ("Two", "second")


def test_nobody_for_a_task_is_told(desk_of):
    with pytest.raises(NoProvider, match="configured to explain"):
        desk_of(Said(tasks=[Task.TRANSLATE])).ask(make_question(task=Task.EXPLAIN))


def test_of_several_who_fail_all_reasons_are_told(desk_of):
    desk = desk_of(Said(Busy("b", 9), "first"), Said(Unanswered("u"), "second"))
    told = refusal(desk)
    # What may pass decides when it is worth another try.
    assert (str(told), told.wait_s) == ("b; u", 9)
    desk = desk_of(Said(DEAD, "first"), Said(ProviderError("Two: late"), "second"))
    assert str(refusal(desk)) == f"{DEAD}; Two: late"


# --- the breaker of each


def test_who_fails_again_and_again_is_not_asked(desk_of, tmp_path):
    babel = Said(DEAD)
    desk = desk_of(babel, failures=2, retry_s=30)
    assert [refusal(desk), refusal(desk)] == [DEAD, DEAD]
    busy = refusal(desk)
    assert isinstance(busy, Busy)
    assert 29 < busy.wait_s <= 30
    assert len(babel.asked) == 2
    [told] = Trouble(tmp_path).told(["babel"])
    assert told.startswith("Babel: connection refused (2")


def test_who_answers_again_is_in_no_trouble(desk_of, tmp_path):
    babel = Said(DEAD)
    desk = desk_of(babel, failures=1, retry_s=0)
    refusal(desk)
    assert Trouble(tmp_path).told(["babel"])
    babel.says = "Hello"
    assert desk.ask(make_question()).text == "Hello"
    assert Trouble(tmp_path).told(["babel"]) == []


def test_one_failure_is_no_trouble(desk_of, tmp_path):
    refusal(desk_of(Said(DEAD), failures=2))
    assert Trouble(tmp_path).told(["babel"]) == []


def test_who_asks_to_be_left_alone_is_at_once(desk_of):
    babel = Said(Busy("Babel: has too much to do", 60))
    desk = desk_of(babel, failures=5)
    refusal(desk)
    assert 59 < refusal(desk).wait_s <= 60
    assert len(babel.asked) == 1


def test_texts_that_nobody_takes_are_no_failures(desk_of):
    babel = Said(Unanswered("Babel: does not take this"))
    desk = desk_of(babel, failures=1)
    for _ in range(3):
        assert isinstance(refusal(desk), Unanswered)
    assert len(babel.asked) == 3


@pytest.mark.parametrize("says", ["", " \n", "\u200b", "x" * 1000])
def test_nothing_and_far_too_much_are_no_answer_and_no_failure(desk_of, says):
    babel = Said(says)
    desk = desk_of(babel, failures=1)
    assert isinstance(refusal(desk), Unanswered)
    assert isinstance(refusal(desk), Unanswered)


def test_a_bug_of_ours_does_not_leave_a_probe_for_ever(desk_of):
    babel = Said(DEAD)
    desk = desk_of(babel, failures=1, retry_s=0)
    refusal(desk)
    babel.says = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        desk.ask(make_question())
    babel.says = "Hello"
    assert desk.ask(make_question()).text == "Hello"


def test_where_trouble_can_not_be_noted_the_answer_is_the_same(tmp_path, caplog):
    folder = tmp_path / "file"
    folder.write_text("in the way")
    desk = Desk([guarded(Said(DEAD), folder, failures=1)], 1)
    assert refusal(desk) is DEAD
    assert "is not noted" in caplog.text
    assert Trouble(folder).told(["babel"]) == []


# --- places


class Gate:
    """Holds all who ask until it is opened."""

    def __init__(self):
        self.entered, self.is_open = threading.Semaphore(0), threading.Event()

    def __call__(self, question):
        self.entered.release()
        assert self.is_open.wait(20)
        return f"{question.text}!"


def test_who_finds_no_place_is_sent_away_at_once(desk_of):
    gate = Gate()
    desk = desk_of(Said(gate), places=2)
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(desk.ask, make_question(text)) for text in "ab"]
        for _ in asked:
            assert gate.entered.acquire(timeout=20)
        assert isinstance(refusal(desk), Busy)
        gate.is_open.set()
        assert [one.result().text for one in asked] == ["a!", "b!"]
    assert desk.ask(make_question("c")).text == "c!"


@pytest.mark.parametrize("exc", [None, DEAD])
def test_all_who_ask_the_same_at_once_share_one_call(desk_of, exc):
    gate = Gate()
    babel = Said(lambda question: gate(question) and exc or "Hello")
    desk = desk_of(babel, places=3, failures=9)
    with ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(desk.ask, make_question()) for _ in range(3)]
        assert gate.entered.acquire(timeout=20)
        while desk._places._value:  # until all are in
            threading.Event().wait(0.01)
        gate.is_open.set()
        said = [one.exception() or one.result().text for one in asked]
    assert said == [exc or "Hello"] * 3
    assert len(babel.asked) == 1
    assert desk._running == {}
