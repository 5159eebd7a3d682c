"""The text of an article, as data: what is judged, hashed and tokenized."""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

# What windows-1252 has where Latin-1 and Unicode have C1 controls: who meant controls
# there wrote no text.
WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)
}
# U+0085 is whitespace to Unicode too, and Ÿ no letter of our languages' words.
C1 = re.compile("[\x80-\x84\x86-\x9e]")
# C0 controls, lone surrogates and non-characters: no database, JSON or page wants them.
# Soft hyphens, invisible spaces and operators, fillers and joiners that show nothing
# hide words from dictionaries, and marks that turn the direction of writing make pages
# and terminals lie. Tab, line feed and friends are whitespace and are folded instead.
PLANE_ENDS = "".join(
    chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF)
)
UNPRINTABLE = re.compile(
    f"[\x00-\x08\x0e-\x1b\x7f\x9f\ud800-\udfff\ufdd0-\ufdef{PLANE_ENDS}"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e001f\U000e0080-\U000e0fff]"
)
# Two letters in one character, which fonts need and dictionaries don't know.
LIGATURE = re.compile("[\u0132\u0133\ufb00-\ufb06]")
# What is kept in its place only: joiners between emoji, and between letters of scripts
# that spell with them; the choice of a picture or a sign, and the letters of flags,
# behind emoji.
EMOJI = "©®‼⁉™ℹ\u2190-\u2bff〰〽㊗㊙\U0001f000-\U0001faff"
JOINABLE = f"{EMOJI}\ufe0e\ufe0f\U000e0020-\U000e007f"
SCRIPTS = "\u0600-\u109f"
OUT_OF_PLACE = (
    re.compile(f"(?<![{EMOJI}])(?:(?<![0-9#*])|(?!.\u20e3))[\ufe0e\ufe0f]"),
    re.compile("(\U0001f3f4[\U000e0020-\U000e007f]+)|[\U000e0020-\U000e007f]"),
    re.compile(
        f"((?<=[{JOINABLE}])\u200d(?=[{EMOJI}])"
        f"|(?<=[{SCRIPTS}])[\u200c\u200d](?=[{SCRIPTS}]))|[\u200c\u200d]"
    ),
)


# Whatever one of these may be about; most texts have nothing of it.
SUSPICIOUS = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u0132\u0133\u034f\u061c\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufb00-\ufb06\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\U0010ffff]"
)


def clean(text: str | None) -> str:
    """Return text composed (NFC), whitespace folded, without invisible characters.

    Ligatures become letters, and C1 controls what windows-1252 has in their place.
    """
    text = text or ""
    if SUSPICIOUS.search(text):
        text = _mended(text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _mended(text: str) -> str:
    # Composed first: some signs then are others.
    text = unicodedata.normalize("NFC", UNPRINTABLE.sub("", text))
    text = C1.sub(lambda found: WINDOWS_1252[ord(found[0])], text)
    text = LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    for pattern in OUT_OF_PLACE:
        text = pattern.sub(_kept, text)
    return text


def _kept(found: re.Match[str]) -> str:
    return (found.re.groups and found[1]) or ""


@dataclass(frozen=True)
class ArticleText:
    """Title, summary and body of an article; the body as ordered (tag, text) pairs."""

    title: str
    summary: str
    fragments: tuple[tuple[str, str], ...]

    @cached_property
    def hash(self) -> str:
        """Hex SHA-256 over all that is tokenized; changes when the tokens must."""
        parts = [self.title, self.summary, self.fragments]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def word_count(self) -> int:
        return sum(len(text.split()) for _, text in self.fragments)

    @property
    def body(self) -> str:
        return "\n".join(text for _, text in self.fragments)
