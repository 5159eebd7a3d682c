"""LibreTranslate: translates sentences, and knows nothing of what stands around them.

Source: https://docs.libretranslate.com/, POST /translate.
"""

from dataclasses import dataclass, field

from articles.languages import facts
from learners.dictionaries.providers import shapes
from learners.dictionaries.providers.client import Client
from learners.dictionaries.providers.provider import Question, Task


@dataclass
class LibreTranslate:
    """One at an address. key is "" where it wants none."""

    client: Client
    key: str = field(default="", repr=False)

    name, title = "libretranslate", "LibreTranslate"
    tasks = frozenset({Task.TRANSLATE})
    version, uses_context = "1", False

    def answer(self, question: Question) -> str:
        """The translation; see Provider."""
        asked = {
            "q": question.text,
            "source": facts(question.source).html,
            "target": facts(question.target).html,
            "format": "text",
        }
        key = {"api_key": self.key} if self.key else {}
        data = self.client.post("/translate", asked | key)
        return shapes.at(self.title, data, "translatedText")
