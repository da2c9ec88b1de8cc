"""Cases as people write them: many spellings are read, and what is no case says where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitops_bot.backtest import Expected, read_cases
from gitops_bot.backtest.cases import split_of
from gitops_bot.backtest.inputs import evidence, latest_moment
from gitops_bot.errors import ConfigurationError

Write = Callable[..., Path]
ROLLBACK = Expected(
    cause_class="image-not-found", resource="Deployment/shop/web", action="rollback", remedy="revert-release"
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file below the folder of cases; what is no text becomes JSON. Returns the folder."""

    def put(content: object, path: str = "one.json") -> Path:
        file = tmp_path / "cases" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return tmp_path / "cases"

    return put


@pytest.mark.parametrize(
    "stated",
    [
        {
            "expected": {
                "class": "image-not-found",
                "resource": "Deployment/shop/web",
                "action": "rollback",
                "remedy": "revert-release",
            }
        },
        {
            "class": "image-not-found",
            "resource": "Deployment/shop/web",
            "action": "roll back",
            "remedy": "revert_release",
        },
        {
            "expected_class": "image-not-found",
            "expected_resource": "Deployment/shop/web",
            "expected_action": "Rollback",
            "expected_remedy": "revert release",
        },
        {
            "expected": {
                "cause_class": "image-not-found",
                "resource": {"kind": "Deployment", "namespace": "shop", "name": "web"},
                "action": "revert",
                "remedy": {"type": "revert-release", "fields": []},
            }
        },
        {
            "expected class": "image-not-found",
            "expected resource": "Deployment/shop/web",
            "expected action": "rollback",
            "expected remedy": "revert-release",
        },
    ],
)
def test_what_is_expected_may_be_spelled_in_many_ways(write: Write, stated: dict[str, object]) -> None:
    (case,) = read_cases(write({"inputs": "ImagePullBackOff", **stated}))
    assert case.expected == ROLLBACK


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("force-sync", "force_sync"),
        ("Force Sync", "force_sync"),
        ("pr_only", "pr_only"),
        ("PR-only", "pr_only"),
        ("none", "none"),
        ("no_action", "none"),
        ("no-action", "none"),
        ("escalate", "escalate"),
        ("dance", "dance"),
    ],
)
def test_an_action_by_its_other_names(write: Write, written: str, meant: str) -> None:
    (case,) = read_cases(write({"inputs": "x", "action": written}))
    assert case.expected.action == meant
    assert case.healthy == (meant == "none")


@pytest.mark.parametrize("action", [None, "", "none", "no_action"])
def test_where_nothing_is_wrong_nothing_should_be_done(write: Write, action: str | None) -> None:
    (case,) = read_cases(write({"inputs": "x", "expected": {"class": "healthy", "action": action}}))
    assert case.healthy


def test_a_case_that_expects_nothing_is_not_judged(write: Write) -> None:
    (case,) = read_cases(write({"inputs": "x"}))
    assert case.expected == Expected()
    assert not case.healthy


@pytest.mark.parametrize(
    ("inputs", "texts"),
    [
        ("one", {"text 1": "one"}),
        (["one", "two"], {"text 1": "one", "text 2": "two"}),
        ({"logs": "one", "events": ["two", "three"]}, {"logs": "one", "events": "two\nthree"}),
        ({"kubectl": {"describe": "one", "logs": ["two"]}}, {"kubectl describe": "one", "kubectl logs": "two"}),
        ([{"command": "kubectl logs web", "output": "one"}], {"kubectl logs web": "one"}),
        ({"logs": {"text": "one"}, "nothing": None}, {"logs": "one"}),
        (
            {"pod": {"kind": "Pod", "metadata": {"name": "web"}}},
            {"pod": '{"kind":"Pod","metadata":{"name":"web"}}'},
        ),
        ({"pods": {"kind": "List", "items": []}}, {"pods": '{"kind":"List","items":[]}'}),
        (
            {"pods": [{"kind": "Pod", "metadata": {"name": "web"}}]},
            {"pods 1": '{"kind":"Pod","metadata":{"name":"web"}}'},
        ),
    ],
)
def test_evidence_may_be_a_text_a_list_or_a_map(write: Write, inputs: object, texts: dict[str, str]) -> None:
    (case,) = read_cases(write({"inputs": inputs}))
    assert evidence(case.inputs) == (texts, None)


def test_deeply_nested_evidence_is_read_as_json(write: Write) -> None:
    nested: object = "one"
    for _ in range(400):
        nested = [{"deeper": nested}]
    (case,) = read_cases(write({"inputs": {"logs": nested}}))
    (text,) = evidence(case.inputs)[0].values()
    assert text.count("deeper") > 390


@pytest.mark.parametrize("as_text", [False, True])
def test_an_application_is_taken_for_one(write: Write, as_text: bool) -> None:
    body = {"metadata": {"name": "web"}, "spec": {"source": {"repoURL": "https://git.example.com/fleet.git"}}}
    (case,) = read_cases(write({"inputs": {"app": json.dumps(body) if as_text else body, "logs": "one"}}))
    texts, application = evidence(case.inputs)
    assert texts == {"logs": "one"}
    assert application is not None
    assert application.name == "web"


def test_files_beside_the_case_are_read(write: Write) -> None:
    write("Name: web\n", "crash/describe.txt")
    write('{"kind": "List"}', "crash/objects.json")
    named = {"describe": {"file": "describe.txt"}, "objects": "objects.json", "namespace": "shop"}
    (case,) = read_cases(write({"inputs": named}, "crash/case.json"))
    assert case.name == "crash"
    assert case.inputs == {"describe": "Name: web\n", "objects": '{"kind": "List"}', "namespace": "shop"}


def test_files_may_be_listed(write: Write) -> None:
    write("Name: web\n", "crash/describe.txt")
    (case,) = read_cases(write({"inputs": ["describe.txt"]}, "crash/case.json"))
    assert case.inputs == {"describe.txt": "Name: web\n"}


@pytest.mark.parametrize(
    ("path", "said"), [("../secret.txt", "outside"), ("/etc/hostname", "outside"), ("gone.txt", "not there")]
)
def test_no_file_is_read_that_is_not_of_the_cases(write: Write, path: str, said: str) -> None:
    folder = write({"inputs": {"logs": {"file": path}}})
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        read_cases(folder)
    (case,) = read_cases(write({"inputs": {"logs": path}}))
    assert case.inputs == {"logs": path}


def test_a_link_out_of_the_folder_is_not_followed(write: Write) -> None:
    folder = write({"inputs": {"logs": {"file": "link.txt"}}})
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "link.txt").symlink_to("../secret.txt")
    with pytest.raises(ConfigurationError, match="outside"):
        read_cases(folder)


def test_cases_may_stand_in_lines_in_a_list_and_in_folders(write: Write) -> None:
    write('{"inputs": "x"}\n\n{"inputs": "y", "name": "why"}\n', "many.jsonl")
    write([{"inputs": "x"}, {"inputs": "y"}], "deep/listed.json")
    write("no case", "_notes.json")
    write([{"url": "/api/version", "status": 200, "file": "0.json"}], "recording/index.json")
    folder = write({}, "recording/0.json")
    assert [case.name for case in read_cases(folder)] == ["listed-1", "listed-2", "many-1", "why"]
    assert len(read_cases(folder / "many.jsonl")) == 2


@pytest.mark.parametrize(
    ("content", "path", "said"),
    [
        ("{", "broken.json", "broken.json"),
        ('{"inputs": "x"}\n{"inputs": }\n', "broken.jsonl", "broken.jsonl, line 2"),
        ("[" * 100_000, "deep.json", "deep.json"),
        ({"describe": "x"}, "bare.json", "bare.json, found no `inputs` but describe"),
        ({"inputs": 7}, "seven.json", "seven.json"),
        ([{"inputs": "x"}, 7], "listed.json", r"listed.json \(listed-2\), found int"),
        ({"inputs": "x", "now": "yesterday"}, "when.json", "when.json, found 'yesterday'"),
    ],
)
def test_what_is_no_case_names_itself(write: Write, content: object, path: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_cases(write(content, path))
    assert raised.match(said)


def test_a_folder_that_links_to_itself_is_read_once(write: Write) -> None:
    folder = write({"inputs": "x"})
    (folder / "again").symlink_to(folder)
    assert len(read_cases(folder)) == 1


def test_a_folder_without_cases(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="There are no cases"):
        read_cases(tmp_path)
    with pytest.raises(ConfigurationError, match=r"cannot be read.*gone"):
        read_cases(tmp_path / "gone")


def test_the_moment_of_a_case_is_the_latest_past_one() -> None:
    told = "2026-01-02T03:04:05Z 2026-01-02T04:04:04.5+01:00 2099-01-01T00:00:00Z 2026-99-99T00:00:00Z"
    assert latest_moment(told) == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert latest_moment("2099-01-01T00:00:00Z") == datetime(2099, 1, 1, tzinfo=UTC)
    assert latest_moment("2 minutes ago") is None


def test_the_halves_are_stable_and_about_as_large() -> None:
    assert (split_of("a"), split_of("b")) == ("development", "development")
    assert 400 < sum(split_of(str(number)) == "held-out" for number in range(1000)) < 600
