"""Benches: ``make bench`` runs all, ``make bench BENCH=list`` one of them.

Each prints one JSON line with at least ``bench``, ``figure``, ``baseline``, ``ratio``
and ``unit``; figure and baseline are measured in the same run. They use SQLite, or a
database of their own on the server that BENCH_DATABASE_URL names.
"""
