import subprocess
from contextlib import nullcontext

import pytest

from ops.benchmarks import __main__ as benches
from ops.benchmarks import f1_bench, newsweb_bench, server


def test_an_unknown_bench_is_refused_by_name(capsys):
    assert benches.main(["lists"]) == 2
    assert "unknown bench lists" in capsys.readouterr().err


def test_missing_material_is_said_and_not_counted_as_a_result(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(server, "SHARED", tmp_path)
    monkeypatch.setattr(server, "temporary_database", nullcontext)
    assert benches.main(["f1"]) == 1
    assert capsys.readouterr().out == ""


def test_half_of_the_spans_right_is_an_f1_of_fifty():
    found, gold = [{(0, 3), (4, 7)}], [{(0, 3), (4, 8)}]
    assert f1_bench.f1(found, gold) == 50.0


def test_the_card_has_scores_for_all_fifteen_languages(settings):
    card = f1_bench.read_card(settings.STANZA_RESOURCES_DIR / "MODEL_CARD.md")
    assert len(card) == 15
    assert card["da"] == (99.7, 91.44)


@pytest.mark.parametrize(
    ("found", "expected", "score"),
    [("Et to", "et to", 1.0), ("et to tre fire", "et to", 2 / 3), ("", "et", 0.0)],
)
def test_texts_are_compared_as_bags_of_words(found, expected, score):
    assert newsweb_bench.f1(found, expected) == pytest.approx(score)


def test_several_benches_run_in_processes_of_their_own(monkeypatch):
    started = []

    def run(command, check):
        started.append(command[-1])
        return subprocess.CompletedProcess(command, returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    assert benches.main([]) == 0
    assert started == list(benches.BENCHES)
