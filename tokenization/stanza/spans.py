"""Places in a text: (start, end) offsets, the end behind the last character."""

from collections.abc import Callable

Span = tuple[int, int]
# Of tokens, in order.
Sentence = list[Span]
# From texts to each one's sentences.
Tagger = Callable[[list[str]], list[list[Sentence]]]
