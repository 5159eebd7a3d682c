"""Exit codes: 0 all ran, 1 one could not run here, 2 unknown bench."""

import importlib
import json
import sys

from ops.benchmarks import server

BENCHES = ("list", "f1", "newsweb")


def main(names):
    if unknown := sorted(set(names) - set(BENCHES)):
        sys.stderr.write(f"unknown bench {unknown[0]}; use {', '.join(BENCHES)}\n")
        return 2
    missing = 0
    for name in names or BENCHES:
        module = importlib.import_module(f"ops.benchmarks.{name}_bench")
        try:
            with server.temporary_database():
                result = module.run()
        except server.MissingMaterial as exc:
            sys.stderr.write(f"bench {name} can't run: {exc}\n")
            missing = 1
        else:
            sys.stdout.write(json.dumps({"bench": name, **result}) + "\n")
            sys.stdout.flush()
    return missing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
