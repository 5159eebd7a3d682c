"""An application whose start leaves an open connection behind in the master."""

import sys

from django.db import connection

from zeeguu.wsgi import application  # noqa: F401 - what gunicorn looks for

with connection.cursor() as cursor:
    cursor.execute("SELECT CONNECTION_ID()")
    sys.stderr.write(f"The master's connection is {cursor.fetchone()[0]}\n")
