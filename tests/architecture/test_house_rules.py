"""Rules that keep the package small and its seams typed; each is a function from sources to the lines that break it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gitops_bot"
TESTS = ROOT / "tests"

MAXIMUM_FILE_LINES = 300
MAXIMUM_FUNCTION_LINES = 60
MAXIMUM_P90_FUNCTION_LINES = 35
MAXIMUM_FILES_IN_FOLDER = 12
READS_THE_ENVIRONMENT = "settings.py"
BROAD_HANDLERS = {"cli.py": 1}  # the top one, which tells a bug from an expected failure

Function = ast.FunctionDef | ast.AsyncFunctionDef
Rule = Callable[[Path], list[str]]


def sources(folder: Path) -> Iterator[tuple[str, str, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield path.relative_to(folder).as_posix(), text, ast.parse(text, str(path))


def long_files(folder: Path) -> list[str]:
    counted = ((name, len(text.splitlines())) for name, text, _ in sources(folder))
    return [f"{name}: {count} lines" for name, count in counted if count > MAXIMUM_FILE_LINES]


def function_lengths(folder: Path) -> Iterator[tuple[str, int]]:
    for name, _, tree in sources(folder):
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{name}:{node.lineno}: {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def long_functions(folder: Path) -> list[str]:
    return [f"{name}, {count} lines" for name, count in function_lengths(folder) if count > MAXIMUM_FUNCTION_LINES]


def long_tail(folder: Path) -> list[str]:
    lengths = sorted(count for _, count in function_lengths(folder))
    p90 = lengths[int(len(lengths) * 0.9)] if lengths else 0
    return [f"nine functions of ten have up to {p90} lines"] if p90 > MAXIMUM_P90_FUNCTION_LINES else []


def crowded_folders(folder: Path) -> list[str]:
    folders = [folder, *(path for path in sorted(folder.rglob("*")) if path.is_dir())]
    counted = ((path.relative_to(folder.parent).as_posix(), len(list(path.glob("[!_]*.py")))) for path in folders)
    return [f"{name}: {count} files" for name, count in counted if count > MAXIMUM_FILES_IN_FOLDER]


def environment_reads(folder: Path) -> list[str]:
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    lines = []
    for name, _, tree in sources(folder):
        for node in (node for node in ast.walk(tree) if isinstance(node, (ast.Attribute, ast.ImportFrom))):
            attribute = isinstance(node, ast.Attribute) and node.attr in names and ast.unparse(node.value) == "os"
            imported = isinstance(node, ast.ImportFrom) and node.module == "os" and {a.name for a in node.names} & names
            if name != READS_THE_ENVIRONMENT and (attribute or imported):
                lines.append(f"{name}:{node.lineno}: reads the environment")
    return lines


def broad_handlers(folder: Path) -> list[str]:
    lines = []
    for name, _, tree in sources(folder):
        handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
        broad = [node.lineno for node in handlers if _is_broad(node.type)]
        lines += [f"{name}:{line}: catches everything" for line in broad[BROAD_HANDLERS.get(name, 0) :]]
    return lines


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(ast.unparse(name).split(".")[-1] in {"Exception", "BaseException"} for name in names)


def untyped_seams(folder: Path) -> list[str]:
    """`Any` in what other modules see: public functions' annotations and fields; in model/, anywhere."""
    lines = []
    for name, _, tree in sources(folder):
        everything = name.startswith("model/")
        for node, public in _definitions(tree.body, public=True):
            if (public or everything) and any(_says_any(annotation) for annotation in _annotations(node)):
                lines.append(f"{name}:{node.lineno}: Any at a seam")
    return lines


def _definitions(body: list[ast.stmt], *, public: bool) -> Iterator[tuple[ast.stmt, bool]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, public=public and not node.name.startswith("_"))
        elif isinstance(node, Function):
            seen = public and (not node.name.startswith("_") or node.name.startswith("__"))
            yield node, seen
            yield from _definitions(node.body, public=False)
        elif isinstance(node, ast.AnnAssign):
            yield node, public and not ast.unparse(node.target).startswith("_")
        elif isinstance(node, ast.Assign):
            yield node, False


def _annotations(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, Function):
        arguments = node.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        found = [argument.annotation for argument in named if argument is not None]
        return [annotation for annotation in [*found, node.returns] if annotation is not None]
    return [node.annotation] if isinstance(node, ast.AnnAssign) else []


def _says_any(annotation: ast.expr) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == "Any") or (isinstance(node, ast.Attribute) and node.attr == "Any")
        for node in ast.walk(annotation)
    )


def unfinished(folder: Path) -> list[str]:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    return [
        f"{name}:{number}: {mark}"
        for name, text, _ in sources(folder)
        for number, line in enumerate(text.splitlines(), 1)
        for mark in marks
        if mark in line
    ]


def sleeps(folder: Path) -> list[str]:
    calls = {"time.sleep", "sleep", "asyncio.sleep"}
    return [
        f"{name}:{node.lineno}: sleeps"
        for name, _, tree in sources(folder)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in calls
    ]


PACKAGE_RULES: tuple[Rule, ...] = (
    long_files,
    long_functions,
    long_tail,
    crowded_folders,
    environment_reads,
    broad_handlers,
    untyped_seams,
    unfinished,
)
TEST_RULES: tuple[Rule, ...] = (long_files, unfinished, sleeps)


@pytest.mark.parametrize("rule", PACKAGE_RULES)
def test_the_package_keeps_the_house_rules(rule: Rule) -> None:
    assert rule(PACKAGE) == []


@pytest.mark.parametrize("rule", TEST_RULES)
def test_the_tests_keep_the_house_rules(rule: Rule) -> None:
    assert rule(TESTS) == []


BREACHES: tuple[tuple[Rule, str, str], ...] = (
    (long_files, "act/a.py", "x = 1\n" * 301),
    (long_functions, "act/a.py", "def f() -> None:\n" + "    x = 1\n" * 60),
    (long_tail, "act/a.py", "def f() -> None:\n" + "    x = 1\n" * 40),
    (environment_reads, "act/a.py", "import os\nhome = os.environ['HOME']\n"),
    (environment_reads, "act/a.py", "from os import getenv\n"),
    (broad_handlers, "act/a.py", "try:\n    pass\nexcept (OSError, Exception):\n    pass\n"),
    (broad_handlers, "act/a.py", "try:\n    pass\nexcept:\n    pass\n"),
    (broad_handlers, "cli.py", "try:\n    pass\nexcept Exception:\n    pass\n" * 2),
    (untyped_seams, "act/a.py", "def f(x: dict[str, Any]) -> None: ...\n"),
    (untyped_seams, "act/a.py", "class A:\n    value: typing.Any\n"),
    (untyped_seams, "model/a.py", "def _f() -> Any: ...\n"),
    (unfinished, "act/a.py", "# TO" + "DO: later\n"),
    (sleeps, "act/a.py", "import time\ntime.sleep(1)\n"),
)


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES)
def test_a_planted_breach_is_reported_once(tmp_path: Path, rule: Rule, path: str, text: str) -> None:
    target = tmp_path / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    assert len(rule(tmp_path)) == 1


def test_a_crowded_folder_is_reported(tmp_path: Path) -> None:
    for number in range(13):
        (tmp_path / f"m{number}.py").touch()
    assert len(crowded_folders(tmp_path)) == 1


def test_what_the_rules_allow_is_not_reported(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("import os\nhome = os.environ['HOME']\n", encoding="utf-8")
    (tmp_path / "cli.py").write_text("try:\n    pass\nexcept Exception:\n    pass\n", encoding="utf-8")
    (tmp_path / "a.py").write_text("def _private(x: Any) -> None: ...\n", encoding="utf-8")
    for rule in PACKAGE_RULES:
        assert rule(tmp_path) == []
