"""What tests of hostile sources look at from outside: a server that nobody may call, and files nobody may read."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_bot.clients.rendering import NotRenderable, Rendered, RenderFailed

SECRET = "the-planted-secret"


class Surroundings:
    """A folder beside the checkout with secrets, and a server; `said` collects all that renders give or say."""

    def __init__(self, folder: Path, server: socket.socket) -> None:
        self.folder = folder
        self.url = "http://{}:{}".format(*server.getsockname())
        self._server = server
        (folder / "secret.txt").write_text(SECRET)
        (folder / "secret.env").write_text(f"KEY={SECRET}\n")
        (folder / "secret.json").write_text(json.dumps({"enum": [SECRET]}))
        (folder / "secret.yaml").write_text(f"kind: ConfigMap\napiVersion: v1\nmetadata: {{name: {SECRET}}}\n")

    def outcome(self, render: Callable[[], Rendered]) -> str:
        """What a render gives or why it gives nothing; nothing of the surroundings may be seen, called or made."""
        before = sorted(self.folder.iterdir())
        try:
            found = repr([manifest.body for manifest in render().manifests])
        except RenderFailed as failure:
            found = failure.message
        except NotRenderable as refusal:
            found = refusal.reason
        assert SECRET not in found
        with pytest.raises(BlockingIOError):
            self._server.accept()
        assert sorted(self.folder.iterdir()) == before
        return found
