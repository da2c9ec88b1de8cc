"""A recorded estate, changed: what Argo CD answers and what Git holds, both as a test wants them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.end_to_end.conftest import FIXTURES
from tests.end_to_end.variations.renaming import renamed_history

Json = dict[str, Any]
LIST = "/api/v1/applications"
LATER = "2026-11-23T10:29:00Z"


class Varied:
    """A copy of a recording and of the repository that it belongs to; `write` makes both fit to be served."""

    def __init__(self, folder: Path, recording: str, repository: str = "fleet") -> None:
        name, _, commit = recording.partition("@")
        source = FIXTURES / "recordings" / name
        self.folder = folder
        self.branch = "main"
        self.only_listed: list[str] = []
        self.answers: dict[str, Any] = {}
        for entry in json.loads((source / "index.json").read_bytes()):
            if entry["status"] == 200:
                body = json.loads((source / entry["file"]).read_bytes() or b"null")
                self.answers[entry["url"]] = _opened(body)
        self.names = [one["metadata"]["name"] for one in self.answers[LIST]["items"]]
        self.clone = folder / "origin"
        bundle = FIXTURES / "repositories" / f"{repository}.bundle"
        subprocess.run(["git", "clone", "-q", "-b", "main", str(bundle), str(self.clone)], check=True)
        self.git("reset", "-q", "--hard", commit)
        self.git("remote", "remove", "origin")
        self.start = self.git("rev-parse", "HEAD").strip()

    def git(self, *words: str) -> str:
        """Run Git in the repository."""
        identity = ("-c", "user.name=platform", "-c", "user.email=platform@example.com")
        command = ["git", "-C", str(self.clone), *identity, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def keep(self, *names: str) -> None:
        """Let Argo CD know these applications alone."""
        self.names = [name for name in self.names if name in names]
        listed = self.answers[LIST]
        listed["items"] = [one for one in listed["items"] if one["metadata"]["name"] in names]
        kept = tuple(f"{LIST}/{name}" for name in names)
        self.answers = {
            url: body
            for url, body in self.answers.items()
            if not url.startswith(f"{LIST}/")
            or url.split("?")[0].startswith(tuple(f"{one}/" for one in kept))
            or url in kept
        }

    def application(self, name: str) -> Json:
        """An Application; what is changed in it is seen in the list too."""
        found: Json = self.answers[f"{LIST}/{name}"]
        return found

    def nodes(self, application: str) -> list[Json]:
        """The nodes of the resource tree."""
        found: list[Json] = self.answers[f"{LIST}/{application}/resource-tree"]["nodes"]
        return found

    def node(self, application: str, kind: str, prefix: str) -> Json:
        """The first node of the tree with that kind and beginning of its name."""
        return next(one for one in self.nodes(application) if one["kind"] == kind and one["name"].startswith(prefix))

    def managed(self, application: str) -> list[Json]:
        """What Git declares beside what is live."""
        found: list[Json] = self.answers[f"{LIST}/{application}/managed-resources"]["items"]
        return found

    def detail(self, call: str, application: str, node: Json) -> Any:
        """A `resource` answer's manifest or an `events` answer's items about one object, made where there is none."""
        for url, body in self.answers.items():
            path, _, query = url.partition("?")
            asked = parse_qs(query)
            fits = path == f"{LIST}/{application}/{call}" and asked.get("resourceName") == [node["name"]]
            if fits and (call == "events" or asked["kind"] == [node["kind"]]):
                return body["manifest"] if call == "resource" else body["items"]
        namespace, name = node["namespace"], node["name"]
        if call == "events":
            url = f"resourceNamespace={namespace}&resourceName={name}&resourceUID={node['uid']}"
        else:
            of = f"version={node['version']}&group={node.get('group', '')}&kind={node['kind']}"
            url = f"namespace={namespace}&resourceName={name}&{of}"
        made: Json = {"manifest": {}} if call == "resource" else {"items": []}
        self.answers[f"{LIST}/{application}/{call}?{url}"] = made
        return made["manifest"] if call == "resource" else made["items"]

    def forget(self, application: str, call: str, name: str) -> None:
        """Take an answer out of the recording: Argo CD then refuses it."""
        self.answers = {
            url: body
            for url, body in self.answers.items()
            if not (url.startswith(f"{LIST}/{application}/{call}?") and f"resourceName={name}&" in url)
        }

    def commit(self, message: str, files: dict[str, str | None]) -> str:
        """Commit files (None: the file goes away) and return the commit."""
        for path, text in files.items():
            target = self.clone / path
            if text is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
        self.forget_renders()
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.head

    def forget_renders(self) -> None:
        """What Argo CD rendered is of the recorded commit: it says nothing of another."""
        self.answers = {url: body for url, body in self.answers.items() if not url.endswith("/manifests")}

    def edit(self, message: str, path: str, old: str, new: str) -> str:
        """Commit a replacement in one file; the text must be there."""
        text = (self.clone / path).read_text(encoding="utf-8")
        assert old in text
        return self.commit(message, {path: text.replace(old, new)})

    @property
    def head(self) -> str:
        """The commit at the branch's head."""
        return self.git("rev-parse", "HEAD").strip()

    def delivered(self, application: str, commit: str, at: str = LATER) -> None:
        """Let Argo CD have synced the Application to a commit."""
        body = self.application(application)
        history = body["status"].setdefault("history", [])
        source = body["spec"]["source"]
        number = max((one["id"] for one in history), default=-1) + 1
        history.append({"id": number, "revision": commit, "deployStartedAt": at, "deployedAt": at, "source": source})
        operation = body["status"]["operationState"]
        operation.update(phase="Succeeded", startedAt=at, finishedAt=at)
        operation["syncResult"]["revision"] = commit

    def compared(self, application: str, commit: str, status: str = "") -> None:
        """Let Argo CD have compared the Application with a commit."""
        sync = self.application(application)["status"]["sync"]
        sync["revision"] = commit
        sync["status"] = status or sync["status"]

    def rename(self, **names: str) -> None:
        """Replace words everywhere: in all answers, and in every commit of the repository."""
        self.forget_renders()
        commits = renamed_history(self.clone, self.folder / "renamed", names)
        self.clone = self.folder / "renamed"
        text = json.dumps(list(self.answers.items()))
        for old, new in {**names, **commits}.items():
            text = text.replace(old, new)
        self.answers = dict(json.loads(text))
        self.start = commits[self.start]
        self.names = [one["metadata"]["name"] for one in self.answers[LIST]["items"]]

    def write(self) -> Path:
        """Write the recording into a folder and return it."""
        details = [self.application(name) for name in self.names]
        self.answers = {url: body for url, body in self.answers.items() if not _is_about(url, self.only_listed)}
        for body in details:
            if body["status"]["sync"].get("revision") == self.start:
                body["status"]["sync"]["revision"] = self.head
        self.answers[LIST] = {**self.answers[LIST], "items": details}
        target = self.folder / "recording"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        index = []
        for number, (url, body) in enumerate(self.answers.items()):
            file = f"{number:03}.json"
            (target / file).write_text(json.dumps(_closed(body)), encoding="utf-8")
            index.append({"method": "GET", "url": url, "status": 200, "file": file})
        (target / "index.json").write_text(json.dumps(index), encoding="utf-8")
        return target


def _opened(body: Any) -> Any:
    """The manifest in an answer is JSON inside a string: tests read and change it as JSON."""
    if isinstance(body, dict) and isinstance(body.get("manifest"), str):
        return {**body, "manifest": json.loads(body["manifest"])}
    return body


def _closed(body: Any) -> Any:
    if isinstance(body, dict) and isinstance(body.get("manifest"), dict):
        return {**body, "manifest": json.dumps(body["manifest"])}
    return body


def _is_about(url: str, applications: list[str]) -> bool:
    return url.partition("?")[0].removeprefix(f"{LIST}/").split("/")[0] in applications
