"""The tests' settings, with the benches' addresses beside the real ones."""

from zeeguu.settings_test import *  # noqa: F403 - all of them, on purpose

ROOT_URLCONF = "ops.benchmarks.urls"
