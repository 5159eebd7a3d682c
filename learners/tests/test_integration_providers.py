"""gunicorn with a provider that is silent: nobody waits who has not asked it."""

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ops.tests.serving import bring_demo_news, installation, serving
from ops.tests.silent import silent_server

# On a database of their own, whatever the run's is.
pytestmark = [pytest.mark.integration, pytest.mark.nodb]

CALLERS = 30
LIST = "/api/articles/?language=da"
TIMEOUT_S = 2


@pytest.fixture(scope="module")
def server(migrated, tmp_path_factory):
    """One worker with its 15 threads, and a provider that accepts and says nothing."""
    with silent_server() as port:
        env = installation(
            tmp_path_factory.mktemp("installed"),
            migrated,
            GUNICORN_WORKERS="1",
            LIBRETRANSLATE_URL=f"http://127.0.0.1:{port}",
            LIBRETRANSLATE_TIMEOUT_S=str(TIMEOUT_S),
            PROVIDER_BREAKER_FAILURES="10000",
            PROVIDER_RATE="100000/min",
            PROVIDER_TOTAL_RATE="100000/min",
        )
        bring_demo_news(env)
        with serving(env) as running:
            running.get(LIST)
            yield running


def ask(server, text):
    """Status and seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    body = json.dumps({"from": "da", "to": "en", "text": text})
    begun = time.monotonic()
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/translate/sentence/", body, headers)
        response = connection.getresponse()
        response.read()
        return response.status, time.monotonic() - begun
    finally:
        connection.close()


def seconds(server, times=200):
    """How long the list takes, the median and the longest."""
    taken = []
    for _ in range(times):
        begun = time.monotonic()
        status, _ = server.get(LIST)
        taken.append(time.monotonic() - begun)
        assert status == 200
    return sorted(taken)[times // 2], max(taken)


def test_a_list_is_as_quick_as_ever_while_thirty_ask_a_dead_provider(server):
    alone, _ = seconds(server)
    stop = threading.Event()

    def keep_asking(number):
        said = []
        while not stop.is_set():
            said.append(ask(server, f"Sætning {number}.{len(said)}"))
            stop.wait(0.2)
        return said

    with ThreadPoolExecutor(CALLERS) as threads:
        callers = [threads.submit(keep_asking, number) for number in range(CALLERS)]
        time.sleep(0.5)
        meanwhile, longest = seconds(server)
        stop.set()
        said = [one for caller in callers for one in caller.result()]
    assert {status for status, _ in said} == {503}
    # Some waited for the provider, few at a time; the others were sent away at once.
    assert any(taken_s >= TIMEOUT_S for _, taken_s in said)
    assert longest < TIMEOUT_S
    assert meanwhile < 20 * alone
