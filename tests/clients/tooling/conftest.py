from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitops_bot.clients.argocd import ArgoCD
from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.clients.rendering import ReadSet
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.tooling import Sources, toolbox
from gitops_bot.model.application import Application
from gitops_bot.model.dialogue import Page, Tool
from gitops_bot.model.json import Json
from gitops_bot.sandbox.argocd.api import ArgoCd
from gitops_bot.sandbox.argocd.recording import Recording
from gitops_bot.sandbox.argocd.replay import Replay, repository_urls
from gitops_bot.sandbox.argocd.rewriting import Rewriting, most_used_repository
from gitops_bot.sandbox.http import serve
from tests.clients.conftest import Checkout

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
APPLICATION = "catalog-production"
POD = "catalog-production-d4d4697b9-gp5fv"
LOGS = f"/api/v1/applications/{APPLICATION}/logs?namespace={APPLICATION}&podName={POD}"
SETTINGS_URL = (
    f"/api/v1/applications/{APPLICATION}/resource?namespace={APPLICATION}&resourceName={APPLICATION}-config"
    "&version=v1&group=&kind=ConfigMap"
)
PASSWORD = "tr0ub4dor&3-of-the-database"
SETTINGS: dict[str, Json] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {
        "name": f"{APPLICATION}-config",
        "managedFields": [{"manager": "argocd"}],
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": f"DB_PASSWORD={PASSWORD}", "note": "ours"},
    },
    "data": {"DB_PASSWORD": PASSWORD, "LEVEL": "debug", "PORT": "8080", "TABLE": "row\n" * 500},
}
READS = ReadSet(files=frozenset({"apps/catalog/values.yaml"}), folders=frozenset({"apps/catalog/chart"}))
READ_FILES = {
    "apps/catalog/values.yaml": "image:\n  tag: 1.9.0\n",
    "apps/catalog/chart/Chart.yaml": "name: catalog\n",
    "apps/other/values.yaml": "secret: of another team\n",
}


def log_stream(*lines: str) -> str:
    """A log as Argo CD streams it: a message a line, and one that ends it."""
    stamp = {"timeStamp": "2026-11-23T10:28:57Z", "timeStampStr": "2026-11-23T10:28:57.1Z", "podName": POD}
    messages = [{"result": {"content": line, "last": False, **stamp}} for line in lines]
    return "\n".join(json.dumps(one) for one in [*messages, {"result": {"content": "", "last": True}}]) + "\n"


class Shelf:
    """A library in which a page fits where its heading is in the query."""

    def __init__(self, *pages: Page) -> None:
        self.pages = pages

    def search(self, query: str, most: int = 5) -> tuple[Page, ...]:
        return tuple(page for page in self.pages if page.heading in query)[:most]


class Tools:
    """One incident's tools by name, with the Argo CD behind them."""

    def __init__(self, tools: tuple[Tool, ...], argocd: ArgoCd, application: Application) -> None:
        self.by_name = {tool.description.name: tool for tool in tools}
        self.argocd = argocd
        self.application = application

    def ask(self, name: str, /, **arguments: Json) -> str:
        return self.by_name[name].run(arguments)


@pytest.fixture(scope="session")
def logged(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording of many incidents, with logs of the pod that crashes and a ConfigMap with what does not belong."""
    folder = tmp_path_factory.mktemp("recording") / "logged"
    shutil.copytree(recordings / "03-many-incidents", folder)
    index = json.loads((folder / "index.json").read_text())
    streams = {
        LOGS: log_stream(*(f"request {number}" for number in range(150)), "out of memory", "out of memory"),
        f"{LOGS}&previous=true&container=catalog": log_stream("the run before"),
    }
    for number, (url, stream) in enumerate(streams.items()):
        (folder / f"log-{number}.json").write_text(stream)
        index.append({"method": "GET", "url": url, "status": 200, "file": f"log-{number}.json"})
    (folder / "settings.json").write_text(json.dumps({"manifest": json.dumps(SETTINGS)}))
    index.append({"method": "GET", "url": SETTINGS_URL, "status": 200, "file": "settings.json"})
    (folder / "index.json").write_text(json.dumps(index))
    return folder


@pytest.fixture
def tools_of(
    logged: Path, checkout: Checkout, opened: Callable[[Path], ConfigRepository]
) -> Iterator[Callable[..., Tools]]:
    """Makes the tools of an incident of the crashing Application; keywords replace what they read."""
    with ExitStack() as stack:

        def make(**given: object) -> Tools:
            recording = Recording.open(logged)
            replay = Replay(
                recording, Rewriting(most_used_repository(repository_urls(recording)), "http://sandbox.test:1")
            )
            stand_in = ArgoCd("right-token", lambda: replay)
            server = stack.enter_context(serve(stand_in.handle))
            client = stack.enter_context(ReadOnlyClient(server.url, token="right-token", sleep=lambda _: None))
            argocd = ArgoCD(client)
            commit = checkout.commit(READ_FILES, "Begin")
            usual: dict[str, object] = {
                "now": NOW,
                "argocd": argocd,
                "repository": opened(checkout.path),
                "commit": commit,
                "reads": lambda _: READS,
                "locate": lambda _: lambda key, pointer: f"{key} {pointer} stands in apps/catalog/values.yaml:2",
                "runbooks": Shelf(Page(path="runbooks/oom.md", heading="OOM", score=7.25, text="Raise the limit.\n")),
                "incidents": Shelf(),
            }
            application = argocd.application(APPLICATION)
            sources = Sources(**{**usual, **given})  # type: ignore[arg-type]
            return Tools(toolbox(sources, application), stand_in, application)

        yield make


@pytest.fixture
def tools(tools_of: Callable[..., Tools]) -> Tools:
    return tools_of()
