"""Who is spoken to at an address: what its errors look like, and who may read it.

Each face of the service is one entry of FACES. Nothing else asks how a path begins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from django.http import HttpRequest

from zeeguu.base.problems import PROBLEM, problem


class Shape(NamedTuple):
    """How an error looks to programs.

    body makes it of the status, a title, and what is wrong, as ``problems.problem``.
    """

    body: Callable[[int, str, object], dict]
    content_type: str


class Origins(Enum):
    """From where a script may read the answers, beside our own pages."""

    NONE, LISTED, ALL = auto(), auto(), auto()


PROBLEM_DETAILS = Shape(problem, PROBLEM)


@dataclass(frozen=True)
class Face:
    """All addresses that begin alike.

    prefix begins and ends with a slash. Where has_pages, people get pages for errors,
    and programs alone the shape. has_secrets: in its JSON may stand what a client has
    not sent and nobody may guess from how well it compresses. is_plain: its addresses
    answer over plain HTTP too, where all others lead to HTTPS.
    """

    prefix: str
    shape: Shape = PROBLEM_DETAILS
    has_pages: bool = True
    origins: Origins = Origins.NONE
    has_secrets: bool = True
    is_plain: bool = False


# The first one that fits.
FACES = (
    Face("/api/", has_pages=False, origins=Origins.LISTED, has_secrets=False),
    # Load balancers probe inside the network.
    Face("/health/", has_secrets=False, is_plain=True),
    Face("/admin/"),
    Face("/"),
)


def of(request: HttpRequest) -> Face:
    """The face that a request's address belongs to.

    Also of an address that is nearly one, such as //api/, /API/ and /api: whoever asks
    there can read no other errors.
    """
    path = f"/{request.path_info.strip('/')}/".lower()
    return next(face for face in FACES if path.startswith(face.prefix))
