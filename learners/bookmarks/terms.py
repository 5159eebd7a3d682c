"""What names a word or phrase that is learned, whatever form it is met in."""

import hashlib


def term_of(language: str, lexeme: int | None, phrase: str = "") -> str:
    """The name of a lexeme by its id, or of a phrase by its text in any case.

    At most 64 characters; the same word of two languages has two.
    """
    if lexeme is not None:
        return str(lexeme)
    text = f"{language} {' '.join(phrase.casefold().split())}"
    return f"~{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"
