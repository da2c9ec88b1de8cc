"""Outlines as `kubectl describe` and `argocd app get` print them: keys with values and what is indented below."""

from __future__ import annotations

import re

from msgspec import Struct

from gitops_bot.observe.texts.lines.cleaning import indent
from gitops_bot.observe.texts.lines.tables import header

_PAIR = re.compile(r"^\s*([A-Za-z][\w ()./%-]{0,60}?):(?:\s+(.*))?$")
_NEXT = re.compile(r"^(?:Name|NAME):\s")


class Outline(Struct, frozen=True):
    """The keys of the first level with their values, and the lines indented below each."""

    values: dict[str, str]
    sections: dict[str, list[str]]

    def value(self, *keys: str) -> str:
        """Return the value of the first key that has one, empty for `<none>` too."""
        found = next((self.values[key] for key in keys if self.values.get(key)), "")
        return "" if found in {"<none>", "<unset>", "<unknown>"} else found

    def pairs(self, key: str) -> dict[str, str]:
        """Return a section of `a=b` or `a: b` lines, its first line included, as a map."""
        lines = [self.values.get(key, ""), *self.sections.get(key, ())]
        split = (re.split(r"=|:\s+", line.strip(), maxsplit=1) for line in lines)
        return {parts[0]: parts[1] for parts in split if len(parts) == 2}


def outlined(lines: list[str], start: int) -> tuple[Outline, int]:
    """Return the outline that begins at the line `start`, and how many lines it has."""
    values: dict[str, str] = {}
    sections: dict[str, list[str]] = {}
    current, taken, blanks = "", 0, 0
    for line in lines[start:]:
        if not line.strip():
            blanks += 1
            if blanks > 2:
                break
            taken += 1
            continue
        pair = _PAIR.match(line) if not indent(line) else None
        if current and line.startswith("- "):  # `argocd app get` lists sources so
            sections[current].append(line)
            taken += 1
            continue
        if not indent(line) and (pair is None or (taken and _NEXT.match(line)) or header(line)):
            break
        blanks = 0
        taken += 1
        if pair:
            current = pair[1]
            values.setdefault(current, (pair[2] or "").strip())
            sections.setdefault(current, [])
        elif current:
            sections[current].append(line)
    return Outline(values, sections), taken


def flattened(lines: list[str]) -> dict[str, str]:
    """Return indented `Key: value` lines as a map from the path of keys (`Last State/Exit Code`) to the value."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in lines:
        pair = _PAIR.match(line)
        if pair is None:
            continue
        depth = indent(line)
        while above and above[-1][0] >= depth:
            above.pop()
        path = "/".join([*(name for _, name in above), pair[1]])
        found.setdefault(path, (pair[2] or "").strip())
        above.append((depth, pair[1]))
    return found


def blocks(lines: list[str]) -> list[tuple[str, list[str]]]:
    """Return the named parts of a section (`  api:` with deeper lines below), such as a pod's containers."""
    depth = min((indent(line) for line in lines if line.strip()), default=0)
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if indent(line) == depth and (pair := re.match(r"^\s*([a-z0-9][a-z0-9.-]{0,62}):\s*$", line)):
            found.append((pair[1], []))
        elif found:
            found[-1][1].append(line)
    return found


def conditions(lines: list[str]) -> list[dict[str, str]]:
    """Return a table of conditions: `Type  Status  Reason  Message`, with or without the times between."""
    found = []
    for line in lines:
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) < 2 or cells[0] in {"Type", "----"}:
            continue
        entry = {"type": cells[0], "status": cells[1]}
        words = [cell for cell in cells[2:] if not re.match(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d", cell)]
        times = [cell for cell in cells[2:] if cell not in words]
        entry |= dict(zip(("reason", "message"), words, strict=False))
        if times:
            entry["lastTransitionTime"] = times[-1]
        found.append(entry)
    return found
