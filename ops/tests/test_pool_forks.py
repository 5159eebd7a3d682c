"""What a forked child does to its parent's pool: nothing.

In processes of their own, since other tests leave threads.
"""

import os
import subprocess
import sys
from functools import partial

import pytest
from django.conf import settings

pytest.importorskip("sqlalchemy", reason="only MySQL needs it")

from ops.database.pool import Options, Pool, pool_of
from ops.tests.test_pool import FakeDriver, FakeSocketConnection, lend


def test_a_child_does_not_find_its_parents_pool(tmp_path):
    assert run_alone(lend_in_parent_and_child, tmp_path) == "another pool\n"


def lend_in_parent_and_child(directory):
    parents = configure(directory)
    if in_child():
        is_same = pool_of("key", make_socket_pool) is parents
        sys.stdout.write("the same pool\n" if is_same else "another pool\n")


def test_a_child_that_ends_says_nothing_on_its_parents_connections(tmp_path):
    assert run_alone(end_normally_in_child, tmp_path) == "b'' b'' b'hello'\n"


def end_normally_in_child(directory):
    pool = configure(directory)
    idle, lent = lend(pool, 2)
    connections = [idle.driver_connection, lent.driver_connection]
    pool.checkin(idle)
    heard(connections[0])
    if in_child():
        sys.exit()  # collects everything, and so says good-bye
    words = [heard(connection) for connection in connections]
    connections[1].near.send(b"hello")
    sys.stdout.write(f"{words[0]} {words[1]} {heard(connections[1])}\n")


def test_what_a_child_gives_back_is_not_touched(tmp_path):
    assert run_alone(check_in_in_child, tmp_path) == "0 True\n1 True\n"


def check_in_in_child(directory):
    pool = configure(directory)
    lent = pool.checkout()
    connection = lent.driver_connection
    is_child = in_child()
    pool.checkin(lent)
    sys.stdout.write(f"{connection.rollbacks} {connection.is_open}\n")
    sys.stdout.flush()
    if is_child:
        os._exit(0)


def test_what_a_child_gives_back_is_not_counted_by_the_parent(tmp_path):
    assert run_alone(check_in_in_child_alone, tmp_path) == "1\n"


def check_in_in_child_alone(directory):
    pool = configure(directory)
    lent = pool.checkout()
    if in_child():
        pool.checkin(lent)
        os._exit(0)
    sys.stdout.write(f"{pool.ledger.get('checked_out')}\n")


def test_a_connection_that_was_hung_up_costs_a_child_no_other_file(tmp_path):
    """The driver goes on telling the number, which is another file's by then."""
    assert run_alone(hang_up_before_child, tmp_path) == "words\n"


def hang_up_before_child(directory):
    pool = configure(directory)
    lent = pool.checkout()
    connection = lent.driver_connection
    number = connection.near.detach()
    connection.fileno = lambda: number
    os.close(number)
    path = directory + "/file"
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    assert file == number
    if in_child():
        os.write(file, b"words\n")
        os._exit(0)
    with open(path) as written:
        sys.stdout.write(written.read())
    sys.stdout.flush()
    os._exit(0)


def run_alone(function, directory):
    """What a function of this module writes, called in a new process."""
    name = function.__name__
    code = f"import sys; from {__name__} import {name}; {name}(sys.argv[1])"
    command = [sys.executable, "-c", code, str(directory)]
    options = {"cwd": settings.BASE_DIR, "text": True, "timeout": 20}
    return subprocess.run(command, stdout=subprocess.PIPE, **options).stdout


def configure(directory):
    settings.configure(RUN_DIR=directory)
    return pool_of("key", make_socket_pool)


def make_socket_pool(ledger):
    driver = FakeDriver()
    return Pool(partial(FakeSocketConnection, driver), driver, Options(), ledger)


def in_child():
    """Fork; the parent goes on when the child has ended."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    return not child


def heard(connection):
    """What has arrived at the server's end, if anything."""
    connection.far.setblocking(False)
    try:
        return connection.far.recv(1000)
    except BlockingIOError:
        return b""
