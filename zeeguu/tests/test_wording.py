"""Errors as sentences: no numbers of systems, no names of classes."""

import socket
import ssl

import httpx
import pytest
from django.db import OperationalError

from zeeguu.base.wording import counted, in_words, of_address


def caused(exc, cause):
    exc.__cause__ = cause
    return exc


def unverified():
    exc = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] (_ssl.c:1)")
    exc.verify_message = "certificate has expired"
    return exc


REFUSED = "[Errno 111] Connection refused"


@pytest.mark.nodb
@pytest.mark.parametrize(
    ("exc", "words"),
    [
        (httpx.ConnectError(REFUSED), "Connection refused"),
        (
            caused(httpx.ConnectError(REFUSED), ConnectionRefusedError(111, "Refused")),
            "refused",
        ),
        (FileNotFoundError(2, "No such file"), "no such file"),
        (socket.gaierror(socket.EAI_NONAME, "x"), "there is no such name"),
        (unverified(), "its certificate is not valid: certificate has expired"),
        (OperationalError(2003, "Can't connect"), "Can't connect"),
        (ValueError(), "no reason was given"),
        (ValueError("odd."), "odd"),
        (httpx.ConnectError("[SSL: WRONG_VERSION] wrong (_ssl.c:1007)"), "wrong"),
    ],
)
def test_an_error_is_told_in_words(exc, words):
    assert in_words(exc) == words


@pytest.mark.nodb
def test_numbers_go_with_their_nouns():
    told = [counted(n, "failure") for n in (0, 1, 2)]
    assert told == ["0 failures", "1 failure", "2 failures"]
    assert counted(2, "entry") == "2 entries"
    assert counted(2, "day") == "2 days"


@pytest.mark.nodb
def test_an_error_names_its_address_once():
    told = "http://a/: HTTP status 404"
    assert of_address("http://a/", told) == told
    assert of_address("http://a/", "not stored") == "http://a/: not stored"
