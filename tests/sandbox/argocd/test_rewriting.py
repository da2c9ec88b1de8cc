from __future__ import annotations

import json

import pytest

from gitops_bot.sandbox.argocd.rewriting import RepositoryUrl, Rewriting, most_used_repository

OWN = "http://127.0.0.1:4711"


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("http://127.0.0.1:3000/acme/fleet.git", "http://127.0.0.1:3000/"),
        ("https://github.com/acme/fleet", "https://github.com/"),
        ("https://github.com/acme/fleet/", "https://github.com/"),
        ("https://user@git.example/scm/acme/fleet.git", "https://user@git.example/scm/"),
        ("ssh://git@git.example:22/acme/fleet.git", "ssh://git@git.example:22/"),
        ("git@github.com:acme/fleet.git", "git@github.com:"),
    ],
)
def test_a_clone_url_is_taken_apart_and_rewritten(url: str, prefix: str) -> None:
    assert RepositoryUrl.parse(url) == RepositoryUrl(prefix, "acme", "fleet")
    body = json.dumps({"repoURL": url}).encode()
    rewritten = json.loads(Rewriting(most_used_repository([url]), OWN).apply(body))
    assert rewritten == {"repoURL": url.replace(prefix, f"{OWN}/")}


@pytest.mark.parametrize("url", ["", "https://charts.example", "oci.example/charts", "https://charts.example/one"])
def test_what_names_no_owner_and_name_is_no_repository(url: str) -> None:
    assert RepositoryUrl.parse(url) is None


def test_the_repository_that_most_sources_use_is_chosen_in_all_its_spellings() -> None:
    chosen = most_used_repository(
        [
            "https://a.example/acme/one.git",
            "https://a.example/acme/two",
            "git@a.example:acme/two.git",
            "https://x.example",
        ]
    )
    assert [each.prefix for each in chosen] == ["https://a.example/", "git@a.example:"]
    assert {each.name for each in chosen} == {"two"}
    assert most_used_repository(["https://charts.example"]) == ()


def test_other_repositories_and_longer_names_are_left_as_they_are() -> None:
    rewriting = Rewriting(most_used_repository(["https://a.example/acme/fleet.git"]), OWN)
    for other in ("fleet-2.git", "fleet2", "fleet.io", "fleet.gitops", "other"):
        body = f'"https://a.example/acme/{other}"'.encode()
        assert rewriting.apply(body) == body
    for same in ("fleet", "fleet.git", "fleet/tree/main", "fleet?ref=1", "fleet. A sentence goes on."):
        assert rewriting.apply(f'"https://a.example/acme/{same}"'.encode()) == f'"{OWN}/acme/{same}"'.encode()


def test_a_url_is_rewritten_inside_nested_json_and_with_escaped_slashes() -> None:
    url = "https://a.example/acme/fleet.git"
    rewriting = Rewriting(most_used_repository([url]), OWN)
    nested = json.dumps({"state": json.dumps({"last": json.dumps({"repoURL": url})})})
    state = json.loads(rewriting.apply(nested.encode()))["state"]
    assert json.loads(json.loads(state)["last"]) == {"repoURL": f"{OWN}/acme/fleet.git"}
    escaped = json.dumps({"repoURL": url}).replace("/", "\\/")
    assert (
        rewriting.apply(escaped.encode()) == escaped.replace("https:\\/\\/a.example", OWN.replace("/", "\\/")).encode()
    )


def test_a_revision_is_rewritten_in_bodies_and_put_back_in_paths() -> None:
    rewriting = Rewriting((), OWN, ("a" * 40, "b" * 40))
    assert rewriting.apply(b"at " + b"a" * 40) == b"at " + b"b" * 40
    assert rewriting.recorded_path(f"/revisions/{'b' * 40}/metadata") == f"/revisions/{'a' * 40}/metadata"
    assert Rewriting((), OWN).recorded_path("/revisions/x") == "/revisions/x"
