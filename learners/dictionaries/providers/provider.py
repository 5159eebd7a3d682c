"""What is asked, and who can be asked: the one interface of all providers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Task(StrEnum):
    """What is to be done with a text."""

    TRANSLATE, EXPLAIN = "translate", "explain"


# In characters: a long sentence, and its paragraph.
LONGEST_TEXT, LONGEST_CONTEXT = 1000, 2000


@dataclass(frozen=True)
class Question:
    """A text to translate, or to explain in the language ``target``.

    Languages are codes of ours. context is what stands around the text, or "".
    """

    task: Task
    text: str
    source: str
    target: str
    context: str = ""


class Provider(Protocol):
    """Somebody who answers questions. Threads share one."""

    @property
    def name(self) -> str:
        """For programs, and for the cache's rows: 20 characters at most."""

    @property
    def title(self) -> str:
        """For people, at the beginning of a message."""

    @property
    def tasks(self) -> frozenset[Task]:
        """What it can do."""

    @property
    def version(self) -> str:
        """What answers depend on beside the question, such as a model."""

    @property
    def uses_context(self) -> bool:
        """Whether a question's context makes a difference."""

    def answer(self, question: Question) -> str:
        """What it says, as it says it, within its time; raises ProviderError."""
