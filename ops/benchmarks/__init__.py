"""Benches: ``make bench`` runs all, ``make bench BENCH=list`` one of them.

Each prints one JSON line with at least ``bench``, ``figure``, ``baseline``, ``ratio``
and ``unit``; figure and baseline are measured in the same run. They use SQLite, or a
database of their own on the server that BENCH_DATABASE_URL names.

A bench is a module here whose name ends with ``_bench``, with a function ``run`` that
returns a dict. Its sizes come from ``server.sized``: with BENCH_SMOKE=1, in CI, each
takes seconds.
"""
