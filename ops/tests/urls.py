"""Addresses for the tests of connections, beside the benches' and the real ones."""

import os
import time

from django.db import connection
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path


def ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def which(request):
    """Which process, and which of its connections, answers."""
    return JsonResponse({"pid": os.getpid(), "id": ask("SELECT CONNECTION_ID()")})


def slow(request):
    return JsonResponse({"slept": ask(f"SELECT SLEEP({float(request.GET['s'])})")})


def failing(request):
    """A bug of ours, met in the middle of a transaction."""
    connection.set_autocommit(False)
    ask("SELECT 1")
    raise ValueError("on purpose")


def streamed(request):
    """Much, line by line, each asked of the database when its turn comes."""

    def lines():
        for _ in range(200):
            yield f"{ask('SELECT 1')}" * 10_000
            time.sleep(0.001)

    return StreamingHttpResponse(lines())


leaked = []


def leaking(request):
    """A view that forgets to let go of what it has read."""
    leaked.append(os.urandom(int(request.GET["bytes"])))
    return JsonResponse({"pid": os.getpid()})


def who(request):
    """Which process answers; nothing else is asked."""
    return JsonResponse({"pid": os.getpid()})


def whom(request):
    """By what, and for whom, the request came, as far as proxies are believed."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return JsonResponse({"scheme": request.scheme, "forwarded": forwarded})


def large(request):
    return HttpResponse("x" * 4_000_000)


urlpatterns = [
    path("test/whom/", whom),
    path("test/large/", large),
    path("test/leaking/", leaking),
    path("test/who/", who),
    path("test/which/", which),
    path("test/slow/", slow),
    path("test/failing/", failing),
    path("test/streamed/", streamed),
    path("", include("ops.benchmarks.urls")),
]
