from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitops_bot.errors import ConfigurationError
from gitops_bot.sandbox.argocd.recording import LIST_PATH, Recording
from gitops_bot.sandbox.argocd.replay import repository_urls
from gitops_bot.sandbox.fleet import generate


@pytest.fixture
def healthy(recordings: Path) -> Path:
    return recordings / "00-healthy"


def listed(folder: Path) -> list[dict[str, Any]]:
    call = Recording.open(folder).calls[LIST_PATH, ()]
    items: list[dict[str, Any]] = json.loads(call.file.read_text())["items"]
    return items


def test_a_fleet_has_the_number_of_applications_asked_for_all_healthy_and_unique(healthy: Path, tmp_path: Path) -> None:
    generate(healthy, tmp_path / "fleet", 40)
    applications = listed(tmp_path / "fleet")
    assert len(applications) == 40
    assert len({each["metadata"]["name"] for each in applications}) == 40
    assert len({each["metadata"]["uid"] for each in applications}) == 40
    assert len({each["spec"]["destination"]["namespace"] for each in applications}) == 40
    assert {(each["status"]["health"]["status"], each["status"]["sync"]["status"]) for each in applications} == {
        ("Healthy", "Synced")
    }


def test_a_clone_is_its_original_with_another_name_and_namespace(healthy: Path, tmp_path: Path) -> None:
    generate(healthy, tmp_path / "fleet", 1)
    (clone,) = listed(tmp_path / "fleet")
    name = clone["metadata"]["name"]
    original = next(each for each in listed(healthy) if name.startswith(f"{each['metadata']['name']}-"))
    assert clone["spec"]["source"] == original["spec"]["source"]
    assert clone["status"]["sync"]["revision"] == original["status"]["sync"]["revision"]
    assert {each["namespace"] for each in clone["status"]["resources"]} == {name}
    applied = json.loads(clone["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"])
    assert applied["metadata"]["name"] == name
    assert applied["spec"]["destination"]["namespace"] == name


def test_the_list_and_the_answers_about_argo_cd_are_all_unless_details_are_asked_for(
    healthy: Path, tmp_path: Path
) -> None:
    generate(healthy, tmp_path / "fleet", 5)
    paths = [path for path, _ in Recording.open(tmp_path / "fleet").calls]
    assert LIST_PATH in paths
    assert "/api/version" in paths
    assert not [path for path in paths if path.startswith(f"{LIST_PATH}/")]


def test_details_of_a_clone_name_the_clone(healthy: Path, tmp_path: Path) -> None:
    generate(healthy, tmp_path / "fleet", 3, details=True)
    recording = Recording.open(tmp_path / "fleet")
    for application in listed(tmp_path / "fleet"):
        name = application["metadata"]["name"]
        own = recording.find(f"{LIST_PATH}/{name}")
        resources = recording.find(f"{LIST_PATH}/{name}/managed-resources")
        assert own is not None
        assert json.loads(own.file.read_text())["metadata"]["name"] == name
        assert resources is not None
        items = json.loads(resources.file.read_text())["items"]
        assert {item["namespace"] for item in items} == {name}
        live = [json.loads(item["liveState"])["metadata"] for item in items]
        assert {metadata["namespace"] for metadata in live} == {name}
        assert all(
            metadata["annotations"]["argocd.argoproj.io/tracking-id"].startswith(f"{name}:") for metadata in live
        )


def test_every_clone_belongs_to_the_repository_of_its_original(healthy: Path, tmp_path: Path) -> None:
    generate(healthy, tmp_path / "fleet", 7)
    assert set(repository_urls(Recording.open(tmp_path / "fleet"))) == {"http://127.0.0.1:3000/acme/fleet.git"}


def test_a_folder_with_content_is_not_written_over(healthy: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("")
    with pytest.raises(ConfigurationError, match="not empty"):
        generate(healthy, tmp_path, 1)


def test_a_source_without_a_healthy_application_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "000.json").write_text('{"items": [{"metadata": {"name": "a"}, "status": {}}]}')
    index = [{"method": "GET", "url": LIST_PATH, "status": 200, "file": "000.json"}]
    (source / "index.json").write_text(json.dumps(index))
    with pytest.raises(ConfigurationError, match="no application to clone"):
        generate(source, tmp_path / "fleet", 1)
