"""Tokens as they were before words: no lemmas, no joined verbs, no lexemes.

``python -m ops.benchmarks.without_words COMMAND …`` runs a command of manage.py so.
"""

import importlib
import sys

import django
from django.core.management import execute_from_command_line


class NoLemmas:
    """In place of the lemmatizer: each word is its own, and nothing is loaded."""

    def lemma(self, word, language):
        return word.lower()

    def version(self, language):
        return ""


def install():
    """Have this process, and those it forks, make tokens so; Django must be set up."""
    services = importlib.import_module("tokenization.services")
    lemmatizer = NoLemmas()
    services.lemmatizer = lambda: lemmatizer
    services.mark_verbs = lambda *args: None
    services.names_in = lambda *args: frozenset()
    services.words_of = lambda *args: []


def main(arguments):
    """Run one of manage.py's commands so."""
    django.setup()
    install()
    execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
