"""Transactions that gave way in a deadlock are done again."""

import pytest
from django.db import OperationalError, transaction

from zeeguu.base import connections
from zeeguu.base.connections import DEADLOCK, again_after_deadlock

pytestmark = pytest.mark.django_db(transaction=True)


class Work:
    """Fails so many times, with this error, before it is done."""

    def __init__(self, times, error):
        self.times, self.error, self.tries = times, error, 0

    def __call__(self):
        self.tries += 1
        if self.tries <= self.times:
            raise self.error
        return "done"


def done(work):
    return again_after_deadlock(lambda: work())()


def test_what_gave_way_is_done_again():
    work = Work(connections.TRIES - 1, OperationalError(DEADLOCK, "Deadlock found"))
    assert done(work) == "done"
    assert work.tries == connections.TRIES


def test_what_always_gives_way_ends_with_its_error():
    work = Work(99, OperationalError(DEADLOCK, "Deadlock found"))
    with pytest.raises(OperationalError, match="Deadlock found"):
        done(work)
    assert work.tries == connections.TRIES


def test_other_errors_are_raised_at_once():
    work = Work(1, OperationalError(1205, "Lock wait timeout exceeded"))
    with pytest.raises(OperationalError, match="Lock wait"):
        done(work)
    assert work.tries == 1


def test_a_larger_transaction_is_lost_as_a_whole_and_not_continued():
    work = Work(1, OperationalError(DEADLOCK, "Deadlock found"))
    with pytest.raises(OperationalError), transaction.atomic():
        done(work)
    assert work.tries == 1


def test_there_is_a_longer_pause_before_each_try(monkeypatch):
    most = []
    monkeypatch.setattr(connections.random, "uniform", lambda a, b: most.append(b) or 0)
    done(Work(3, OperationalError(DEADLOCK, "Deadlock found")))
    first, second, third = most
    assert first > 0
    assert (second, third) == (2 * first, 4 * first)
