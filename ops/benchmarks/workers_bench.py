"""Memory of four workers that share the master's models, against four that do not."""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from articles import demo_site
from ops.benchmarks import server

WORKERS, THREADS = 4, 15
TIMES = server.sized(3, 1)
# At once; the workers share a socket, and which of them answers is chance.
CONNECTIONS = 24
MOST_TRIES = 50
GOAL, GOAL_FIRST_ANSWER_S, GOAL_PRELOAD_S = 0.35, 1, 0.65
PRELOAD = """
import sys, time
import stanza, torch
from articles.languages import LANGUAGES
from tokenization import tokenizer
started = time.perf_counter()
assert len(tokenizer.preload()) == len(LANGUAGES)
sys.stdout.write(str(time.perf_counter() - started))
"""


def run():
    """figure and baseline are the proportional set size of master and workers in MiB.

    All 15 languages are in use in each worker. ``workers_only`` is without the master,
    ``anonymous`` without mapped files, which other processes here may map as well. The
    times have no baseline: a busy machine spoils the least of them last.
    """
    addresses = tokenizing_addresses()
    rounds = [
        [measure(addresses, way) for way in ("all", "none")] for _ in range(TIMES)
    ]
    total, workers_only, anonymous = (
        compare(name, rounds) for name in ("total", "workers", "anonymous")
    )
    first = sorted(first_answer_s(addresses) for _ in range(TIMES))
    preload = sorted(preload_s() for _ in range(TIMES))
    return {
        **total,
        "unit": "MiB in master and 4 workers",
        "goal": GOAL,
        "goal_reached": total["ratio"] <= GOAL
        and first[0] < GOAL_FIRST_ANSWER_S
        and preload[0] <= GOAL_PRELOAD_S,
        "workers_only": workers_only,
        "anonymous": anonymous,
        "fork_to_first_answer_s": [round(seconds, 2) for seconds in first],
        "goal_first_answer_s": GOAL_FIRST_ANSWER_S,
        "preload_s": [round(seconds, 2) for seconds in preload],
        "goal_preload_s": GOAL_PRELOAD_S,
    }


def tokenizing_addresses():
    """For each language, an address that makes a worker tokenize a summary."""
    texts = {
        code: quote(paper["articles"][0]["summary"])
        for code, paper in demo_site.papers().items()
    }
    return {
        code: f"/bench/tokenize/{code}/?text={text}" for code, text in texts.items()
    }


def compare(name, rounds):
    figure, baseline = (
        statistics.median(sizes[name] for sizes in way)
        for way in zip(*rounds, strict=True)
    )
    return {
        "figure": round(figure),
        "baseline": round(baseline),
        "ratio": round(figure / baseline, 3),
    }


def measure(addresses, preload):
    """MiB of all, of the workers, and of all without mapped files."""
    shape = {"GUNICORN_WORKERS": str(WORKERS), "GUNICORN_THREADS": str(THREADS)}
    with server.gunicorn(TOKENIZER_PRELOAD=preload, **shape) as web:
        pids = use_everywhere(web, list(addresses.values()))
        master, workers = rollup(web.pid), [rollup(pid) for pid in pids]
    return {
        "total": sum(memory["Pss"] for memory in [master, *workers]),
        "workers": sum(memory["Pss"] for memory in workers),
        "anonymous": sum(memory["Pss_Anon"] for memory in [master, *workers]),
    }


def use_everywhere(web, addresses):
    """Have each worker tokenize in each language; return the workers' pids."""
    pids = set()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for _ in range(MOST_TRIES):
            calls = [pool.submit(use_all, web, addresses) for _ in range(CONNECTIONS)]
            pids |= {call.result() for call in calls}
            if len(pids) == WORKERS:
                return pids
    raise RuntimeError(f"only {len(pids)} of {WORKERS} workers have answered")


def use_all(web, addresses):
    """Ask all over one connection, which stays with one worker; return its pid."""
    client = web.client()
    [pid] = {json.loads(client.get(address)[0])["pid"] for address in addresses}
    client.close()
    return pid


def rollup(pid):
    """A process's memory in MiB, by the kernel's names."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return {name: int(kb) / 1024 for name, kb in re.findall(r"(\w+): +(\d+) kB", text)}


def first_answer_s(addresses):
    """Seconds from the fork of a worker that starts alone to its first tokens."""
    with server.gunicorn(GUNICORN_WORKERS="1") as web:
        body, _ = web.client().get(addresses["da"])
        answered_at = time.clock_gettime(time.CLOCK_BOOTTIME)
        return answered_at - forked_at(json.loads(body)["pid"])


def forked_at(pid):
    """When a process was started, in seconds since the machine was, to 0.01 s."""
    stat = Path(f"/proc/{pid}/stat").read_text("ascii")
    # The 22nd field; the second, the name in brackets, may contain blanks.
    ticks = int(stat.rpartition(")")[2].split()[19])
    return ticks / os.sysconf("SC_CLK_TCK")


def preload_s():
    """Seconds that a new process loads all models, PyTorch and Stanza not counted."""
    command = [sys.executable, "-c", PRELOAD]
    done = subprocess.run(command, cwd=server.ROOT, check=True, stdout=subprocess.PIPE)
    return float(done.stdout)
