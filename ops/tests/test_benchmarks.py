import json
import os
import subprocess
import sys
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from articles.languages import facts
from articles.models import Article
from articles.tests.factories import OURS
from learners.knowledge import store
from learners.models import User
from ops.benchmarks import __main__ as benches
from ops.benchmarks import (
    bookmark_bench,
    burst_bench,
    detail_bench,
    f1_bench,
    faults_bench,
    glosses_bench,
    learner_rows,
    lexeme_sets,
    list_bench,
    load_bench,
    material,
    newsweb_bench,
    pretokenize_bench,
    server,
    similar_bench,
    workers_bench,
)
from ops.benchmarks.calls import CallLog
from tokenization import lexemes, services
from tokenization.stanza.engine import Engine

TEXT = "Godt nyt i dag."
GIVEN = "mysql://me:pw@db:3307/zeeguu?a=b"


@pytest.fixture
def no_shared(monkeypatch, tmp_path):
    monkeypatch.setattr(server, "SHARED", tmp_path)


@pytest.fixture
def statements(monkeypatch):
    """What is sent to a database server, instead of sending it."""
    sent = []
    monkeypatch.setattr(server, "_execute", lambda url, text: sent.append(text))
    return sent


@pytest.fixture
def bench_urls(settings):
    settings.ROOT_URLCONF = "ops.benchmarks.urls"


def test_an_unknown_bench_is_refused_by_name(capsys):
    assert benches.main(["lists"]) == 2
    assert "unknown bench lists" in capsys.readouterr().err


def test_missing_material_is_said_in_place_of_a_result(monkeypatch, no_shared, capsys):
    monkeypatch.setattr(server, "temporary_database", nullcontext)
    assert benches.main(["f1"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"bench": "f1", "skipped": "there is no folder ../shared/ud"}


def test_every_module_of_that_name_is_a_bench():
    files = Path(benches.__file__).parent.glob("*_bench.py")
    assert {f"{name}_bench.py" for name in benches.BENCHES} == {f.name for f in files}
    assert {"list", "load", "workers"} < set(benches.BENCHES)


@pytest.fixture
def ended(monkeypatch):
    """How the processes of benches end, by name: (exit code, output)."""
    ended = {name: (0, f'{{"bench": "{name}"}}\n') for name in benches.BENCHES}

    def run(command, **options):
        code, output = ended[command[-1]]
        return subprocess.CompletedProcess(command, code, output)

    monkeypatch.setattr(subprocess, "run", run)
    return ended


def test_several_benches_run_in_processes_of_their_own(ended, capsys):
    assert benches.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["bench"] for line in lines] == benches.BENCHES


@pytest.mark.parametrize(
    "end", [(1, ""), (1, '{"bench": "f1"}\n'), (0, ""), (0, "Done.\n"), (0, "[]\n")]
)
def test_a_bench_that_breaks_or_has_no_result_is_a_failure(ended, end, capsys):
    ended["f1"] = end
    assert benches.main([]) == 1
    printed = capsys.readouterr()
    assert "bench f1 broke" in printed.err
    assert '"workers"' in printed.out  # a later one has run


def test_what_a_fresh_clone_lacks_is_made_or_the_bench_fails(monkeypatch):
    monkeypatch.setattr(server, "manage", lambda *arguments: 1)
    with pytest.raises(RuntimeError, match="collectstatic --noinput ended with 1"):
        server._prepare("collectstatic", "--noinput")


def test_a_server_gets_a_database_beside_its_own_ones(statements):
    with server._empty_database(GIVEN) as url:
        name = f"bench_{os.getpid()}"
        assert url == f"mysql://me:pw@db:3307/{name}?a=b"
        assert statements == [f"CREATE DATABASE {name} CHARACTER SET utf8mb4"]
    assert statements[1:] == [f"DROP DATABASE {name}"]


def test_the_database_goes_when_a_bench_fails(statements):
    with pytest.raises(RuntimeError), server._empty_database(GIVEN):
        raise RuntimeError
    assert statements[-1].startswith("DROP DATABASE bench_")


def test_half_of_the_spans_right_is_an_f1_of_fifty():
    found, gold = [{(0, 3), (4, 7)}], [{(0, 3), (4, 8)}]
    assert f1_bench.f1(found, gold) == 50.0


def test_the_card_has_scores_for_all_fifteen_languages(settings):
    card = f1_bench.read_card(settings.STANZA_RESOURCES_DIR / "MODEL_CARD.md")
    assert card.keys() >= {facts(code).stanza for code in OURS}
    assert card["da"] == (99.9, 91.46)


def test_the_faults_bench_has_cases_of_each_kind_in_all_languages(settings):
    texts = faults_bench.read()
    assert texts.keys() >= set(OURS)
    for code, of_language in texts.items():
        kinds = {case.kind for case in faults_bench.cases(code, of_language)}
        assert len(kinds) == 6


@pytest.mark.parametrize(
    ("sentences", "is_right"),
    [
        ([[(0, 3), (4, 7), (8, 12)]], True),
        ([[(0, 3), (4, 6), (6, 7), (8, 12)]], False),
        ([[(0, 3), (4, 7)], [(8, 12)]], False),
    ],
)
def test_an_abbreviation_is_right_whole_and_in_one_sentence(sentences, is_right):
    case = faults_bench.abbreviation("Den _kl._ otte", optional="")
    assert (case.text, case.spans) == ("Den kl. otte", ((4, 7),))
    assert case.is_right(sentences) is is_right


def test_greek_headlines_in_capitals_have_no_accents():
    assert faults_bench.capitals("Η γιαγιά μιλά").text == "Η ΓΙΑΓΙΑ ΜΙΛΑ"
    assert faults_bench.capitals("Én kø og ål").text == "ÉN KØ OG ÅL"


def test_the_faults_bench_has_a_small_form(monkeypatch):
    monkeypatch.setenv("BENCH_SMOKE", "1")
    result = faults_bench.run()
    assert result["goal_reached"]
    assert result["figure"] > result["baseline"]


@pytest.mark.parametrize(
    ("found", "expected", "score"),
    [("Et to", "et to", 1.0), ("et to tre fire", "et to", 2 / 3), ("", "et", 0.0)],
)
def test_texts_are_compared_as_bags_of_words(found, expected, score):
    assert newsweb_bench.f1(found, expected) == pytest.approx(score)


@pytest.mark.parametrize(
    ("found", "published", "is_right"),
    [
        (datetime(2024, 3, 5, 23, tzinfo=UTC), "2024-03-06T00:30:00+01:00", True),
        (datetime(2024, 3, 5, tzinfo=UTC), "2024-03-05 17:00:00", True),
        (datetime(2024, 3, 5, tzinfo=UTC), "2024-03-06T17:00:00+00:00", False),
        (None, "2024-03-06T17:00:00+00:00", False),
    ],
)
def test_days_are_compared_in_either_zone(found, published, is_right):
    assert newsweb_bench.date_is_right(found, published) is is_right


def test_articles_are_as_long_as_real_ones(no_shared):
    first, second = material.articles("de", 2)
    assert material.source() == "demo"
    assert len(first.fragments) == material.PARAGRAPHS
    assert 0 < len(first.summary) <= 300
    assert first.hash != second.hash


def test_articles_are_made_of_shared_texts_where_they_are(no_shared):
    folder = server.SHARED / "ud"
    folder.mkdir()
    (folder / "da.jsonl").write_text(
        f'{{"text": "{TEXT} Og mere.", "sentences": [[[0, 4], [14, 15]], [[16, 24]]]}}'
    )
    [article] = material.articles("da", 1)
    assert material.source() == "ud"
    assert article.title == TEXT
    assert article.fragments == (("p", f"{TEXT} Og mere."),) * material.PARAGRAPHS


@pytest.mark.django_db
def test_texts_that_come_again_are_stored_as_articles_of_their_own(no_shared):
    """The crawler would know them by their text."""
    titles, paragraphs = material._from_demo("de")
    number = 1 + len(titles) * len(paragraphs)  # the first one is back at the latest
    assert len(set(material.store("de", number))) == number


@pytest.mark.django_db
def test_stored_articles_have_no_tokens_and_the_first_is_the_newest(no_shared):
    ids = material.store("de", 3)
    stored = Article.objects.listed().newest_first()
    assert list(stored.values_list("pk", flat=True)) == ids
    assert not stored.exclude(tokenization_cache=None).exists()


def test_each_call_of_the_tokenizer_is_noted(monkeypatch, tmp_path):
    monkeypatch.setattr(Engine, "tokenize", lambda self, texts, language: texts)
    log = CallLog(tmp_path / "calls")
    log.install()
    assert Engine(tmp_path).tokenize(iter([TEXT, "Mere."]), "da") == [TEXT, "Mere."]
    assert log.lines() == [TEXT]
    log.clear()
    assert log.lines() == []


@pytest.mark.django_db
def test_the_views_on_the_fly_answer_what_the_cache_does(api, bench_urls):
    [pk] = material.store(list_bench.LANGUAGE, 1)
    services.fill(Article.objects.all())
    for path in (list_bench.query(), f"{pk}/summary/"):
        on_the_fly = api.get(f"/bench/on-the-fly/{path}")
        assert on_the_fly.content == api.get(f"/api/articles/{path}").content


def test_a_worker_says_who_it_is(client, stub, bench_urls):
    answer = client.get("/bench/tokenize/da/", {"text": TEXT}).json()
    assert answer["pid"] == os.getpid()
    assert len(answer["sentences"][0]) == 4


@pytest.mark.django_db
def test_a_command_that_fails_is_not_timed(monkeypatch):
    monkeypatch.setattr(server, "manage", lambda *arguments: 1)
    with pytest.raises(RuntimeError, match="ended with 1, 0 of 5 filled"):
        pretokenize_bench.timed(workers=1, limit=5)


def test_processes_are_as_old_and_as_large_as_the_kernel_says():
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert 0 < workers_bench.forked_at(os.getpid()) < now
    assert 0 < workers_bench.rollup(os.getpid())["Pss"] < 10_000


def test_medians_of_several_runs_are_compared():
    rounds = [({"total": 30}, {"total": 90}), ({"total": 10}, {"total": 110})]
    compared = workers_bench.compare("total", rounds)
    assert compared == {"figure": 20, "baseline": 100, "ratio": 0.2}


@pytest.mark.django_db
def test_a_page_costs_the_same_queries_whatever_its_length(api, no_shared):
    material.store("de", 3)
    few, many = (list_bench.count_queries(list_bench.page(n)) for n in (1, 3))
    assert 0 < few == many <= list_bench.MOST_QUERIES


@pytest.mark.parametrize(
    ("detail", "summary", "reached"),
    [(45, 60, True), (44, 60, False), (45, 59, False)],
)
def test_an_article_and_its_summary_have_shares_to_reach(detail, summary, reached):
    quiet = {"detail": detail, "summary": summary, "empty": 100}
    # A disturbed round, in which all are slower, tells as much as another one.
    busy = {name: found / 10 for name, found in quiet.items()}
    result = detail_bench.summary([quiet, busy, quiet])
    assert result["share"] == {"detail": detail / 100, "summary": summary / 100}
    assert result["goal_reached"] is reached
    assert (result["figure"], result["baseline"]) == (detail, 100)


def test_glosses_have_a_share_of_what_an_empty_view_does():
    quiet = {"glosses": 30, "empty": 100}
    busy = {"glosses": 3, "empty": 10}
    found = glosses_bench.summary([quiet, busy, quiet])
    assert found == {"figure": 30, "baseline": 100, "ratio": 0.3}


def test_glosses_that_are_ready_and_cold_ones_have_shares_of_their_own():
    ready, cold = ({"figure": n, "baseline": 100, "ratio": n / 100} for n in (20, 5))
    found = glosses_bench.result(ready, cold, most=2, largest=30_000)
    assert (found["figure"], found["share"], found["goal_reached"]) == (20, 0.2, True)
    assert (found["cold_per_s"], found["cold_share"]) == (5, 0.05)
    assert not found["cold_goal_reached"]
    assert not glosses_bench.result(ready, cold, 3, 30_000)["goal_reached"]
    assert not glosses_bench.result(ready, cold, 2, 30_001)["goal_reached"]


@pytest.mark.parametrize(
    ("calls", "gap_ms"),
    [
        ([(0, 1, 200), (1, 2, 200)], 1000),
        # One waits for three seconds, and the others are answered meanwhile.
        ([(0, 3, 200), (0, 1, 200), (1, 2, 200), (2, 2.5, 200)], 1000),
        ([(0, 1, 200), (0.5, 5, 200), (1, 5.1, 200)], 4000),
        # Nobody asks for a long time.
        ([(0, 1, 200), (100, 101, 200)], 1000),
    ],
)
def test_a_gap_is_a_time_without_answers_for_those_who_wait(calls, gap_ms):
    assert load_bench.longest_gap_ms(calls) == pytest.approx(gap_ms)


def test_a_stall_is_the_slowest_answer_of_all_rounds():
    quick = [(at / 100, at / 100 + 0.01, 200) for at in range(200)]
    found = load_bench.summary([quick, [*quick, (0, 1.5, 503)]])
    assert (found["longest_stall_ms"], found["errors"]) == (1500, 1)
    assert not load_bench.has_no_stall(found)
    assert load_bench.has_no_stall(load_bench.summary([quick]))


@pytest.mark.parametrize(
    ("calls", "fresh", "slowdown", "reached"),
    [
        ([15], True, 2.9, True),
        ([15, 16], True, 2.9, False),
        ([15], False, 2.9, False),
        ([15], True, 3.1, False),
    ],
)
def test_a_burst_has_several_goals(calls, fresh, slowdown, reached):
    case = {"tokenizer_calls": calls, "all_fresh": fresh, "list_slowdown": slowdown}
    assert burst_bench.is_reached(case, 15) is reached


def test_an_article_is_cut_between_paragraphs():
    pieces = similar_bench.cut(["word " * 100] * 7)
    assert [len(piece.fragments) for piece in pieces] == [2, 2, 2, 1]
    assert len(similar_bench.cut(["a short one"])) == 1


def test_sets_are_of_one_language_and_its_frequent_words_come_first():
    sets, ids = lexeme_sets.make_sets(5)
    found = [lexemes.unpacked(packed) for packed in sets]
    assert set().union(*found) == set(ids)
    assert all(ids[0] in one for one in found)
    assert max(ids) - min(ids) == len(ids) - 1


@pytest.mark.django_db
def test_learners_of_benches_are_alike_in_all_that_is_theirs(monkeypatch):
    monkeypatch.setattr(lexeme_sets, "SETS", 20)
    for name, number in {"KNOWN": 20, "WORDS": 3, "READ": 2, "AT_ONCE": 2}.items():
        monkeypatch.setattr(learner_rows, name, number)
    lexeme_sets.store(120, 1)
    emails = learner_rows.store(4)
    users = User.objects.filter(email__in=emails)
    assert [*map(rows_of, users)] == [[1, 1, 1, 3, 3, 2]] * 4
    for user in users:
        assert len(store.read(user.pk, "da").known) == 20


def rows_of(user):
    models = learner_rows.OWN.items()
    return [model.objects.filter(**{own: user}).count() for model, own in models]


def test_a_bench_told_to_end_does_so_orderly_and_its_children_at_once():
    code = (
        "import multiprocessing, signal; from ops.benchmarks import __main__;"
        "__main__.end_orderly();"
        "pool = multiprocessing.get_context('fork').Pool(1);"
        "child = pool.apply(signal.getsignal, (signal.SIGTERM,));"
        "own = signal.getsignal(signal.SIGTERM);"
        "assert child == signal.SIG_DFL and callable(own), (child, own);"
        "pool.terminate()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR)
    assert done.returncode == 0


def test_saved_words_and_answers_are_compared_round_by_round():
    quiet, busy = {"done": 600, "empty": 2000}, {"done": 100, "empty": 1000}
    result = bookmark_bench.summary([quiet, busy, quiet])
    assert (result["figure"], result["ratio"]) == (600, 0.3)
    assert result["goal_reached"]
