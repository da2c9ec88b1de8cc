from __future__ import annotations

SEARCH = "apps/search/search.yaml"


def test_a_pull_request_is_opened_listed_and_read(api) -> None:
    made = api.pull("fix/search", title="Fix search")
    assert (made["number"], made["state"], made["mergeable"], made["mergeable_state"]) == (1, "open", True, "clean")
    assert (made["commits"], made["changed_files"], made["additions"], made["deletions"]) == (1, 1, 1, 1)
    assert made["html_url"] == "http://127.0.0.1:8080/acme/fleet/pull/1"
    assert [each["number"] for each in api.repo("GET", "/pulls?head=acme:fix/search&state=all")] == [1]
    assert api.repo("GET", "/pulls?head=acme:other") == []
    assert len(api.repo("GET", "/pulls?head=other")) == 1, "GitHub ignores a head without an owner"
    files = api.repo("GET", "/pulls/1/files")
    assert files[0]["patch"].startswith("@@ -1,2 +1,2 @@")
    assert [each["commit"]["message"] for each in api.repo("GET", "/pulls/1/commits")] == ["Change"]
