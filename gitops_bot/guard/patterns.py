"""The globs of `.gitops-bot.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache


def fits(patterns: Iterable[str], text: str) -> bool:
    """Return whether one of the patterns is the whole text: `*` and `?` stay inside a name, `**` crosses slashes."""
    return any(_compiled(pattern).fullmatch(text) for pattern in patterns)


def fit_labels(wanted: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Return whether each label that is wanted is there with a value that its pattern fits."""
    return all(key in labels and fits([pattern], labels[key]) for key, pattern in wanted.items())


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    # `**/` takes any folders or none, `**` takes anything.
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts), re.IGNORECASE | re.DOTALL)
