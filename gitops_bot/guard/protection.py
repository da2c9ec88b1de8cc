"""What no machine may change by itself: protected files and kinds, database schemas, and changes that are too large."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_bot.configuration import Configuration
from gitops_bot.guard.patterns import fits
from gitops_bot.model.diagnosis import Case, IgnoreDifference, Resync, RevertRelease, SetField
from gitops_bot.model.difference import FieldChange, ObjectChange, escape
from gitops_bot.model.json import Json, dig, text
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.resource import PROTECTED_KINDS, ResourceKey, is_security_field

PROTECTED_PATHS = (".github/**", ".git/**", ".gitops-bot.yaml", ".gitops-bot.yml", "**/CODEOWNERS", ".gitmodules")
_DIFF_KIND = re.compile(r"^[-+ ]\s*kind:\s*[\"']?(\w+)", re.MULTILINE)
_SCHEMA = re.compile(
    r"(^|[^a-z])(migrat\w*|flyway|liquibase|alembic|dbmate|sqitch|goose|db-?(init|schema|upgrade)|schema-?(init|upgrade|update))",
    re.IGNORECASE,
)
_SCHEMA_KINDS = {"Job", "CronJob", "Workflow", "AtlasSchema", "AtlasMigration"}
_SCHEMA_FILE = re.compile(r"\.sql$|(^|/)(migrations?|flyway|liquibase)/", re.IGNORECASE)


def protected_paths(proposal: Proposal, configuration: Configuration) -> tuple[str, ...]:
    """Return the edited files that are protected, not among those that are allowed, or outside the repository."""
    allowed = configuration.allowed_paths or ("**",)
    protected = (*PROTECTED_PATHS, *configuration.protected_paths)
    return tuple(
        edit.path
        for edit in proposal.edits
        if _outside(edit.path) or fits(protected, edit.path) or not fits(allowed, edit.path)
    )


def _outside(path: str) -> bool:
    steps = path.split("/")
    return path.startswith("/") or "\\" in path or any(step in {"", ".", "..", ".git"} for step in steps)


def protected_fields(proposal: Proposal, patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rendered fields that change and that the team protects, named for people."""
    return tuple(
        f"{field.label} of {change.key}"
        for change in _changes(proposal)
        for field in change.fields
        if any(fits(patterns, pointer) for pointer in _pointers(field))
    )


def _pointers(field: FieldChange) -> Iterator[str]:
    """Yield the pointer, those above it, and those within what comes or goes."""
    steps = field.pointer.split("/")
    yield from ("/".join(steps[:count]) for count in range(2, len(steps) + 1))
    for value in (field.before, field.after):
        yield from _within(value, field.pointer)


def _within(value: Json, pointer: str) -> Iterator[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        below = f"{pointer}/{escape(str(key))}"
        yield below
        yield from _within(one, below)


def protected_objects(proposal: Proposal) -> tuple[str, ...]:
    """Return the objects and fields of security or API machinery that the proposal touches, named for people."""
    found = [str(key) for key in _touched(proposal) if key.protected]
    for change in _changes(proposal):
        found += [f"{field.label} of {change.key}" for field in change.fields if is_security_field(field.pointer)]
    for remedy in (case.remedy for case in proposal.cases):
        if isinstance(remedy, IgnoreDifference):
            found += [f"{pointer} of {remedy.resource}" for pointer in remedy.pointers if is_security_field(pointer)]
    for edit in proposal.edits:
        found += [f"kind {kind} in {edit.path}" for kind in _DIFF_KIND.findall(edit.diff) if kind in PROTECTED_KINDS]
    return tuple(dict.fromkeys(found))


def _changes(proposal: Proposal) -> Iterator[ObjectChange]:
    for rendered in proposal.rendered:
        yield from rendered.objects


def _touched(proposal: Proposal) -> Iterator[ResourceKey]:
    for change in _changes(proposal):
        yield change.key
    for case in proposal.cases:
        yield from _remedied(case)


def _remedied(case: Case) -> tuple[ResourceKey, ...]:
    remedy = case.remedy
    if isinstance(remedy, Resync):
        # A sync applies the whole application: all that has drifted with it counts.
        return (*remedy.resources, *case.drifted)
    if isinstance(remedy, SetField | IgnoreDifference):
        return (remedy.resource,)
    if isinstance(remedy, RevertRelease) and remedy.resource:
        return (remedy.resource,)
    return ()


def schema_changes(proposal: Proposal) -> tuple[str, ...]:
    """Return what looks like a change of a database schema: migration jobs, hooks, containers, images or files."""
    found = [edit.path for edit in proposal.edits if _SCHEMA_FILE.search(edit.path)]
    found += [str(key) for key in _touched(proposal) if key.kind in _SCHEMA_KINDS and _SCHEMA.search(key.name)]
    for change in _changes(proposal):
        found += [f"{field.label} of {change.key}" for field in change.fields if _migrates(field)]
    return tuple(dict.fromkeys(found))


def _migrates(field: FieldChange) -> bool:
    if any(_SCHEMA.search(name) for value in (field.before, field.after) for name in _containers(field, value)):
        return True
    if not field.pointer.endswith("/image"):
        return bool(
            re.search(r"\[[^\]]*\]", field.label) and "ontainers[" in field.label and _SCHEMA.search(field.label)
        )
    values = [value for value in (field.before, field.after) if isinstance(value, str)]
    return any(_SCHEMA.search(text) for text in (field.label, *values))


def _containers(field: FieldChange, value: Json) -> Iterator[str]:
    """Yield names and images of the containers that come or go whole, one alone or with the list of them."""
    if not any(step.endswith("ontainers") for step in field.pointer.split("/")[-2:]):
        return
    for container in value if isinstance(value, list) else [value]:
        yield text(dig(container, "name"))
        yield text(dig(container, "image"))


def size(proposal: Proposal) -> tuple[int, int]:
    """Return how many files and how many lines change."""
    lines = sum(
        1
        for edit in proposal.edits
        for line in edit.diff.splitlines()
        if line.startswith(("+", "-")) and not line.startswith(("+++ ", "--- "))
    )
    return len({edit.path for edit in proposal.edits}), lines
