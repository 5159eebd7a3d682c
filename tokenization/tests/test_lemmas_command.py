"""manage.py lemmas: makes the files ahead, and says which can't be used."""

from io import StringIO

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command

from articles.languages import LANGUAGES, LanguageFacts
from tokenization.stanza.tries import Tries

pytestmark = pytest.mark.nodb


@pytest.fixture
def folder(settings, tmp_path):
    settings.LEMMAS_DIR = tmp_path / "lemmas"
    return settings.LEMMAS_DIR


def run(*args, **options):
    out = StringIO()
    call_command("lemmas", *args, stdout=out, **options)
    return out.getvalue()


def failing_run(*args):
    """Returns what was printed, and the error."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("lemmas", *args, stdout=out)
    return out.getvalue(), caught.value


def test_build_makes_what_is_not_there(folder):
    *made, last = run("build", "en", "el").splitlines()
    assert sorted(made) == ["el  made", "en  made"]
    assert last == f"Lemmas of 2 languages are in {folder}, 2 of them new."
    Tries(folder).path("el").write_bytes(b"")
    assert run("build", "en", "el") == (
        f"el  made\nLemmas of 2 languages are in {folder}, 1 of them new.\n"
    )
    assert "en  ok  " in run("verify", "en", "el")


def test_a_quiet_build_says_nothing(folder):
    assert run("build", "en", verbosity=0) == ""
    assert not Tries(folder).trouble("en")


def test_verify_names_what_is_damaged_or_not_made(folder):
    run("build", "en")
    path = Tries(folder).path("en")
    path.write_bytes(path.read_bytes()[:-1])
    out, error = failing_run("verify", "en", "el")
    assert out == "en  BROKEN: it is cut off\nel  not made yet\n"
    assert error.returncode == 1
    assert "2 of 2 can't be used; make them with: manage.py lemmas build" in str(error)


def test_what_cannot_be_made_is_named_and_the_rest_is_made(folder, settings):
    settings.LEMMAS_DIR = "/dev/null/lemmas"
    out, error = failing_run("build", "en")
    assert "en  not made: [Errno 20] Not a directory" in out
    assert (str(error), error.returncode) == ("not made in /dev/null/lemmas: en", 1)


def test_unknown_languages_are_refused(folder):
    _, error = failing_run("build", "en", "xx")
    assert error.returncode == 2
    assert "unknown language xx; known: da, de, " in str(error)


def test_a_language_that_simplemma_lacks_is_no_failure(folder, monkeypatch):
    monkeypatch.setitem(LANGUAGES, "xx", LanguageFacts("xx"))
    assert run("build", "xx").splitlines()[0] == "xx  simplemma has no lemmas"


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile"])
def test_installations_make_them_ahead(name):
    text = (project.BASE_DIR / name).read_text("utf-8")
    assert "manage.py lemmas build" in text
