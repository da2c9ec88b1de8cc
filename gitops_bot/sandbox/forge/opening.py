"""Taking a copy of a repository, as a bare one that the forge may change."""

from __future__ import annotations

import re
from pathlib import Path

from gitops_bot.errors import RepositoryError, ToolMissing
from gitops_bot.sandbox.forge.branches import UPDATE_HOOK
from gitops_bot.sandbox.forge.git import GitFailed, Repository
from gitops_bot.sandbox.forge.git.process import run_git

NAME = re.compile(r"[A-Za-z0-9_.-]+")
OLDEST_GIT = (2, 38)
USUAL_BRANCHES = ("main", "master")


def copy_repository(source: Path, folder: Path, default_branch: str, at: str | None) -> Repository:
    """Copy the branches and tags of `source` (a bundle or a folder) into a new bare repository at `folder`.

    The default branch is set to the commit `at` where that is given. Raises RepositoryError, and ToolMissing where
    git is missing or too old to merge without a working tree.
    """
    if not source.exists():
        raise RepositoryError("the repository does not exist", where=str(source))
    if folder.exists():
        raise RepositoryError("there is a repository already", where=str(folder), advice="Give an empty workspace.")
    folder.mkdir(parents=True)
    _check_version(folder)
    run_git(folder, ("init", "--quiet", "--bare", f"--initial-branch={default_branch}", "."))
    try:
        run_git(
            folder,
            ("fetch", "--quiet", str(source.resolve()), "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"),
        )
    except GitFailed as failure:
        advice = "Give a Git bundle, a bare repository or a checkout."
        raise RepositoryError(
            "it cannot be read as a Git repository", where=str(source), found=failure.text, advice=advice
        ) from failure
    run_git(folder, ("config", "http.receivepack", "true"))
    run_git(folder, ("config", "receive.autogc", "false"))
    hook = folder / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(UPDATE_HOOK, encoding="utf-8")
    hook.chmod(0o755)
    repository = Repository(folder)
    try:
        _set_default_branch(repository, source, default_branch, at)
    except RepositoryError:
        repository.close()
        raise
    return repository


def default_branch(source: Path) -> str:
    """Return the branch that `source` (a bundle or a folder) has its HEAD on, `main` where that cannot be told.

    A bundle tells only the commit of its HEAD: of several branches that stand there, `main` and `master` come first.
    """
    if not source.exists():
        return USUAL_BRANCHES[0]
    try:
        listed = run_git(source.parent, ("ls-remote", "--symref", str(source.resolve()))).decode(errors="replace")
    except GitFailed:
        return USUAL_BRANCHES[0]
    if named := re.search(r"^ref: refs/heads/(\S+)\tHEAD$", listed, re.MULTILINE):
        return named[1]
    commits = dict(line.split("\t")[::-1] for line in listed.splitlines() if "\t" in line)
    branches = [name.removeprefix("refs/heads/") for name in commits if name.startswith("refs/heads/")]
    at_head = [name for name in branches if commits[f"refs/heads/{name}"] == commits.get("HEAD")] or branches
    usual = [name for name in USUAL_BRANCHES if name in at_head]
    return (*usual, *at_head, USUAL_BRANCHES[0])[0]


def check_names(owner: str, name: str) -> None:
    """Refuse an owner or a name that could not stand in a path. Raises RepositoryError."""
    for part in (owner, name):
        if not NAME.fullmatch(part) or part in {".", ".."}:
            raise RepositoryError("no repository can be called so", found=f"{owner}/{name}", expected="owner/name")


def _check_version(folder: Path) -> None:
    words = run_git(folder, ("version",)).decode()
    found = re.search(r"(\d+)\.(\d+)", words)
    if not found or (int(found[1]), int(found[2])) < OLDEST_GIT:
        raise ToolMissing("git is too old for the sandbox", found=words.strip(), expected="2.38 or newer")


def _set_default_branch(repository: Repository, source: Path, branch: str, at: str | None) -> None:
    present = repository.branch(branch)
    if at is not None:
        found = repository.object(f"{at}^{{commit}}")
        if found is None:
            raise RepositoryError("the repository has no such commit", where=str(source), found=at)
        repository.move_reference(f"refs/heads/{branch}", found.sha, present)
    elif present is None:
        names = ", ".join(name.removeprefix("refs/heads/") for name, _, _ in repository.refs("refs/heads/"))
        if names:
            raise RepositoryError("the default branch is missing", where=str(source), found=names, expected=branch)
