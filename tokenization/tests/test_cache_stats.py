import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.tests.factories import make_article
from tokenization.models import CacheUse
from tokenization.tests.factories import make_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]


def run(*args):
    out = StringIO()
    call_command("cache_stats", *args, stdout=out)
    return out.getvalue()


def table(*args):
    """Each line's cells, a blank between them, by its first one."""
    lines = [line.split() for line in run(*args).splitlines() if line]
    return {first: " ".join(cells) for first, *cells in lines}


def test_the_table_has_a_line_for_each_language_and_one_for_all():
    make_row(bytes=1_500_000)
    make_row(make_article(language="de"), bytes=2_000_000)
    make_article()
    CacheUse.objects.create(
        day=timezone.now().date(), language_id="da", hits=3, misses=1
    )
    lines = table()
    assert lines["da"] == "2 1 1 0 0 0 1 50.0% 75.0% 3 1.5"
    assert lines["de"] == "1 1 1 0 0 0 0 100.0% – 3 2.0"
    assert lines["all"] == "3 2 2 0 0 0 1 66.7% 75.0% 6 3.5"


def test_ages_and_growth_follow():
    make_row(bytes=1_500_000)
    out = run()
    assert "< 1 day            1       1.5\n" in out
    assert "\nmade in the last 30 days: 1 rows, 1.5 MB\n" in out
    assert out.endswith("\nCounted just now\n")


def test_it_can_be_limited_to_languages():
    make_row()
    make_row(make_article(language="de"))
    lines = table("--language", "de")
    assert "da" not in lines
    assert lines["all"].startswith("1 1 1 ")


def test_machines_get_all_numbers_as_json():
    make_row()
    numbers = json.loads(run("--json"))
    parts = {"counted_at", "total", "languages", "ages", "growth", "search"}
    assert set(numbers) == parts
    assert numbers["total"]["rows"] == 1
    assert numbers["growth"][-1]["day"] == f"{timezone.now().date()}"


def test_it_exits_with_2_for_an_unknown_language():
    with pytest.raises(CommandError, match="unknown language xx") as caught:
        run("--language", "xx")
    assert caught.value.returncode == 2
