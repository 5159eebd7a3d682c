"""Servers that accept whoever comes and never answer, or not after hello."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
import redis

from articles.tests.site import find_port

# Methods of AMQP 0-9-1, as RabbitMQ says them, and what each one answers.
START = struct.pack(">HHBBI", 10, 10, 0, 9, 0) + b"\0\0\0\x05PLAIN\0\0\0\x05en_US"
TUNE = struct.pack(">HHHIH", 10, 30, 0, 131_072, 0)
OPEN_OK = struct.pack(">HHB", 10, 41, 0)
CHANNEL_OPEN_OK = struct.pack(">HHI", 20, 11, 0)
CONFIRM_OK = struct.pack(">HH", 85, 11)
ANSWERS = {(10, 11): TUNE, (10, 40): OPEN_OK, (20, 10): CHANNEL_OPEN_OK}
ANSWERS[85, 10] = CONFIRM_OK


@contextmanager
def silent_server():
    """Yields its port. The system completes connections that nobody accepts."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


@contextmanager
def silent_rabbitmq():
    """Lets clients connect and open a channel, and is silent from then on."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        thread = threading.Thread(target=_greet_all, args=[server], daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def _greet_all(server):
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_greet, args=[client], daemon=True).start()


def _greet(client):
    with client, client.makefile("rb") as frames:
        frames.read(8)  # the protocol's name
        _say(client, 0, START)
        while head := frames.read(7):
            _, channel, size = struct.unpack(">BHI", head)
            method = struct.unpack(">HH", frames.read(size + 1)[:4])
            if method in ANSWERS:
                _say(client, channel, ANSWERS[method])


def _say(client, channel, method):
    client.sendall(struct.pack(">BHI", 1, channel, len(method)) + method + b"\xce")


class Redis:
    """A redis-server of the test's own; begins again on the same port."""

    def __init__(self, folder):
        self.port, self.folder = find_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while not self.answers():
            assert time.monotonic() < end, "redis-server did not start"
            time.sleep(0.05)

    def answers(self):
        try:
            with redis.Redis(port=self.port, socket_timeout=5) as client:
                return client.ping()
        except redis.ConnectionError:
            return False

    def freeze(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()


@contextmanager
def own_redis(folder):
    if not shutil.which("redis-server"):
        require = pytest.fail if os.environ.get("REQUIRE_REDIS") else pytest.skip
        require("redis-server is not installed")
    server = Redis(folder)
    try:
        yield server
    finally:
        server.kill()
