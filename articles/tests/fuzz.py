"""How long the tests that make documents up go on: ``make fuzz`` for minutes."""

import os

import pytest
from hypothesis import HealthCheck, settings


def fuzzing(test):
    """Mark a test as fuzzing, and give it FUZZ_EXAMPLES documents (100)."""
    test = settings(
        max_examples=int(os.environ.get("FUZZ_EXAMPLES", "100")),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )(test)
    return pytest.mark.fuzz(test)
