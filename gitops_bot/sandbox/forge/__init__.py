"""A forge for the sandbox: the GitHub operations that a pull-request bot needs, over a real bare Git repository.

`Forge.handle` is pure HTTP in and out; `gitops_bot.sandbox.http.serve` puts it on a socket.
"""

from __future__ import annotations

from gitops_bot.sandbox.forge.events import Event
from gitops_bot.sandbox.forge.forge import Forge, SeenRequest
from gitops_bot.sandbox.forge.records import Account, Protection, Ruleset
from gitops_bot.sandbox.forge.steering import ManualClock

__all__ = ["Account", "Event", "Forge", "ManualClock", "Protection", "Ruleset", "SeenRequest"]
