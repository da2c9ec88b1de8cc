"""HTTP in and out for the sandbox: two frozen values, and a small server that carries them over a loopback socket.

A stand-in is a function `Request -> Response` and owns no socket, so a test can call it directly.
"""

from __future__ import annotations

import json
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import parse_qsl, unquote, urlencode

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
MAXIMUM_BODY = 64 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """One request as it arrived: `path` still percent-encoded and without the query, header names in lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of(cls, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Request:
        """Build a request from a target such as `/path?key=value`; query values come out decoded."""
        path, _, query = target.partition("?")
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        return cls(method.upper(), path, tuple(parse_qsl(query, keep_blank_values=True)), lowered, body)

    @property
    def target(self) -> str:
        """Path and query as on the request line."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments, percent-decoded, without the empty first one."""
        return tuple(unquote(segment) for segment in self.path.strip("/").split("/"))

    def parameter(self, name: str, default: str = "") -> str:
        """The first query value called `name`."""
        return next((value for key, value in self.query if key == name), default)

    def json(self) -> object:
        """The body as JSON, None where it is empty. Raises ValueError where it is no JSON."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Response:
    """One answer. With `drop` the server closes the connection and sends nothing, as a lost network would."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    drop: bool = False

    @classmethod
    def json(cls, status: int, value: Json, headers: Mapping[str, str] | None = None) -> Response:
        """A JSON answer in UTF-8."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        return cls(status, {"content-type": "application/json; charset=utf-8", **(headers or {})}, body)

    @classmethod
    def text(cls, status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> Response:
        """A text answer in UTF-8."""
        return cls(status, {"content-type": content_type}, text.encode("utf-8", "surrogatepass"))


Handler: TypeAlias = Callable[[Request], Response]


class _FramingError(ValueError):
    """The request's framing cannot be read; its text goes to the client."""


class _Exchange(BaseHTTPRequestHandler):
    """Reads requests off one kept-alive connection and writes the answers."""

    protocol_version = "HTTP/1.1"
    server_version = "gitops-bot-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
        """Say nothing: each stand-in remembers its own requests."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunked_body()
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal():
            raise _FramingError("Content-Length is no number")
        if int(length) > MAXIMUM_BODY:
            raise _FramingError("the body is too large")
        return self._exactly(int(length))

    def _exactly(self, size: int) -> bytes:
        """Read `size` bytes; a client that went away half way has asked for nothing."""
        data = self.rfile.read(size)
        if len(data) < size:
            raise _FramingError("the body ends too early")
        return data

    def _chunked_body(self) -> bytes:
        parts: list[bytes] = []
        total = 0
        while True:
            try:
                size = int(self.rfile.readline(1024).split(b";")[0], 16)
            except ValueError as error:
                raise _FramingError("a chunk's size is no number") from error
            total += size
            if size < 0 or total > MAXIMUM_BODY:
                raise _FramingError("the body is too large")
            if size == 0:
                break
            parts.append(self._exactly(size))
            self.rfile.readline(1024)
        while self.rfile.readline(65536).strip():
            continue
        return b"".join(parts)

    def _answer(self) -> None:
        lowered: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            lowered[key] = f"{lowered[key]}, {value}" if key in lowered else value
        try:
            request = Request.of(self.command, self.path, lowered, self._body())
        except _FramingError as error:
            self.close_connection = True
            self._write(Response.text(400, f"{error}\n"))
            return
        response = self.server.handler(request)
        if response.drop:
            self.close_connection = True
            return
        self._write(response)

    def _write(self, response: Response) -> None:
        status = response.status
        phrase = HTTPStatus(status).phrase if status in {each.value for each in HTTPStatus} else ""
        names = {name.lower() for name in response.headers}
        lines = [f"HTTP/1.1 {status} {phrase}", f"Server: {self.server_version}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if status not in {204, 304} and "content-length" not in names:
            lines.append(f"Content-Length: {len(response.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        bodiless = self.command == "HEAD" or status in {204, 304}
        self.wfile.write(head if bodiless else head + response.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 (the base class calls them so)


class _Server(ThreadingHTTPServer):
    """Remembers connections and threads, so that closing ends both; a process that just exits waits for neither."""

    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: Handler) -> None:
        self.handler = handler
        self._connections: set[socket.socket] = set()
        self._serving: set[threading.Thread] = set()
        self._guard = threading.Lock()
        super().__init__(address, _Exchange)

    def server_bind(self) -> None:
        """Bind without the base class's look-up of the host's name, which may wait for a resolver."""
        socketserver.TCPServer.server_bind(self)
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), int(port)

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Serve the connection in a thread of its own."""

        def work() -> None:
            self.process_request_thread(request, client_address)
            with self._guard:
                self._serving.discard(thread)

        thread = threading.Thread(target=work, name="sandbox-connection", daemon=True)
        with self._guard:
            self._serving.add(thread)
            if isinstance(request, socket.socket):
                self._connections.add(request)
        thread.start()

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Forget the connection and close it."""
        if isinstance(request, socket.socket):
            with self._guard:
                self._connections.discard(request)
        super().shutdown_request(request)

    def disconnect(self) -> None:
        """Shut every open connection and wait until its thread has ended."""
        with self._guard:
            threads = list(self._serving)
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
        for thread in threads:
            thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news; anything else is a bug and shows its traceback."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class RunningServer:
    """A server on 127.0.0.1 in a thread of its own; a context manager, closed once."""

    def __init__(self, handler: Handler, port: int) -> None:
        self._server = _Server(("127.0.0.1", port), handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, end the open connections and wait for their threads."""
        self._server.shutdown()
        self._thread.join()
        self._server.disconnect()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(handler: Handler, port: int = 0) -> RunningServer:
    """Serve `handler` on 127.0.0.1:`port` (0: a free one) until the result is closed. Raises OSError where it is taken.

    Keep-alive HTTP/1.1; chunked bodies arrive decoded; the handler is called from many threads at once.
    """
    return RunningServer(handler, port)
