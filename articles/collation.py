"""MySQL's default collations take A, a and á for one; addresses and codes differ."""

from typing import Any

from django.conf import settings
from django.db.models import Func, TextField

IS_MYSQL = settings.DATABASES["default"]["ENGINE"].endswith("mysql")
# SQLite compares exactly without being told, and does not know the name.
EXACT = "utf8mb4_bin" if IS_MYSQL else None


class Bytes(Func):
    """A text to compare by its bytes; EXACT still leaves out blanks at its end."""

    arity = 1
    template = "%(expressions)s"
    output_field = TextField()

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        context["template"] = "CAST(%(expressions)s AS BINARY)"
        return self.as_sql(compiler, connection, **context)
