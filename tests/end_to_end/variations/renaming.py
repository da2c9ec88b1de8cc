"""A repository's whole history with words replaced, in contents, paths and messages."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path


def renamed_history(source: Path, target: Path, words: Mapping[str, str]) -> dict[str, str]:
    """Write the history to the new repository `target` and return the new commit id of each old one."""
    before, after = target.parent / "before.marks", target.parent / "after.marks"
    export = ["git", "-C", str(source), "fast-export", "--all", f"--export-marks={before}"]
    stream = subprocess.run(export, check=True, capture_output=True).stdout
    subprocess.run(["git", "init", "-q", "-b", "main", str(target)], check=True)
    fast_import = ["git", "-C", str(target), "fast-import", "--quiet", f"--export-marks={after}"]
    subprocess.run(fast_import, input=_replaced(stream, words), check=True)
    subprocess.run(["git", "-C", str(target), "reset", "-q", "--hard", "main"], check=True)
    old, new = _marks(before), _marks(after)
    return {old[mark]: new[mark] for mark in old}


def _marks(path: Path) -> dict[str, str]:
    return dict(line.split() for line in path.read_text(encoding="ascii").splitlines())


def _replaced(stream: bytes, words: Mapping[str, str]) -> bytes:
    def replace(text: bytes) -> bytes:
        for old, new in words.items():
            text = text.replace(old.encode(), new.encode())
        return text

    parts: list[bytes] = []
    position = 0
    while position < len(stream):
        end = stream.index(b"\n", position) + 1
        line = stream[position:end]
        position = end
        if line.startswith(b"data "):
            size = int(line[5:])
            content = replace(stream[position : position + size])
            position += size
            parts.append(b"data %d\n" % len(content) + content)
        else:
            parts.append(line if line.startswith((b"author", b"committer", b"reset", b"commit")) else replace(line))
    return b"".join(parts)
