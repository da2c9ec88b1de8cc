"""What people do at the forge beside the bot, and what is to be seen there."""

from __future__ import annotations

import json
import re

from gitops_bot.marker import DASHBOARD, read_marker
from gitops_bot.sandbox.forge import Forge
from gitops_bot.sandbox.http import Request

OWNER, NAME = "acme", "fleet"
REPOSITORY = f"{OWNER}/{NAME}"
CONFIGURATION = ".gitops-bot.yaml"


class Onlooker:
    """Ada, who may write, and what she sees of the bot's work."""

    def __init__(self, forge: Forge) -> None:
        self.forge = forge
        forge.add_account("ada-token", "ada")

    def configure(self, text: str) -> None:
        self.forge.commit("main", {CONFIGURATION: text})

    def push(self, path: str, text: str, branch: str = "main") -> str:
        return self.forge.commit(branch, {path: text})

    def person(self, method: str, path: str, **fields: object) -> None:
        """Ada uses the forge."""
        headers = {"authorization": "Bearer ada-token", "content-type": "application/json"}
        target = f"/api/v3/repos/{REPOSITORY}{path}"
        answer = self.forge.handle(Request.of(method, target, headers, json.dumps(fields).encode() if fields else b""))
        assert answer.status < 300, answer.body

    def tick(self, number: int, box: str) -> None:
        body = self.body(number)
        wanted = f"- [ ] <!-- gitops-bot:{box} -->"
        assert wanted in body, body
        self.person("PATCH", f"/issues/{number}", body=body.replace(wanted, wanted.replace("[ ]", "[x]")))

    def close_pull(self, number: int = 1) -> None:
        self.person("PATCH", f"/pulls/{number}", state="closed")

    def merge(self, number: int = 1) -> None:
        self.person("PUT", f"/pulls/{number}/merge")

    def label(self, number: int, *labels: str) -> None:
        self.person("POST", f"/issues/{number}/labels", labels=labels)

    @property
    def branches(self) -> list[str]:
        return sorted(name for name, _, _ in self.forge.state.git.refs("refs/heads/"))

    def body(self, number: int) -> str:
        return self.forge.state.issues[number].body or ""

    def pull_branch(self, number: int) -> str:
        pull = self.forge.state.issues[number].pull
        assert pull
        return pull.head

    def texts(self) -> str:
        """All that is written on the forge."""
        said = [one.body for one in self.forge.state.comments.values()]
        return "\n".join([*(f"{one.title}\n{one.body}" for one in self.forge.state.issues.values()), *said])

    def comments(self, number: int) -> list[str]:
        return [one.body for one in self.forge.state.comments_of(number)]

    @property
    def dashboard(self) -> int:
        """The number of the open dashboard, 0 for none."""
        boards = [
            number for number, one in self.forge.state.issues.items() if one.state == "open" and is_board(one.body)
        ]
        assert len(boards) < 2, boards
        return boards[0] if boards else 0

    @property
    def board(self) -> str:
        """The dashboard's sections with how many entries each has."""
        found = re.findall(r"^### (.+?) \((\d+)\)$", self.body(self.dashboard), re.MULTILINE) if self.dashboard else []
        return ", ".join(f"{name} {count}" for name, count in found)

    def shown(self) -> list[str]:
        """One line for each pull request and issue, and one for the bot's commits on main."""
        issues = [issue for issue in self.forge.state.issues.values() if not is_board(issue.body)]
        lines = [self._line(issue.number) for issue in issues]
        git = self.forge.state.git
        messages = [one.message for one in git.commits(git.revisions("--max-count=50", "main"))]
        commits = [one for one in messages if "Gitops-Bot-Incident" in one]
        return [*lines, *([f"main: {len(commits)} of the bot"] if commits else [])]

    def _line(self, number: int) -> str:
        issue = self.forge.state.issues[number]
        pull, marker = issue.pull, read_marker(issue.body or "")
        state = "merged" if pull and pull.merged_at else issue.state
        ended = f" as {marker.ended}" if marker and marker.ended else ""
        parts = [f"{'pull' if pull else 'issue'} {state}{ended}"]
        if pull and state == "open":
            parts.append(f"{len(self.forge.state.git.revisions(pull.head_sha, f'^{pull.base_sha}'))} ahead")
            parts += ["merges by itself"] if pull.auto_merge else []
        if pull and state == "closed" and not self.forge.state.git.branch(pull.head):
            parts.append("no branch")
        parts += [label.removeprefix("gitops-bot:") for label in issue.labels if label != "gitops-bot"]
        comments = self.comments(number)
        parts += [f"{len(comments)} said"] if comments else []
        return ", ".join(parts)


def is_board(body: str | None) -> bool:
    marker = read_marker(body or "")
    return marker is not None and marker.fingerprint == DASHBOARD
