"""What somebody asks about without any tokens: a word, or words, of a sentence."""

import re
from functools import partial

from articles.languages import facts
from articles.spelling import APOSTROPHES
from tokenization import services
from tokenization.stanza import tokens
from tokenization.stanza.separable import mark_verbs

PIECES = re.compile(r"[^\W_][\w'’-]*|\S")
# Around words; what makes one, as of C++ and 's, is none of them.
MARKS = ' .,;:!?…¿¡·„“”‚‘"«»‹›()[]{}–—'


def without_marks(text: str) -> str:
    """A word without the marks around it: *Häuser.*, *„Haus“*; 's stays as it is."""
    text = text.strip(MARKS)
    is_quoted = len(text) > 2 and (text[0] + text[-1]).translate(APOSTROPHES) == "''"
    return text[1:-1] if is_quoted else text


def whole_verb(text: str, start: int, end: int, language: str) -> str:
    """The lemma of a verb at two places of a text, *greift … an*: angreifen.

    "" unless what is from start to end is one of them, or both. Raises NoTrie.
    """
    lemmatizer = services.lemmatizer()
    # Nobody who reads waits for lemmas to be made.
    if not facts(language).separable.particles or not lemmatizer.is_ready(language):
        return ""
    spans = [piece.span() for piece in PIECES.finditer(text)]
    lemma_of = partial(lemmatizer.lemma, language=language)
    block = tokens.to_block(text, [spans], lemma_of)
    mark_verbs(block, language, lemmatizer)
    [[sentence]] = block
    inside = {
        token.get("mwe_group_id")
        for token, span in zip(sentence, spans, strict=True)
        if start < span[1] and span[0] < end
    }
    heads = [token for token in sentence if token.get("mwe_role") == "head"]
    return next((one["lemma"] for one in heads if inside == {one["mwe_group_id"]}), "")
