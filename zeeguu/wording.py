"""What people read, as they would say it."""


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 feed, 2 feeds, no feeds at all is 0 feeds."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
