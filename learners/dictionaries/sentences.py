"""Words and phrases of a sentence's tokens, with what their places tell of them."""

from collections.abc import Container, Iterator, Sequence

from articles.languages import facts
from articles.spelling import APOSTROPHES
from learners.dictionaries.rules import rules_of
from learners.dictionaries.words import LONGEST, Word
from tokenization.stanza.tokens import Token

# Flags of tokens that nobody looks up.
NOT_WORDS = ("is_punct", "is_symbol", "is_like_num", "is_like_email", "is_like_url")
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
    for start in range(len(sentence)):
        run: list[Token] = []
        for token in sentence[start : start + LONGEST_PHRASE]:
            if not is_word(token):
                break
            run.append(token)
            if len(run) > 1 and not _is_open(token["text"].lower(), articles):
                yield from _phrase(run)


def _is_open(word: str, articles: Container[str]) -> bool:
    return word in articles or word.translate(APOSTROPHES).endswith("'")


def _phrase(run: list[Token]) -> Iterator[Word]:
    form = _joined(run, [token["text"] for token in run])
    if len(form) <= LONGEST and " " in form:
        lemma = _joined(run, [lemma_of(token) for token in run])
        yield Word(form, "" if lemma == form.lower() else lemma)


def _joined(run: list[Token], words: list[str]) -> str:
    blanks = [" " if token["has_space"] else "" for token in run]
    return "".join(
        word + blank for word, blank in zip(words, blanks, strict=True)
    ).strip()


def lemma_of(token: Token) -> str:
    """A token's lemma; it has none of its own where that is its lower-cased word."""
    return token.get("lemma", "") or token["text"].lower()


def is_mark(token: Token) -> bool:
    return bool(token.get("is_punct") or token.get("is_symbol"))


def is_word(token: Token) -> bool:
    """Whether it is something that dictionaries may have."""
    return not any(token.get(flag) for flag in NOT_WORDS)
