import socket

import pytest

from articles.tests.web import Web


@pytest.fixture
def web():
    """A web server on this machine; see Web."""
    with Web() as server:
        yield server


@pytest.fixture
def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]
