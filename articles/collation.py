"""MySQL's default collations take A, a and á for one; addresses and codes differ."""

from django.conf import settings

IS_MYSQL = settings.DATABASES["default"]["ENGINE"].endswith("mysql")
# SQLite compares exactly without being told, and does not know the name.
EXACT = "utf8mb4_bin" if IS_MYSQL else None
