"""The sandbox's HTTP server, spoken to byte by byte."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator

import pytest

from gitops_bot.sandbox.http import Request, Response, RunningServer, serve


def echo(request: Request) -> Response:
    if request.path == "/drop":
        return Response(200, body=b"lost", drop=True)
    if request.path == "/empty":
        return Response(204)
    value = {
        "method": request.method,
        "path": request.path,
        "query": [list(pair) for pair in request.query],
        "body": request.body.decode(),
        "twice": request.headers.get("x-twice", ""),
    }
    return Response.json(200, value, {"x-own": "ünï"})


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with serve(echo) as running:
        yield running


def exchange(server: RunningServer, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(data)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


def test_a_connection_serves_many_requests(server: RunningServer) -> None:
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for number in range(3):
        client.request("POST", f"/a%2Fb?x={number}&x=%26", body=b"text", headers={"X-Twice": "1"})
        response = client.getresponse()
        value = json.loads(response.read())
        assert (value["path"], value["query"], value["body"]) == ("/a%2Fb", [["x", str(number)], ["x", "&"]], "text")
    client.request("GET", "/empty")
    response = client.getresponse()
    assert (response.status, response.read(), response.headers.get("content-length")) == (204, b"", None)
    client.request("HEAD", "/")
    response = client.getresponse()
    assert int(response.headers["content-length"]) > 0
    assert response.read() == b""
    client.close()


def test_a_chunked_body_arrives_whole(server: RunningServer) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-Twice: 1\r\nX-Twice: 2\r\n"
    head += b"Connection: close\r\n\r\n"
    answer = exchange(server, head + b"4;note=x\r\nWiki\r\nA\r\npedia text\r\n0\r\nTrailer: x\r\n\r\n")
    value = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (value["body"], value["twice"]) == ("Wikipedia text", "1, 2")


@pytest.mark.parametrize(
    "framing",
    [b"Content-Length: many", b"Content-Length: 99999999999", b"Transfer-Encoding: chunked\r\n\r\nnope\r\n"],
)
def test_a_body_that_cannot_be_read_is_refused(server: RunningServer, framing: bytes) -> None:
    answer = exchange(server, b"POST / HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("framing", [b"Content-Length: 9", b"Transfer-Encoding: chunked\r\n\r\n9"])
def test_a_request_whose_client_went_away_half_way_is_not_acted_on(framing: bytes) -> None:
    seen: list[Request] = []

    def remember(request: Request) -> Response:
        seen.append(request)
        return Response(204)

    with serve(remember) as server, socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n\r\nhalf")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
    assert seen == []


def test_a_dropped_answer_closes_the_connection_without_a_byte(server: RunningServer) -> None:
    assert exchange(server, b"GET /drop HTTP/1.1\r\nHost: x\r\n\r\n") == b""


def test_closing_ends_open_connections_and_frees_the_port() -> None:
    server = serve(echo)
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    client.request("GET", "/")
    client.getresponse().read()
    server.close()
    client.close()
    with serve(echo, server.port) as again:
        assert again.port == server.port


def test_a_request_tells_its_parts() -> None:
    request = Request.of("post", "/a/b%20c/?q=1&q=2&empty=", {"X-Name": "v"}, b'{"a": 1}')
    assert (request.method, request.headers["x-name"], request.json()) == ("POST", "v", {"a": 1})
    assert request.segments == ("a", "b c")
    assert (request.parameter("q"), request.parameter("empty", "x"), request.parameter("no", "x")) == ("1", "", "x")
    assert request.target == "/a/b%20c/?q=1&q=2&empty="
    assert Request("GET", "/").json() is None
    with pytest.raises(ValueError, match="Expecting"):
        Request("GET", "/", body=b"{").json()
