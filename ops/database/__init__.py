"""Database connections that survive forks, restarts and overload.

``mysql`` is Django's backend, ``pool`` what it takes connections from, ``breaker`` what
keeps a dead server from being asked all the time, ``ledger`` what each process counts,
and ``status`` what the pages show of it.
"""
