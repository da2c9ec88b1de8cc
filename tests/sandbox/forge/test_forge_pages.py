"""The pages that a person opens: what they show, and that nothing on them runs."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from gitops_bot.sandbox.forge.web.prose import render_markdown
from gitops_bot.sandbox.http import Request

NASTY = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'</div>"
VOID = {"meta", "link", "br", "hr"}
FRAME = {"html", "head", "title", "style", "body", "header", "main", "div", "section", "time"}
WORDS = {"a", "h1", "h2", "h3", "p", "span", "b", "strong", "em", "s", "code", "pre", "sub", "sup", "kbd", "blockquote"}
BLOCKS = {"table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "ol", "li"}
ALLOWED = VOID | FRAME | WORDS | BLOCKS


class Checker(HTMLParser):
    """Collects tags and attributes, and the text outside of the style sheet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        if tag not in VOID:
            self.open.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def page(api, path: str, status: int = 200) -> Checker:
    response = api.forge.handle(Request.of("GET", path))
    assert response.status == status
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    checker = Checker(response.body.decode())
    assert checker.open == []
    for tag, name, value in checker.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in {"src", "style", "srcset"}, (tag, name)
        assert not value.lower().strip().startswith(("javascript:", "vbscript:")), value
    return checker


def test_a_pull_request_shows_what_it_says_does_and_found(api) -> None:
    body = "## Cause\n\n| signal | value |\n|---|--:|\n| restarts | 7 |\n\n<!-- hidden-metadata -->\n\n- [ ] rebase\n"
    sha = api.pull("fix/search", title="Fix search", body=body)["head"]["sha"]
    api.repo("POST", f"/statuses/{sha}", {"state": "success", "context": "render", "description": "2 apps"}, status=201)
    api.repo("POST", f"/statuses/{sha}", {"state": "failure", "context": "policy"}, status=201)
    api.repo("POST", "/issues/1/comments", {"body": "Looks **right**"}, status=201)
    shown = page(api, "/acme/fleet/pull/1")
    for words in ("Fix search", "#1", "Open", "Cause", "restarts", "☐ rebase", "render", "2 apps", "Looks right"):
        assert words in shown.text
    assert "-replicas: 1" in shown.text
    assert "+replicas: 2" in shown.text
    assert "1 file changed" in shown.text
    assert "This branch can be merged, but not every check has passed." in shown.text
    assert "hidden-metadata" not in shown.text
    classes = {word for _, name, value in shown.attributes if name == "class" for word in value.split()}
    assert {"add", "del", "success", "failure", "right"} <= classes
    api.repo("PUT", "/pulls/1/merge", {})
    assert "merged 1 commit into" in page(api, "/acme/fleet/pull/1").text


def test_nothing_that_someone_wrote_becomes_markup(api) -> None:
    api.branch("fix", {"nasty.yaml": f"{NASTY}\n"}, message=f"{NASTY}\n\n{NASTY}")
    sha = api.forge.branch_commit("fix")
    asked = {"title": NASTY, "head": "fix", "base": "main", "body": f"{NASTY}\n\n```\n{NASTY}\n```\n<b onclick=x>"}
    api.repo("POST", "/pulls", asked, status=201)
    api.repo("POST", "/issues", {"title": NASTY, "body": NASTY, "labels": [NASTY]}, status=201)
    api.repo("POST", "/issues/1/labels", {"labels": [NASTY]})
    api.repo("POST", "/issues/1/comments", {"body": NASTY}, status=201)
    status = {"state": "success", "context": NASTY, "description": NASTY}
    api.repo("POST", f"/statuses/{sha}", status, status=201)
    for path in ("", "/pulls", "/issues", "/pull/1", "/issues/2", f"/commit/{sha}"):
        assert NASTY.replace("\n", "") in page(api, f"/acme/fleet{path}").text
    page(api, "/acme/fleet/pull/<script>", 404)
    raw = api.forge.handle(Request.of("GET", "/acme/fleet/raw/fix/nasty.yaml"))
    assert raw.headers["content-type"].startswith("text/plain")
    assert raw.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a <!-- x\ny --> b", "<p>a  b</p>\n"),
        ("<!-- never closed\n\nmore", ""),
        (
            "<details><summary>More</summary>\n\n*in*\n\n</details>",
            "<details><summary>More</summary>\n<p><em>in</em></p>\n</details>",
        ),
        ("<DETAILS open>x", "<DETAILS open>x"),
        ("<details ontoggle=alert(1)>", "&lt;details ontoggle=alert(1)&gt;"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        (
            "[a](https://x.example/?a=1&b=2)",
            '<p><a href="https://x.example/?a=1&amp;b=2" rel="nofollow noopener noreferrer">a</a></p>\n',
        ),
        ("![pixel](https://x.example/p.png)", '<p><span class="quiet">[image: pixel]</span></p>\n'),
        ("~~old~~", "<p><s>old</s></p>\n"),
        (
            "```diff\n-a\n+b\n c\n```",
            '<pre><code><span class="del">-a</span><span class="add">+b</span> c\n</code></pre>\n',
        ),
        ("<iframe src=x></iframe>", "&lt;iframe src=x&gt;&lt;/iframe&gt;"),
        ("- [x] done", '<ul>\n<li class="task">☑ done</li>\n</ul>\n'),
    ],
)
def test_markdown_is_shown_as_github_shows_it(text: str, html: str) -> None:
    assert render_markdown(text) == html


def test_a_repository_has_a_front_page_lists_and_commits(api) -> None:
    api.branch("resync")
    api.repo("POST", "/pulls", {"title": "Resync", "head": "resync", "base": "main"}, status=201)
    front = page(api, "/acme/fleet")
    assert "git clone http://127.0.0.1:8080/acme/fleet.git" in front.text
    assert "Commit 3" in front.text
    assert "Resync" in page(api, "/acme/fleet/pulls").text
    assert "There are none." in page(api, "/acme/fleet/issues").text
    assert "No file is changed: the commit is empty." in page(api, "/acme/fleet/pull/1").text
    assert "# fleet 3" in page(api, f"/acme/fleet/commit/{api.forge.branch_commit('main')[:10]}").text
    first = api.repo("GET", "/commits")[2]["sha"]
    assert "parents: none" in page(api, f"/acme/fleet/commit/{first}").text


def test_addresses_lead_where_they_say(api) -> None:
    api.pull("fix/search")
    moved = api.forge.handle(Request.of("GET", "/acme/fleet/issues/1"))
    assert (moved.status, moved.headers["location"]) == (302, "http://127.0.0.1:8080/acme/fleet/pull/1")
    assert b"+replicas: 2" in api.forge.handle(Request.of("GET", "/acme/fleet/pull/1.diff")).body
    file = api.forge.handle(Request.of("GET", "/acme/fleet/blob/fix/search/apps/search/search.yaml"))
    assert file.body.startswith(b"replicas: 2")
    for path in (
        "/acme/other",
        "/acme/fleet/pull/9",
        "/acme/fleet/commit/nothing",
        "/acme/fleet/blob/main/nothing",
        "/x",
    ):
        page(api, path, 404)
    assert api.forge.handle(Request.of("POST", "/acme/fleet/pull/1")).status == 405
