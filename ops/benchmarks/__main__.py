"""Exit codes: 0 all ran, 1 one could not run here, 2 unknown bench."""

import importlib
import json
import subprocess
import sys

from ops.benchmarks import server

BENCHES = (
    *("list", "tokenize", "pretokenize", "workers", "burst", "load", "f1", "newsweb"),
    *("crawl", "unchanged", "celery"),
)
# The others run on SQLite, unless BENCH_DATABASE_URL is set.
DATABASES = {"load": "mysql://root@127.0.0.1:3306/zeeguu"}


def main(names):
    if unknown := sorted(set(names) - set(BENCHES)):
        sys.stderr.write(f"unknown bench {unknown[0]}; use {', '.join(BENCHES)}\n")
        return 2
    if len(names) == 1:
        return run(names[0])
    # Each in a process of its own: Django's settings hold for a process's whole life.
    command = [sys.executable, "-m", "ops.benchmarks"]
    codes = [
        subprocess.run([*command, name], check=False).returncode
        for name in names or BENCHES
    ]
    return 1 if any(codes) else 0


def run(name):
    try:
        with server.temporary_database(DATABASES.get(name, "sqlite")):
            # Django's models can be imported only now.
            module = importlib.import_module(f"ops.benchmarks.{name}_bench")
            result = module.run()
    except server.MissingMaterial as exc:
        sys.stderr.write(f"bench {name} can't run: {exc}\n")
        return 1
    sys.stdout.write(json.dumps({"bench": name, **result}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
