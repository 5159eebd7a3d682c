"""What fetching may raise: one family, so that callers can tell its members apart."""

from datetime import timedelta


class FetchError(Exception):
    """A page or feed could not be had; the message names the address and the reason.

    status is the HTTP status that says so, if it was one; retry_after is the timedelta
    that its server asks to wait, or None.
    """

    def __init__(
        self,
        message: str,
        status: int | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


class Refused(FetchError):
    """We do not ask there: no web address, a private one, or a way that is not safe."""


class PrivateAddress(Refused):
    """The host has one; the message names it, which is for those who run this alone."""

    def __init__(self, message: str, host: str = "") -> None:
        super().__init__(message)
        self.host = host


class Disallowed(FetchError):
    """The site's robots.txt asks us to leave this page alone."""


class HostBusy(FetchError):
    """Not now, and nobody's fault: wait_s is the seconds until it is worth a try."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s
