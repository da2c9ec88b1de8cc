"""The one read-only client: what it sends, what it refuses, and what it says when something is wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import msgspec
import pytest

from gitops_bot.clients.http import ReadOnlyClient, ReadOnlyTransport, WriteAttemptError
from gitops_bot.clients.http_errors import UnexpectedStatus
from gitops_bot.errors import ConfigurationError, SourceUnavailable

TOKEN = "eyJ-very-secret"
Answer = Callable[[httpx.Request], httpx.Response]


class Served:
    """A client on answers given in order (the last one again and again), with what was asked and slept."""

    def __init__(self, *answers: httpx.Response | Exception, **arguments: object) -> None:
        self.requests: list[httpx.Request] = []
        self.slept: list[float] = []
        self._answers = list(answers)
        arguments = {
            "token": TOKEN,
            "transport": httpx.MockTransport(self._answer),
            "sleep": self.slept.append,
        } | arguments
        self.client = ReadOnlyClient("https://argocd.test/prefix", **arguments)  # type: ignore[arg-type]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def failure(self) -> SourceUnavailable:
        with self.client, pytest.raises(SourceUnavailable) as caught:
            self.client.get("/api/v1/applications")
        assert TOKEN not in str(caught.value)
        assert "https://argocd.test/prefix/api/v1/applications" in str(caught.value)
        return caught.value


def ok(content: bytes = b"{}") -> httpx.Response:
    return httpx.Response(200, content=content)


def test_a_target_is_sent_as_it_is_written_below_the_prefix_with_the_token() -> None:
    served = Served(ok(b'{"a": 1}'))
    target = "/x/y?fields=items.metadata.name,items.spec&group=&kind=Pod"
    with served.client as client:
        assert client.get(target) == b'{"a": 1}'
    (request,) = served.requests
    assert request.url.raw_path.decode() == f"/prefix{target}"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.method == "GET"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_nothing_but_get_leaves_the_transport(method: str) -> None:
    sent: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return ok()

    with httpx.Client(transport=ReadOnlyTransport(httpx.MockTransport(note))) as client:
        with pytest.raises(WriteAttemptError, match=method):
            client.request(method, "http://argocd.test/api")
        with pytest.raises(WriteAttemptError):
            client.request("GET", "http://argocd.test/api", content=b"body")
    assert sent == []


def test_the_client_itself_has_no_way_to_write() -> None:
    public = {name for name in vars(ReadOnlyClient) if not name.startswith("_")}
    assert public == {"close", "get", "read", "undecodable"}


def test_the_token_is_not_shown() -> None:
    with Served(ok()).client as client:
        assert TOKEN not in repr(client)


def test_a_server_that_repeats_the_token_does_not_get_it_into_a_message() -> None:
    error = Served(httpx.Response(400, json={"message": f"bad token {TOKEN}\n::error::x"})).failure()
    assert "bad token [token] ::error::x" in str(error)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, ["does not accept the token", "ARGOCD_AUTH_TOKEN", "expired"]),
        (403, ["does not permit", "role:readonly", "said so"]),
        (404, ["nothing at this address", "ARGOCD_SERVER"]),
        (418, ["HTTP 418", "ARGOCD_SERVER"]),
        (500, ["failed to answer", "HTTP 500: said so"]),
    ],
)
def test_a_status_is_explained_and_asked_for_once(status: int, words: list[str]) -> None:
    served = Served(httpx.Response(status, json={"message": "said so"}))
    error = served.failure()
    assert isinstance(error, UnexpectedStatus)
    assert error.status == status
    assert all(word in str(error) for word in words)
    assert len(served.requests) == 1


def test_a_missing_token_is_told_from_a_bad_one() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(401))
    wanted = pytest.raises(SourceUnavailable, match="wants a token and none was given")
    with ReadOnlyClient("http://argocd.test", transport=transport) as client, wanted:
        client.get("/")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_failure_is_tried_three_times_and_then_told(status: int) -> None:
    served = Served(httpx.Response(status))
    assert f"HTTP {status}" in str(served.failure())
    assert len(served.requests) == 3
    assert served.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    "first", [httpx.Response(503), httpx.ConnectError("refused"), httpx.RemoteProtocolError("cut")], ids=repr
)
def test_a_failure_that_passes_is_not_noticed(first: httpx.Response | Exception) -> None:
    served = Served(first, ok(b"[]"))
    with served.client as client:
        assert client.get("/") == b"[]"


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "86400"}, 30.0),
        ({"retry-after": "Mon, 23 Nov 2026 10:00:07 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 7.0),
        ({"retry-after": "Mon, 23 Nov 2026 09:00:00 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, 0.5),
    ],
    ids=str,
)
def test_the_servers_wish_to_wait_is_kept_within_bounds(headers: dict[str, str], waited: float) -> None:
    served = Served(httpx.Response(429, headers=headers), ok())
    with served.client as client:
        client.get("/")
    assert served.slept == [waited]


def test_a_read_time_out_is_told_at_once() -> None:
    served = Served(httpx.ReadTimeout("slow"))
    assert "did not answer in time" in str(served.failure())
    assert len(served.requests) == 1


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (httpx.Response(200, html="<html>Sign in</html>"), ["web page", "login page"]),
        (httpx.Response(200, text="  <!doctype html>"), ["web page"]),
        (ok(b""), ["empty answer"]),
        (
            httpx.Response(302, headers={"location": "https://login.test/?next=1"}),
            ["https://login.test", "nowhere else"],
        ),
        (httpx.Response(307, headers={"location": "http://argocd.test/prefix/x"}), ["http://argocd.test"]),
        (httpx.Response(307, headers={"location": "/again"}), ["again and again"]),
    ],
    ids=["html", "doctype", "empty", "another host", "another scheme", "loop"],
)
def test_an_answer_that_is_none_is_explained(response: httpx.Response, words: list[str]) -> None:
    error = str(Served(response).failure())
    assert all(word in error for word in words)


def test_a_redirect_on_the_same_server_is_followed() -> None:
    served = Served(httpx.Response(307, headers={"location": "/prefix/there"}), ok(b"[1]"))
    with served.client as client:
        assert client.get("/here") == b"[1]"


@pytest.mark.parametrize(
    ("body", "words"), [(b'{"items": [{"na', "broken JSON"), (b'{"items": 3}', "JSON of another shape")]
)
def test_a_body_that_does_not_decode_is_explained(body: bytes, words: str) -> None:
    with Served(ok(body)).client as client, pytest.raises(SourceUnavailable, match=words):
        client.read("/x", msgspec.json.Decoder(dict[str, list[dict[str, str]]]))


def test_an_answer_without_end_is_cut_off() -> None:
    assert "more than 1000 bytes" in str(Served(ok(b"[" + b" " * 5000), largest_answer=1000).failure())


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "is not set"),
        ("ftp://argocd.test", "none that can be read"),
        ("https://", "none that can be read"),
        ("https://user:secret@argocd.test", "more than a scheme"),
        ("https://argocd.test:port", "cannot be understood"),
    ],
)
def test_an_address_that_is_none_names_the_setting(address: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        ReadOnlyClient(address)
    assert "ARGOCD_SERVER" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_address_without_a_scheme_is_https() -> None:
    with ReadOnlyClient("argocd.test", transport=httpx.MockTransport(lambda _: ok())) as client:
        assert repr(client) == "ReadOnlyClient('https://argocd.test')"


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "fünf"])
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ReadOnlyClient("https://argocd.test", token=token)
    assert token not in str(caught.value)


def test_a_certificate_file_that_is_none_is_refused(tmp_path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(ConfigurationError, match="CA certificates"):
            ReadOnlyClient("https://argocd.test", certificate_authority=str(tmp_path / name))


@pytest.fixture
def plain_server() -> Iterator[Callable[[bytes], int]]:
    """Starts a server on loopback that gives each connection the same bytes and closes it; returns its port."""
    sockets: list[socket.socket] = []

    def start(answer: bytes) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        sockets.append(server)
        threading.Thread(target=_serve, args=(server, answer), daemon=True).start()
        return server.getsockname()[1]

    yield start
    for server in sockets:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def _serve(server: socket.socket, answer: bytes) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            connection.sendall(answer)


def real_failure(address: str) -> str:
    client = ReadOnlyClient(address, sleep=lambda _: None, connect_timeout=2)
    with client, pytest.raises(SourceUnavailable) as caught:
        client.get("/api")
    return str(caught.value)


def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "Argo CD cannot be reached" in real_failure(f"http://127.0.0.1:{port}")


def test_a_host_that_is_not_there() -> None:
    assert "host name of Argo CD is not known" in real_failure("http://argocd.invalid")


def test_a_server_that_does_not_speak_tls(plain_server) -> None:
    assert "no trusted TLS connection" in real_failure(f"https://127.0.0.1:{plain_server(b'HTTP/1.1 400 Bad Request')}")


def test_an_answer_that_is_cut_short(plain_server) -> None:
    port = plain_server(b'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"items": [')
    assert "was cut short" in real_failure(f"http://127.0.0.1:{port}")
