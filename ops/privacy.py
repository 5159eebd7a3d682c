"""What we keep is for the user alone whom we run as: accounts, tokens, counts.

``var/`` is ours, so it is made private at the start of each process, whoever made it.
What settings put elsewhere is private from its making, and left as it is once it is
there: it may be shared on purpose. A check tells of it, see ``ops.checks``.
"""

from contextlib import suppress
from pathlib import Path

from zeeguu.base import private


def protect(var: Path, public: Path, database: Path | None) -> None:
    """Make var and what is in it private, but for public; and the file of SQLite.

    What can't be changed is left: it is another user's, or the disk is read-only.
    """
    with suppress(OSError):
        private.make_folder(var)
        for path in (var, *var.iterdir()):
            if path != public:
                with suppress(OSError):
                    private.tighten(path)
    if database:
        with suppress(OSError):
            private.make_file(database)  # else SQLite makes it by the umask


def exposed(*paths: Path | None) -> list[Path]:
    """Those that others can read or change."""
    return [path for path in paths if path and private.is_exposed(path)]


def sqlite_file(database: dict) -> Path | None:
    """The file of a DATABASES entry; None of a server's, and in memory."""
    name = str(database["NAME"])
    is_file = database["ENGINE"].endswith("sqlite3") and not name.startswith(
        (":memory:", "file:")
    )
    return Path(name) if is_file else None
