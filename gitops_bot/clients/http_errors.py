"""What went wrong between us and a server, worded for the person who has to mend it."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

import httpx
import msgspec

from gitops_bot.errors import SourceUnavailable

_LONGEST_QUOTE = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


class UnexpectedStatus(SourceUnavailable):
    """The server answered with an HTTP status other than 200, which is `status`."""

    def __init__(self, status: int, what: str, *, where: str, found: str, advice: str) -> None:
        super().__init__(what, where=where, found=found, advice=advice)
        self.status = status


class EmptyAnswer(SourceUnavailable):
    """The server answered that all is well, and nothing else."""


class _ErrorBody(msgspec.Struct, frozen=True):
    message: str = ""
    error: str = ""


_ERROR_DECODER = msgspec.json.Decoder(_ErrorBody)


class Failures:
    """Words the failures of one server: its name, its address, and the settings that say how to reach it."""

    def __init__(
        self, server: str, address: str, address_setting: str, credential_setting: str, token: str, read_timeout: float
    ) -> None:
        self.server = server
        self.address = address
        self._address_setting = address_setting
        self._credential_setting = credential_setting
        self._token = token.strip()
        self._read_timeout = read_timeout

    def of_status(self, target: str, status: int, body: bytes) -> UnexpectedStatus:
        """The failure for an answer with a status other than 200."""
        what, advice = self._status_words(status)
        said = self._quote(_said(body))
        return UnexpectedStatus(
            status, what, where=self._where(target), found=f"HTTP {status}{f': {said}' if said else ''}", advice=advice
        )

    def _status_words(self, status: int) -> tuple[str, str]:
        server = self.server
        if status == 401:
            if not self._token:
                return f"{server} wants a token and none was given", f"Set {self._credential_setting}."
            advice = f"Check {self._credential_setting}: it has expired, been revoked, or is for another server."
            return f"{server} does not accept the token", advice
        if status == 403:
            return f"{server} does not permit this", (
                f"Check that the account of {self._credential_setting} may read it (role:readonly); "
                "an application that is not there is answered like this too."
            )
        if status == 404:
            return f"{server} has nothing at this address", f"Check {self._address_setting} and its path prefix."
        if status == 429:
            return f"{server} is asked too often", "Run less often, or raise the server's limit."
        if status >= 500:
            return f"{server} failed to answer", "Look at the server's own log; a later run tries again."
        return f"{server} answered with an error", f"Check that {self._address_setting} is the address of {server}."

    def of_transport(self, target: str, error: httpx.TransportError) -> SourceUnavailable:
        """The failure for an exchange that broke off or never began."""
        where, server = self._where(target), self.server
        cause = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError | socket.gaierror)), None)
        if isinstance(cause, ssl.SSLError):
            advice = f"Give the CA's certificates, or check that {self._address_setting} speaks https on this port."
            return self._unavailable(f"no trusted TLS connection to {server}", where, error, advice)
        if isinstance(cause, socket.gaierror):
            advice = f"Check the spelling in {self._address_setting}, and that this machine can resolve the name."
            return self._unavailable(f"the host name of {server} is not known", where, error, advice)
        if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
            advice = f"Check {self._address_setting}, its port, and whether a firewall stands between."
            return self._unavailable(f"{server} cannot be reached", where, error, advice)
        if isinstance(error, httpx.TimeoutException):
            found = f"no answer within {self._read_timeout:g} s"
            advice = "The server may be overloaded; a later run tries again."
            return SourceUnavailable(f"{server} did not answer in time", where=where, found=found, advice=advice)
        advice = "A proxy or the server ended the connection early; a later run tries again."
        return self._unavailable(f"the answer of {server} was cut short", where, error, advice)

    @staticmethod
    def is_passing(error: httpx.TransportError) -> bool:
        """Whether another try may end otherwise: not after a long wait, a bad certificate or a wrong protocol."""
        if isinstance(error, httpx.ReadTimeout | httpx.UnsupportedProtocol | httpx.ProxyError):
            return False
        return not any(isinstance(cause, ssl.SSLError) for cause in _causes(error))

    def check_is_json(self, target: str, content_type: str, body: bytes) -> None:
        """Raise SourceUnavailable where the answer is a web page or empty rather than JSON."""
        start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
        if start[:1] in {b"{", b"["}:
            return
        if "html" in content_type.lower() or start.startswith(b"<"):
            raise SourceUnavailable(
                f"{self.server} answered with a web page",
                where=self._where(target),
                found=f"content type {self._quote(content_type) or 'unknown'}",
                expected="JSON",
                advice=f"A login page or a proxy stands before it: {self._address_setting} must lead to its API.",
            )
        if not body.strip():
            raise EmptyAnswer(f"{self.server} gave an empty answer", where=self._where(target), expected="JSON")

    def undecodable(self, target: str, body: bytes, error: msgspec.DecodeError) -> SourceUnavailable:
        """The failure for a body that is not the JSON that the API promises."""
        if isinstance(error, msgspec.ValidationError):
            what, advice = f"{self.server} gave JSON of another shape", "Its version may not be supported; report it."
        else:
            what, advice = f"{self.server} gave broken JSON", "It was cut short, or is no API; a later run tries again."
        found = f"{error}, in {len(body)} bytes that end in {body[-40:].decode(errors='replace')!r}"
        return SourceUnavailable(what, where=self._where(target), found=self._quote(found), advice=advice)

    def redirected(self, target: str, place: str) -> SourceUnavailable:
        """The failure for a redirect that is not followed."""
        return SourceUnavailable(
            f"{self.server} sends readers elsewhere",
            where=self._where(target),
            found=f"a redirect to {self._quote(place)}",
            advice=f"If that is {self.server}, set {self._address_setting} to it; the token is sent nowhere else.",
        )

    def too_large(self, target: str, limit: int) -> SourceUnavailable:
        """The failure for an answer of more than `limit` bytes."""
        return SourceUnavailable(
            f"{self.server} gave more than can be read",
            where=self._where(target),
            found=f"more than {limit} bytes",
            advice="Narrow what is read, by project or selector.",
        )

    def _unavailable(self, what: str, where: str, error: Exception, advice: str) -> SourceUnavailable:
        return SourceUnavailable(what, where=where, found=self._quote(str(error)), advice=advice)

    def _where(self, target: str) -> str:
        path, _, fields = target.partition("?fields=")  # which fields were asked for helps nobody
        path = path if fields or len(target) <= _LONGEST_QUOTE else f"{target[:_LONGEST_QUOTE]}…"
        return f"{self.address.rstrip('/')}{path}"

    def _quote(self, text: str) -> str:
        # What a server says is untrusted: on one line, short, and never with our own token in it.
        cleaned = _CONTROL.sub(" ", text[: 4 * _LONGEST_QUOTE])
        if self._token:
            cleaned = cleaned.replace(self._token, "[token]")
        return cleaned if len(cleaned) <= _LONGEST_QUOTE else f"{cleaned[:_LONGEST_QUOTE]}…"


def _said(body: bytes) -> str:
    try:
        answer = _ERROR_DECODER.decode(body)
    except msgspec.DecodeError:
        # Loki says in plain text what is wrong with a query; a web page says nothing.
        return "" if body.lstrip()[:1] in (b"<", b"{", b"[") else body.decode(errors="replace").strip()
    return answer.message or answer.error


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
