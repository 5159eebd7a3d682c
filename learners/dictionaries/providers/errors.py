"""Why a provider has no answer. No message ever has a key in it, or a text."""


class ProviderError(Exception):
    """A provider is dead, late or makes no sense; the message names it and says why."""


class Busy(ProviderError):
    """Not now: ``wait_s`` is the seconds until it is worth a try."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Unanswered(ProviderError):
    """It is well, and has no answer to this question: asking again is in vain."""


class NoProvider(Exception):
    """Nobody is configured who could answer a question of this kind."""
