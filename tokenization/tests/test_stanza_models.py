import json
import shutil
import socket
from io import StringIO
from pathlib import Path

import pytest
import requests
import stanza
from django.core.management import CommandError, call_command

from articles.languages import LANGUAGES
from articles.tests.factories import OURS
from tokenization import services
from tokenization.management.commands import stanza_models

DAMAGED = b"<html>please sign in</html>"


def run(*args):
    out = StringIO()
    call_command("stanza_models", *args, stdout=out)
    return out.getvalue()


def failing_run(*args):
    """Returns what was printed, and the error."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("stanza_models", *args, stdout=out)
    return out.getvalue(), caught.value


def model_of(models):
    return models / "da" / "tokenize" / "compact.pt"


@pytest.fixture
def server(monkeypatch, models, tmp_path):
    """Stanza's download, faked: it knows Danish and Swedish, and its own index alone.

    Like the real one it writes its index over what is there.
    """
    bundled = Path(__file__).parent.parent / "stanza_resources"

    def download(lang, model_dir, processors):
        model = Path(model_dir) / lang / "tokenize" / "official.pt"
        entry = json.loads((bundled / "resources.json").read_text())["sv"]
        entry["tokenize"] = {"official": entry["tokenize"]["compact"]}
        entry["packages"]["default"]["tokenize"] = "official"
        index = {"url": "https://example.com", "sv": entry, "da": entry}
        (Path(model_dir) / "resources.json").write_text(json.dumps(index))
        if lang not in index:
            raise ValueError(f"Unknown language requested: {lang}")
        model.parent.mkdir(parents=True)
        shutil.copy(bundled / "sv" / "tokenize" / "compact.pt", model)

    monkeypatch.setattr("stanza.download", download)


@pytest.fixture
def no_network(monkeypatch):
    def download(*args, **kwargs):
        raise requests.ConnectionError("name resolution failed")

    monkeypatch.setattr("stanza.download", download)


def test_list_names_the_version_of_each_model():
    out = run("list")
    assert len(out.splitlines()) == 1 + len(LANGUAGES)
    assert f"no  {services.engine().version('no')}  616 kB" in out


def test_list_can_be_limited():
    _, line = run("list", "da").splitlines()
    assert line.startswith("da  stanza 1.15.0 compact ")


def test_verify_loads_each_model_and_finds_it_well(models):
    assert run("verify", "da") == "da  ok\n"


def test_all_bundled_models_are_well():
    bundled = services.engine().languages()
    assert set(OURS) <= set(bundled)
    assert run("verify", *bundled).count("  ok\n") == len(bundled)


def test_list_names_no_version_of_a_damaged_model(models):
    model_of(models).write_bytes(DAMAGED)
    _, line = run("list", "da").splitlines()
    assert line.startswith(f"da  can't load {model_of(models)}: ")


def test_verify_exits_with_1_for_a_damaged_model(models):
    model_of(models).write_bytes(DAMAGED)
    out, error = failing_run("verify", "da")
    assert (error.returncode, str(error)) == (1, "1 of 1 broken")
    assert "da  BROKEN: " in out


def test_verify_exits_with_1_for_a_model_that_only_its_hash_calls_well(models):
    index = models / "resources.json"
    resources = json.loads(index.read_text())
    resources["da"]["tokenize"]["compact"]["md5"] = "8c1d8e4b22b5b3f1cf5a3b1d16cb3c0a"
    index.write_text(json.dumps(resources))
    assert failing_run("verify", "da")[1].returncode == 1


def test_a_bundled_model_that_is_gone_is_missed(models):
    out, error = failing_run("verify")
    number = len(LANGUAGES)
    assert (error.returncode, str(error)) == (1, f"{number - 1} of {number} broken")
    assert "sv  BROKEN: no tokenizer model for language 'sv'" in out


@pytest.mark.parametrize("action", ["list", "verify"])
def test_an_unknown_language_exits_with_2(models, action):
    _, error = failing_run(action, "da", "xx")
    assert error.returncode == 2
    assert str(error) == f"no model for xx in {models}; there are: da"


@pytest.mark.parametrize("action", ["list", "verify"])
def test_an_unreadable_index_exits_with_2(models, action):
    (models / "resources.json").write_text("nonsense")
    _, error = failing_run(action)
    assert error.returncode == 2
    assert f"STANZA_RESOURCES_DIR={models}" in str(error)


def test_download_without_network_exits_with_1_and_says_what_helps(models, no_network):
    out, error = failing_run("download", "da", "no")
    assert error.returncode == 1
    assert "da  not fetched: name resolution failed\nno  not fetched" in out
    assert "not fetched: da, no. This needs access" in str(error)


def test_download_without_network_leaves_the_models_as_they_were(models, no_network):
    failing_run("download")
    assert run("verify", "da") == "da  ok\n"
    assert sorted(path.name for path in models.iterdir()) == ["da", "resources.json"]


def test_download_replaces_a_model_and_makes_its_rows_stale(models, server):
    before = services.tokenizer_version("da")
    assert "da  stanza 1.15.0 official " in run("download", "da")
    assert services.tokenizer_version("da") != before
    assert run("verify", "da") == "da  ok\n"


def test_a_download_that_arrives_damaged_exits_with_1(models, server, monkeypatch):
    download = stanza.download

    def torn(lang, model_dir, processors):
        download(lang, model_dir, processors)
        (Path(model_dir) / lang / "tokenize" / "official.pt").write_bytes(DAMAGED)

    monkeypatch.setattr("stanza.download", torn)
    out, error = failing_run("download", "da")
    assert error.returncode == 1
    assert "da  not fetched: can't load " in out


def test_download_of_one_language_leaves_the_others_alone(models, server):
    before = services.tokenizer_version("da")
    run("download", "sv")
    assert services.tokenizer_version("da") == before
    assert run("verify", "da", "sv") == "da  ok\nsv  ok\n"


def test_download_fills_a_folder_that_is_not_there_yet(models, server):
    shutil.rmtree(models)
    run("download", "sv")
    assert run("verify", "sv") == "sv  ok\n"


def test_download_of_a_language_that_stanza_has_not_exits_with_1(models, server):
    out, error = failing_run("download", "xx", "sv")
    assert error.returncode == 1
    assert "xx  not fetched: Unknown language requested: xx" in out
    assert services.engine().languages() == ["da", "sv"]


def test_download_asks_for_norwegian_by_stanzas_name(models, monkeypatch):
    def download(lang, **kwargs):
        raise requests.ConnectionError(f"asked for {lang}")

    monkeypatch.setattr("stanza.download", download)
    assert "asked for nb" in failing_run("download", "no")[0]


def test_a_download_from_a_silent_server_has_an_end(models, monkeypatch):
    def download(lang, **kwargs):
        requests.get(f"http://127.0.0.1:{silent.getsockname()[1]}/")

    monkeypatch.setattr("stanza.download", download)
    monkeypatch.setattr(stanza_models, "FETCH_TIMEOUT_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        out, error = failing_run("download", "sv")
    assert "sv  not fetched: took longer than 1 s" in out
    assert error.returncode == 1
    assert sorted(path.name for path in models.iterdir()) == ["da", "resources.json"]


@pytest.mark.parametrize("code", ["../../x", "DA", "", "d a"])
def test_what_is_no_language_code_exits_with_2(models, code):
    assert failing_run("download", code)[1].returncode == 2
