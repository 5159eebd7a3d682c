"""The tests' settings, with addresses of tests and benches beside the real ones."""

from zeeguu.settings_test import *  # noqa: F403 - all of them, on purpose

ROOT_URLCONF = "ops.tests.urls"
