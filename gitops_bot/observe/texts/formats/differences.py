"""`argocd app diff` and `kubectl diff` → fields that differ between Git and the cluster."""

from __future__ import annotations

import re

from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.texts.board import Board, Field
from gitops_bot.observe.texts.formats.context import Context
from gitops_bot.observe.texts.lines.cleaning import indent

UNNAMED = ResourceKey("", "", "", "")  # a difference that does not say of what
MOST_FIELDS = 50
_TITLE = re.compile(r"^=+ (?:(?P<group>[\w.-]*)/)?(?P<kind>[A-Z]\w+) (?:(?P<namespace>[a-z0-9-]*)/)?(?P<name>\S+) =+$")
_UNIFIED = re.compile(r"^(?:--- (?P<from>\S{1,300})|diff -\w+ .*)")
_FILE = re.compile(
    r"(?P<group>[a-z0-9.]*?)\.?v\d\w*\.(?P<kind>[A-Z]\w+)\.(?P<namespace>[a-z0-9-]*)\.(?P<name>[a-z0-9.-]+)$"
)
_CHANGE = re.compile(r"^(?P<side>[<>+-])(?![<>+-]{2}) ?(?P<rest>.*)$")
_NOISE = re.compile(r"^(?:\d+(?:,\d+)?[acd]\d+(?:,\d+)?|---|@@ .*|[ ].*|\+\+\+ .*|diff .*|\\ No newline.*|)$")
_LEAF = re.compile(r"^\s*(?:- )?(?P<name>[\w./-]+):(?:\s+(?P<value>.*))?$")
_IGNORED = re.compile(r"resourceVersion|generation|managedFields|uid:|last-applied|deployment.kubernetes.io/revision")


def difference(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read the difference of one object; in argocd's, `<` is the cluster and `>` is Git. Return how many lines."""
    if found := _TITLE.match(lines[start]):
        key = ResourceKey(found["group"] or "", found["kind"], found["namespace"] or "", found["name"])
    elif _UNIFIED.match(lines[start]) and any(re.match(r"^@@ -\d", line) for line in lines[start + 1 : start + 5]):
        file = _FILE.search(lines[start].split("\t")[0].rstrip())
        key = ResourceKey(file["group"], file["kind"], file["namespace"], file["name"]) if file else UNNAMED
    else:
        return 0
    live: dict[str, str] = {}
    desired: dict[str, str] = {}
    taken = 1
    for line in lines[start + 1 :]:
        change = _CHANGE.match(line)
        if change is None and not _NOISE.match(line):
            break
        taken += 1
        if change and not _IGNORED.search(line) and (leaf := _LEAF.match(change["rest"])):
            side = live if change["side"] in "<-" else desired
            side[f"{indent(change['rest'])}:{leaf['name']}"] = (leaf["value"] or "").strip("\"' ")
    fields = [
        Field(resource=key, path=path.partition(":")[2], live=live.get(path), desired=desired.get(path))
        for path in {**live, **desired}
    ]
    board.drifted += fields[: max(0, MOST_FIELDS - len(board.drifted))]
    if key.namespace:
        board.namespaces[key.namespace] += 1
    if not fields and taken > 1 and key is not UNNAMED:
        board.drifted.append(Field(resource=key, path="spec", live=None, desired=None))
    context.current = key
    return taken
