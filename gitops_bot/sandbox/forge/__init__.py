"""A forge for the sandbox: the GitHub operations that a pull-request bot needs, over a real bare Git repository.

`Forge.handle` is pure HTTP in and out; `gitops_bot.sandbox.http.serve` puts it on a socket.
"""

from __future__ import annotations

from gitops_bot.sandbox.forge.forge import Forge, SeenRequest

__all__ = ["Forge", "SeenRequest"]
