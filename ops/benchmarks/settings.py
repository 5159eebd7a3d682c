"""The project's settings, with the benches' own addresses beside the real ones."""

from zeeguu.settings import *  # noqa: F403 - all of them, on purpose

ROOT_URLCONF = "ops.benchmarks.urls"
