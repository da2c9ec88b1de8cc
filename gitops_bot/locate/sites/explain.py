"""The answer in words: the chain of layers that lead to a field, and the page that a person reads."""

from __future__ import annotations

from gitops_bot.clients.workspace import Workspace
from gitops_bot.locate.sites.answer import Link, Site
from gitops_bot.locate.sites.assembly import Assembly
from gitops_bot.locate.sites.target import Target
from gitops_bot.locate.sites.trial import Proven


def chain(workspace: Workspace, assembly: Assembly, target: Target, proven: Proven, site: Site) -> tuple[Link, ...]:
    return ()
