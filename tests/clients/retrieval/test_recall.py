"""How many of the real runbooks are found: the figures that the issue asks for, on the shared corpus."""

from __future__ import annotations

import os

import pytest

from gitops_bot.clients.retrieval import Document, WordLibrary
from tests.support import runbooks


@pytest.fixture(scope="module", autouse=True)
def _shared() -> None:
    if runbooks.RUNBOOKS.is_dir():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(runbooks.MISSING)
    pytest.skip(runbooks.MISSING)


@pytest.fixture(scope="module")
def library() -> WordLibrary:
    return WordLibrary(runbooks.pages())


@pytest.fixture(scope="module")
def masked() -> dict[str, Document]:
    return runbooks.masked_pages()


@pytest.mark.parametrize(("kind", "least"), [("alert_and_annotations", 0.98), ("annotations", 0.91), ("summary", 0.88)])
def test_the_right_page_is_first(library: WordLibrary, kind: str, least: float) -> None:
    assert runbooks.recall(library, runbooks.alerts(kind)) >= least


@pytest.mark.parametrize(("kind", "least"), [("annotations", 0.87), ("summary", 0.80)])
def test_the_text_alone_carries_a_page_without_its_name(masked: dict[str, Document], kind: str, least: float) -> None:
    library = WordLibrary(tuple(masked.values()))
    assert runbooks.recall(library, runbooks.alerts(kind), renamed=masked) >= least


@pytest.mark.parametrize(("part", "least"), [("development", 0.75), ("held-out", 0.75), ("blind", 0.60)])
def test_paraphrases_find_their_page(library: WordLibrary, part: str, least: float) -> None:
    assert runbooks.recall(library, runbooks.paraphrases(part)) >= least


@pytest.mark.parametrize("part", runbooks.PARTS)
def test_nothing_is_found_for_what_has_no_page(library: WordLibrary, part: str) -> None:
    assert runbooks.abstention(library, runbooks.without_page(part)) >= 0.85


@pytest.mark.parametrize(
    "name",
    ["KubeDeploymentRolloutStuck", "KubeNodePressure", "GrafanaRequestsFailing", "KubeSchedulerInstanceUnreachable"],
)
def test_an_alert_without_a_page_finds_none_by_its_name(library: WordLibrary, name: str) -> None:
    assert library.search(name) == ()


def test_every_page_is_found_by_the_name_of_its_alert(library: WordLibrary) -> None:
    names = {page.path: page.path.rpartition("/")[2].removesuffix(".md") for page in runbooks.pages()}
    assert {path: library.search(name)[0].path for path, name in names.items()} == {path: path for path in names}
