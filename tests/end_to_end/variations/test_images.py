"""One bad image in several clusters, each with a file of its own: one pull request, which grows and shrinks with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import msgspec
import pytest

from gitops_bot.model.plan import Plan
from gitops_bot.sandbox.server import RecordingAt
from tests.end_to_end.conftest import Estate
from tests.end_to_end.variations.building import LIST, Varied
from tests.end_to_end.variations.conftest import Run, Written, run_once

Vary = Callable[..., Varied]
IMAGE = "registry.example.com/ledger"
REGIONS = ("ledger", "ledger-eu", "ledger-us")
FILES = {name: f"{name}/ledger.yaml" for name in REGIONS}
AGAIN = (
    [f"image: {IMAGE}:5.2.0  # pinned by release; synced 2026-11-23"],
    [f"image: {IMAGE}:5.1.2  # pinned by release; synced 2026-11-23"],
)


def renamed(text: str, name: str, image: str = IMAGE) -> str:
    """What is said of the ledger, said of another region, which may have another image."""
    return text.replace(IMAGE, "IMAGE").replace("ledger", name).replace("IMAGE", image)


def copied(varied: Varied, name: str) -> None:
    """Let Argo CD know another Application that fails as the ledger does, with the same image."""
    for url, body in list(varied.answers.items()):
        if url.startswith((f"{LIST}/ledger/", f"{LIST}/ledger?")) or url == f"{LIST}/ledger":
            varied.answers[renamed(url, name)] = json.loads(renamed(json.dumps(body), name))
    varied.names.append(name)


def released(vary: Vary, *, commits: int = 1, **others: str) -> Varied:
    """5.2.0 comes to all regions in one commit, or in one for each; `others` are images of regions that get another."""
    varied = vary()
    varied.keep("ledger")
    varied.git("reset", "-q", "--hard", "HEAD~1")
    text = (varied.clone / FILES["ledger"]).read_text(encoding="utf-8")
    texts = {FILES[name]: renamed(text, name, others.get(name.replace("-", "_"), IMAGE)) for name in REGIONS}
    for name in REGIONS[1:]:
        copied(varied, name)
    before = after = varied.commit("ledger: more regions", dict(texts))
    new = {path: one.replace("5.1.2", "5.2.0") for path, one in texts.items()}
    if commits == 1:
        after = varied.commit("ledger: 5.2.0 everywhere", dict(new))
    for name in REGIONS:
        varied.application(name)["status"]["history"].clear()
        if commits != 1:
            after = varied.commit(f"{name}: 5.2.0", {FILES[name]: new[FILES[name]]})
        varied.delivered(name, before, "2026-11-23T10:28:30Z")
        varied.delivered(name, after, "2026-11-23T10:29:00Z")
    for name in REGIONS:
        varied.compared(name, varied.head)
    return varied


def healthy(varied: Varied, *names: str) -> None:
    """Let exactly these Applications be well."""
    for name in REGIONS:
        varied.application(name)["status"]["health"]["status"] = "Healthy" if name in names else "Degraded"


def edited(written: Written) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """What is planned: tier, Applications and files of each change."""
    plan = msgspec.convert(written.plan, Plan)
    found = ((str(one.tier), one.applications, tuple(edit.path for edit in one.edits)) for one in plan.remediations)
    return sorted((tier, names, tuple(sorted(paths, reverse=True))) for tier, names, paths in found)


def pushed(estate: Estate, varied: Varied, commit: str) -> None:
    """Let main come to a commit of somebody else's."""
    environment = estate.sandbox.environment
    server = environment["GITHUB_SERVER_URL"].replace("://", f"://x:{environment['GITHUB_TOKEN']}@")
    varied.git("push", "-q", f"{server}/{environment['GITHUB_REPOSITORY']}.git", f"{commit}:refs/heads/main")


@pytest.mark.parametrize("commits", [1, 3])
def test_it_is_one_pull_request_that_names_the_image_and_all_applications(vary: Vary, run: Run, commits: int) -> None:
    written = run(released(vary, commits=commits))
    assert written.pulls == {"ledger": dict.fromkeys(FILES.values(), AGAIN)}
    title, _, body = written.bodies["ledger"].partition("\n")
    assert title.startswith("ledger and 2 more: roll back ledger:5.2.0")
    assert "ledger:5.2.0 goes back to 5.1.2 in all 3 files that name it" in body
    for name in REGIONS:
        assert f"`{name}`" in body.partition("\n")[0]
        assert f"`{FILES[name]}`" in body
    assert not written.commits
    assert not written.issues


def test_the_same_version_of_another_repository_is_another_pull_request(vary: Vary, run: Run) -> None:
    written = run(released(vary, ledger_us="mirror.example.com/ledger"))
    assert {name: sorted(lines, reverse=True) for name, lines in written.pulls.items()} == {
        "ledger": [FILES["ledger"], FILES["ledger-eu"]],
        "ledger-us": [FILES["ledger-us"]],
    }


def test_it_is_kept_up_to_date_as_others_begin_to_fail_and_as_some_heal(
    vary: Vary, serve: Callable[..., Estate]
) -> None:
    varied = released(vary, commits=3)
    first = varied.head
    story = (("ledger",), (), ("ledger-eu",), ("ledger", "ledger-eu"), REGIONS)
    later = []
    for number, well in enumerate(story):
        healthy(varied, *well)
        commit = varied.commit("Minutes", {"minutes.md": f"{number}\n"})
        folder = shutil.copytree(varied.write(), varied.folder / f"later-{number}")
        varied.git("branch", f"later-{number}", commit)
        later.append(RecordingAt(folder, commit))
    varied.git("reset", "-q", "--hard", first)
    healthy(varied, "ledger", "ledger-us")
    estate = serve(varied, *later)
    assert edited(run_once(estate)) == [("approve", ("ledger-eu",), (FILES["ledger-eu"],))]
    for well, moment in zip(story[:-1], later, strict=False):
        pushed(estate, varied, moment.commit)
        left = tuple(name for name in REGIONS if name not in well)
        changes = []
        for _ in range(2):
            written = run_once(estate)
            assert list(written.pulls) == ["ledger-eu"]
            [pull] = estate.forge("pulls?state=all")
            head = pull["head"]
            assert isinstance(head, dict)
            paths = estate.git("diff", "--name-only", f"origin/main...origin/{head['ref']}")
            assert paths.split() == sorted(FILES[name] for name in left)
            changes.append(pull)
            assert not written.issues
        assert changes[0] == changes[1]
    pushed(estate, varied, later[-1].commit)
    assert run_once(estate).pulls == {}
    [pull] = estate.forge("pulls?state=all")
    assert (pull["state"], pull["merged_at"]) == ("closed", None)


def test_production_waits_for_approval_and_staging_does_not(vary: Vary, run: Run) -> None:
    varied = released(vary)
    varied.application("ledger-eu")["metadata"].setdefault("labels", {})["env"] = "staging"
    text = "overrides:\n  - {match: {environments: [staging]}, tier: commit}\n"
    varied.commit("policy", {".gitops-bot.yaml": text})
    written = run(varied)
    assert edited(written) == [
        ("approve", ("ledger", "ledger-us"), (FILES["ledger"], FILES["ledger-us"])),
        ("commit", ("ledger-eu",), (FILES["ledger-eu"],)),
    ]
    assert list(written.pulls) == ["ledger"]
    assert written.lines == {FILES["ledger-eu"]: AGAIN}
