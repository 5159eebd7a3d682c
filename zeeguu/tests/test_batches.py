"""Many rows, some at a time."""

import pytest

from articles.models import CrawlRun, KeptCount
from articles.tests.factories import make_run
from zeeguu.base import batches
from zeeguu.base.batches import id_batches, in_slices


def test_slices_hold_all_in_order():
    assert list(in_slices([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]
    assert list(in_slices([1, 2], 2)) == [[1, 2]]
    assert list(in_slices([], 2)) == []


@pytest.mark.django_db
def test_ids_come_in_order_whatever_the_rows_order_is():
    pks = [make_run().pk for _ in range(5)]
    found = list(id_batches(CrawlRun.objects.order_by("-pk"), 2))
    assert found == [pks[:2], pks[2:4], pks[4:]]


@pytest.mark.django_db
def test_each_batch_is_read_when_the_one_before_is_done_with():
    pks = [make_run().pk for _ in range(3)]
    found = id_batches(CrawlRun.objects.all(), 2)
    assert next(found) == pks[:2]
    CrawlRun.objects.all().delete()
    late = make_run().pk
    assert list(found) == [[late]]


@pytest.mark.django_db
def test_rows_that_stay_do_not_come_again():
    names = ["a", "b", "c"]
    KeptCount.objects.bulk_create(KeptCount(name=name) for name in names)
    assert list(id_batches(KeptCount.objects.all(), 1)) == [["a"], ["b"], ["c"]]


@pytest.mark.django_db
def test_there_is_a_pause_after_each_batch(monkeypatch):
    pauses = []
    monkeypatch.setattr(batches.time, "sleep", pauses.append)
    make_run(), make_run(), make_run()
    assert len(list(id_batches(CrawlRun.objects.all(), 2, pause_s=0.5))) == 2
    assert pauses == [0.5, 0.5]
