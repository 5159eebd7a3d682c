"""What turns a terminal red, or writes elsewhere on it: a whole sequence of characters.

``articles.text`` takes the first of them out, which shows the rest: ESC[31m as [31m.
"""

import re

# ECMA-48: control sequences, control strings with their end, and two-character ones.
SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])"
)


def without_escapes(text: str) -> str:
    return SEQUENCE.sub("", text) if "\x1b" in text else text
