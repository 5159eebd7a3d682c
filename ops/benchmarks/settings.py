"""The project's settings, with the benches' own addresses beside the real ones."""

import os
from pathlib import Path

from ops.benchmarks.calls import CallLog
from ops.benchmarks.server import IS_SMOKE
from zeeguu.settings import *  # noqa: F403 - all of them, on purpose

ROOT_URLCONF = "ops.benchmarks.urls"
# Of the bench alone: that of the checkout may be missing, or served just now.
STATIC_ROOT = Path(os.environ["BENCH_STATIC_ROOT"])

# What only shows that benches run needs no compressed files, which take a minute.
if IS_SMOKE:
    STORAGES["staticfiles"]["BACKEND"] = (  # noqa: F405
        "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    )

# Set by the bench of pooled connections: as Django has it without a pool.
if os.environ.get("BENCH_CONNECTIONS") == "kept":
    DATABASES["default"]["ENGINE"] = "django.db.backends.mysql"  # noqa: F405
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # noqa: F405

# Set by the bench that counts calls of the tokenizer.
if path := os.environ.get("BENCH_CALL_LOG"):
    CallLog(path).install()
