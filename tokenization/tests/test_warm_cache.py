from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article
from tokenization import backlog, pruning
from tokenization.models import TokenizationCache
from tokenization.tests.factories import make_row

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("warm_cache", *args, stdout=out)
    return out.getvalue()


def failing_run(*args):
    with pytest.raises(CommandError) as caught:
        run(*args)
    return caught.value


def later(days):
    return timezone.now() + timedelta(days=days)


def make_read(reads, article=None, days_ago=1, **facts):
    """A stale row, read so often and so long ago."""
    facts = {"text_hash": "old", **facts}
    return make_row(article, reads=reads, last_read_at=later(-days_ago), **facts)


def tokenized(stub):
    """The titles that were given to the tokenizer, in order."""
    titles = set(Article.objects.values_list("title", flat=True))
    return [text for call in stub.calls for text in call if text in titles]


def titles(*rows):
    return [row.article.title for row in rows]


def test_the_most_read_are_filled_the_most_read_first(stub, monkeypatch):
    monkeypatch.setattr(backlog, "BATCH", 1)
    some, _, most = make_read(2), make_read(1), make_read(3)
    assert run("--popular", "2").endswith("2 articles tokenized\n")
    assert tokenized(stub) == titles(most, some)


def test_fresh_ones_are_among_the_most_read_but_not_filled(stub):
    article = make_article()
    make_read(2, article, text_hash=article.text_hash)
    make_read(1)
    assert run("--popular", "1") == "0 articles tokenized\n"
    assert tokenized(stub) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"tokenizer": "", "title": ""},
        {"tokenizer": "old"},
        {**pruning.EMPTY, "pruned_at": later(-1)},
        {"error": "no model", "retry_at": later(-1)},
    ],
    ids=["missing", "stale", "pruned", "due for another try"],
)
def test_what_is_not_fresh_is_filled(stub, facts):
    row = make_read(1, **facts)
    run("--popular", "1")
    assert tokenized(stub) == titles(row)


def test_a_remembered_failure_is_not_tried_before_its_time(stub):
    make_read(1, error="no", retry_at=later(1), failed_with="stub 1 da")
    run("--popular", "1")
    assert tokenized(stub) == []


def test_broken_articles_are_left_alone(stub):
    make_read(1, make_article(broken=Article.Broken.TOO_SHORT))
    run("--popular", "1")
    assert tokenized(stub) == []


def test_only_what_was_read_lately_counts(stub):
    before, lately = make_read(9, days_ago=31), make_read(1, days_ago=29)
    make_row(text_hash="old")  # never read
    run("--popular", "5")
    assert tokenized(stub) == titles(lately)
    run("--popular", "5", "--days", "40")
    assert tokenized(stub) == titles(lately, before)


def test_it_can_be_limited_to_languages(stub):
    make_read(2)
    german = make_read(1, make_article(language="de"))
    run("--popular", "1", "--language", "de")
    assert tokenized(stub) == titles(german)


def test_what_somebody_else_is_filling_is_left_to_them(stub):
    make_read(1, claimed_until=later(1))
    assert run("--popular", "1").endswith("\n0 articles tokenized\n")


def test_it_exits_with_1_when_an_article_fails_and_does_the_others(stub, caplog):
    bad = make_read(2, make_article(title="Umulig"))
    good = make_read(1)
    stub.bad.add("Umulig")
    error = failing_run("--popular", "2")
    assert (error.returncode, str(error)) == (1, "1 of 2 articles failed")
    assert f"Article {bad.pk} was not tokenized: refused: Umulig" in caplog.text
    assert TokenizationCache.objects.get(pk=good.pk).text_hash == good.article.text_hash


@pytest.mark.parametrize("option", ["--popular", "--days"])
@pytest.mark.parametrize("number", ["0", "9" * 30])
def test_it_exits_with_2_for_a_number_out_of_range(stub, option, number):
    error = failing_run("--popular", "1", f"{option}={number}")
    assert error.returncode == 2
    assert str(error).startswith(f"{option} {number}: use 1 to ")


def test_it_exits_with_2_for_an_unknown_language(stub):
    error = failing_run("--popular", "1", "--language", "xx")
    assert error.returncode == 2
    assert "unknown language xx" in str(error)


def test_it_exits_with_2_without_models(models):
    (models / "resources.json").unlink()
    error = failing_run("--popular", "1")
    assert error.returncode == 2
    assert f"STANZA_RESOURCES_DIR={models}" in str(error)
