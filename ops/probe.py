"""The container's health probe: exit code 0 when /health/live answers, 1 when not.

The standard library alone, because it runs every few seconds; it asks by the first of
ALLOWED_HOSTS, as any other name is refused.
"""

import http.client
import os
import sys


def is_live(address: str, host: str) -> bool:
    """Whether the server at address ("host:port") says that its process lives."""
    connection = http.client.HTTPConnection(address, timeout=4)
    try:
        connection.request("GET", "/health/live", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    port = os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2]
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".*")
    sys.exit(0 if is_live(f"127.0.0.1:{port}", host or "localhost") else 1)
