"""Print answers of the dictionaries in their sentences, for somebody to read.

``python -m ops.benchmarks.words_sample de 50 7``: 50 answers of the words of German
news that have one, chosen by the seed 7.
"""

import importlib
import sys

from ops.benchmarks import server


def main(language, number, seed):
    with server.temporary_database():
        # Django's models can be imported only now.
        answers = importlib.import_module("ops.benchmarks.answers")
        answers.load(language)
        for place in answers.sample(language, int(number), int(seed)):
            sys.stdout.write(f"{answers.shown(place)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
