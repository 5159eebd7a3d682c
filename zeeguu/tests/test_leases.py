"""Feeds, rows of tokens and kept counts are claimed by one rule."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone

from articles.models import Feed, KeptCount
from articles.tests.factories import make_feed
from tokenization.tests.factories import make_row
from zeeguu.base import leases
from zeeguu.base.leases import new_lease

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

MINUTE = timedelta(minutes=1)


@pytest.fixture(
    params=[make_feed, make_row, lambda: KeptCount.objects.create(name="n")]
)
def rows(request):
    """The queryset of one row that nobody has claimed yet."""
    row = request.param()
    return type(row).objects.filter(pk=row.pk)


def lease_of(rows):
    return rows.values_list("claimed_until", flat=True).get()


def test_of_two_claims_the_first_wins(rows):
    mine, others = new_lease(MINUTE), new_lease(MINUTE)
    assert (rows.claim(mine), rows.claim(others)) == (1, 0)
    assert lease_of(rows) == mine


def test_a_claim_ends_with_its_lease(rows):
    rows.claim(new_lease(-MINUTE))
    mine = new_lease(MINUTE)
    assert rows.claim(mine) == 1
    assert lease_of(rows) == mine


@pytest.mark.parametrize("seconds", [None, -1, 0, 1])
def test_a_row_is_either_free_or_claimed(rows, seconds, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(leases.timezone, "now", lambda: now)
    until = seconds if seconds is None else now + timedelta(seconds=seconds)
    rows.update(claimed_until=until)
    assert rows.free().exists() == (seconds != 1)
    assert rows.claimed().exists() == (seconds == 1)


def test_only_its_owner_gives_a_claim_up(rows):
    mine, others = new_lease(MINUTE), new_lease(2 * MINUTE)
    rows.claim(mine)
    assert rows.give_up(others) == 0
    assert lease_of(rows) == mine
    assert rows.give_up(mine) == 1
    assert lease_of(rows) is None


def test_only_its_owner_prolongs_a_claim(rows):
    mine, longer = new_lease(MINUTE), new_lease(2 * MINUTE)
    rows.claim(mine)
    assert (rows.prolong(longer, mine), rows.prolong(mine, longer)) == (0, 1)
    assert lease_of(rows) == longer


def test_an_update_of_other_columns_ends_the_claim_of_its_owner_alone(rows):
    mine = new_lease(MINUTE)
    rows.claim(mine)
    rows.update(claimed_until=leases.ended(new_lease(2 * MINUTE)))
    assert lease_of(rows) == mine
    rows.update(claimed_until=leases.ended(mine))
    assert lease_of(rows) is None


def test_rows_that_lead_to_claimed_ones_are_found():
    feed = make_feed()
    Feed.objects.filter(pk=feed.pk).claim(new_lease(MINUTE))
    row = make_row()
    claimed = type(row).objects.filter(leases.claimed("article__feed__"))
    assert not claimed.exists()
    Feed.objects.all().claim(new_lease(MINUTE))
    assert claimed.get() == row


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["claim", "give_up"])
def test_who_gives_way_in_a_deadlock_tries_again(step, monkeypatch):
    feed, mine, tries = make_feed(), new_lease(MINUTE), []
    update = QuerySet.update

    def deadlocked_once(rows, **facts):
        tries.append(facts)
        if len(tries) == 1:
            raise OperationalError(1213, "Deadlock found when trying to get lock")
        return update(rows, **facts)

    if step == "give_up":
        Feed.objects.filter(pk=feed.pk).claim(mine)
    monkeypatch.setattr(QuerySet, "update", deadlocked_once)
    assert getattr(Feed.objects.filter(pk=feed.pk), step)(mine) == 1
    assert len(tries) == 2
