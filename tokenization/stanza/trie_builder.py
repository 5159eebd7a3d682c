"""Write a language's words and their lemmas as a trie: ``trie_builder.py CODE FILE``.

A program of its own, since it needs up to 760 MB for some seconds: what it took is
given back when it ends, and the process that wants the trie never had it. When that is
gone, and so its end of the pipe that is our standard input, this one ends too.
"""

import os
import sys
import threading
import zlib
from pathlib import Path

from marisa_trie import BytesTrie

# Private, as simplemma's own factory of tries uses it; the version is pinned.
from simplemma.strategies.dictionaries.dictionary_factory import (
    _load_dictionary_from_disk,
)

# Behind the trie: what it was when it was whole.
TRAILER = b"crc32 %08x\n"


def write(code: str, path: Path) -> None:
    """Write the trie of simplemma's language; raises OSError where there's no room."""
    words = _load_dictionary_from_disk(code)
    trie = BytesTrie((word.decode(), lemma) for word, lemma in words.items())
    content = trie.tobytes()
    with path.open("wb") as file:
        file.write(content)
        file.write(TRAILER % zlib.crc32(content))
        file.flush()
        os.fsync(file.fileno())


def end_with_parent() -> None:
    """Wait until nobody holds the other end of standard input; then end."""
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        write(sys.argv[1], Path(sys.argv[2]))
    except OSError as exc:
        sys.exit(f"can't write {sys.argv[2]}: {exc.strerror}")
