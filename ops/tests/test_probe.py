import socket

import pytest

from ops.probe import is_live

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_serving_process_is_live(live_server):
    address = live_server.url.removeprefix("http://")
    assert is_live(address, "localhost")


def test_a_refused_host_name_is_not_live(live_server):
    address = live_server.url.removeprefix("http://")
    assert not is_live(address, "elsewhere.example.com")


def test_nothing_listening_is_not_live():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert not is_live(f"127.0.0.1:{closed.getsockname()[1]}", "localhost")
