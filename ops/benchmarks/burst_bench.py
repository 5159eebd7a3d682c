"""A home page's fifteen calls at once, for articles that nobody has tokenized."""

import json
import multiprocessing
import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from ops.benchmarks import material, server
from ops.benchmarks.calls import CallLog
from tokenization import services
from tokenization.models import TokenizationCache

LANGUAGE = "de"
CALLS = 15
CARDS = 20
LIST = f"/api/articles/?page_size={CARDS}"
# In the first rounds, threads connect to the database.
WARM_UPS, ROUNDS = server.sized((1, 5), (0, 1))
IDLE_CALLS = server.sized(100, 20)
PATIENCE_S = 30
# The shape of production comes last, as it is what the goals are about.
SHAPES = server.sized({"1x15": "1", "4x15": "4"}, {"4x15": "4"})
MOST_LIST_SLOWDOWN = 3


def run():
    """figure and baseline are milliseconds until fifteen calls are answered, in 4x15.

    Each is for an article of its own. The baseline tokenizes title and summary in each
    request. ``list_slowdown`` is how many times the idle p95 the slowest call of a list
    took that was made until all articles had their tokens; ``of_cached`` and
    ``on_the_fly`` are the same beside fifteen calls that need no tokenizer, and beside
    the baseline.
    """
    # The list's cards are not those of the burst, and newer.
    ids = material.store(LANGUAGE, CARDS + CALLS)[CARDS:]
    server.manage("pretokenize", "--verbosity", "0")
    with tempfile.NamedTemporaryFile() as file:
        log = CallLog(file.name)
        shapes = {name: measure(SHAPES[name], ids, log) for name in SHAPES}
    different, same = (shapes["4x15"][name] for name in ("different", "same"))
    return {
        "figure": different["ms"],
        "baseline": different["on_the_fly_ms"],
        "ratio": round(different["on_the_fly_ms"] / different["ms"], 2),
        "unit": f"ms until {CALLS} calls are answered",
        "goal": f"{CALLS} and 1 tokenizer calls, all fresh soon,"
        f" lists {MOST_LIST_SLOWDOWN} times the idle p95 at most",
        "goal_reached": is_reached(different, CALLS) and is_reached(same, 1),
        "texts": material.source(),
        **shapes,
    }


def is_reached(case, calls):
    return (
        case["tokenizer_calls"] == [calls]
        and case["all_fresh"]
        and case["list_slowdown"] <= MOST_LIST_SLOWDOWN
    )


def measure(workers, ids, log):
    """What happens to fifteen articles, and to one that fifteen ask for."""
    environment = {"GUNICORN_WORKERS": workers, "GUNICORN_THREADS": "15"}
    cases = {"different": ids, "same": ids[:1] * CALLS}
    with server.gunicorn(BENCH_CALL_LOG=str(log.path), **environment) as web:
        rounds = [
            {name: measure_case(web, asked, log) for name, asked in cases.items()}
            for _ in range(WARM_UPS + ROUNDS)
        ][WARM_UPS:]
    return {name: summed_up([case[name] for case in rounds]) for name in cases}


def measure_case(web, ids, log):
    addresses = [f"/api/articles/{pk}/summary/" for pk in ids]
    with watched_list(web) as on_the_fly:
        on_the_fly_ms, _ = burst(
            web, [f"/bench/on-the-fly/{pk}/summary/" for pk in ids]
        )
    services.delete(TokenizationCache.objects.filter(article__in=ids))
    log.clear()
    with watched_list(web) as uncached:
        ms, states = burst(web, addresses)
        fresh_after_ms = ms + ms_until_filled(set(ids))
    with watched_list(web) as cached:
        _, states_later = burst(web, addresses)
    return {
        "ms": ms,
        "on_the_fly_ms": on_the_fly_ms,
        "fresh_after_ms": fresh_after_ms,
        "list_slowdown": uncached["slowdown"],
        "list_slowdown_of_cached": cached["slowdown"],
        "list_slowdown_on_the_fly": on_the_fly["slowdown"],
        "states": Counter(states),
        "tokenizer_calls": len(log.lines()),
        "all_fresh": set(states_later) == {"fresh"},
    }


def summed_up(rounds):
    """Medians of the figures of several rounds, and what else they came to."""
    figures = [name for name, value in rounds[0].items() if isinstance(value, float)]
    return {
        **{
            name: round(statistics.median(r[name] for r in rounds), 2)
            for name in figures
        },
        "list_slowdowns": [round(r["list_slowdown"], 2) for r in rounds],
        "states": dict(sum((r["states"] for r in rounds), Counter())),
        "tokenizer_calls": sorted({r["tokenizer_calls"] for r in rounds}),
        "all_fresh": all(r["all_fresh"] for r in rounds),
    }


def burst(web, addresses):
    """Call all addresses at once, each over a new connection.

    Returns (milliseconds until all are answered, the states the answers name).
    """
    start = Barrier(len(addresses) + 1)
    with ThreadPoolExecutor(len(addresses)) as pool:
        calls = [pool.submit(call, web, address, start) for address in addresses]
        start.wait()
        started = time.perf_counter()
        bodies = [call.result() for call in calls]
        ms = 1000 * (time.perf_counter() - started)
    return ms, [json.loads(body)["tokenization"] for body in bodies]


def call(web, address, start):
    client = web.client()
    start.wait()
    body, _ = client.get(address)
    client.close()
    return body


@contextmanager
def watched_list(web):
    """Call a list all the time, from a process of its own: its clock is not held up.

    Yields a dict that has the ``slowdown`` when the context has ended: how many times
    the p95 of idle calls just before it the slowest call during it took.
    """
    context = multiprocessing.get_context("fork")
    pipe, its_end = context.Pipe()
    process = context.Process(target=call_list, args=(web, its_end))
    process.start()
    its_end.close()  # so that its death would be noticed
    idle_p95 = statistics.quantiles(pipe.recv(), n=20)[-1]
    watch = {}
    try:
        yield watch
    finally:
        pipe.send("stop")
        watch["slowdown"] = max(pipe.recv()) / idle_p95
        process.join()


def call_list(web, pipe):
    """Send the seconds of some calls, and then of those made until told to stop."""
    client = web.client()
    pipe.send([client.get(LIST)[1] for _ in range(IDLE_CALLS)])
    seconds = []
    while not pipe.poll():
        seconds.append(client.get(LIST)[1])
    pipe.send(seconds)


def ms_until_filled(ids):
    """Wait until all articles have tokens; the database is asked, to be in no way."""
    started = time.perf_counter()
    rows = TokenizationCache.objects.filled().filter(article__in=ids)
    while rows.count() < len(ids):
        if time.perf_counter() - started > PATIENCE_S:
            raise RuntimeError(f"{rows.count()} of {len(ids)} articles were filled")
        time.sleep(0.02)
    return 1000 * (time.perf_counter() - started)
