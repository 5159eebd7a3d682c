"""Counts calls of the tokenizer, whichever process makes them, in a file."""

import os
from functools import wraps
from pathlib import Path

from tokenization.stanza.engine import Engine


class CallLog:
    """A line for each call of an engine: the first of its texts."""

    def __init__(self, path):
        self.path = Path(path)

    def install(self):
        """Have all engines of this process and its children note their calls."""
        tokenize = Engine.tokenize

        @wraps(tokenize)
        def noted(engine, texts, language):
            texts = list(texts)
            self.note(texts)
            return tokenize(engine, texts, language)

        Engine.tokenize = noted

    def note(self, texts):
        line = " ".join(texts[0].split()) if texts else ""
        # One write to the end: lines of several processes do not mix.
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, f"{line}\n".encode())
        os.close(file)

    def clear(self):
        self.path.write_text("")

    def lines(self):
        return self.path.read_text("utf-8").splitlines()
