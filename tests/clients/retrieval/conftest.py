"""Real servers for the optional backends: PostgreSQL with pgvector, and Weaviate where one is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from gitops_bot.clients.retrieval.hybrid import VectorStore
from gitops_bot.clients.retrieval.pgvector import PostgresStore
from gitops_bot.clients.retrieval.weaviate import WeaviateAddress, WeaviateStore

ROOT = Path(__file__).parents[3]
WEAVIATE = "weaviate-server"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL that runs for this test session."""
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)  # pgserver wants a place for its lock
        import pgserver

        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def weaviate() -> Iterator[WeaviateAddress]:
    """The address of a Weaviate that runs for this test session."""
    program = shutil.which(WEAVIATE, path=f"{os.environ['PATH']}{os.pathsep}{ROOT / '.tools' / 'bin'}")
    if program is None:
        pytest.skip(f"{WEAVIATE} is not installed (scripts/install-go-tools.sh builds it)")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="weaviate-"))
        http, grpc, gossip, data, raft, calls = _free_ports(6)
        settings = {
            "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "true",
            "PERSISTENCE_DATA_PATH": folder,
            "DISABLE_TELEMETRY": "true",
            "CLUSTER_HOSTNAME": "node1",
            "CLUSTER_ADVERTISE_ADDR": "127.0.0.1",
            "CLUSTER_GOSSIP_BIND_PORT": str(gossip),
            "CLUSTER_DATA_BIND_PORT": str(data),
            "RAFT_PORT": str(raft),
            "RAFT_INTERNAL_RPC_PORT": str(calls),
            "GRPC_PORT": str(grpc),
        }
        words = [program, "--host", "127.0.0.1", "--port", str(http), "--scheme", "http"]
        server = stack.enter_context(
            subprocess.Popen(words, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        stack.callback(server.terminate)
        with httpx.Client(transport=httpx.HTTPTransport(retries=6), timeout=60) as client:
            while client.get(f"http://127.0.0.1:{http}/v1/.well-known/ready").status_code != 200:
                assert server.poll() is None, "weaviate ended"
        yield WeaviateAddress(host="127.0.0.1", port=http, grpc_port=grpc, secure=False)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@pytest.fixture(params=["postgres", "weaviate"])
def store(request: pytest.FixtureRequest) -> VectorStore:
    """An empty collection in each of the real stores."""
    address = request.getfixturevalue(request.param)
    name = f"Test{uuid.uuid4().hex}"
    return PostgresStore(address, name) if request.param == "postgres" else WeaviateStore(address, collection=name)
