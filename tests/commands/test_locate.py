"""`gitops-bot locate` from its command line: its JSON, its page for people, and what it says of bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_bot.cli import COMMANDS, main
from gitops_bot.clients.rendering import Tools
from gitops_bot.commands import locate
from gitops_bot.errors import ConfigurationError, RepositoryError
from tests.locate.sites import shapes
from tests.support.fixtures import tools
from tests.support.repository import Repository

__all__ = ["tools"]

IMAGE = "/spec/template/spec/containers/0/image"


@pytest.fixture
def run(
    tmp_path: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Runs the command about an Application of a shape and returns what it prints."""
    assert tools.helm
    monkeypatch.setenv("PATH", shapes.TOOLS_PATH)
    monkeypatch.setitem(COMMANDS, "locate", ("show which line in Git sets a live field", locate.__name__))

    def called(shape: str, application: str, resource: str, pointer: str, *more: str) -> str:
        repository = tmp_path / shape
        if not repository.exists():
            shapes.checkout(shape, tmp_path)
        file = write(tmp_path / "application.json", shape, application)
        words = ["locate", "--repo", str(repository), "--application", str(file), "--resource", resource]
        assert main([*words, "--pointer", pointer, *more]) == 0
        return capsys.readouterr().out

    return called


def write(path: Path, shape: str, application: str) -> Path:
    found = json.loads((shapes.SHAPES / shape / "applications.json").read_text(encoding="utf-8"))
    path.write_text(json.dumps(next(one for one in found if one["metadata"]["name"] == application)), encoding="utf-8")
    return path


def test_the_json_has_the_keys_of_the_contract(run: Callable[..., str]) -> None:
    answer = json.loads(run("multi-source", "api-eu", "apps/Deployment/api/api", IMAGE, "--json"))
    assert answer["expressible"] is True
    [site] = answer["sites"]
    assert {key: site[key] for key in ("path", "document", "pointer", "line")} == {
        "path": "values/eu/api.yaml",
        "document": 0,
        "pointer": "/image",
        "line": 1,
    }
    assert answer["shared_by"] == []
    assert answer["reason"] == ""


def test_yaml_inside_yaml_has_the_outer_pointer_and_the_inner_ones_and_the_line_in_the_file(
    run: Callable[..., str],
) -> None:
    memory = "/spec/template/spec/containers/0/resources/limits/memory"
    answer = json.loads(run("kustomize-options", "web-one", "apps/Deployment/one/one-web", memory, "--json"))
    [site] = answer["sites"]
    assert (site["pointer"], site["inside"], site["line"]) == (
        "/spec/source/kustomize/patches/0/patch",
        ["/0/value"],
        26,
    )


def test_what_is_to_be_inserted_is_said_as_an_operation(run: Callable[..., str]) -> None:
    answer = json.loads(run("kustomize-overlays", "api-staging", "apps/Deployment/x/api-staging", IMAGE, "--json"))
    first, second = answer["sites"]
    assert first["exists"] is False
    assert first["insert"] == {
        "pointer": "/images",
        "value": [{"name": "registry.example.com/api", "newTag": "1.0.0"}],
    }
    assert second["path"] == "base/deployment.yaml"


def test_other_applications_of_the_fleet_tell_who_shares_a_file(run: Callable[..., str], tmp_path: Path) -> None:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    write(fleet / "two.json", "kustomize-options", "web-two")
    name = "/spec/template/metadata/labels/app"
    question = ("kustomize-options", "web-one", "apps/Deployment/one/one-web", name, "--json")
    assert json.loads(run(*question))["shared_by"] == []
    assert json.loads(run(*question, "--fleet", str(fleet)))["shared_by"] == ["web-two"]


def test_a_person_sees_the_line_the_layers_and_who_reads_the_file(run: Callable[..., str]) -> None:
    page = run("helm-application", "by-values", "batch/CronJob/jobs/by-values", cronjob("image"))
    assert "its tag stands in apps/values.yaml:15  (Application's values)" in page
    assert '  > 15 |           tag: "8"' in page
    assert "  > apps/values.yaml:15  Application's values: 8  (decides)" in page
    assert "    chart/values.yaml:1  chart's default values: 1  (overridden)" in page
    assert "No other application read here reads apps/values.yaml." in page


def test_a_person_sees_what_would_be_inserted(run: Callable[..., str]) -> None:
    page = run("helm-application", "bare", "batch/CronJob/jobs/bare", cronjob("resources/limits/memory"))
    assert "belongs into apps/bare.yaml:15  (Application's valuesObject)" in page
    assert "    +    helm:\n    +      valuesObject:\n" in page
    assert "then stands in chart/values.yaml:5  (chart's default values)" in page


def test_a_person_sees_why_nothing_sets_the_field(run: Callable[..., str]) -> None:
    page = run("helm-values", "billing-production", "apps/Deployment/x/billing-service", "/spec/revisionHistoryLimit")
    assert "Nothing in this repository sets it where it could be edited:" in page
    assert "charts/service/templates/deployment.yaml:11  (read-only)" in page


def cronjob(field: str) -> str:
    return f"/spec/jobTemplate/spec/template/spec/containers/0/{field}"


def test_a_bare_repository_answers_too(run: Callable[..., str], tmp_path: Path) -> None:
    work = shapes.checkout("directory", tmp_path / "work")
    Repository(tmp_path / "unused").git("clone", "--quiet", "--bare", str(work), str(tmp_path / "directory"))
    answer = json.loads(run("directory", "shop", "apps/Deployment/shop/cart", "/spec/replicas", "--json"))
    assert answer["sites"][0]["line"] == 21


@pytest.mark.parametrize("text", ["Deployment/cart", "apps/Deployment/shop", "apps//shop/cart", ""])
def test_a_resource_of_another_form_is_refused_with_the_right_form(text: str) -> None:
    with pytest.raises(ConfigurationError, match="GROUP/KIND/NAMESPACE/NAME"):
        locate.read_resource(text)


def test_core_stands_for_the_core_group_and_a_namespace_may_be_empty() -> None:
    assert locate.read_resource("core/Namespace//shop").path == "core/Namespace//shop"
    assert locate.read_resource("core/Namespace//shop").group == ""


@pytest.mark.parametrize("text", ["spec/replicas", "/a~2b"])
def test_what_is_no_pointer_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="RFC 6901"):
        locate.read_pointer(text)


@pytest.mark.parametrize("content", ["{", "[]", '{"metadata": 3}', "[{}, {}]"])
def test_a_file_without_one_application_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "application.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        main_with(tmp_path, file)


def test_a_folder_that_is_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError):
        main_with(tmp_path, write(tmp_path / "application.json", "directory", "shop"))


def main_with(folder: Path, application: Path) -> None:
    import argparse

    parser = argparse.ArgumentParser()
    locate.add_arguments(parser)
    words = ["--repo", str(folder), "--application", str(application), "--resource", "core/Pod/a/b", "--pointer", "/a"]
    locate.run(parser.parse_args(words))
