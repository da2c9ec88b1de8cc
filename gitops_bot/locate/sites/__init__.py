"""Which line in Git sets a live field: candidates from the shape, then proof by rendering."""

from __future__ import annotations

from gitops_bot.locate.sites.answer import Answer, Constant, Insertion, Link, Mapping, Site
from gitops_bot.locate.sites.find import find_sites

__all__ = ["Answer", "Constant", "Insertion", "Link", "Mapping", "Site", "find_sites"]
