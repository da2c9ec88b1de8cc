from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.errors import RepositoryError

TOKEN = "a-token-nobody-may-see"


class Server:
    """Refuses every request and remembers the headers."""

    def __init__(self) -> None:
        self.seen: list[list[str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.seen.append(self.headers.get_all("Authorization") or [])
                self.send_error(403, "no")

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/acme/fleet.git"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


def test_a_clone_has_all_branches_and_the_history(checkout, tmp_path):
    first = checkout.commit({"a": "1"})
    checkout.git("branch", "release")
    second = checkout.commit({"a": "2"})
    with ConfigRepository.clone(str(checkout.path), tmp_path / "deep" / "clone", branch="release") as repository:
        assert repository.head("main") == second
        assert repository.head("release") == repository.head("") == first
        assert repository.remote_url() == str(checkout.path)


def test_a_clone_that_fails_says_so(tmp_path):
    with pytest.raises(RepositoryError, match=r"git clone failed.*does not"):
        ConfigRepository.clone(str(tmp_path / "gone"), tmp_path / "clone")


def test_fetching_brings_new_commits_also_rewritten_ones(checkout, opened, tmp_path):
    base = checkout.commit({"a": "1"})
    checkout.commit({"a": "2"})
    checkout.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    checkout.git("reset", "--quiet", "--hard", base)
    rewritten = checkout.commit({"a": "3"})
    repository = opened(tmp_path / "clone")
    assert repository.head("main") != rewritten
    repository.fetch("main")
    assert repository.head("main") == rewritten


def test_fetching_completes_a_shallow_clone(checkout, opened, tmp_path):
    first = checkout.commit({"a": "1"})
    second = checkout.commit({"a": "2"})
    checkout.git("clone", "--quiet", "--depth=1", f"file://{checkout.path}", str(tmp_path / "clone"))
    repository = opened(tmp_path / "clone")
    assert not repository.has(first)
    repository.fetch("main")
    assert repository.has(first)
    assert repository.is_ancestor(first, second)


def test_fetching_without_a_remote_does_nothing(checkout, opened):
    sha = checkout.commit({"a": "1"})
    repository = opened(checkout.path)
    repository.fetch("main")
    assert repository.remote_url() is None
    assert repository.head("main") == sha


def test_fetching_a_branch_that_is_gone_says_so(checkout, opened, tmp_path):
    checkout.commit({"a": "1"})
    checkout.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    with pytest.raises(RepositoryError, match="couldn't find remote ref refs/heads/gone"):
        opened(tmp_path / "clone").fetch("gone")


def test_the_token_goes_to_the_server_and_into_no_message(checkout, opened, server):
    checkout.commit({"a": "1"})
    checkout.git("remote", "add", "origin", server.url)
    with pytest.raises(RepositoryError) as caught:
        opened(checkout.path).fetch("main", token=TOKEN)
    expected = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    assert server.seen[0] == [f"Basic {expected}"]
    assert TOKEN not in str(caught.value)
    assert expected not in str(caught.value)
    assert TOKEN not in checkout.git("config", "--list", "--local")


def test_the_header_that_a_checkout_left_gives_way(checkout, opened, server):
    checkout.commit({"a": "1"})
    checkout.git("remote", "add", "origin", server.url)
    host = server.url.removesuffix("acme/fleet.git")
    checkout.git("config", "--local", f"http.{host}.extraheader", "AUTHORIZATION: basic old")
    with pytest.raises(RepositoryError):
        opened(checkout.path).fetch("main", token=TOKEN)
    assert len(server.seen[0]) == 1
    assert "old" not in server.seen[0][0]


def test_a_password_in_the_url_is_not_repeated(checkout, opened, server):
    checkout.commit({"a": "1"})
    checkout.git("remote", "add", "origin", server.url.replace("http://", f"http://ada:{TOKEN}@"))
    with pytest.raises(RepositoryError) as caught:
        opened(checkout.path).fetch("main")
    assert TOKEN not in str(caught.value)


def test_the_default_branch_is_the_remotes_else_the_one_checked_out(checkout, opened, tmp_path):
    checkout.commit({"a": "1"})
    checkout.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    assert opened(tmp_path / "clone").default_branch() == "main"
    checkout.git("branch", "--move", "main", "release")
    assert opened(checkout.path).default_branch() == "release"
    checkout.git("checkout", "--quiet", "--detach")
    with pytest.raises(RepositoryError):
        opened(checkout.path).default_branch()
