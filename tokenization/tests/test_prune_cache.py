from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import retention
from articles.models import Article
from articles.tests.factories import make_article, make_feed
from tokenization import claims, pruning, services
from tokenization.models import CacheState, TokenizationCache
from tokenization.tests.factories import make_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stub")]

MB = 10**6


def run(*args):
    out = StringIO()
    call_command("prune_cache", *args, stdout=out)
    return out.getvalue()


def refusal(*args):
    """The message of a run that must not start."""
    with pytest.raises(CommandError) as caught:
        run(*args)
    assert caught.value.returncode == 2
    return str(caught.value)


def ago(days):
    return timezone.now() - timedelta(days=days)


def make_used(days_ago, **facts):
    return make_row(created_at=ago(400), last_read_at=ago(days_ago), **facts)


def is_pruned(row):
    row.refresh_from_db()
    return row.tokenizer == ""


def pruned(*rows):
    return [is_pruned(row) for row in rows]


@pytest.fixture
def needed(monkeypatch):
    """Ids of articles that somebody needs; a test adds to them."""
    ids = []
    monkeypatch.setattr(retention, "needed_by", [lambda: ids])
    return ids


# --- what it does to a row


def test_a_pruned_row_is_empty_and_says_since_when():
    row, before = make_row(reads=4), timezone.now()
    run("--all", "--yes")
    row.refresh_from_db()
    assert (row.title, row.summary, row.content, row.text_hash) == ("",) * 4
    assert (row.tokenizer, row.token_count, row.bytes, row.reads) == ("", 0, 0, 4)
    assert row.pruned_at >= before


def test_a_pruned_row_is_in_the_state_of_that_name():
    make_row()
    run("--all", "--yes")
    [row] = TokenizationCache.objects.select_related("article")
    assert row.article.token_state == CacheState.PRUNED


def test_a_pruned_row_can_be_filled_again():
    row = make_row()
    run("--all", "--yes")
    services.fill([row.article])
    article = Article.objects.select_related("tokenization_cache").get()
    assert services.state_of(article) == CacheState.FRESH


def test_rows_without_tokens_are_left_alone():
    pruned_before = make_row(tokenizer="", title="", pruned_at=ago(3))
    failed = make_row(tokenizer="", title="", error="no model")
    assert run("--all", "--yes", "--dry-run").startswith("0 rows")
    run("--all", "--yes")
    pruned_before.refresh_from_db()
    failed.refresh_from_db()
    assert pruned_before.pruned_at < ago(2)
    assert failed.pruned_at is None


# --- limits


def test_keep_days_prunes_what_was_last_used_before():
    read_long_ago, read = make_used(11), make_used(9)
    old, new = make_row(created_at=ago(11)), make_row(created_at=ago(9))
    run("--keep-days", "10")
    assert pruned(read_long_ago, read, old, new) == [True, False, True, False]


def test_keep_mb_prunes_the_least_recently_used_first():
    never_read = make_row(created_at=ago(20), bytes=MB)
    rows = [make_used(days, bytes=MB) for days in (30, 10, 1)]
    run("--keep-mb", "2")
    assert pruned(never_read, *rows) == [True, True, False, False]


def test_keep_mb_prunes_nothing_when_there_is_room():
    row = make_row(bytes=2 * MB)
    run("--keep-mb", "2")
    assert not is_pruned(row)


def test_keep_mb_leaves_no_more_than_that():
    rows = [make_used(days, bytes=MB) for days in (3, 2)]
    make_used(1, bytes=1)
    run("--keep-mb", "1")
    assert pruned(*rows) == [True, True]


def test_keep_mb_goes_on_where_keep_days_ends():
    rows = [make_used(days, bytes=MB) for days in (40, 20, 10, 1)]
    run("--keep-days", "30", "--keep-mb", "2")
    assert pruned(*rows) == [True, True, False, False]


def test_keep_days_goes_on_where_keep_mb_ends():
    rows = [make_used(days, bytes=MB) for days in (50, 40, 1)]
    run("--keep-days", "30", "--keep-mb", "2")
    assert pruned(*rows) == [True, True, False]


# --- selection


def test_a_selection_alone_prunes_all_of_it():
    feed = make_feed()
    in_feed, danish = make_row(make_article(feed=feed)), make_row()
    german = make_row(make_article(language="de"))
    run("--language", "de", "--language", "sv")
    assert pruned(in_feed, danish, german) == [False, False, True]
    run("--feed", str(feed.pk))
    assert pruned(in_feed, danish) == [True, False]


def test_the_parts_of_a_selection_must_all_be_true():
    feed = make_feed("de")
    row = make_row(make_article(feed=feed))
    run("--language", "da", "--feed", str(feed.pk))
    assert not is_pruned(row)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["stanza 1"], [True, False, False]),
        (["stanza 1*"], [True, True, False]),
        (["stanza 1", "stanza 2"], [True, False, True]),
    ],
)
def test_a_tokenizer_is_named_whole_or_by_its_beginning(options, expected):
    versions = ("stanza 1", "stanza 1.1", "stanza 2")
    rows = [make_row(tokenizer=version) for version in versions]
    run(*(text for version in options for text in ("--tokenizer", version)))
    assert pruned(*rows) == expected


@pytest.mark.parametrize("version", ["stanza", "nonsense*", ""])
def test_a_tokenizer_that_made_nothing_is_refused_with_those_there_are(version):
    row = make_row(tokenizer="stanza 1")
    with pytest.raises(CommandError, match="there are: stanza 1") as caught:
        run("--tokenizer", version)
    assert caught.value.returncode == 2
    assert not is_pruned(row)


@pytest.mark.parametrize("options", [("--tokenizer", "*"), ("--language", "da")])
def test_a_selection_that_is_everything_has_to_be_meant(options):
    rows = [make_row(), make_row()]
    with pytest.raises(CommandError, match="the whole cache") as caught:
        run(*options)
    assert caught.value.returncode == 2
    assert not any(map(is_pruned, rows))
    run(*options, "--yes")
    assert all(map(is_pruned, rows))


def test_a_database_that_fails_is_told_without_a_traceback(monkeypatch):
    def full(*args, **kwargs):
        raise OperationalError("database or disk is full")

    make_row()
    monkeypatch.setattr(pruning, "_prune", full)
    with pytest.raises(CommandError, match="database or disk is full") as caught:
        run("--all", "--yes")
    assert caught.value.returncode == 1


def test_limits_are_within_the_selection():
    german = [make_used(d, article=make_article(language="de")) for d in (20, 5)]
    danish = make_used(20)
    run("--language", "de", "--keep-days", "10")
    assert pruned(*german, danish) == [True, False, False]


def test_room_is_counted_within_the_selection():
    german = make_row(make_article(language="de"), bytes=MB)
    make_row(bytes=5 * MB)
    run("--language", "de", "--keep-mb", "1")
    assert not is_pruned(german)


# --- what stays


def test_what_somebody_needs_stays_always(needed):
    kept, gone = make_used(30), make_used(20)
    needed.append(kept.pk)
    out = run("--all", "--yes")
    assert pruned(kept, gone) == [False, True]
    assert out == "1 rows with 0.0 MB pruned, 1 kept because they are needed\n"


def test_what_is_needed_may_be_a_query(monkeypatch):
    kept, gone = make_row(make_article(title="Mine")), make_row()
    mine = Article.objects.filter(title="Mine").values("pk")
    monkeypatch.setattr(retention, "needed_by", [lambda: [], lambda: mine])
    run("--all", "--yes")
    assert pruned(kept, gone) == [False, True]


def test_needed_rows_take_room_but_others_make_it(needed):
    kept, old, new = (make_used(days, bytes=MB) for days in (30, 20, 10))
    needed.append(kept.pk)
    run("--keep-mb", "2")
    assert pruned(kept, old, new) == [False, True, False]


def test_what_comes_to_be_needed_during_the_run_stays(needed):
    row = make_row()
    plan = pruning.plan(pruning.selected())
    needed.append(row.pk)
    assert list(pruning.prune(plan)) == [(0, 0)]
    assert not is_pruned(row)


def test_a_row_that_is_being_filled_stays():
    claimed = make_row(claimed_until=timezone.now() + claims.LEASE)
    released = make_row(claimed_until=ago(1))
    run("--all", "--yes")
    assert pruned(claimed, released) == [False, True]


@pytest.mark.parametrize("column", ["claimed_until", "refreshed_at"])
def test_a_row_that_is_filled_during_the_run_stays(column):
    row = make_row(tokenizer="old")
    plan = pruning.plan(pruning.selected(tokenizers=["old"]))
    TokenizationCache.objects.update(**{column: timezone.now() + claims.LEASE})
    assert list(pruning.prune(plan)) == [(0, 0)]
    assert not is_pruned(row)


# --- how it goes about it


def test_a_dry_run_only_counts(needed):
    row, kept = make_row(bytes=1_500_000), make_row()
    needed.append(kept.pk)
    out = run("--all", "--yes", "--dry-run")
    assert out.startswith("1 rows with 1.5 MB would be pruned, 1 kept")
    assert not is_pruned(row)


def test_it_says_what_it_pruned():
    for _ in range(2):
        make_row(bytes=1_250_000)
    assert run("--all", "--yes") == "2 rows with 2.5 MB pruned\n"


def test_rows_are_pruned_in_batches(monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 2)
    rows = [make_row(bytes=number) for number in (1, 2, 3, 4, 5)]
    plan = pruning.plan(pruning.selected())
    assert list(pruning.prune(plan)) == [(2, 3), (2, 7), (1, 5)]
    assert all(pruned(*rows))


def test_a_batch_is_one_transaction_that_locks_its_rows():
    for _ in range(3):
        make_row()
    plan = pruning.plan(pruning.selected())
    with CaptureQueriesContext(connection) as queries:
        list(pruning.prune(plan))
    statements = [query["sql"] for query in queries]
    begins = [sql.split()[0] for sql in statements]
    locks, changes = ["SELECT", "SELECT"], ["UPDATE", "UPDATE"]
    assert begins == ["SAVEPOINT", *locks, *changes, "RELEASE"]
    has_locks = connection.features.has_select_for_update
    assert all(("FOR UPDATE" in sql) == has_locks for sql in statements[1:3])


# --- refusals


def test_it_wants_to_know_what_to_prune():
    row = make_row()
    assert refusal().startswith("say what to prune: --keep-days N, --keep-mb M")
    assert not is_pruned(row)


def test_everything_must_be_meant():
    row = make_row()
    assert "say --all --yes" in refusal("--all")
    assert not is_pruned(row)


def test_everything_is_no_part():
    assert "--all goes with no" in refusal("--all", "--yes", "--keep-days", "1")


@pytest.mark.parametrize("option", ["--keep-days", "--keep-mb"])
@pytest.mark.parametrize("number", ["0", "-1", "99999999999"])
def test_a_number_out_of_range_is_named(option, number):
    assert refusal(f"{option}={number}").startswith(f"{option} {number}: use 1 to ")


def test_an_unknown_language_or_feed_is_named():
    assert "unknown language xx" in refusal("--language", "xx")
    assert refusal("--feed", "4711") == "no feed 4711"
