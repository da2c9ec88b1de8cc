from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_bot.errors import ConfigurationError
from gitops_bot.sandbox.argocd.recording import Recording, normalised_query


def refusal(path: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        Recording.open(path)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "found no folder" in refusal(tmp_path / "absent")


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    text = refusal(tmp_path)
    assert "no index.json" in text
    assert str(tmp_path) in text


@pytest.mark.parametrize("index", ["{", '{"url": 1}', '[{"method": "GET"}]', "[1]"])
def test_an_index_of_another_shape_is_refused(tmp_path: Path, index: str) -> None:
    (tmp_path / "index.json").write_text(index)
    assert "index cannot be read" in refusal(tmp_path)


def test_an_index_that_names_a_missing_file_is_refused(write_recording: Callable[..., Path]) -> None:
    folder = write_recording([], {"/api/version": {}})
    (folder / "001.json").unlink()
    assert "no 001.json for /api/version" in refusal(folder)


def test_a_body_that_is_no_json_is_refused(write_recording: Callable[..., Path]) -> None:
    text = refusal(write_recording([], {"/api/version": '{"Version": '}))
    assert "a recorded body is broken" in text
    assert "001.json" in text


def test_a_file_outside_the_folder_is_refused(write_recording: Callable[..., Path]) -> None:
    folder = write_recording([])
    (folder.parent / "secret.json").write_text("{}")
    index = json.loads((folder / "index.json").read_text())
    index.append({"method": "GET", "url": "/api/version", "status": 200, "file": "../secret.json"})
    (folder / "index.json").write_text(json.dumps(index))
    assert "outside its folder" in refusal(folder)


def test_a_recording_without_a_list_of_applications_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text("[]")
    assert "no list of applications" in refusal(tmp_path)


def test_of_two_answers_for_one_url_the_later_counts(write_recording: Callable[..., Path]) -> None:
    folder = write_recording(
        [], {"/api/version?b=2&a=1": {"Version": "old"}, "/api/version?a=1&b=2": {"Version": "new"}}
    )
    call = Recording.open(folder).find("/api/version", (("a", "1"), ("b", "2")))
    assert call is not None
    assert json.loads(call.file.read_text()) == {"Version": "new"}


def test_queries_are_compared_without_order_empty_values_and_ignored_names() -> None:
    pairs = [("z", "1"), ("group", ""), ("a", "2"), ("project", "p")]
    assert normalised_query(pairs, without=frozenset({"project"})) == (("a", "2"), ("z", "1"))
