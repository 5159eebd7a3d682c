"""Tests that ask no database are marked so by themselves, and run on one alone."""

import pytest


@pytest.fixture
def runs_once(request) -> bool:
    return request.node.get_closest_marker("nodb") is not None


def test_a_test_that_asks_no_database_runs_once(runs_once):
    assert runs_once


@pytest.mark.django_db
def test_one_that_is_marked_runs_on_each(runs_once):
    assert not runs_once


def test_one_whose_fixtures_ask_runs_on_each(runs_once, staff_api):
    assert not runs_once


@pytest.mark.integration
def test_one_whose_processes_may_ask_runs_on_each(runs_once):
    assert not runs_once


@pytest.mark.skipif(False, reason="a condition may be about the database")
def test_one_that_may_be_skipped_runs_on_each(runs_once):
    assert not runs_once


@pytest.mark.anydb
def test_one_that_says_so_runs_on_each(runs_once):
    assert not runs_once
