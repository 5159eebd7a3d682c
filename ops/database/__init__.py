"""Database connections that survive forks, restarts and overload.

``mysql`` is Django's backend, ``pool`` what it takes connections from, ``ledger`` what
each process counts, and ``status`` what the pages show of it.
"""
