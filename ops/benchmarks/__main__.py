"""Exit codes: 0 all ran or lack their material, 1 one broke, 2 unknown bench."""

import importlib
import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

from ops.benchmarks import server

FOLDER = Path(__file__).resolve().parent
BENCHES = sorted(path.stem.removesuffix("_bench") for path in FOLDER.glob("*_bench.py"))
# The others run on SQLite, unless BENCH_DATABASE_URL is set.
MYSQL = "mysql://root@127.0.0.1:3306/zeeguu"
DATABASES = {"load": MYSQL, "growth": MYSQL}


def main(names):
    if unknown := sorted(set(names) - set(BENCHES)):
        sys.stderr.write(f"unknown bench {unknown[0]}; use {', '.join(BENCHES)}\n")
        return 2
    if len(names) == 1:
        return run(names[0])
    # One that breaks does not keep the others from running.
    are_well = [run_alone(name) for name in names or BENCHES]
    return 0 if all(are_well) else 1


def run_alone(name):
    """Run a bench in a process of its own: Django's settings hold for a whole life.

    Returns whether it has ended well and printed the one line that is its result.
    """
    command = [sys.executable, "-m", "ops.benchmarks", name]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    sys.stdout.write(done.stdout)
    sys.stdout.flush()
    if done.returncode == 0 and is_result(name, done.stdout):
        return True
    sys.stderr.write(f"bench {name} broke: exit code {done.returncode}\n")
    return False


def is_result(name, output):
    """Whether that is one line of JSON about that bench."""
    try:
        return json.loads(output)["bench"] == name and output.count("\n") == 1
    except (ValueError, LookupError, TypeError):
        return False


def run(name):
    try:
        with server.temporary_database(DATABASES.get(name, "sqlite")):
            # Django's models can be imported only now.
            module = importlib.import_module(f"ops.benchmarks.{name}_bench")
            result = module.run()
    except server.MissingMaterial as exc:
        result = {"skipped": str(exc)}
    smoke = {"smoke": True} if server.IS_SMOKE else {}
    sys.stdout.write(json.dumps({"bench": name, **smoke, **result}) + "\n")
    return 0


def end_orderly():
    """At SIGTERM take away what a bench has made, such as its database.

    Forked children end at once instead: a pool that ends them waits until they are
    gone, and the exit that a handler raises may get lost where they wait.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    to_default = partial(signal.signal, signal.SIGTERM, signal.SIG_DFL)
    os.register_at_fork(after_in_child=to_default)


if __name__ == "__main__":
    end_orderly()
    sys.exit(main(sys.argv[1:]))
