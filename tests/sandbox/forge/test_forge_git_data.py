"""Git's database, commits and files over REST."""

from __future__ import annotations

import base64
import json

import pytest

RUN = "scripts/run.sh"


def test_references_are_made_moved_and_deleted(api) -> None:
    first = api.forge.branch_commit("main")
    made = api.repo("POST", "/git/refs", {"ref": "refs/heads/gitops-bot/a/1", "sha": first}, status=201)
    assert (made["ref"], made["object"]["sha"], made["object"]["type"]) == (
        "refs/heads/gitops-bot/a/1",
        first,
        "commit",
    )
    api.repo("POST", "/git/refs", {"ref": "refs/heads/gitops-bot/b/2", "sha": first}, status=201)
    names = [each["ref"] for each in api.repo("GET", "/git/matching-refs/heads/gitops-bot/")]
    assert names == ["refs/heads/gitops-bot/a/1", "refs/heads/gitops-bot/b/2"]
    assert api.repo("GET", "/git/ref/heads/gitops-bot%2Fa%2F1")["object"]["sha"] == first
    assert [each["name"] for each in api.repo("GET", "/branches")] == ["gitops-bot/a/1", "gitops-bot/b/2", "main"]
    api.repo("DELETE", "/git/refs/heads/gitops-bot/a/1", status=204)
    api.repo("GET", "/git/ref/heads/gitops-bot/a/1", status=404)


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("refs/heads/main", "Reference already exists"),
        ("heads/x", "Reference name must start with 'refs' and have at least two slashes."),
        ("refs/heads/a..b", "refs/heads/a..b is not a valid ref name."),
    ],
)
def test_a_reference_is_refused(api, ref: str, message: str) -> None:
    asked = {"ref": ref, "sha": api.forge.branch_commit("main")}
    assert api.repo("POST", "/git/refs", asked, status=422)["message"] == message


def test_a_reference_needs_an_object_and_moves_forward_only(api) -> None:
    old = api.repo("GET", "/commits?per_page=3")[2]["sha"]
    unknown = {"ref": "refs/heads/x", "sha": "1" * 40}
    assert api.repo("POST", "/git/refs", unknown, status=422)["message"] == "Object does not exist"
    refused = api.repo("PATCH", "/git/refs/heads/main", {"sha": old}, status=422)
    assert refused["message"] == "Update is not a fast forward"
    api.repo("PATCH", "/git/refs/heads/nowhere", {"sha": old}, status=422)
    api.repo("PATCH", "/git/refs/heads/main", {"sha": old, "force": True})
    assert api.forge.branch_commit("main") == old
    api.repo("DELETE", "/git/refs/heads/main", status=422)


def test_tags_are_references_too(api) -> None:
    sha = api.forge.branch_commit("main")
    api.repo("POST", "/git/refs", {"ref": "refs/tags/v1", "sha": sha}, status=201)
    assert api.repo("GET", "/commits/v1")["sha"] == sha


def test_a_commit_is_built_from_blobs_and_trees(api) -> None:
    head = api.forge.branch_commit("main")
    blob = api.repo("POST", "/git/blobs", {"content": "AAEC", "encoding": "base64"}, status=201)
    items = [
        {"path": "bin/data", "mode": "100644", "type": "blob", "sha": blob["sha"]},
        {"path": "bin/tool", "mode": "100755", "type": "blob", "content": "#!/bin/sh\n"},
        {"path": "README.md", "mode": "100644", "type": "blob", "sha": None},
    ]
    tree = api.repo("POST", "/git/trees", {"base_tree": head, "tree": items}, status=201)
    read = api.repo("GET", f"/git/trees/{tree['sha']}?recursive=1")
    modes = {each["path"]: each["mode"] for each in read["tree"]}
    assert "README.md" not in modes
    assert (modes["bin/data"], modes["bin/tool"], modes[RUN], modes["bin"]) == ("100644", "100755", "100755", "040000")
    author = {"name": "Ada", "email": "ada@example.com", "date": "2026-11-01T10:00:00+01:00"}
    asked = {"message": "Build\n\nbody", "tree": tree["sha"], "parents": [head], "author": author}
    made = api.repo("POST", "/git/commits", asked, status=201)
    assert made["author"] == {"name": "Ada", "email": "ada@example.com", "date": "2026-11-01T09:00:00Z"}
    assert made == api.repo("GET", f"/git/commits/{made['sha']}")
    assert base64.b64decode(api.repo("GET", f"/git/blobs/{blob['sha']}")["content"]) == b"\0\1\2"
    assert made["verification"]["verified"] is False


@pytest.mark.parametrize("path", ["../x", ".git/config", "/x", "a//b", "a/./b"])
def test_a_path_that_git_refuses_is_refused(api, path: str) -> None:
    items = [{"path": path, "mode": "100644", "type": "blob", "content": "x"}]
    assert "malformed" in api.repo("POST", "/git/trees", {"tree": items}, status=422)["message"]


def test_what_is_not_there_is_not_found(api) -> None:
    for path in ("commits", "trees", "blobs"):
        api.repo("GET", f"/git/{path}/{'1' * 40}", status=404)
    assert api.repo("GET", "/commits/nowhere", status=422)["message"] == "No commit found for SHA: nowhere"
    api.repo("POST", "/git/commits", {"message": "m", "tree": "1" * 40}, status=422)
    api.repo("POST", "/git/trees", {"base_tree": "1" * 40, "tree": []}, status=422)


def test_the_log_by_path_time_and_page(api) -> None:
    log = api.repo("GET", "/commits")
    assert [each["commit"]["message"] for each in log] == ["Commit 3", "Commit 2", "First"]
    assert [each["sha"] for each in api.repo("GET", "/commits?path=apps/search")] == [log[2]["sha"]]
    assert api.repo("GET", "/commits?since=2026-11-02T00:00:00Z") == []
    assert len(api.repo("GET", "/commits?until=2026-11-02T00:00:00Z&author=Ada")) == 3
    assert api.repo("GET", f"/commits?sha={log[1]['sha']}&per_page=1")[0]["commit"]["message"] == "Commit 2"
    api.repo("GET", "/commits?sha=nowhere", status=404)
    api.repo("GET", "/commits?path=:(exclude)README.md")


def test_one_commit_has_its_files(api) -> None:
    read = api.repo("GET", "/commits/heads/main")
    assert read["stats"] == {"total": 2, "additions": 1, "deletions": 1}
    assert read["files"][0]["patch"] == "@@ -1 +1 @@\n-# fleet 2\n+# fleet 3"
    first = api.repo("GET", f"/commits/{api.repo('GET', '/commits')[2]['sha']}")
    assert {each["status"] for each in first["files"]} == {"added"}


def test_a_renamed_and_a_binary_file_show_in_a_comparison(api) -> None:
    head = api.branch("moved")
    text = "replicas: 1\nimage: search:8.11.9\n"
    blob = api.repo("POST", "/git/blobs", {"content": "AAEC", "encoding": "base64"}, status=201)["sha"]
    items = [
        {"path": "apps/search/search.yaml", "mode": "100644", "type": "blob", "sha": None},
        {"path": "apps/find/ünï code.yaml", "mode": "100644", "type": "blob", "content": text},
        {"path": "data.bin", "mode": "100644", "type": "blob", "sha": blob},
    ]
    tree = api.repo("POST", "/git/trees", {"base_tree": head, "tree": items}, status=201)["sha"]
    sha = api.repo("POST", "/git/commits", {"message": "Move", "tree": tree, "parents": [head]}, status=201)["sha"]
    api.repo("PATCH", "/git/refs/heads/moved", {"sha": sha})
    read = api.repo("GET", "/compare/main...acme:moved")
    assert (read["status"], read["ahead_by"], read["behind_by"], read["total_commits"]) == ("ahead", 2, 0, 2)
    files = {each["filename"]: each for each in read["files"]}
    renamed = files["apps/find/ünï code.yaml"]
    assert (renamed["status"], renamed["previous_filename"]) == ("renamed", "apps/search/search.yaml")
    assert "patch" not in files["data.bin"]
    assert api.repo("GET", "/compare/main...main")["status"] == "identical"
    assert api.repo("GET", f"/compare/{sha}...main")["status"] == "behind"
    api.repo("GET", "/compare/main...nowhere", status=404)


def test_files_and_folders_are_read(api) -> None:
    read = api.repo("GET", "/contents/apps/search/search.yaml?ref=main")
    assert base64.b64decode(read["content"]) == b"replicas: 1\nimage: search:8.11.9\n"
    assert [each["name"] for each in api.repo("GET", "/contents/")] == ["README.md", "apps", "scripts"]
    assert [each["path"] for each in api.repo("GET", "/contents/apps/search")] == ["apps/search/search.yaml"]
    api.repo("GET", "/contents/nothing", status=404)
    assert "nowhere" in api.repo("GET", "/contents/README.md?ref=nowhere", status=404)["message"]


def test_files_are_written_by_the_blob_they_replace(api) -> None:
    text = base64.b64encode(b"#!/bin/sh\necho more\n").decode()
    asked = {"message": "More", "content": text, "branch": "main"}
    api.repo("PUT", f"/contents/{RUN}", asked, status=422)
    api.repo("PUT", f"/contents/{RUN}", {**asked, "sha": "1" * 40}, status=409)
    sha = api.repo("GET", f"/contents/{RUN}")["sha"]
    done = api.repo("PUT", f"/contents/{RUN}", {**asked, "sha": sha})
    assert done["commit"]["sha"] == api.forge.branch_commit("main")
    modes = {each["path"]: each["mode"] for each in api.repo("GET", "/git/trees/main?recursive=1")["tree"]}
    assert modes[RUN] == "100755"
    api.repo("PUT", "/contents/new/file", {"message": "New", "content": text}, status=201)
    gone = api.repo("DELETE", f"/contents/{RUN}", {"message": "Gone", "sha": done["content"]["sha"]})
    assert gone["content"] is None
    api.repo("GET", f"/contents/{RUN}", status=404)


def test_bodies_that_are_no_json_or_of_another_type_are_refused(api) -> None:
    response = api.forge.handle(type(api).request_of("POST", "/api/v3/repos/acme/fleet/git/refs", api.token, b"{"))
    assert json.loads(response.body)["message"] == "Problems parsing JSON"
    assert response.status == 400
    api.repo("POST", "/git/refs", {"ref": 7, "sha": "x"}, status=422)
    api.repo("POST", "/git/refs", [], status=400)
