"""The two files by which a step tells the runner its summary and its outputs."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from gitops_bot.errors import ConfigurationError


def append_summary(path: Path, text: str) -> None:
    """Append Markdown to the file that GITHUB_STEP_SUMMARY names. Raises ConfigurationError where it cannot."""
    _append(path, text, "GITHUB_STEP_SUMMARY")


def write_outputs(
    path: Path, values: Mapping[str, str], delimiter: Callable[[], str] = lambda: secrets.token_hex(16)
) -> None:
    """Append outputs to the file that GITHUB_OUTPUT names, each between delimiters that nobody can foresee.

    Raises ConfigurationError where the file cannot be written.
    """
    parts: list[str] = []
    for name, value in values.items():
        mark = f"ghadelimiter_{delimiter()}"
        while mark in value:
            mark = f"ghadelimiter_{delimiter()}"
        parts.append(f"{name}<<{mark}\n{value}\n{mark}\n")
    _append(path, "".join(parts), "GITHUB_OUTPUT")


def _append(path: Path, text: str, setting: str) -> None:
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ConfigurationError(
            f"the file that {setting} names cannot be written",
            where=str(path),
            found=error.strerror or str(error),
            advice=f"Unset {setting}, or let it name a file in a folder that exists.",
        ) from None
