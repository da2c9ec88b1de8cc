"""Imports point one way. The table is the rule; everything below it only reads the source and compares."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "gitops_bot"

# unit → what it may import of ours, besides itself. A unit is a module or a folder of the package, or a folder in it
# that has a row of its own. `wiring` alone sees everything: it is where adapters are made and handed to the stages.
# Rules may use the helpers beside them, which are as pure as they are; what asks a model gets a row of its own.
STAGES = "observe triage reason locate prove guard act notify learn risk"
BASE = "model errors configuration marker untrusted redaction"
MAY_IMPORT = {
    "__main__": "cli",
    "cli": "commands errors",
    "commands": "wiring pipeline applying checking chatops act plan_document locate notify clients settings sandbox "
    f"backtest tracing {BASE}",
    "backtest": f"{STAGES} clients {BASE}",
    "advising": f"proposing tracing {STAGES} clients {BASE}",
    "wiring": f"pipeline proposing applying checking plan_document settings sandbox clients yamlpatch {STAGES} {BASE}",
    "pipeline": f"proposing judging advising tracing {STAGES} clients {BASE}",
    "judging": f"proposing {STAGES} {BASE}",
    "proposing": f"tracing {STAGES} clients {BASE}",
    "applying": f"checking {STAGES} clients yamlpatch {BASE}",
    "chatops": f"{STAGES} clients {BASE}",
    "checking": f"{STAGES} clients yamlpatch {BASE}",
    "plan_document": "model errors",
    "settings": "errors configuration",
    "configuration": "errors model",
    "errors": "",
    "model": "",
    "marker": "",
    "untrusted": "",
    "redaction": "model untrusted",
    "tracing": "model errors redaction",
    "graph": "model errors redaction plan_document",
    "yamlpatch": "",
    "clients": "model errors marker yamlpatch untrusted redaction",
    "clients.models": "clients model errors configuration untrusted",
    "clients.rendering": "clients model errors yamlpatch",  # the demo asks it which renderers are there
    "observe": f"clients yamlpatch {BASE}",
    "triage": "model errors",
    "reason": "model errors",
    "reason.agent": "model errors reason redaction",
    "reason.rules": "model errors reason",
    "locate": f"clients yamlpatch {BASE}",
    "prove": f"clients yamlpatch {BASE}",
    "guard": "model errors configuration",
    "act": f"clients yamlpatch {BASE}",
    "notify": f"clients yamlpatch {BASE}",
    "learn": f"clients yamlpatch {BASE}",
    "risk": f"clients yamlpatch {BASE}",
    "sandbox": "model errors",
}

# Libraries of pure units, besides the standard library.
PURE_UNITS = (
    "model",
    "triage",
    "guard",
    "reason",
    "reason.rules",
    "reason.agent",
    "errors",
    "marker",
    "untrusted",
    "redaction",
)
PURE_LIBRARIES = {"msgspec", "cronsim"}
IMPURE_STANDARD_LIBRARY = {"os", "socket", "subprocess", "http", "urllib.request", "shutil", "tempfile", "threading"}

# Seconds of start-up: only inside functions, or in modules that nothing imports at its own top.
LAZY_LIBRARIES = {
    "anthropic",
    "httpx2",
    "github",
    "git",
    "numpy",
    "bm25s",
    "psycopg",
    "weaviate",
    "opentelemetry",
    "requests",
    "langgraph",
}
ENTRY_POINTS = ("__main__", "cli", "commands", "sandbox.command")


@dataclass(frozen=True)
class Import:
    """One import statement's target as a dotted name; `loads` is False inside functions and under TYPE_CHECKING."""

    target: str
    line: int
    loads: bool


@dataclass(frozen=True)
class Module:
    path: str
    imports: tuple[Import, ...]


def read_modules(package: Path) -> dict[str, Module]:
    """Return the modules by dotted name without the package's own (`guard.policy`; `guard` for its `__init__`)."""
    sources = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        sources[name] = path
    modules = {}
    for name, path in sources.items():
        inside = name if path.name == "__init__.py" else name.rpartition(".")[0]
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        found = tuple(_imports(tree, package.name, inside, frozenset(sources)))
        modules[name] = Module(path.relative_to(package.parent).as_posix(), found)
    return modules


def _imports(tree: ast.Module, package: str, inside: str, known: frozenset[str]) -> Iterator[Import]:
    for node, loads in _statements(tree.body, loads=True):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, loads) for alias in node.names)
        else:
            base = node.module or ""
            if node.level:
                parents = [package, *(part for part in inside.split(".") if part)]
                base = ".".join([*parents[: len(parents) - node.level + 1], *([base] if base else [])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield Import(full if full.removeprefix(f"{package}.") in known else base, node.lineno, loads)


def _statements(body: list[ast.stmt], *, loads: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, loads
            continue
        inner = loads and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            inner = False
        children = [child for child in ast.walk(node) if isinstance(child, (ast.Import, ast.ImportFrom))]
        if not inner:
            yield from ((child, False) for child in children)
        elif children:
            blocks = [getattr(node, field, []) for field in ("body", "orelse", "finalbody", "handlers", "cases")]
            for block in blocks:
                yield from _statements(block, loads=True)


def unit_of(name: str) -> str | None:
    """Return the table's row for a module, the longest that fits, or None."""
    while name and name not in MAY_IMPORT:
        name = name.rpartition(".")[0]
    return name or None


def direction_violations(package: Path) -> list[str]:
    """Return a line for each import that the table does not allow, and for each module that has no row in it."""
    lines = []
    for name, module in read_modules(package).items():
        unit = unit_of(name)
        if unit is None:
            if name:
                lines.append(f"{module.path}: no row in MAY_IMPORT; give the new unit one")
            continue
        for found in module.imports:
            target = unit_of(found.target.removeprefix(f"{package.name}."))
            ours = found.target.startswith(f"{package.name}.")
            if ours and target != unit and not _allowed(unit, target):
                allowed = MAY_IMPORT[unit] or "nothing of ours"
                lines.append(f"{module.path}:{found.line}: {unit} imports {found.target}; it may import {allowed}")
    return lines


def _allowed(unit: str, target: str | None) -> bool:
    row = MAY_IMPORT[unit].split()
    return target is not None and (target in row or target.partition(".")[0] in {*row, unit})


def impurities(package: Path) -> list[str]:
    """Return a line for each import with which a pure unit could reach the outside."""
    lines = []
    for name, module in read_modules(package).items():
        if unit_of(name) not in PURE_UNITS:
            continue
        for found in module.imports:
            root = found.target.partition(".")[0]
            foreign = root not in {package.name, *PURE_LIBRARIES, *sys.stdlib_module_names}
            if foreign or root in IMPURE_STANDARD_LIBRARY or found.target in IMPURE_STANDARD_LIBRARY:
                lines.append(f"{module.path}:{found.line}: {unit_of(name)} is pure and imports {found.target}")
    return lines


def eager_imports(package: Path) -> list[str]:
    """Return a line for each slow library that starting the command line would load."""
    modules = read_modules(package)
    lines, waiting, seen = [], [name for name in modules if name.startswith(ENTRY_POINTS)], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in modules:
            continue
        seen.add(name)
        for found in modules[name].imports:
            if not found.loads:
                continue
            if found.target.partition(".")[0] in LAZY_LIBRARIES:
                lines.append(f"{modules[name].path}:{found.line}: {found.target} is loaded at start-up")
            inside = found.target.removeprefix(f"{package.name}.")
            parts = inside.split(".")
            waiting += [".".join(parts[: count + 1]) for count in range(len(parts))]
    return lines


def plant(folder: Path, files: dict[str, str]) -> Path:
    package = folder / "gitops_bot"
    for path, text in {"__init__.py": "", **files}.items():
        target = package / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return package


def test_our_imports_point_one_way() -> None:
    assert direction_violations(PACKAGE) == []


def test_our_pure_units_reach_nothing_outside() -> None:
    assert impurities(PACKAGE) == []


def test_starting_our_command_line_loads_no_slow_library() -> None:
    assert eager_imports(PACKAGE) == []


@pytest.mark.parametrize(
    ("path", "statement", "said"),
    [
        ("guard/policy.py", "from gitops_bot.clients import argocd", "guard imports gitops_bot.clients"),
        ("guard/policy.py", "def f():\n    import gitops_bot.act", "guard imports gitops_bot.act"),
        ("act/commit.py", "from ..guard import tiers", "act imports gitops_bot.guard"),
        (
            "act/commit.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from gitops_bot import prove",
            "prove",
        ),
        ("reason/rules/crash.py", "from gitops_bot.clients import argocd", "reason.rules imports gitops_bot.clients"),
        ("model/plan.py", "from gitops_bot.errors import PlanRefused", "nothing of ours"),
        ("pipeline.py", "from gitops_bot import settings", "pipeline imports gitops_bot.settings"),
        ("clients/argocd.py", "try:\n    from gitops_bot import sandbox\nexcept ImportError:\n    pass", "sandbox"),
        ("helpers.py", "", "no row in MAY_IMPORT"),
    ],
)
def test_a_planted_wrong_turn_is_reported_with_file_and_rule(
    tmp_path: Path, path: str, statement: str, said: str
) -> None:
    units = ("clients", "act", "guard", "prove", "sandbox", "reason", "reason/rules", "model")
    modules = {f"{unit}/__init__.py": "" for unit in units} | {"errors.py": "", "settings.py": ""}
    package = plant(tmp_path, {**modules, path: statement})
    (line,) = direction_violations(package)
    assert line.startswith(f"gitops_bot/{path}:")
    assert said in line


def test_the_allowed_direction_is_not_reported(tmp_path: Path) -> None:
    ours = "from gitops_bot.model import plan\nfrom gitops_bot.clients.argocd import read\n"
    text = f"import json\nfrom . import pulls\n{ours}"
    files = {"act/commit.py": text, "act/pulls.py": "", "model/plan.py": "", "clients/argocd.py": "import httpx\n"}
    package = plant(tmp_path, {**files, "reason/engine.py": "from gitops_bot.reason.rules import crash\n"})
    assert direction_violations(package) == []
    assert impurities(package) == []


@pytest.mark.parametrize("statement", ["import os", "import httpx", "from urllib.request import urlopen"])
def test_a_pure_unit_that_reaches_outside_is_reported(tmp_path: Path, statement: str) -> None:
    package = plant(tmp_path, {"guard/policy.py": statement})
    assert len(impurities(package)) == 1


def test_a_slow_library_is_reported_where_start_up_reaches_it_and_only_there(tmp_path: Path) -> None:
    files = {
        "__main__.py": "from gitops_bot.cli import entry\n",
        "cli.py": "from gitops_bot.wiring import wire\ndef run():\n    from gitops_bot import lazy\n    import git\n",
        "wiring.py": "from gitops_bot.clients import forge\n",
        "clients/forge.py": "import github.Auth\n",
        "lazy.py": "import anthropic\n",
    }
    (line,) = eager_imports(plant(tmp_path, files))
    assert line == "gitops_bot/clients/forge.py:1: github.Auth is loaded at start-up"
