"""Words and sentences to hear."""

import os
import shutil
import stat
import wave
from io import BytesIO
from threading import Event, Thread

import pytest
from rest_framework.test import APIClient

from articles.languages import LANGUAGES
from learners.speech import speaking, voices
from learners.speech.speaking import Busy, Unspoken, speech_of
from learners.speech.voices import NoVoice
from learners.tests.learning import client_of, make_learner

needs_espeak = pytest.mark.skipif(
    not shutil.which("espeak-ng"), reason="needs espeak-ng"
)
URL = "/api/speech/"
GOOD_MORNING = {
    "da": "God morgen, verden!",
    "de": "Guten Morgen, Welt!",
    "el": "Καλημέρα, κόσμε!",
    "en": "Good morning, world!",
    "es": "¡Buenos días, mundo!",
    "fr": "Bonjour, le monde !",
    "hu": "Jó reggelt, világ!",
    "it": "Buongiorno, mondo!",
    "nl": "Goedemorgen, wereld!",
    "no": "God morgen, verden!",
    "pl": "Dzień dobry, świecie!",
    "pt": "Bom dia, mundo!",
    "ro": "Bună dimineața, lume!",
    "ru": "Доброе утро, мир!",
    "sv": "God morgon, världen!",
}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SPEECH_DIR = tmp_path / "speech"
    settings.RUN_DIR = tmp_path
    settings.PIPER_VOICES_DIR = ""
    return settings.SPEECH_DIR


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Puts a program of a shell script on the PATH, in the place of all others."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def put(name, script):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    monkeypatch.setattr(shutil, "which", lambda name: _there(folder / name))
    voices._known_to.cache_clear()
    yield put
    voices._known_to.cache_clear()


def _there(path):
    return str(path) if path.exists() else None


LISTED = "Pty Language Age/Gender VoiceName\\n 5  da --/M Danish\\n"


def espeak(program, script):
    """A stand-in for espeak-ng that knows Danish; its last argument is the file."""
    last = 'for out; do :; done; text="$(/bin/cat)"'
    listing = f'[ "$1" = --voices ] && printf "{LISTED}" && exit'
    return program("espeak-ng", f"{listing}\n{last}\n{script}")


def kept(folder):
    return sorted(path.name for path in folder.iterdir())


@needs_espeak
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_is_spoken(language):
    sound = speech_of(language, GOOD_MORNING[language]).speak()
    with wave.open(BytesIO(sound)) as told:
        assert told.getnframes() / told.getframerate() > 0.2


def test_what_was_spoken_is_kept(program, folder):
    espeak(program, 'printf "RIFF $text" > "$out"')
    speech = speech_of("da", "hus")
    assert speech.kept() is None
    assert speech.speak() == b"RIFF hus"
    assert speech.kept() == b"RIFF hus"
    assert kept(folder) == [f"{speech.version}.wav"]
    assert speech_of("da", "hjem").version != speech.version


def test_a_text_is_never_an_option_nor_a_name_of_sounds(program):
    espeak(program, 'printf "$#:$text" > "$out"')
    assert speech_of("da", "--version [[h@l]]").speak() == b"5:--version [h@l]"


@pytest.mark.parametrize("script", ["kill -ABRT $$", "exit 1", "exit 0", "sleep 9"])
def test_what_goes_wrong_is_told_and_leaves_nothing(program, settings, folder, script):
    settings.SPEECH_TIMEOUT_S = 1 if "sleep" in script else 10
    wait = "exec /bin/sleep 9" if "sleep" in script else script
    espeak(
        program,
        f'printf "RIFF" > "$out"\n[ "{script}" = "exit 0" ] && /bin/rm "$out"\n{wait}',
    )
    with pytest.raises(Unspoken):
        speech_of("da", "hus").speak()
    assert kept(folder) == []


def test_the_oldest_goes_first_when_there_is_too_much(program, folder, settings):
    settings.SPEECH_CACHE_MB = 2
    espeak(program, '/usr/bin/head -c 900000 /dev/zero > "$out"')
    speeches = [speech_of("da", text) for text in ("en", "to", "tre")]
    for number, speech in enumerate(speeches):
        speech.speak()
        if speech.path.exists():
            os.utime(speech.path, (number, number))
    assert [speech.path.exists() for speech in speeches] == [False, True, True]
    settings.SPEECH_CACHE_MB = 0
    assert len(speeches[0].speak()) == 900_000
    assert kept(folder) == []


def test_few_speak_at_a_time(program, monkeypatch, settings):
    settings.SPEECH_CONCURRENCY = 1
    monkeypatch.setattr(speaking, "PATIENCE_S", 0.01)
    begun, may_end = Event(), Event()

    def run(voice, path, text):
        begun.set()
        may_end.wait(10)
        path.write_bytes(b"RIFF")

    monkeypatch.setattr(speaking, "_run", run)
    espeak(program, "")
    first = Thread(target=speech_of("da", "hus").speak)
    first.start()
    begun.wait(10)
    with pytest.raises(Busy):
        speech_of("da", "hjem").speak()
    may_end.set()
    first.join()
    assert speech_of("da", "hjem").speak() == b"RIFF"


def test_without_a_program_or_a_voice_nothing_speaks(program):
    with pytest.raises(NoVoice, match="espeak-ng is not installed"):
        speech_of("da", "hus")
    espeak(program, "")
    with pytest.raises(NoVoice, match="espeak-ng has no voice for it"):
        speech_of("de", "Haus")


def test_piper_speaks_where_it_has_a_voice(program, settings, tmp_path):
    settings.PIPER_VOICES_DIR = str(tmp_path)
    espeak(program, 'printf espeak > "$out"')
    program("piper", 'for out; do :; done\nprintf "piper $2" > "$out"')
    assert speech_of("da", "hus").speak() == b"espeak"
    model = tmp_path / "da_DK-x-medium.onnx"
    model.touch()
    assert speech_of("da", "hus").speak() == f"piper {model}".encode()


# --- the API


@pytest.fixture
def api(db):
    return client_of(make_learner())


def ask(api, language="da", text="hus", **headers):
    return api.get(URL, {"language": language, "text": text}, headers=headers)


def test_a_learner_hears_a_word_and_need_not_ask_again(api, program):
    espeak(program, 'printf "RIFF $text" > "$out"')
    answer = ask(api, text="  hu\u00ads ", Accept="audio/wav")
    assert answer.content == b"RIFF hus"
    assert answer["Content-Type"] == "audio/wav"
    assert answer["Cache-Control"] == "private, max-age=604800, immutable"
    again = ask(api, **{"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_nobody_else_hears_anything(program, db):
    espeak(program, 'printf RIFF > "$out"')
    assert ask(APIClient()).status_code == 401


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [("xx", "hus", "language"), ("", "hus", "language"), ("da", "", "text")]
    + [("da", "\u200b", "text"), ("da", "x" * 501, "text")],
)
def test_what_is_wrong_is_named(api, language, text, name):
    answer = ask(api, language, text)
    assert answer.status_code == 400
    assert name in answer.json()["errors"]


def test_where_nothing_speaks_it_is_404(api, program):
    answer = ask(api)
    assert answer.status_code == 404
    assert answer.json()["detail"] == (
        "Nothing here speaks da: espeak-ng is not installed."
    )


def test_a_text_that_can_t_be_spoken_is_refused(api, program):
    espeak(program, "kill -ABRT $$")
    answer = ask(api)
    assert answer.status_code == 400
    assert answer.json()["errors"]["text"] == ["espeak-ng da can't speak this text"]


def test_what_is_kept_costs_nothing_and_new_texts_have_a_rate(api, program, settings):
    settings.SPEECH_RATE = (1, 60)
    espeak(program, 'printf RIFF > "$out"')
    assert [ask(api).status_code for _ in range(3)] == [200] * 3
    answer = ask(api, text="hjem")
    assert answer.status_code == 429
    assert answer["Retry-After"]


@pytest.mark.parametrize(
    ("wanted", "status", "part", "span"),
    [
        ("bytes=0-1", 206, b"RI", "bytes 0-1/8"),
        ("bytes=4-", 206, b" hus", "bytes 4-7/8"),
        ("bytes=4-99", 206, b" hus", "bytes 4-7/8"),
        ("bytes=8-", 416, b"", "bytes */8"),
        ("bytes=3-2", 416, b"", "bytes */8"),
        ("bytes=0-1,3-4", 200, b"RIFF hus", None),
        ("bytes=-1", 200, b"RIFF hus", None),
    ],
)
def test_players_get_the_part_that_they_want(api, program, wanted, status, part, span):
    espeak(program, 'printf "RIFF $text" > "$out"')
    answer = ask(api, Range=wanted, **{"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.content) == (status, part)
    assert answer.get("Content-Range") == span
