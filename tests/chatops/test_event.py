"""What starts a run: an event that tells of a person's new comment, and none other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitops_bot.chatops import read_comment
from gitops_bot.chatops.event import Told
from gitops_bot.errors import ConfigurationError

AT = "2026-11-23T12:00:00Z"


def event(path: Path, action: str = "created", **changes: object) -> str:
    user = {"login": "ada", "type": "User"}
    comment = {"id": 7, "body": "/gitops-bot help", "user": user, "created_at": AT, "updated_at": AT, **changes}
    file = path / "event.json"
    file.write_text(json.dumps({"action": action, "comment": comment, "issue": {"number": 1}}), encoding="utf-8")
    return str(file)


def test_a_new_comment_of_a_person_is_told(tmp_path: Path) -> None:
    assert read_comment("issue_comment", event(tmp_path)) == Told(id=7, body="/gitops-bot help", login="ada")


@pytest.mark.parametrize(
    ("action", "changes"),
    [
        ("edited", {}),
        ("deleted", {}),
        ("created", {"updated_at": "2026-11-23T12:00:01Z"}),
        ("created", {"user": None}),
        ("created", {"user": {"login": "renovate[bot]", "type": "Bot"}}),
        ("created", {"user": {"login": "acme", "type": "Organization"}}),
        ("created", {"user": {"login": "sneaky[bot]", "type": "User"}}),
    ],
)
def test_edited_and_deleted_comments_and_those_of_bots_are_passed_over(
    tmp_path: Path, action: str, changes: dict[str, object]
) -> None:
    assert read_comment("issue_comment", event(tmp_path, action, **changes)) is None


@pytest.mark.parametrize("name", ["push", "schedule", "pull_request_review_comment", "pull_request_target"])
def test_another_event_is_passed_over_unread(name: str) -> None:
    assert read_comment(name, "/nowhere") is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"action": "created"}', b'{"action": 1, "comment": {}}']
)
def test_an_event_that_cannot_be_read_is_an_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="the event cannot be read"):
        read_comment("issue_comment", str(file))


def test_an_event_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the event cannot be read") as caught:
        read_comment("issue_comment", str(tmp_path / "event.json"))
    assert caught.value.found == "No such file or directory"
    with pytest.raises(ConfigurationError, match="GITHUB_EVENT_NAME is not set"):
        read_comment("", "event.json")
    with pytest.raises(ConfigurationError, match="GITHUB_EVENT_PATH is not set"):
        read_comment("issue_comment", "")
