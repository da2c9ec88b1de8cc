"""The error tree. An expected failure says what, where, what was found, what was expected and what to do.

    GitopsBotError            exit 1, one clear line
    ├── ConfigurationError    a setting or `.gitops-bot.yaml` is missing or wrong
    ├── SourceUnavailable     Argo CD, the forge or another server did not answer as it should
    ├── ModelUnavailable      a language model could not be asked
    ├── RepositoryError       the Git repository cannot be read, or is not the one expected
    ├── ToolMissing           `kustomize`, `helm` or `git` is not there
    └── PlanRefused           a plan document is not one that may be applied

Whatever is none of these is a bug: a traceback and exit 3.
"""

from __future__ import annotations


class GitopsBotError(Exception):
    """An expected failure, worded for the person who reads the log.

    Each part is plain text; empty parts are left out of the line.
    """

    def __init__(self, what: str, *, where: str = "", found: str = "", expected: str = "", advice: str = "") -> None:
        self.what = what
        self.where = where
        self.found = found
        self.expected = expected
        self.advice = advice
        super().__init__(what)

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"at {self.where}")
        if self.found:
            parts.append(f"found {self.found}")
        if self.expected:
            parts.append(f"expected {self.expected}")
        line = ", ".join(parts)
        return f"{line}. {self.advice}" if self.advice else line


class ConfigurationError(GitopsBotError):
    """A setting or the configuration file is missing or wrong."""


class SourceUnavailable(GitopsBotError):
    """A server did not answer, or not as its API says."""


class ModelUnavailable(GitopsBotError):
    """A language model could not be asked: no server, no access, overloaded, out of time. Another one may be."""


class RepositoryError(GitopsBotError):
    """The Git repository cannot be read, or is not the one expected."""


class ToolMissing(GitopsBotError):
    """A program that rendering needs is not installed."""


class PlanRefused(GitopsBotError):
    """A plan document is refused whole, with the reason."""
