"""The tokenizer's settings and its loading ahead, for Django and where there is none.

gunicorn's master loads the models and forks, before it has a thread or a connection.
"""

import gc
import logging
import time
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from articles.languages import LANGUAGES
from tokenization.stanza.engine import Engine, shared_engine
from zeeguu.base.env import env_folder, env_int, env_languages, env_str

logger = logging.getLogger(__name__)

BUNDLED = Path(__file__).resolve().parent / "stanza_resources"
VAR_DIR = Path(__file__).resolve().parents[1] / "var"

RESOURCES_DIR = Path(env_str("STANZA_RESOURCES_DIR", str(BUNDLED)))
# Where nobody may write, each process that needs lemmas makes its own.
LEMMAS_DIR = env_folder("LEMMAS_DIR", VAR_DIR / "lemmas", is_read=True)
MAX_LANGUAGES = env_int("TOKENIZER_MAX_LANGUAGES", len(LANGUAGES), minimum=1)
PRELOAD = env_languages("TOKENIZER_PRELOAD", "all")
# What a worker may grow by: PyTorch and the models too where it loads its own.
GROWTH_MB = 200 if PRELOAD == "all" else 800


def check(engine: Engine | None = None) -> None:
    """Raise ImproperlyConfigured where there is nothing to tokenize with.

    Or where TOKENIZER_PRELOAD names a language that has no model. engine is the one of
    these settings unless given.
    """
    engine = engine or _engine()
    try:
        known = engine.languages()
    except OSError as exc:
        why = f"its resources.json can't be read: {exc.strerror}"
        raise _no_models(engine, why) from exc
    except ValueError as exc:
        raise _no_models(engine, f"its resources.json is no JSON: {exc}") from exc
    if not known:
        raise _no_models(engine, "there is no model in it")
    if missing := sorted(set(PRELOAD) - set(known)) if PRELOAD != "all" else []:
        raise ImproperlyConfigured(
            f"TOKENIZER_PRELOAD: there is no model for {missing[0]!r} in"
            f" {engine.resources_dir}; there are: {', '.join(known)}"
        )


def _no_models(engine: Engine, why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"STANZA_RESOURCES_DIR={engine.resources_dir} can't be used: {why}; name a"
        " folder of models, fill it with: manage.py stanza_models download, or leave it"
        " unset for the bundled ones"
    )


def preload(log: logging.Logger = logger) -> list[str]:
    """Load the languages of TOKENIZER_PRELOAD before a fork; return their codes."""
    started = time.monotonic()
    loaded = _engine().preload(_wanted(log), log)
    if loaded:
        seconds = time.monotonic() - started
        log.info("%s tokenizer models loaded in %.1f s", len(loaded), seconds)
    # What lives now lives on: a collection in a child would copy its pages.
    gc.collect()
    gc.freeze()
    return loaded


def _wanted(log: logging.Logger) -> list[str]:
    if not isinstance(PRELOAD, str):
        return PRELOAD
    try:
        return _engine().languages()[:MAX_LANGUAGES]
    except (OSError, ValueError) as exc:
        log.error("No tokenizer models in %s: %s", RESOURCES_DIR, exc)
        return []


def _engine() -> Engine:
    return shared_engine(RESOURCES_DIR, MAX_LANGUAGES)
