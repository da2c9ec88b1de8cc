"""ApplicationSets: from the manifest and its generators' files to the Applications that Argo CD makes of them."""

from __future__ import annotations

from gitops_bot.clients.applicationsets.known import ApplicationSets, Checkout, owned
from gitops_bot.clients.applicationsets.membership import Membership, Memberships
from gitops_bot.clients.applicationsets.places import FieldPlace
from gitops_bot.clients.applicationsets.values import Expansion, ExpansionFailed, Generated, NotExpandable

__all__ = [
    "ApplicationSets",
    "Checkout",
    "Expansion",
    "ExpansionFailed",
    "FieldPlace",
    "Generated",
    "Membership",
    "Memberships",
    "NotExpandable",
    "owned",
]
