"""A real web server for tests: it answers what it was told and logs who asked."""

import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Beyond every test's patience: a fetch without a limit must fail, not hang.
LONGEST_DRIP_S = 30
# What took longer had no limit; what took less may have been on a busy machine.
PATIENCE_S = 20


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict
    client: tuple  # host and port: the same for requests over one connection
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    body: bytes
    status: int
    headers: dict


@dataclass(frozen=True)
class Drip:
    """Raw bytes, then more every delay_s seconds, until lasts_s seconds are over."""

    start: bytes
    drop: bytes
    delay_s: float
    lasts_s: float


class Web:
    """Use it as a context manager; unknown paths are 404.

    An answer with an ETag header is a 304 to those who have it.
    """

    def __init__(self, ssl_context=None):
        self.routes, self.requests, self.refused = {}, [], {}
        self.gates = {}
        self.closing = threading.Event()
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.web = self
        if ssl_context:
            plain = self._server.socket
            self._server.socket = ssl_context.wrap_socket(plain, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc_info):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def host_port(self):
        return self._server.server_address

    def url(self, path, host="127.0.0.1", scheme="http"):
        return f"{scheme}://{host}:{self.host_port[1]}{path}"

    def add(self, path, body=b"", status=200, headers=None):
        """Answer path with body, text or bytes; return its address."""
        body = body.encode() if isinstance(body, str) else body
        self.routes[path] = Answer(body, status, headers or {})
        return self.url(path)

    def redirect(self, path, location, status=302):
        return self.add(path, status=status, headers={"Location": location})

    def refuse_conditions(self, path, status):
        """Answer path with that status to whoever says what it has already."""
        self.refused[path] = Answer(b"", status, {})

    def gate(self, path, body, cookie, more="; Path=/"):
        """Redirect to itself whoever does not bring the cookie that it sets."""
        self.gates[path] = Answer(
            b"", 302, {"Set-Cookie": f"{cookie}{more}", "Location": path}
        )
        return self.add(path, body)

    def drip(self, path, start, drop, delay_s=0.05, lasts_s=LONGEST_DRIP_S):
        self.routes[path] = Drip(start, drop, delay_s, lasts_s)
        return self.url(path)

    def paths(self):
        """The paths asked for, in order."""
        return [request.path for request in self.requests]


class Server(ThreadingHTTPServer):
    request_queue_size = 100  # many threads may knock at once

    def handle_error(self, request, client_address):
        """Clients that hang up are what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        """As if it was GET, once the body is here."""
        self.do_GET(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self, body=b""):
        web = self.server.web
        headers = {name.lower(): value for name, value in self.headers.items()}
        web.requests.append(Request(self.path, headers, self.client_address, body))
        answer = web.routes.get(self.path, Answer(b"", 404, {}))
        is_conditional = headers.keys() & {"if-none-match", "if-modified-since"}
        if is_conditional and self.path in web.refused:
            return self.answer(web.refused[self.path])
        gate = web.gates.get(self.path)
        if gate and headers.get("cookie") != gate.headers["Set-Cookie"].split(";")[0]:
            return self.answer(gate)
        if isinstance(answer, Drip):
            return self.drip(answer)
        if headers.get("if-none-match") == answer.headers.get("ETag", ""):
            return self.answer(Answer(b"", 304, answer.headers))
        return self.answer(answer)

    def answer(self, answer):
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def drip(self, answer):
        self.close_connection = True
        self.wfile.write(answer.start)
        end = time.monotonic() + answer.lasts_s
        while not self.server.web.closing.wait(answer.delay_s):
            self.wfile.write(answer.drop)
            if time.monotonic() > end:
                return

    def log_message(self, *args):
        """Tests read ``requests`` instead."""
