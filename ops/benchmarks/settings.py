"""The project's settings, with the benches' own addresses beside the real ones."""

import os

from ops.benchmarks.calls import CallLog
from zeeguu.settings import *  # noqa: F403 - all of them, on purpose

ROOT_URLCONF = "ops.benchmarks.urls"

# Set by the bench that counts calls of the tokenizer.
if path := os.environ.get("BENCH_CALL_LOG"):
    CallLog(path).install()
