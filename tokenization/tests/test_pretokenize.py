from concurrent.futures.process import BrokenProcessPool
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections
from django.db.models import QuerySet
from django.utils import timezone

from articles.models import Article
from articles.tests.factories import make_article, make_feed
from tokenization import backlog, claims, services
from tokenization.models import CacheState, TokenizationCache

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("pretokenize", *args, stdout=out)
    return out.getvalue()


def failing_run(*args):
    with pytest.raises(CommandError) as caught:
        run(*args)
    return caught.value


def states():
    articles = Article.objects.order_by("pk")
    return [services.state_of(article).value for article in articles]


def make_stale():
    article = make_article()
    services.fill([article])
    Article.objects.filter(pk=article.pk).update(text_hash="other")
    return article


def tokenized(stub):
    """The titles that were given to the tokenizer since the last look."""
    texts = {text for call in stub.calls for text in call}
    stub.calls.clear()
    return texts & set(Article.objects.values_list("title", flat=True))


def test_it_fills_what_is_missing_stale_or_due(stub):
    make_article()
    make_stale()
    out = run()
    assert states() == ["fresh", "fresh"]
    assert out.endswith("2 articles tokenized\n")


def test_all_with_a_damaged_model_fails_and_leaves_what_is_fresh(models):
    make_article()
    run()
    [before] = TokenizationCache.objects.values()
    (models / "da" / "tokenize" / "compact.pt").write_bytes(b"cut short")
    error = failing_run("--all")
    assert (str(error), error.returncode) == ("1 of 1 articles failed", 1)
    assert list(TokenizationCache.objects.values()) == [before]
    assert states() == ["fresh"]


def test_it_says_how_each_language_went(stub):
    make_article()
    make_article(feed=make_feed("de"))
    assert "da: 1 articles, 0 failed\nde: 1 articles, 0 failed\n" in run()


def test_a_second_run_finds_nothing_to_do(stub):
    make_article()
    run()
    tokenized(stub)
    assert run().endswith("0 articles tokenized\n")
    assert tokenized(stub) == set()


def test_a_quiet_run_prints_nothing(stub):
    make_article()
    assert run("--verbosity", "0") == ""


def test_it_tells_what_others_have_in_hand_and_what_waits(stub):
    claimed, failed = make_article(), make_article(title="bad")
    stub.bad.add("bad")
    services.fill([failed])
    claims.claim([claimed.pk], timezone.now(), claims.new_lease())
    output = run()
    assert "1 articles are in others' work" in output
    assert "1 articles failed before and wait for another try" in output
    assert output.endswith("0 articles tokenized\n")


def test_what_another_tokenizer_failed_on_is_tried_at_once(stub):
    article = make_article(title="bad")
    stub.bad.add("bad")
    services.fill([article])
    stub.bad.clear()
    assert run().endswith("0 articles tokenized\n")
    stub.release += 1  # as when a damaged model is mended
    assert run().endswith("1 articles tokenized\n")


def test_a_failure_for_want_of_a_model_waits_until_there_is_one(stub):
    article = make_article(language="fr")
    services.fill([article])
    assert run().endswith("0 articles tokenized\n")
    stub.known = (*stub.known, "fr")
    assert run().endswith("1 articles tokenized\n")


def test_a_database_that_fails_is_told_without_a_traceback(stub, monkeypatch):
    def full(*args):
        raise OperationalError("database or disk is full")

    make_article()
    monkeypatch.setattr(claims, "claim", full)
    with pytest.raises(CommandError, match="database or disk is full") as caught:
        run()
    assert caught.value.returncode == 1


@pytest.mark.parametrize("option", ["--limit", "--workers"])
@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999"])
def test_a_number_that_is_none_is_refused(stub, option, number):
    with pytest.raises(CommandError, match=f"{option} {number}: use 1 to") as caught:
        run(option, number)
    assert caught.value.returncode == 2


def test_no_connection_is_open_when_processes_are_forked(stub, monkeypatch):
    make_article(), make_article(feed=make_feed("de"))
    closed = []
    monkeypatch.setattr(connections, "close_all", lambda: closed.append("all"))

    def pool(*args):
        assert closed == ["all"]
        raise BrokenProcessPool

    monkeypatch.setattr(backlog, "ProcessPoolExecutor", pool)
    with pytest.raises(BrokenProcessPool):
        run("--workers", "2")


@pytest.mark.parametrize(
    ("option", "after"),
    [("--missing", ["fresh", "stale"]), ("--stale", ["missing", "fresh"])],
)
def test_an_option_limits_it_to_one_state(stub, option, after):
    make_article()
    make_stale()
    run(option)
    assert states() == after


def test_all_does_the_fresh_ones_again(stub):
    article = make_article()
    run()
    tokenized(stub)
    run("--all")
    assert tokenized(stub) == {article.title}


def test_the_options_exclude_each_other(stub):
    with pytest.raises(CommandError, match="not allowed with"):
        run("--missing", "--stale")


def test_it_can_be_limited_to_languages(stub):
    make_article()
    make_article(feed=make_feed("de"))
    make_article(feed=make_feed("sv"))
    run("--language", "de", "--language", "da")
    assert states() == ["fresh", "fresh", "missing"]


def test_broken_articles_are_left_alone(stub):
    make_article(broken=Article.Broken.TOO_SHORT)
    run("--all")
    assert states() == ["missing"]


def test_it_exits_with_1_when_an_article_fails_and_does_the_others(stub, caplog):
    bad = make_article(title="Umulig")
    make_article()
    stub.bad.add("Umulig")
    error = failing_run()
    assert (error.returncode, str(error)) == (1, "1 of 2 articles failed")
    assert states() == ["failed", "fresh"]
    assert f"Article {bad.pk} was not tokenized: refused: Umulig" in caplog.text


def test_a_language_without_a_model_fails_and_the_others_do_not(stub):
    make_article(feed=make_feed("sv"))
    make_article()
    assert failing_run().returncode == 1
    assert states() == ["failed", "fresh"]


def test_a_remembered_failure_is_not_tried_again_before_its_time(stub):
    make_article(title="Umulig")
    stub.bad.add("Umulig")
    failing_run()
    assert run().endswith("0 articles tokenized\n")


def test_it_exits_with_2_for_an_unknown_language(stub):
    error = failing_run("--language", "xx")
    assert error.returncode == 2
    assert "unknown language xx; known: da, de" in str(error)


def test_it_exits_with_2_without_models(models):
    make_article()
    (models / "resources.json").unlink()
    error = failing_run()
    assert error.returncode == 2
    assert f"STANZA_RESOURCES_DIR={models}" in str(error)
    assert states() == ["missing"]


def test_an_interrupted_run_is_continued_by_the_next(stub, monkeypatch):
    monkeypatch.setattr(backlog, "BATCH", 2)
    titles = {make_article().title for _ in range(5)}
    tokenize = stub.tokenize

    def killed(texts, language):
        if len(stub.calls) == 1:
            raise KeyboardInterrupt
        return tokenize(texts, language)

    with monkeypatch.context() as patch, pytest.raises(CommandError) as caught:
        patch.setattr(stub, "tokenize", killed)
        run()
    assert caught.value.returncode == 130
    first = tokenized(stub)
    run()
    assert tokenized(stub) == titles - first
    assert len(first) == 2
    assert states() == ["fresh"] * 5


def test_articles_deleted_during_the_run_are_passed_over(stub, monkeypatch):
    monkeypatch.setattr(backlog, "BATCH", 1)
    for _ in range(3):
        make_article()
    tokenize = stub.tokenize

    def deleting(texts, language):
        Article.objects.exclude(title__in=texts).delete()
        return tokenize(texts, language)

    monkeypatch.setattr(stub, "tokenize", deleting)
    run()
    assert states() == ["fresh"]


def test_a_new_tokenizer_makes_the_stale_run_do_everything_again(stub):
    make_article()
    run()
    stub.release = 2
    run("--stale")
    rows = TokenizationCache.objects.values_list("article__token_state", "tokenizer")
    assert list(rows) == [(CacheState.FRESH, "stub 2 da")]


def test_without_a_database_it_exits_with_2(monkeypatch):
    def values_list(self, *fields, **options):
        raise OperationalError("no connection")

    monkeypatch.setattr(QuerySet, "values_list", values_list)
    with pytest.raises(CommandError, match="the database can't be read") as caught:
        call_command("pretokenize", stdout=StringIO())
    assert caught.value.returncode == 2
