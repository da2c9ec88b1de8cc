"""GitHub Enterprise Server, and any forge whose pages stand elsewhere than its API: nothing names a host of its own."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from tests.applying.scene import Scene
from tests.applying.situation import configured, sees, then, tier

PAGES = "https://ghe.example:8443"
NO_WAY = "no field of Git sets it"
PACKAGE = Path(__file__).parents[2] / "gitops_bot"
# Where github.com is a default, or a fact about addresses that other programs write.
MAY_NAME_IT = {"settings.py", "clients/rendering/urls.py"}


def hosts(text: str) -> set[str]:
    """The hosts that a text links to."""
    return {urlsplit(found).netloc for found in re.findall(r"https?://[^\s)>\"'`]+", text)}


def test_every_link_stands_on_the_pages_of_the_server(scene: Scene) -> None:
    scene.server_url = scene.forge.state.pages_url = PAGES
    run = then(sees(), tier("commit"), sees("checkout"), sees("ledger", refusal=NO_WAY), configured(""))
    run(scene)
    receipts = scene.run(scene.wish("search"), scene.wish("ledger", refusal=NO_WAY))
    scene.run(healthy=("search",))
    assert [line.partition(",")[0] for line in scene.shown()][-1] == "main: 1 of the bot"
    assert hosts(scene.texts()) <= {"ghe.example:8443"}
    assert "github.com" not in scene.texts()
    assert "127.0.0.1" not in scene.texts()
    assert {hosts(one.change.url).pop() for one in receipts if one.change} == {"ghe.example:8443"}


def test_requests_go_below_the_prefix_of_the_api_alone(scene: Scene) -> None:
    scene.server_url = scene.forge.state.pages_url = PAGES
    scene.run(scene.wish())
    assert {path.startswith("/api/v3/repos/acme/fleet") or path == "/api/graphql" for _, path in scene.requests} == {
        True
    }


def test_no_other_file_names_the_public_host() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "github.com" in path.read_text() and "sandbox" not in path.relative_to(PACKAGE).parts
    }
    assert found <= MAY_NAME_IT
