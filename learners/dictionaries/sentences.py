"""Words and phrases of a sentence's tokens, with what their places tell of them."""

from collections.abc import Container, Iterator, Sequence
from itertools import groupby
from operator import add

from articles.languages import facts
from articles.spelling import APOSTROPHES
from learners.dictionaries.rules import rules_of
from learners.dictionaries.words import LONGEST, Word
from tokenization.stanza.tokens import NO_WORDS, Token

# Within a sentence: a mark as these does not begin one.
COMMAS = frozenset(",;/-")
# Words of a phrase: dictionaries have hardly any longer ones.
LONGEST_PHRASE = 3


def words_in(sentence: Sequence[Token], *, is_title: bool = False) -> Iterator[Word]:
    """The words of a sentence in their order, each at its place."""
    return (word for _, word in placed_words(sentence, is_title=is_title))


def placed_words(
    sentence: Sequence[Token], *, is_title: bool = False
) -> Iterator[tuple[int, Word]]:
    """(number of its token, word) of all words of a sentence.

    Capitals tell nothing at a sentence's beginning, behind a colon or a quote, and in
    titles, which some papers write with many. Members of a group, such as a verb and
    its particle, have the form of the lemma that they have together.
    """
    before, is_start = "", True
    for place, token in enumerate(sentence):
        text = token["text"]
        if is_mark(token):
            before, is_start = "", is_start or text not in COMMAS
            continue
        if is_word(token):
            capital = text[:1].isupper() and not (is_start or is_title)
            yield place, _word(token, before, capital, _after(sentence, place))
        before, is_start = text, False


def _word(token: Token, before: str, capital: bool, after: str) -> Word:
    lemma = token.get("lemma", "")
    if lemma and "mwe_group_id" in token:
        return Word(lemma, lemma, before)
    return Word(token["text"], lemma, before, capital, after)


def _after(sentence: Sequence[Token], place: int) -> str:
    following = sentence[place + 1 : place + 2]
    return "" if not following or is_mark(following[0]) else following[0]["text"]


def phrases_in(sentence: Sequence[Token], language: str) -> Iterator[Word]:
    """Of two and three words of a sentence that stand side by side: all there may be.

    The form is as the text has it, but in one line; the lemma has that of each word.
    None ends with a word that belongs to the next one: "a la", "van de", "carte d'".
    """
    articles = rules_of(facts(language)).articles
    for run in _runs(sentence):
        blanks = [" " if token["has_space"] else "" for token in run]
        texts = [token["text"] for token in run]
        is_open = [_is_open(text.lower(), articles) for text in texts]
        lemmas = [*map(add, map(lemma_of, run), blanks)]
        texts = [*map(add, texts, blanks)]
        for start, end in _places(len(run)):
            if not is_open[end - 1]:
                yield from _phrase(texts[start:end], lemmas[start:end])


def _runs(sentence: Sequence[Token]) -> Iterator[list[Token]]:
    """The words between what is none."""
    for is_of_words, run in groupby(sentence, is_word):
        if is_of_words:
            yield [*run]


def _places(length: int) -> Iterator[tuple[int, int]]:
    """Where phrases begin and end among so many words."""
    for start in range(length):
        for end in range(start + 2, min(start + LONGEST_PHRASE, length) + 1):
            yield start, end


def _is_open(word: str, articles: Container[str]) -> bool:
    return word in articles or word[-1:].translate(APOSTROPHES) == "'"


def _phrase(texts: list[str], lemmas: list[str]) -> Iterator[Word]:
    form = "".join(texts).strip()
    if len(form) <= LONGEST and " " in form:
        lemma = "".join(lemmas).strip()
        yield Word(form, "" if lemma == form.lower() else lemma)


def lemma_of(token: Token) -> str:
    """A token's lemma; it has none of its own where that is its lower-cased word."""
    return token.get("lemma", "") or token["text"].lower()


def is_mark(token: Token) -> bool:
    return "is_punct" in token or "is_symbol" in token


def is_word(token: Token) -> bool:
    """Whether it is something that dictionaries may have."""
    return NO_WORDS.isdisjoint(token)
