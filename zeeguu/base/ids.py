"""What an id of a row looks like in an address."""

LARGEST_ID = 2**63 - 1


def is_id(text: str) -> bool:
    """Whether a text is an id as we write them: int() also takes 1_0 and ٣."""
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return is_number and int(text) <= LARGEST_ID
