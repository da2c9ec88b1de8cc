"""Which change began it: histories that no recording shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.variations import symptoms
from tests.end_to_end.variations.building import LATER, Varied
from tests.end_to_end.variations.conftest import Run

Vary = Callable[..., Varied]
LEDGER = "ledger/ledger.yaml"
IMAGE = (
    ["image: registry.example.com/ledger:5.2.0  # pinned by release; synced 2026-11-23"],
    ["image: registry.example.com/ledger:5.1.2  # pinned by release; synced 2026-11-23"],
)
BACK = {"ledger": {LEDGER: IMAGE}}


@pytest.fixture
def ledger(vary: Vary) -> Varied:
    """5.2.0 was delivered to production a moment ago, and crashes."""
    varied = vary()
    varied.keep("ledger")
    return varied


def released(ledger: Varied) -> None:
    """Let Argo CD have delivered the branch's head instead of the recording's commit."""
    ledger.application("ledger")["status"]["history"].pop()
    ledger.delivered("ledger", ledger.head)


def before_the_release(ledger: Varied) -> None:
    ledger.git("reset", "-q", "--hard", "HEAD~1")


def release(ledger: Varied, message: str = "ledger: 5.2.0") -> str:
    return ledger.edit(message, LEDGER, "ledger:5.1.2", "ledger:5.2.0")


def test_an_unrelated_commit_between_good_and_bad(ledger: Varied, run: Run) -> None:
    before_the_release(ledger)
    ledger.edit("ledger: another flag", LEDGER, "    audit=on\n", "    audit=on\n    tracing=off\n")
    release(ledger)
    ledger.commit("search: a note", {"search/NOTES.md": "Nothing.\n"})
    released(ledger)
    assert run(ledger).pulls == BACK


@pytest.mark.parametrize("squash", [True, False])
def test_a_release_that_came_by_a_merge(ledger: Varied, run: Run, squash: bool) -> None:
    before_the_release(ledger)
    ledger.git("checkout", "-q", "-b", "release")
    release(ledger)
    ledger.git("checkout", "-q", "main")
    ledger.commit("search: a note", {"search/NOTES.md": "Nothing.\n"})
    if squash:
        ledger.git("merge", "-q", "--squash", "release")
        ledger.git("commit", "-q", "-m", "ledger: 5.2.0 (#7)")
    else:
        ledger.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7 from release", "release")
    released(ledger)
    assert run(ledger).pulls == BACK


def test_a_commit_that_released_two_applications_gives_each_its_own(vary: Vary, run: Run) -> None:
    varied = vary()
    varied.keep("ledger", "search")
    varied.git("reset", "-q", "--hard", "HEAD~2")
    texts = {path: (varied.clone / path).read_text(encoding="utf-8") for path in (LEDGER, "search/search.yaml")}
    commit = varied.commit(
        "Both at once",
        {
            LEDGER: texts[LEDGER].replace("ledger:5.1.2", "ledger:5.2.0"),
            "search/search.yaml": texts["search/search.yaml"].replace("search:8.11.0", "search:8.11.9"),
        },
    )
    for name in ("ledger", "search"):
        varied.application(name)["status"]["history"].pop()
        varied.delivered(name, commit)
    written = run(varied)
    search = (["image: registry.example.com/search:8.11.9"], ["image: registry.example.com/search:8.11.0"])
    assert written.pulls == {**BACK, "search": {"search/search.yaml": search}}


def test_a_release_that_a_person_took_back_already(ledger: Varied, run: Run) -> None:
    ledger.edit("Revert ledger: 5.2.0", LEDGER, "ledger:5.2.0", "ledger:5.1.2")
    written = run(ledger)
    assert written.nothing
    assert "already" in written.skipped["ledger"]


def test_a_release_that_a_person_replaced_already(ledger: Varied, run: Run) -> None:
    ledger.edit("ledger: 5.2.1", LEDGER, "ledger:5.2.0", "ledger:5.2.1")
    written = run(ledger)
    assert written.nothing
    assert "already" in written.skipped["ledger"]


def test_later_changes_of_other_lines_stay(ledger: Varied, run: Run) -> None:
    ledger.edit("ledger: three of them", LEDGER, "replicas: 2", "replicas: 3")
    assert run(ledger).pulls == BACK


def test_an_application_that_was_never_deployed_before(ledger: Varied, run: Run) -> None:
    history = ledger.application("ledger")["status"]["history"]
    del history[:-1]
    written = run(ledger)
    assert not written.pulls
    assert not written.commits
    (body,) = written.issues.values()
    assert "deploy" in body


@pytest.mark.parametrize("target", ["v1.4.0", "01b9168e8c366becb09b11bef3270d1d7e6041a2", "release/5.x"])
def test_an_application_that_is_pinned_is_left_alone(ledger: Varied, run: Run, target: str) -> None:
    ledger.application("ledger")["spec"]["source"]["targetRevision"] = target
    manifest = "argocd/apps/ledger.yaml"
    ledger.edit("ledger: pin", manifest, "targetRevision: main", f"targetRevision: {target}")
    written = run(ledger)
    assert written.nothing
    assert target in written.skipped["ledger"]


def test_an_application_of_another_repository_is_left_to_its_own_bot(vary: Vary, run: Run) -> None:
    varied = vary()
    varied.keep("ledger", "search", "checkout")
    body = varied.application("ledger")
    body["spec"]["source"]["repoURL"] = "https://github.com/acme/elsewhere.git"
    for entry in body["status"]["history"]:
        entry["source"] = body["spec"]["source"]
    written = run(varied)
    assert list(written.pulls) == ["search"]
    assert "acme/elsewhere" in written.skipped["ledger"]


def test_pods_of_which_nothing_can_be_read(ledger: Varied, run: Run) -> None:
    """403 for the pod's manifest: the resource tree still tells that it crashes."""
    pod = ledger.node("ledger", "Pod", symptoms.LEDGER_POD)["name"]
    ledger.forget("ledger", "resource", pod)
    written = run(ledger, code=1)
    assert written.pulls in ({}, BACK)
    assert not written.commits
    assert written.skipped["ledger"]


def test_half_of_the_pods_cannot_be_read(ledger: Varied, run: Run) -> None:
    pod = ledger.node("ledger", "Pod", symptoms.LEDGER_POD)
    twin = {**pod, "name": f"{pod['name']}-twin", "uid": "twin", "createdAt": LATER}
    ledger.nodes("ledger").append(twin)
    written = run(ledger, code=1)
    assert written.pulls == BACK
    assert "twin" in written.skipped["ledger"]


def test_an_application_that_is_gone_when_it_is_looked_at(vary: Vary, run: Run) -> None:
    varied = vary()
    varied.keep("ledger", "search")
    varied.only_listed = ["search"]
    written = run(varied, code=1)
    assert written.pulls == BACK
    assert "deleted" in written.skipped["search"]
