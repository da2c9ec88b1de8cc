"""Reads the configuration repository: commits, files, differences. It writes neither commits nor files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from msgspec import Struct

from gitops_bot.clients.git_commands import GitCommands, ObjectReader, clone
from gitops_bot.errors import RepositoryError

_FORMAT = "--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%s%x00%b%x00"
_FIELDS = 8
_TRAILER = re.compile(r"^(?P<key>[A-Za-z0-9][A-Za-z0-9-]*)\s*:\s*(?P<value>.*)$")
_CACHED_TREES = 16


class Commit(Struct, frozen=True):
    """One commit; `author` is `NAME <ADDRESS>`, times are UTC, `body` is the message without its subject."""

    sha: str
    parents: tuple[str, ...]
    author: str
    authored_at: datetime
    committed_at: datetime
    subject: str
    body: str

    def trailers(self) -> dict[str, str]:
        """Return the trailers at the message's end, the last one of each key.

        Several paragraphs of nothing but trailers count: a squash merge adds its own below the author's.
        """
        found: dict[str, str] = {}
        for paragraph in reversed(re.split(r"\n\s*\n", self.body.strip())):
            lines = [line for line in paragraph.splitlines() if line.strip("- \t")]
            pairs = _trailers(lines)
            if pairs is None:
                break
            found = {**pairs, **found}
        return found


class PathChange(Struct, frozen=True):
    """A file that differs between two commits: its blob before and after, None where it was not there."""

    path: str
    old_path: str | None
    before: str | None
    after: str | None


class TreeEntry(Struct, frozen=True):
    """A file in a commit: its mode (`100644`, `100755`, `120000` a symbolic link, `160000` a submodule) and blob id."""

    mode: str
    blob: str


class ConfigRepository:
    """A local Git repository, read at any commit. Close it, or use it in a `with` block.

    Reading is safe from several threads; fetching is not.
    """

    def __init__(self, commands: GitCommands, remote_url: str | None) -> None:
        self._git = commands
        self._remote_url = remote_url
        self._reader: ObjectReader | None = None
        self._trees: dict[str, dict[str, TreeEntry]] = {}
        self._lock = Lock()

    @classmethod
    def open(cls, directory: Path, environment: Mapping[str, str] | None = None) -> ConfigRepository:
        """Return the repository that `directory` is in, bare ones too.

        `environment` is passed on to Git (proxies, certificates). RepositoryError where there is none, or no commit.
        """
        import git

        try:
            with git.Repo(directory, search_parent_directories=True) as found:
                git_dir = Path(found.git_dir).resolve()
                root = Path(found.working_tree_dir or found.git_dir).resolve()
                remotes = {remote.name: remote.url for remote in found.remotes}
        except (git.InvalidGitRepositoryError, git.NoSuchPathError):
            raise RepositoryError(
                "There is no Git repository",
                where=str(directory),
                advice="Run in a checkout of the configuration repository (actions/checkout before this action).",
            ) from None
        repository = cls(GitCommands(git_dir, root, environment or {}), remotes.get("origin"))
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
        if self._remote_url is None:
            return
        deepen = ("--unshallow",) if self._git.text("rev-parse", "--is-shallow-repository") == "true" else ()
        refspec = f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
        options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", *deepen)
        self._git.fetch(self._remote_url, "fetch", *options, remote, refspec, token=token)

    def head(self, branch: str) -> str:
        """Return the commit of `branch` as the remote last had it, else the local one; HEAD's where `branch` is empty."""
        names = [f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"] if branch else ["HEAD"]
        for name in names:
            if sha := self._resolve(name):
                return sha
        raise RepositoryError(
            f"There is no branch {branch}",
            where=str(self._git.directory),
            advice="Name the branch that Argo CD follows, and fetch it (fetch-depth: 0 in actions/checkout).",
        )

    def remote_url(self) -> str | None:
        """Return the URL of `origin`, or None."""
        return self._remote_url

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
            self._trees[commit] = _tree(listing)
        return self._trees[commit]

    def commits(self, good: str, bad: str, paths: Iterable[str] = ()) -> tuple[Commit, ...]:
        """Return the commits after `good` up to `bad`, oldest first; of those that touch `paths` where any are given.

        Paths are files or folders, taken literally. With paths, a merge counts only where it differs from each of its
        parents, so that a change is named once, by the commit that made it.
        """
        wanted = tuple(path for path in paths if path)
        limit = ("--", *wanted) if wanted else ("--",)
        return _commits(self._git.run("log", "-z", "--topo-order", "--reverse", _FORMAT, f"{good}..{bad}", *limit))

    def commit(self, sha: str) -> Commit:
        """Return one commit; RepositoryError where the repository does not hold it."""
        found = _commits(self._git.run("log", "-z", "--max-count=1", _FORMAT, sha, "--"))
        return found[0]

    def parent(self, commit: str) -> str | None:
        """Return a commit's first parent, or None for the first commit of a history."""
        return self._resolve(f"{commit}^1") or None

    def changes(self, before: str, after: str) -> tuple[PathChange, ...]:
        """Return the files that differ between two commits, by path; a rename is a removal and an addition."""
        output = self._git.run("diff-tree", "-r", "-z", "--no-renames", "--no-abbrev", before, after, "--")
        fields = output.decode("utf-8", "surrogateescape").split("\0")
        return tuple(_change(meta, path) for meta, path in zip(fields[::2], fields[1::2], strict=False))

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


def _trailers(lines: list[str]) -> dict[str, str] | None:
    pairs: dict[str, str] = {}
    key = ""
    for line in lines:
        match = _TRAILER.match(line)
        if match:
            key = match["key"]
            pairs[key] = match["value"].strip()
        elif key and line[0].isspace():
            pairs[key] = f"{pairs[key]} {line.strip()}"
        else:
            return None
    return pairs


def _tree(listing: bytes) -> dict[str, TreeEntry]:
    entries = {}
    for line in listing.decode("utf-8", "surrogateescape").split("\0"):
        meta, _, path = line.partition("\t")
        if path:
            mode, kind, blob = meta.split(" ")
            if kind == "blob":
                entries[path] = TreeEntry(mode, blob)
    return entries


def _commits(output: bytes) -> tuple[Commit, ...]:
    fields = output.decode("utf-8", "replace").split("\0")
    # `-z` ends each commit with one more NUL than the format's own.
    step = _FIELDS + 1
    return tuple(_commit(fields[start : start + _FIELDS]) for start in range(0, len(fields) - _FIELDS, step))


def _commit(fields: list[str]) -> Commit:
    sha, parents, name, address, authored, committed, subject, body = fields
    return Commit(
        sha,
        tuple(parents.split()),
        f"{name} <{address}>",
        datetime.fromtimestamp(int(authored), UTC),
        datetime.fromtimestamp(int(committed), UTC),
        subject,
        body.strip("\n"),
    )


def _change(meta: str, path: str) -> PathChange:
    before_mode, after_mode, before, after, _ = meta.lstrip(":").split(" ")
    return PathChange(path, path, before if int(before_mode, 8) else None, after if int(after_mode, 8) else None)
