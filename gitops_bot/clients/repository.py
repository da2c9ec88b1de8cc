"""Reads the configuration repository: commits, files, differences. It writes neither commits nor files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from gitops_bot.clients.commits import LOG_FORMAT, Commit, PathChange, TreeEntry, read_changes, read_log, read_tree
from gitops_bot.clients.git_commands import GitCommands, ObjectReader, clone, git_executable
from gitops_bot.errors import RepositoryError

_CACHED_TREES = 16
_REMEMBERED_CHANGES = 256


class ConfigRepository:
    """A local Git repository, read at any commit. Close it, or use it in a `with` block.

    Reading is safe from several threads; fetching is not.
    """

    def __init__(self, commands: GitCommands) -> None:
        self._git = commands
        self._reader: ObjectReader | None = None
        self._trees: dict[str, dict[str, TreeEntry]] = {}
        self._changes: dict[tuple[str, str], tuple[PathChange, ...]] = {}
        self._lock = Lock()

    @classmethod
    def open(cls, directory: Path, environment: Mapping[str, str] | None = None) -> ConfigRepository:
        """Return the repository that `directory` is in, bare ones too.

        `environment` is passed on to Git (proxies, certificates). RepositoryError where there is none, or no commit.
        """
        git_executable()
        import git

        try:
            with git.Repo(directory, search_parent_directories=True, expand_vars=False) as found:
                git_dir = Path(found.git_dir).resolve()
                root = Path(found.working_tree_dir or found.git_dir).resolve()
        except (git.InvalidGitRepositoryError, git.NoSuchPathError):
            raise RepositoryError(
                "There is no Git repository",
                where=str(directory),
                advice="Run in a checkout of the configuration repository (actions/checkout before this action).",
            ) from None
        repository = cls(GitCommands(git_dir, root, environment or {}))
        if not repository._git.run("rev-list", "--all", "--max-count=1", "HEAD", "--", accept=(0, 128)).strip():
            raise RepositoryError(
                "The Git repository has no commit yet",
                where=str(directory),
                advice="Push the manifests first, or check out the branch that holds them.",
            )
        return repository

    @classmethod
    def clone(
        cls,
        url: str,
        destination: Path,
        *,
        token: str = "",
        branch: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> ConfigRepository:
        """Clone the whole history of `url` into the new folder `destination`; RepositoryError where that fails."""
        chosen = ("--branch", branch) if branch else ()
        clone(url, destination, "--no-tags", *chosen, token=token, environment=environment or {})
        return cls.open(destination, environment)

    def fetch(self, branch: str, *, token: str = "", remote: str = "origin") -> None:
        """Bring `branch` up to date with the remote, with all its history; nothing where there is no such remote."""
        url = self.remote_url(remote)
        if url is None:
            return
        deepen = ("--unshallow",) if self._git.text("rev-parse", "--is-shallow-repository") == "true" else ()
        refspec = f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
        options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", *deepen)
        self._git.remote(url, "fetch", *options, remote, refspec, token=token)

    @property
    def directory(self) -> Path:
        """The folder that the repository is in."""
        return self._git.directory

    def push(self, url: str, *arguments: str, token: str = "") -> None:
        """Push to `url` as the arguments say; RepositoryError with the server's words where it takes nothing."""
        self._git.remote(url, "push", "--quiet", "--no-verify", *arguments, token=token)

    def head(self, branch: str) -> str:
        """Return the commit of `branch` as the remote last had it, else the local one; HEAD's for an empty `branch`."""
        names = [f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"] if branch else ["HEAD"]
        for name in names:
            if sha := self._resolve(name):
                return sha
        raise RepositoryError(
            f"There is no branch {branch}",
            where=str(self._git.directory),
            advice="Name the branch that Argo CD follows, and fetch it (fetch-depth: 0 in actions/checkout).",
        )

    def default_branch(self) -> str:
        """Return the branch that `origin` calls its default, else the one checked out; RepositoryError for neither."""
        for name in ("refs/remotes/origin/HEAD", "HEAD"):
            code, output = self._git.attempt("symbolic-ref", "--quiet", name)
            if code == 0:
                return output.decode().strip().removeprefix("refs/remotes/origin/").removeprefix("refs/heads/")
        raise RepositoryError(
            "The default branch is not known",
            where=str(self._git.directory),
            found="a detached HEAD",
            advice="Set GITHUB_TOKEN, so that the forge can be asked, or check out a branch.",
        )

    def remote_url(self, remote: str = "origin") -> str | None:
        """Return the URL of a remote, or None where there is no such remote."""
        code, output = self._git.attempt("config", "--get", f"remote.{remote}.url")
        return output.decode("utf-8", "replace").strip() or None if code == 0 else None

    def has(self, commit: str) -> bool:
        """Return whether the repository holds the commit."""
        return bool(self._resolve(commit))

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Return whether `ancestor` is `descendant` or among its ancestors; False where one is unknown."""
        return self._git.attempt("merge-base", "--is-ancestor", ancestor, descendant)[0] == 0

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file's content at a commit, or None where there is no such file."""
        found = self._find(commit, path)
        return found[1] if found else None

    def blob(self, blob_id: str) -> bytes | None:
        """Return a blob's content, or None where the repository does not hold it."""
        found = self._objects().read(blob_id)
        return found[1] if found else None

    def blob_id(self, commit: str, path: str) -> str | None:
        """Return the id of a file's content at a commit, or None where there is no such file."""
        found = self._find(commit, path)
        return found[0] if found else None

    def files(self, commit: str, prefix: str = "") -> tuple[str, ...]:
        """Return the paths of all files at a commit, or of those in the folder `prefix`, sorted by Git's order."""
        paths = self.entries(commit)
        folder = prefix.strip("/")
        return tuple(path for path in paths if not folder or path == folder or path.startswith(f"{folder}/"))

    def entries(self, commit: str) -> Mapping[str, TreeEntry]:
        """Return all files at a commit with their modes and blobs, without submodules; the last few are remembered."""
        if commit not in self._trees:
            listing = self._git.run("ls-tree", "-r", "-z", "--full-tree", commit)
            while len(self._trees) >= _CACHED_TREES:
                self._trees.pop(next(iter(self._trees)))
            self._trees[commit] = read_tree(listing)
        return self._trees[commit]

    def commits(self, good: str, bad: str, paths: Iterable[str] = ()) -> tuple[Commit, ...]:
        """Return the commits after `good` up to `bad`, oldest first; of those that touch `paths` where any are given.

        An empty `good` stands for the beginning. Paths are files or folders, taken literally. With paths, a merge
        counts only where it differs from each of its parents: a change is named once, by the commit that made it.
        """
        wanted = tuple(path for path in paths if path)
        span = f"{good}..{bad}" if good else bad
        limit = ("--", *wanted) if wanted else ("--",)
        return read_log(self._git.run("log", "-z", "--topo-order", "--reverse", LOG_FORMAT, span, *limit))

    def commit(self, sha: str) -> Commit:
        """Return one commit; RepositoryError where the repository does not hold it."""
        found = read_log(self._git.run("log", "-z", "--max-count=1", LOG_FORMAT, sha, "--"))
        return found[0]

    def recent(self, commit: str, count: int, paths: Iterable[str] = ()) -> tuple[Commit, ...]:
        """Return up to `count` commits from `commit` backwards, newest first; of those that touch `paths` if given."""
        limits = (f"--max-count={count}", LOG_FORMAT, commit, "--", *(path for path in paths if path))
        return read_log(self._git.run("log", "-z", "--topo-order", *limits))

    def parent(self, commit: str) -> str | None:
        """Return a commit's first parent, or None for the first commit of a history."""
        return self._resolve(f"{commit}^1") or None

    def changes(self, before: str, after: str) -> tuple[PathChange, ...]:
        """Return the files that differ between two commits, by path; a rename is a removal and an addition."""
        if (before, after) not in self._changes:
            output = self._git.run("diff-tree", "-r", "-z", "--no-renames", "--no-abbrev", before, after, "--")
            while len(self._changes) >= _REMEMBERED_CHANGES:
                self._changes.pop(next(iter(self._changes)))
            self._changes[before, after] = read_changes(output)
        return self._changes[before, after]

    def tree(self, commit: str) -> str:
        """Return the id of a commit's tree."""
        return self._git.text("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}")

    def merge(self, ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
        """Return the three-way merge of a file's contents, or None where the changes conflict or it is no text."""
        with tempfile.TemporaryDirectory() as folder:
            names = [str(Path(folder) / name) for name in ("ours", "base", "theirs")]
            for name, content in zip(names, (ours, base, theirs), strict=True):
                Path(name).write_bytes(content)
            code, merged = self._git.attempt("merge-file", "--quiet", "-p", *names)
            return merged if code == 0 else None

    def grep(self, commit: str, text: str) -> tuple[str, ...]:
        """Return the files at a commit that contain `text`, which is one line at most."""
        if not text or "\n" in text:
            return ()
        output = self._git.run("grep", "-z", "-l", "-a", "-F", "-e", text, commit, "--", accept=(0, 1))
        names = output.decode("utf-8", "surrogateescape").split("\0")
        return tuple(name.partition(":")[2] for name in names if name)

    def close(self) -> None:
        """End the processes that read objects."""
        if self._reader:
            self._reader.close()
            self._reader = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _find(self, commit: str, path: str) -> tuple[str, bytes] | None:
        if commit in self._trees or "\n" in path:
            entry = self.entries(commit).get(path)
            return self._objects().read(entry.blob) if entry else None
        return self._objects().read(f"{commit}:{path}")

    def _objects(self) -> ObjectReader:
        with self._lock:
            self._reader = self._reader or self._git.reader()
            return self._reader

    def _resolve(self, name: str) -> str:
        output = self._git.run(
            "rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}", accept=(0, 1, 128)
        )
        return output.decode().strip()


__all__ = ["Commit", "ConfigRepository", "PathChange", "TreeEntry"]
