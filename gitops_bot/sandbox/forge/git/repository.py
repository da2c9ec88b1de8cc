"""Everything the forge asks of its bare repository. Reads start no process where an object's name says it all."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterable
from pathlib import Path

from gitops_bot.sandbox.forge.git.objects import (
    Commit,
    Entry,
    FileChange,
    Signature,
    parse_changes,
    parse_commit,
    parse_tree,
)
from gitops_bot.sandbox.forge.git.process import GitFailed, ObjectReader, RawObject, run_git

ABSENT = "0" * 40
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


class Repository:
    """A bare repository at `folder`. Callers take turns (the forge's lock); the reader is ended by `close`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reader = ObjectReader(folder)
        self._finalizer = weakref.finalize(self, self._reader.close)

    def close(self) -> None:
        """End the reading process."""
        self._finalizer()

    def git(self, *arguments: str, content: bytes = b"") -> bytes:
        """Run one git command here. Raises GitFailed."""
        return run_git(self.folder, arguments, content=content)

    # -- reading

    def object(self, name: str) -> RawObject | None:
        """The object called `name`, None where there is none."""
        return self._reader.read(name)

    def resolve(self, name: str) -> str | None:
        """The id of the commit that `name` (a branch, a tag, an id) means, None where it means none."""
        if name.startswith("-") or any(mark in name for mark in (":", "^", "~", "@{", " ", "..")):
            return None
        for candidate in (f"refs/heads/{name}", f"refs/tags/{name}", name):
            found = self._reader.read(f"{candidate}^{{commit}}")
            if found:
                return found.sha
        return None

    def branch(self, name: str) -> str | None:
        """The commit at the head of a branch, None where there is no such branch."""
        found = self._reader.read(f"refs/heads/{name}^{{commit}}") if ":" not in name and "^" not in name else None
        return found.sha if found else None

    def commit(self, sha: str) -> Commit | None:
        """One commit by its id."""
        found = self._reader.read(sha)
        return parse_commit(found.sha, found.data) if found and found.kind == "commit" else None

    def commits(self, shas: Iterable[str]) -> list[Commit]:
        """Commits by their ids, in the same order; unknown ids are left out."""
        return [commit for commit in (self.commit(sha) for sha in shas) if commit]

    def entries(self, tree: str, *, recursive: bool = False, prefix: str = "") -> list[Entry]:
        """A tree's entries, with the folders below it where `recursive`, paths from `prefix`."""
        found = self._reader.read(tree)
        result: list[Entry] = []
        for entry in parse_tree(found.data) if found and found.kind == "tree" else ():
            placed = Entry(entry.mode, prefix + entry.path, entry.sha)
            result.append(placed)
            if recursive and placed.kind == "tree":
                result += self.entries(placed.sha, recursive=True, prefix=f"{placed.path}/")
        return result

    def entry(self, tree: str, path: str) -> Entry | None:
        """The entry at `path` under `tree`; for an empty path the tree itself."""
        here = Entry("040000", "", tree)
        for part in path.split("/") if path else ():
            below = {entry.path: entry for entry in self.entries(here.sha)} if here.kind == "tree" else {}
            if part not in below:
                return None
            here = below[part]
        return Entry(here.mode, path, here.sha)

    def refs(self, prefix: str) -> list[tuple[str, str, str]]:
        """References under `prefix` as (full name, object id, kind), by name."""
        output = self.git("for-each-ref", "--format=%(refname)%00%(objectname)%00%(objecttype)", "refs/")
        rows = [tuple(line.split("\0")) for line in output.decode("utf-8", "surrogateescape").splitlines()]
        return [(row[0], row[1], row[2]) for row in rows if row[0].startswith(prefix)]

    def revisions(self, *arguments: str) -> list[str]:
        """The ids that `git rev-list` gives, newest first."""
        return self.git("rev-list", *arguments).decode().split()

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor, None where the histories have none."""
        try:
            return self.git("merge-base", one, other).decode().strip()
        except GitFailed as failure:
            if failure.code == 1:
                return None
            raise

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Whether `ancestor` is `descendant` or behind it."""
        if ancestor == descendant:
            return True
        try:
            self.git("merge-base", "--is-ancestor", ancestor, descendant)
        except GitFailed as failure:
            if failure.code == 1:
                return False
            raise
        return True

    def changes(self, before: str | None, after: str) -> tuple[FileChange, ...]:
        """The files that differ from `before` (None: nothing yet) to `after`, renames found."""
        options = ("-r", "-M", "-z", "--raw", "--numstat", "-p", "--no-abbrev", "--no-ext-diff", "--no-color")
        return parse_changes(self.git("diff-tree", *options, before or EMPTY_TREE, after))

    def patch_text(self, before: str | None, after: str) -> bytes:
        """The whole difference as `git diff` prints it."""
        return self.git("diff", "--no-color", "--no-ext-diff", "-M", before or EMPTY_TREE, after)

    # -- writing

    def write_blob(self, data: bytes) -> str:
        """Store a file's bytes; returns their id."""
        return self.git("hash-object", "-w", "--stdin", content=data).decode().strip()

    def write_tree(self, base: str | None, changes: Iterable[Entry]) -> str:
        """A tree like `base` with `changes` applied; an entry with an empty `sha` takes the path out.

        Git passes over a path that it refuses (`..`, `.git`, an empty part). Raises GitFailed for an unknown object.
        """
        lines = b"".join(
            f"{entry.mode if entry.sha else '0'} {entry.sha or ABSENT}\t{entry.path}\0".encode(
                "utf-8", "surrogateescape"
            )
            for entry in changes
        )
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if base:
                run_git(self.folder, ("read-tree", base), extra=index)
            run_git(
                self.folder, ("update-index", "-z", "--add", "--replace", "--index-info"), content=lines, extra=index
            )
            return run_git(self.folder, ("write-tree",), extra=index).decode().strip()

    def write_commit(
        self, tree: str, parents: Iterable[str], message: str, author: Signature, committer: Signature
    ) -> str:
        """Store a commit; returns its id. Moves no reference."""
        extra = {
            "GIT_AUTHOR_NAME": author.name,
            "GIT_AUTHOR_EMAIL": author.email,
            "GIT_AUTHOR_DATE": _git_time(author),
            "GIT_COMMITTER_NAME": committer.name,
            "GIT_COMMITTER_EMAIL": committer.email,
            "GIT_COMMITTER_DATE": _git_time(committer),
        }
        arguments = ["commit-tree", tree]
        for parent in parents:
            arguments += ["-p", parent]
        text = message if message.endswith("\n") else message + "\n"
        return run_git(self.folder, tuple(arguments), content=text.encode("utf-8"), extra=extra).decode().strip()

    def move_reference(self, name: str, new: str | None, old: str | None) -> bool:
        """Set `name` to `new` (None: delete it) where it stands at `old` (None: does not exist), else return False.

        Raises GitFailed where the name itself is refused.
        """
        self.git("check-ref-format", name)
        arguments = ("-d", name, old or ABSENT) if new is None else (name, new, old or ABSENT)
        try:
            self.git("update-ref", *arguments)
        except GitFailed:
            return False
        return True

    def move_references(self, moves: Iterable[tuple[str, str | None, str | None]]) -> bool:
        """Do several moves (name, new, old) as `move_reference` does one: all of them or none."""
        lines = "".join(f"update {name}\0{new or ABSENT}\0{old or ABSENT}\0" for name, new, old in moves)
        try:
            self.git("update-ref", "--stdin", "-z", content=lines.encode("utf-8", "surrogateescape"))
        except GitFailed:
            return False
        return True

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        """The tree of a merge of two commits, None where they conflict."""
        try:
            return self.git("merge-tree", "--write-tree", ours, theirs).decode().split("\n", 1)[0]
        except GitFailed as failure:
            if failure.code == 1:
                return None
            raise

    def replayed_tree(self, commit: Commit, onto: Commit, author: Signature) -> str | None:
        """The tree of `commit`'s own change on top of `onto`, None where they conflict."""
        parent = self.commit(commit.parents[0]) if commit.parents else None
        before = parent.tree if parent else EMPTY_TREE
        if onto.tree == before:
            return commit.tree
        # merge-tree takes a merge base of its own choice only since Git 2.40: three loose commits give it this one.
        base = self.write_commit(before, (), "base", author, author)
        ours = self.write_commit(onto.tree, (base,), "ours", author, author)
        theirs = self.write_commit(commit.tree, (base,), "theirs", author, author)
        return self.merged_tree(ours, theirs)


def _git_time(signature: Signature) -> str:
    return f"{int(signature.when.timestamp())} {signature.when.strftime('%z') or '+0000'}"
