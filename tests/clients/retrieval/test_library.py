"""What the library finds among a few pages of its own, and when it says that nothing fits."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gitops_bot.clients.retrieval import Document, WordLibrary, read_markdown

PAGES = {
    "runbooks/KubePodCrashLooping.md": "# KubePodCrashLooping\n## Meaning\nA pod is restarted over and over.\n",
    "runbooks/kube-node-not-ready.md": "# A node is not ready\nThe kubelet does not report to the control plane.\n",
    "runbooks/KubeDaemonSetRolloutStuck.md": "# KubeDaemonSetRolloutStuck\nThe rollout of a DaemonSet is stuck.\n",
    "runbooks/disk.md": "# Disk is full\nA filesystem of a node has no space left.\nAlso see KubePodCrashLooping.\n",
    "runbooks/dns.md": "# CoreDNS\nNames are not resolved in the cluster.\n",
}


@pytest.fixture
def library() -> WordLibrary:
    return WordLibrary([read_markdown(path, text) for path, text in PAGES.items()])


def first(library: WordLibrary, query: str) -> str:
    found = library.search(query)
    return found[0].path.removeprefix("runbooks/") if found else ""


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("KubePodCrashLooping", "KubePodCrashLooping.md"),
        ("KubeNodeNotReady disk, disk, disk, no space left", "kube-node-not-ready.md"),
        ("https://runbooks.example.com/kubernetes/kubepodcrashlooping", "KubePodCrashLooping.md"),
        ("container keeps crashing", "KubePodCrashLooping.md"),
        ("no space left on device", "disk.md"),
        ("nxdomain from coredns", "dns.md"),
    ],
)
def test_the_page_that_fits_is_first(library: WordLibrary, query: str, page: str) -> None:
    assert first(library, query) == page


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "the of and is",
        "??? !!!",
        "sourdough bread recipes for beginners",
        "KubeDeploymentRolloutStuck",
        "KubeDeploymentRolloutStuck Rollout of deployment X/X is not progressing.",
        "\0\ud800",
    ],
)
def test_nothing_is_found_where_nothing_fits(library: WordLibrary, query: str) -> None:
    assert library.search(query) == ()


def test_a_page_says_where_it_lies_and_what_it_says(library: WordLibrary) -> None:
    [page, *_] = library.search("the node is not ready")
    assert page.path == "runbooks/kube-node-not-ready.md"
    assert page.heading == "A node is not ready"
    assert page.text == PAGES["runbooks/kube-node-not-ready.md"]
    assert page.score > 0


def test_the_best_pages_come_first_and_no_more_than_asked(library: WordLibrary) -> None:
    found = library.search("pod crash looping and disk is full", 5)
    assert [page.score for page in found] == sorted((page.score for page in found), reverse=True)
    assert len(library.search("pod crash looping and disk is full", 1)) == 1


def test_confirmed_incidents_are_found_beside_runbooks() -> None:
    incident = Document(
        path="incidents/2026-11-03-cart.json",
        title="cart: wrong database password",
        lead="cart cannot log in to its database",
    )
    library = WordLibrary([*(read_markdown(path, text) for path, text in PAGES.items()), incident])
    assert library.search("database password rejected for cart")[0].path == "incidents/2026-11-03-cart.json"


def test_a_word_of_kubernetes_in_a_title_is_no_alerts_name() -> None:
    library = WordLibrary(
        [
            read_markdown("scale.md", "# Scale a StatefulSet\nHow to add replicas."),
            read_markdown("volume.md", "# Volume is full\nA volume is nearly full."),
        ]
    )
    assert library.search("the volume of a StatefulSet is nearly full")[0].path == "volume.md"


def test_a_library_without_documents_finds_nothing() -> None:
    assert WordLibrary([]).search("pod is crashing") == ()


def test_one_document_is_enough() -> None:
    library = WordLibrary([read_markdown("a.md", "# Volume is full\nA volume is nearly full.")])
    assert [page.path for page in library.search("the volume is nearly full")] == ["a.md"]
    assert library.search("kafka consumer lag") == ()


def test_a_huge_query_is_read_in_part(library: WordLibrary) -> None:
    assert first(library, "KubePodCrashLooping " + "x" * 1_000_000) == "KubePodCrashLooping.md"


def test_numpy_is_loaded_by_the_first_search_and_not_before() -> None:
    code = "import sys, gitops_bot.clients.retrieval, gitops_bot.commands.runbooks; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "False\n"
