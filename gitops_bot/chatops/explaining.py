"""`explain`: the reasoning that an issue or a pull request holds, in few words, and how to look for oneself."""

from __future__ import annotations

import re
import shlex

from gitops_bot.chatops.reading import (
    Field,
    Line,
    Question,
    checks,
    commits,
    evidence,
    fields,
    lines_of,
    paragraph,
    paths,
)
from gitops_bot.chatops.subject import Answer, Asked, done, refused
from gitops_bot.clients.forge import Conversation
from gitops_bot.marker import Marker
from gitops_bot.untrusted import fence, one_line, prose

_MOST_ROWS = 8
_MOST_FIELDS = 3
_GROUPS = {
    "ConfigMap": "core",
    "PersistentVolumeClaim": "core",
    "Service": "core",
    "ServiceAccount": "core",
    "DaemonSet": "apps",
    "Deployment": "apps",
    "StatefulSet": "apps",
    "CronJob": "batch",
    "Job": "batch",
    "HorizontalPodAutoscaler": "autoscaling",
    "Ingress": "networking.k8s.io",
    "PodDisruptionBudget": "policy",
    "Application": "argoproj.io",
    "Rollout": "argoproj.io",
}
_STEP = re.compile(r"([^.\[\]]+)|\[([^\[\]]*)\]")
# Maps whose keys may hold dots.
_KEYED = re.compile(r"(.*?\b(?:annotations|labels|matchLabels|nodeSelector|data|stringData))\.(.+)")


def explain(asked: Asked) -> Answer:
    """Tell what went wrong, with what it began, the evidence, the checks, and commands to see it all."""
    text = explanation(asked.about, asked.marker)
    if not text:
        return refused("The text above was changed, so that no reasoning is left in it. `/gitops-bot retry` renews it.")
    return done(text)


def explanation(about: Conversation, marker: Marker) -> str:
    """Return the reasoning that a text holds, in fewer words; nothing where it holds none."""
    lines = lines_of(about.body)
    parts = (
        prose(paragraph(lines, ""), 900),
        _named("Cause", prose(paragraph(lines, "Cause"), 600)),
        _evidence(evidence(lines)),
        _checks(checks(lines)),
    )
    return "\n\n".join(part for part in (*parts, _commands(about, marker, lines)) if part) if any(parts) else ""


def _named(name: str, text: str) -> str:
    return f"**{name}.** {text}" if text else ""


def _evidence(found: tuple[tuple[str, str, str], ...]) -> str:
    listed = [
        f"- {prose(signal, 200)}: {prose(value, 300)}" + (f" ({prose(where, 200)})" if where else "")
        for signal, value, where in found[:_MOST_ROWS]
    ]
    return _listed("What the bot saw", listed, len(found))


def _checks(found: tuple[Question, ...]) -> str:
    failed = [one for one in found if not one.passed]
    listed = [
        f"- ✗ {prose(one.name, 80)}: {prose(one.detail, 300)}."
        + (f" To lift it: {prose(one.lift, 200)}." if one.lift else "")
        for one in failed[:_MOST_ROWS]
    ]
    passed = [prose(one.name, 80) for one in found if one.passed]
    if passed:
        listed.append(f"- ✓ {', '.join(passed[: 3 * _MOST_ROWS])}")
    return _listed(f"What it checked ({len(passed)} of {len(found)} passed)", listed, len(listed))


def _listed(name: str, listed: list[str], total: int) -> str:
    if not listed:
        return ""
    more = [f"- and {total - len(listed)} more, above"] if total > len(listed) else []
    return "\n".join([f"**{name}**", "", *listed, *more])


def _commands(about: Conversation, marker: Marker, lines: tuple[Line, ...]) -> str:
    shown = ["git fetch origin"]
    if about.is_pull and about.merge_commit:
        shown.append(f"git show {about.merge_commit}  # what was merged")
    elif about.is_pull:
        shown.append(f"git diff {shlex.quote(f'origin/{about.base}')}...{about.head}  # what merging changes")
    began = commits(lines)
    if began:
        shown.append(f"git show {began[0]}  # with what it began")
    shown += [f"git log -5 --patch -- {shlex.quote(one_line(path, 200))}" for path in paths(lines)[:_MOST_FIELDS]]
    shown += _locating(marker.applications, fields(lines)[:_MOST_FIELDS])
    return "**To look for yourself**, in a checkout:\n\n" + fence("\n".join(shown), "sh")


def _locating(applications: tuple[str, ...], moved: tuple[Field, ...]) -> list[str]:
    """Return how to ask which line sets the fields, each with what the text above does not tell."""
    if not applications or not moved:
        return []
    found = [f"argocd app get {shlex.quote(one_line(applications[0], 63))} --output json > application.json"]
    for one in moved:
        pointer, unknown = _pointer(one.label)
        group = _GROUPS.get(one.kind, "GROUP")
        named = shlex.quote(f"{group}/{one.kind}/{one.namespace}/{one.name}")
        missing = [*(["GROUP: the API group of this kind"] if group == "GROUP" else []), *unknown]
        found += [f"# {note}" for note in missing]
        found.append(
            f"gitops-bot locate --repo . --application application.json --resource {named} "
            f"--pointer {shlex.quote(one_line(pointer, 300))}"
        )
    return found


def _pointer(label: str) -> tuple[str, list[str]]:
    """Return a field's label as a pointer, and what its letters N stand for: a label names items, a pointer counts."""
    keyed = _KEYED.fullmatch(label)
    steps = _STEP.findall(keyed.group(1) if keyed else label) + ([(keyed.group(2), "")] if keyed else [])
    pointer, unknown = "", list[str]()
    for step, item in steps:
        if item and not item.isdecimal():
            unknown.append(f"N: the place of {one_line(item, 63)} in {pointer or '/'}, from 0")
        token = step or (item if item.isdecimal() else "N")
        pointer += f"/{token.replace('~', '~0').replace('/', '~1')}"
    return pointer, unknown
