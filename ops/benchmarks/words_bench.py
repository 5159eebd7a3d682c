"""How many words of real news the bundled dictionaries answer, and by which step."""

from articles.languages import LANGUAGES
from learners.dictionaries.entries import stored
from ops.benchmarks import answers, server

CODES = server.sized([code for code in LANGUAGES if code != answers.TARGET], ["da"])
TEXTS = server.sized(None, 1)  # of each language
# Per cent of running words, and of distinct words that are no mere function words.
RUNNING, DISTINCT = 92, 82
FUNCTION = frozenset({"art", "prep", "pron", "conj", "det", "part"})


def run():
    """figure is in how many languages enough words are answered, names aside.

    The baseline is the same with a word's own form only.
    """
    languages = {code: measure(code) for code in CODES}
    rows = languages.values()
    figure = sum(is_enough(row["running"], row["distinct"]) for row in rows)
    baseline = sum(
        is_enough(row["running_exact"], row["distinct_exact"]) for row in rows
    )
    return {
        "figure": figure,
        "baseline": baseline,
        "ratio": round(figure / baseline, 2) if baseline else None,
        "unit": f"languages of {len(CODES)}",
        "goal": f"13 with {RUNNING} % of running words and {DISTINCT} % of distinct",
        "texts": "demo and newsweb" if has_newsweb() else "demo",
        "languages": languages,
    }


def is_enough(running, distinct):
    return running >= RUNNING and distinct >= DISTINCT


def has_newsweb():
    return (server.SHARED / "newsweb").is_dir()


def measure(language):
    """Shares in per cent; steps are shares of the running words."""
    answers.load(language)
    running = answers.places(language, TEXTS)
    distinct = list({one.word.form.lower(): one for one in running}.values())
    content = [one for one in distinct if not is_function(one)]
    own = own_forms(language, running)
    return {
        "words": len(running),
        "distinct_words": len(content),
        "running": share(running, is_answered),
        "distinct": share(content, is_answered),
        "running_exact": share(running, lambda one: one.word.form in own),
        "distinct_exact": share(content, lambda one: one.word.form in own),
        "steps": {
            step: round(100 * count / len(running), 1)
            for step, count in answers.steps(running).most_common()
        },
    }


def is_answered(place):
    return place.answer is not None


def is_function(place):
    return bool(place.answer) and {one.pos for one in place.answer.senses} <= FUNCTION


def own_forms(language, places):
    """The forms that are headwords."""
    forms = {one.word.form for one in places}
    return {row.headword for row in stored(language, answers.TARGET)(forms)}


def share(places, is_so):
    return round(100 * sum(map(is_so, places)) / len(places), 1)
