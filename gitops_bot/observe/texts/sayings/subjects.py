"""Which object sentences, alerts and measurements speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.texts.board import Board
from gitops_bot.observe.texts.naming import kind_of, outermost

_NAME = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
_KIND = r"(?:deployment|statefulset|daemonset|rollout|cronjob|job_name|hpa|horizontalpodautoscaler|service|pods?)"
# Surest first. Of two kinds of letters the one in quotes is meant: `deployment="checkout"`.
_FORMS = (
    re.compile(rf"\b(?P<kind>{_KIND}|of) (?P<namespace>{_NAME})/(?P<name>{_NAME})", re.IGNORECASE),
    re.compile(rf"\b(?P<kind>{_KIND})\"?\s?[=:/]\s?\"?(?P<name>{_NAME})", re.IGNORECASE),
    re.compile(rf"\b(?P<kind>deployment|statefulset|daemonset|rollout|service|cronjob) \"?(?P<name>{_NAME})"),
    re.compile(rf"\b(?P<kind>pod) \"?(?P<name>{_NAME}-[a-z0-9]{{1,10}}-[a-z0-9]{{5}})\b", re.IGNORECASE),
    re.compile(rf"\b(?P<name>{_NAME}) (?:in|of) (?:the )?namespace (?P<namespace>{_NAME})"),
    re.compile(rf"\b(?:job|app|container|service|workload)=\"?(?P<name>{_NAME})"),
)
_NO_NAMES = frozenset(
    {
        "is", "are", "was", "has", "the", "with", "and", "for", "of", "in", "on", "to", "or", "as", "it", "that",
        "which", "from", "by", "at", "this", "pod", "pods", "container", "deployment", "service", "namespace",
        "started", "failed",
    }
)  # fmt: skip
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob"})
_MOST_MESSAGES = 100


def subject(board: Board) -> ResourceKey | None:
    """Return the object that is spoken of: the workload known by that name, else one as they call it."""
    known = {key.name: key for key in sorted(board.bodies, reverse=True) if key.kind in _WORKLOADS}
    for word, namespace, name in _spoken(board):
        if name in known:
            return known[name]
        found = kind_of({"job_name": "job", "of": "deployment", "": "deployment"}.get(word, word))
        group, kind = found or ("apps", "Deployment")
        return outermost(ResourceKey(group, kind, namespace or board.usual, name), ())
    return None


def _spoken(board: Board) -> Iterator[tuple[str, str, str]]:
    texts = [message.text[:2000] for message in board.prose[:_MOST_MESSAGES]]
    for form in _FORMS:
        for text in texts:
            for found in form.finditer(text):
                groups = found.groupdict()
                if groups["name"].lower() not in _NO_NAMES:
                    yield (groups.get("kind") or "").lower(), groups.get("namespace") or "", groups["name"]
