"""Short paragraphs in which a paywall speaks, in the languages that we read.

They prove nothing alone: only below a text whose page says that it is not free.
"""

import re

from articles.crawler.judge.rules import WORD
from articles.languages import Records, alternatives, over_all
from articles.spelling import bare

# In any language; more of each are in its record.
STEMS = "premium|paywall"
LETTERS = "newsletter|podcast|whatsapp|telegram|youtube"


def speaks_of_a_wall(paragraph: str) -> bool:
    """Whether it has words of subscribing or signing in, or tells the share left."""
    text = bare(paragraph)
    words = " ".join(WORD.findall(text))
    if _letters().search(words):
        return False
    left = _share().search(text) and _reading().search(words)
    return bool(left or _stems().search(words))


@over_all
def _letters(languages: Records) -> re.Pattern[str]:
    return _pattern(LETTERS, *(one.wall.letters for one in languages))


@over_all
def _share(languages: Records) -> re.Pattern[str]:
    return _pattern("%", *(one.wall.percent for one in languages), before=r"\d ?")


@over_all
def _reading(languages: Records) -> re.Pattern[str]:
    return _pattern(*(one.wall.reading for one in languages), before=r"\b")


@over_all
def _stems(languages: Records) -> re.Pattern[str]:
    return _pattern(STEMS, *(one.wall.stems for one in languages), before=r"\b")


def _pattern(*texts: str, before: str = "") -> re.Pattern[str]:
    """What finds any of the texts' alternatives, as spelling.bare writes them."""
    return re.compile(f"{before}(?:{bare(alternatives(texts))})")
