"""One read-only HTTP client for every server that is only watched: by construction it sends GET and nothing else."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Self, TypeVar

import httpx
import msgspec

from gitops_bot.clients.http_errors import Failures
from gitops_bot.errors import ConfigurationError, SourceUnavailable

T = TypeVar("T")

LARGEST_ANSWER = 64 * 1024 * 1024
TRIES = 3
MOST_REDIRECTS = 3
LONGEST_WAIT = 30.0
_FIRST_WAIT = 0.5
_RETRIED_STATUS = frozenset({429, 502, 503, 504})


class WriteAttemptError(RuntimeError):
    """Code of ours tried to send something other than GET through the read-only transport: a bug, never sent."""


class ReadOnlyTransport(httpx.BaseTransport):
    """Passes GET on to another transport and raises WriteAttemptError on every other method."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request on where it is a GET without a body."""
        if request.method != "GET" or request.headers.get("content-length", "0") != "0":
            raise WriteAttemptError(f"refused to send {request.method} {request.url.copy_with(query=None)}: read-only")
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Close the transport behind this one."""
        self._transport.close()


class _PassingError(Exception):
    """A try failed in a way that another may not: what to report in the end, and the seconds the server asks for."""

    def __init__(self, error: SourceUnavailable, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


class ReadOnlyClient:
    """Reads JSON from one server. Safe to use from several threads; close it, or use it as a context manager.

    `address` is the server's URL, which may have a path prefix; without a scheme it is taken to be https. `server`,
    `address_setting` and `credential_setting` are how messages name the server and the settings to check.
    `certificate_authority` is a file of CA certificates to trust instead of the usual ones; `insecure` checks none.
    `proxy` is a URL: the environment's proxies are not read here. Time-outs and `sleep` are in seconds. The token
    appears in no message and no repr. Raises ConfigurationError where the address or the certificate file is unusable.
    """

    def __init__(
        self,
        address: str,
        *,
        token: str = "",
        server: str = "Argo CD",
        address_setting: str = "ARGOCD_SERVER",
        credential_setting: str = "ARGOCD_AUTH_TOKEN",
        certificate_authority: str = "",
        insecure: bool = False,
        proxy: str = "",
        connect_timeout: float = 5.0,
        read_timeout: float = 20.0,
        largest_answer: int = LARGEST_ANSWER,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        url = _base_url(address, server, address_setting)
        self._failures = Failures(server, str(url), address_setting, credential_setting, token, read_timeout)
        self._largest = largest_answer
        self._sleep = sleep
        headers = {"Accept": "application/json", "User-Agent": "gitops-bot"}
        if token:
            headers["Authorization"] = f"Bearer {_clean_token(token, credential_setting)}"
        inner = transport or httpx.HTTPTransport(
            verify=_verification(url, certificate_authority, insecure=insecure), proxy=proxy or None, trust_env=False
        )
        self._client = httpx.Client(
            base_url=url,
            headers=headers,
            transport=ReadOnlyTransport(inner),
            timeout=httpx.Timeout(read_timeout, connect=connect_timeout),
            follow_redirects=False,
            trust_env=False,
        )

    def __repr__(self) -> str:
        return f"ReadOnlyClient({self._failures.address!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, target: str) -> bytes:
        """Return the body of `target`, a path with its query as it is to be sent, relative to the server's address.

        Raises UnexpectedStatus where the server answers with an error, and SourceUnavailable where it does not answer,
        is cut short, gives more than `largest_answer` bytes or a web page, or redirects to another server.
        """
        for attempt in range(1, TRIES + 1):
            try:
                return self._once(target)
            except _PassingError as failure:
                if attempt == TRIES:
                    raise failure.error from failure.__cause__
                usual = _FIRST_WAIT * 2 ** (attempt - 1)
                self._sleep(usual if failure.wait is None else min(max(failure.wait, 0.0), LONGEST_WAIT))
        raise AssertionError("unreachable: the last try returns or raises")

    def read(self, target: str, decoder: msgspec.json.Decoder[T]) -> T:
        """Return the body of `target` (see `get`) decoded; SourceUnavailable where it is not what the API promises."""
        body = self.get(target)
        try:
            return decoder.decode(body)
        except msgspec.DecodeError as error:
            raise self.undecodable(target, body, error) from error

    def undecodable(self, target: str, body: bytes, error: msgspec.DecodeError) -> SourceUnavailable:
        """Return the error to raise where the body of `target` is not what the API promises."""
        return self._failures.undecodable(target, body, error)

    def _once(self, target: str) -> bytes:
        request = self._client.build_request("GET", target)
        for _ in range(MOST_REDIRECTS + 1):
            try:
                body, onward = self._exchange(request, target)
            except httpx.TransportError as error:
                failure = self._failures.of_transport(target, error)
                if self._failures.is_passing(error):
                    raise _PassingError(failure) from error
                raise failure from error
            if onward is None:
                return body
            request = onward
        raise self._failures.redirected(target, "the same address again and again")

    def _exchange(self, request: httpx.Request, target: str) -> tuple[bytes, httpx.Request | None]:
        response = self._client.send(request, stream=True)
        try:
            if response.next_request is not None:
                return b"", self._redirect(request, response.next_request, target)
            body = self._body(response, target)
        finally:
            response.close()
        if response.status_code == 200:
            self._failures.check_is_json(target, response.headers.get("content-type", ""), body)
            return body, None
        failure = self._failures.of_status(target, response.status_code, body)
        if response.status_code in _RETRIED_STATUS:
            raise _PassingError(failure, _retry_after(response))
        raise failure

    def _redirect(self, request: httpx.Request, onward: httpx.Request, target: str) -> httpx.Request:
        # The token goes nowhere but to the server that it was given for.
        here, there = request.url, onward.url
        if (here.scheme, here.host, here.port) != (there.scheme, there.host, there.port):
            raise self._failures.redirected(target, f"{there.scheme}://{there.netloc.decode()}")
        return self._client.build_request("GET", there)

    def _body(self, response: httpx.Response, target: str) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._largest:
                raise self._failures.too_large(target, self._largest)
        return bytes(body)


def _base_url(address: str, server: str, setting: str) -> httpx.URL:
    text = address.strip()
    expected = "an address such as https://argocd.example.com"
    if not text:
        raise ConfigurationError(f"the address of {server} is not set", where=setting, expected=expected)
    try:
        url = httpx.URL(text if "://" in text else f"https://{text}")
    except (httpx.InvalidURL, ValueError) as error:
        raise ConfigurationError(
            f"the address of {server} cannot be understood", where=setting, found=str(error), expected=expected
        ) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigurationError(
            f"the address of {server} is none that can be read", where=setting, found=text[:200], expected=expected
        )
    if url.userinfo or url.query or url.fragment:
        raise ConfigurationError(
            f"the address of {server} has more than a scheme, a host and a path",
            where=setting,
            expected=expected,
            advice="A token belongs in its own setting, never in the address.",
        )
    return url


def _clean_token(token: str, setting: str) -> str:
    cleaned = token.strip()
    if not cleaned.isascii() or not cleaned.isprintable() or " " in cleaned:
        raise ConfigurationError(
            "the token has characters that no token has",
            where=setting,
            expected="one word of printable ASCII",
            advice="Copy it again, without quotes and line breaks.",
        )
    return cleaned


def _verification(url: httpx.URL, certificate_authority: str, *, insecure: bool) -> ssl.SSLContext | bool:
    if insecure or url.scheme == "http":
        return False  # nothing is verified over http, and loading the usual certificates takes time
    if not certificate_authority:
        return True
    try:
        return ssl.create_default_context(cafile=certificate_authority)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            "the file of CA certificates cannot be used",
            where=certificate_authority,
            found=str(error),
            expected="PEM certificates",
        ) from error


def _retry_after(response: httpx.Response) -> float | None:
    wish = response.headers.get("retry-after", "").strip()
    if not wish:
        return None
    if wish.isdecimal():
        return float(wish)
    try:
        # Both times are the server's own, so that a wrong clock here does not matter.
        return (parsedate_to_datetime(wish) - parsedate_to_datetime(response.headers.get("date", ""))).total_seconds()
    except (ValueError, TypeError):
        return None
