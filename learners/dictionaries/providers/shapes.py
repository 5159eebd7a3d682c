"""What is in a provider's answer, and what of that may be shown."""

from typing import Any

from articles import text
from learners.dictionaries.escapes import without_escapes
from learners.dictionaries.providers.errors import ProviderError, Unanswered
from learners.dictionaries.providers.provider import Question, Task

# Characters of an explanation, and lines.
LONGEST_EXPLANATION, MOST_LINES = 4000, 60
# Times as long as the text, and what a short one may have more.
TIMES, MORE = 4, 200


def at(title: str, data: Any, *path: str | int) -> str:
    """The text at a path of JSON; raises ProviderError where there is none."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = None
    if not isinstance(data, str):
        where = ".".join(map(str, path))
        raise ProviderError(f"{title}: no text at {where} of its answer")
    return data


def plain(title: str, said: str, question: Question) -> str:
    """Plain text of a fitting length, a translation in one line.

    Without control characters, marks that turn the direction of writing, and all else
    that ``text.clean`` takes out. Markup is text: who shows it must not take it for
    more. Raises Unanswered where nothing is left, or far too much.
    """
    is_long = question.task is Task.EXPLAIN
    said = without_escapes(said)
    lines = [text.clean(line) for line in (said.splitlines() if is_long else [said])]
    plain = "\n".join(filter(None, lines[:MOST_LINES]))
    most = LONGEST_EXPLANATION if is_long else TIMES * len(question.text) + MORE
    if not plain or len(plain) > most or len(lines) > MOST_LINES:
        amount = "far too much" if plain else "nothing"
        raise Unanswered(f"{title}: says {amount}")
    return plain
