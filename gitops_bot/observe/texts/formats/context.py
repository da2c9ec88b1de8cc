"""Where in the evidence we are: the command above, the object that is spoken of, the name of the evidence."""

from __future__ import annotations

import re
import shlex

from msgspec import Struct

from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.texts.naming import kind_of

_PROMPT = re.compile(
    r"^(?:\S{0,60}[$#❯➜%]|>|\+|PS [^>]{0,80}>)?\s*((?:kubectl|k|oc|argocd|flux|helm|kustomize"
    r"|sudo kubectl) \S.{0,600})$"
)
_BANNER = re.compile(r"^\s*(?:[=#*~-]{2,}|#)\s*([^=#*~].{0,150}?)\s*[:=#*~-]*$")
_BARE = re.compile(r"^([A-Za-z][\w ./:-]{0,80}):$")
_FLAGS_WITH_VALUE = frozenset(
    {
        "-n",
        "--namespace",
        "-c",
        "--container",
        "-l",
        "--selector",
        "-o",
        "--output",
        "--tail",
        "--since",
        "-f",
        "--context",
        "--kubeconfig",
        "--sort-by",
        "--field-selector",
        "--timeout",
        "--values",
        "--version",
        "-k",
    }
)
_VERBS = frozenset(
    {
        "get",
        "describe",
        "logs",
        "log",
        "rollout",
        "apply",
        "top",
        "app",
        "upgrade",
        "install",
        "status",
        "history",
        "list",
        "build",
        "drain",
        "events",
        "diff",
        "sync",
        "template",
        "argo",
        "create",
    }
)

# Folders of a config repository that are no application's own.
_PLACES = frozenset(
    {".", "..", "apps", "applications", "overlays", "base", "bases", "clusters", "environments", "envs", "prod",
     "production", "staging", "dev", "k8s", "manifests", "deploy", "kustomize", "charts"}
)  # fmt: skip


class Context(Struct, kw_only=True):
    """What is known about the lines to come. `words` is the command or the evidence's name in lower case."""

    evidence: str = ""
    words: str = ""
    namespace: str = ""
    kind: str = ""
    name: str = ""
    container: str = ""
    current: ResourceKey | None = None
    application: str = ""
    refused: int = 0  # up to this line the text was found to be no outline and no document: none of it is tried again

    @property
    def is_log(self) -> bool:
        """Whether the lines to come are said to be a container's log."""
        return bool(re.search(r"\blogs?\b|\bstderr\b|\bstdout\b|stack ?trace|traceback", self.words))


def context_of(name: str) -> Context:
    """Return what the evidence's name tells: it may be a word (`describe`), a file or the whole command."""
    return _told(name, Context(evidence=name[:200], words=name.lower()[:300]))


def heading(line: str, before: Context) -> Context | None:
    """Return the context after a prompt line or a banner, None where the line is none."""
    if (found := _PROMPT.match(line)) and (found.start(1) or ": " not in line):
        command = found[1]
    elif found := _BANNER.match(line):
        command = found[1]
        if "/" in command and " " in command and command.startswith(("apps/", "/", "argoproj")):
            return None  # `===== apps/Deployment shop/cart ======` is argocd's heading of a difference
    elif (found := _BARE.match(line)) and (_VERBS | {"pods"}) & set(found[1].lower().split()):
        command = found[1]
    else:
        return None
    fresh = Context(evidence=before.evidence, words=command.lower()[:300], namespace=before.namespace)
    return _told(command, fresh)


def _told(command: str, context: Context) -> Context:
    words, flags = _split(command)
    context.namespace = flags.get("-n") or flags.get("--namespace") or context.namespace
    context.container = flags.get("-c") or flags.get("--container") or ""
    rest = [
        word for word in words if word not in {"$", "sudo", "kubectl", "k", "oc", "argocd", "flux", "helm", "kustomize"}
    ]
    while rest and rest[0].lower() in _VERBS | {"rollouts"}:
        rest = rest[1:]
    if not rest:
        return context
    head, _, name = rest[0].partition("/")
    if words[:2] == ["argocd", "app"] or words[:1] in (["helm"], ["kustomize"]):
        context.application = next((part for part in rest[0].split("/") if part and part not in _PLACES), "")
    elif found := kind_of(head):
        context.kind = found[1]
        context.name = name or (rest[1] if len(rest) > 1 and "/" not in rest[1] else "")
        if context.kind == "Application" or "argocd" in words:
            context.application = context.name
    elif {"logs", "log"} & set(words):
        context.kind, context.name = "Pod", rest[0] if re.fullmatch(r"[a-z0-9][a-z0-9.-]{2,252}", rest[0]) else ""
    elif "rollouts" in words:
        context.kind, context.name = "Rollout", next((word for word in rest if word not in {"get", "rollout"}), "")
    return context


def _split(command: str) -> tuple[list[str], dict[str, str]]:
    command = command.split("|", maxsplit=1)[0]
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    plain: list[str] = []
    flags: dict[str, str] = {}
    position = 0
    while position < len(words):
        word = words[position]
        name, equals, value = word.partition("=")
        if name in _FLAGS_WITH_VALUE and not equals:
            flags[name] = words[position + 1] if position + 1 < len(words) else ""
            position += 1
        elif word.startswith("-"):
            flags[name] = value
        else:
            plain.append(word)
        position += 1
    return plain, flags
