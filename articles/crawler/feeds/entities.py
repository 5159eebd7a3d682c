"""What XML parsers choke on, or are attacked with: stray ampersands, own entities.

No DTD is ever read here. It is looked at only to say why a document is refused.
"""

import re
from html.entities import html5

from articles.crawler.feeds.encoding import prolog_end

# Left as they are: what CDATA and comments hold.
AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?:(?P<number>#(?:[0-9]+|x[0-9a-f]+))|(?P<name>[a-z][a-z0-9]*);)?",
    re.IGNORECASE | re.DOTALL,
)
OF_XML = {
    "amp": "&amp;",
    "lt": "&lt;",
    "gt": "&gt;",
    "quot": "&quot;",
    "apos": "&apos;",
}
MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
# What is cut off goes to the end, so that nothing is looked through twice.
SUBSET = re.compile(
    r"<!DOCTYPE[^\[>]*"
    r"(?:\[(?:<!--.*?(?:-->|\Z)|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^\]\"'])*+)?",
    re.IGNORECASE | re.DOTALL,
)
ENTITY = re.compile(
    r"<!ENTITY\s+(?:(?P<parameter>%)\s+)?(?P<name>[^\s\"'>]+)\s+"
    r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|SYSTEM\b|PUBLIC\b)"
)
INSIDE = re.compile(r"[&%]([^\W\d][\w.-]*);")
# Characters. Whoever gives so much text a name means to multiply it.
LONGEST_ENTITY = 10_000


class EntityBomb(ValueError):
    """A document's entities are made to fill the memory of whoever expands them."""


def with_ampersands(text: str) -> str:
    """Return XML in which each & begins a reference that any parser knows.

    A bare one, as in an address, is escaped; so is a reference to an entity that HTML
    does not have, since no DTD is read that may have it.
    """
    return AMPERSAND.sub(_ampersand, text)


def _ampersand(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&amp;"
    if not match[0].startswith("&") or match["number"]:
        return match[0]
    name = match["name"]
    if name in OF_XML:
        return match[0]
    characters = html5.get(f"{name};")
    if characters is None:
        return f"&amp;{match[0][1:]}"
    # Some of them are markup to XML.
    return "".join(MARKUP.get(character, character) for character in characters)


def check_entities(text: str) -> None:
    """Raise EntityBomb where a document declares entities that grow when expanded."""
    declared = _declared(text)
    for name, value in declared.items():
        if len(value) > LONGEST_ENTITY or any(
            inner in declared for inner in INSIDE.findall(value)
        ):
            raise EntityBomb(
                f'its DOCTYPE declares the entity "{name[:40]}" to be made of others,'
                ' or of very much text (an entity bomb, known as "billion laughs");'
                " nothing was expanded, and the document is not read"
            )


def declared_entities(text: str) -> list[str]:
    """The names of the entities that a document declares and HTML does not have."""
    return [name for name in _declared(text) if f"{name};" not in html5]


def _declared(text: str) -> dict[str, str]:
    """A document's own entities by name; those from elsewhere are ""."""
    subset = SUBSET.match(text, prolog_end(text))
    if subset is None:
        return {}
    return {
        found["name"]: found["double"] or found["single"] or ""
        for found in ENTITY.finditer(subset[0])
    }
