"""What is fit to be a text of a learner's own, for those who look and those who ask."""

Fragments = tuple[tuple[str, str], ...]


class NotFit(Exception):
    """Nothing to read came of it; ``field`` names what was wrong: url, text, language.

    The message names the address, if there is one, and why.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
