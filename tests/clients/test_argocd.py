"""Argo CD's calls: the exact targets, and what is made of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Self

import httpx
import pytest

from gitops_bot.clients.argocd import ArgoCD, Node, decode_application
from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.errors import ConfigurationError, SourceUnavailable
from gitops_bot.model.application import Application, ApplicationStatus, Metadata

SHOP = Application(metadata=Metadata(name="shop", namespace="argocd"))
ELSEWHERE = Application(
    metadata=Metadata(name="shop", namespace="team"), status=ApplicationStatus(controller_namespace="argocd")
)
POD = Node(kind="Pod", version="v1", namespace="shop", name="web-1", uid="u-1")
ROLLOUT = Node(group="argoproj.io", kind="Rollout", version="v1alpha1", namespace="shop", name="web", uid="u-2")


class Answering:
    """An Argo CD that gives one answer to everything and remembers what was asked."""

    def __init__(self, answer: object) -> None:
        self.asked: list[str] = []
        self._body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        transport = httpx.MockTransport(self._answer)
        self._client = ReadOnlyClient("http://argocd.test", transport=transport)
        self.argocd = ArgoCD(self._client)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.raw_path.decode())
        return httpx.Response(200, content=self._body)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


@pytest.mark.parametrize(
    ("call", "target"),
    [
        (lambda argocd: argocd.applications(()), "/api/v1/applications"),
        (
            lambda argocd: argocd.applications(("items.metadata.name", "items.spec")),
            "/api/v1/applications?fields=items.metadata.name,items.spec",
        ),
        (lambda argocd: argocd.application("shop"), "/api/v1/applications/shop"),
        (lambda argocd: argocd.application("shop", "team"), "/api/v1/applications/shop?appNamespace=team"),
        (lambda argocd: argocd.application("../x?y"), "/api/v1/applications/..%2Fx%3Fy"),
        (lambda argocd: argocd.resource_tree(SHOP), "/api/v1/applications/shop/resource-tree"),
        (lambda argocd: argocd.managed_resources(SHOP), "/api/v1/applications/shop/managed-resources"),
        (
            lambda argocd: argocd.managed_resources(ELSEWHERE),
            "/api/v1/applications/shop/managed-resources?appNamespace=team",
        ),
        (lambda argocd: argocd.events(SHOP), "/api/v1/applications/shop/events"),
        (
            lambda argocd: argocd.events(SHOP, POD),
            "/api/v1/applications/shop/events?resourceNamespace=shop&resourceName=web-1&resourceUID=u-1",
        ),
    ],
)
def test_each_call_is_one_request_of_this_very_form(call: Callable[[ArgoCD], object], target: str) -> None:
    with Answering({}) as answering:
        call(answering.argocd)
    assert answering.asked == [target]


@pytest.mark.parametrize(
    ("application", "node", "query"),
    [
        (SHOP, POD, "namespace=shop&resourceName=web-1&version=v1&group=&kind=Pod"),
        (SHOP, ROLLOUT, "namespace=shop&resourceName=web&version=v1alpha1&group=argoproj.io&kind=Rollout"),
        (ELSEWHERE, POD, "namespace=shop&resourceName=web-1&version=v1&group=&kind=Pod&appNamespace=team"),
    ],
)
def test_an_object_is_asked_for_in_the_order_of_the_recordings(
    application: Application, node: Node, query: str
) -> None:
    with Answering({"manifest": '{"kind": "Pod"}'}) as answering:
        assert answering.argocd.resource(application, node) == {"kind": "Pod"}
    assert answering.asked == [f"/api/v1/applications/shop/resource?{query}"]


def test_secrets_are_never_asked_for() -> None:
    with Answering({}) as answering, pytest.raises(ValueError, match="Secrets are never read"):
        answering.argocd.resource(SHOP, Node(kind="Secret", version="v1", namespace="shop", name="password"))
    assert answering.asked == []


def test_null_lists_and_unknown_fields_are_taken() -> None:
    with Answering({"items": None, "nodes": None, "new": {"a": 1}}) as answering:
        assert answering.argocd.applications().applications == ()
        assert answering.argocd.managed_resources(SHOP) == ()
        assert answering.argocd.events(SHOP) == ()
        assert answering.argocd.resource_tree(SHOP).nodes is None


def test_the_list_is_asked_for_with_fields_that_exclude_the_bulk() -> None:
    with Answering({"items": []}) as answering:
        answering.argocd.applications()
    (target,) = answering.asked
    assert "items.status.health" in target
    for bulk in ("status.resources", "status.history", "syncResult", "managedFields", "annotations"):
        assert bulk not in target


def test_one_application_of_another_shape_is_named_and_the_rest_is_read() -> None:
    items = [{"metadata": {"name": "good"}}, {"metadata": {"name": "odd"}, "status": []}, {"metadata": 7}]
    with Answering({"items": items}) as answering:
        listing = answering.argocd.applications()
    assert [one.name for one in listing.applications] == ["good"]
    assert [name for name, _ in listing.undecodable] == ["odd", "(no name)"]


@pytest.mark.parametrize("body", [b'{"items": [{"metadata"', b'{"items": {}}'])
def test_a_list_that_is_none_is_an_error(body: bytes) -> None:
    with Answering(body) as answering, pytest.raises(SourceUnavailable, match="JSON"):
        answering.argocd.applications()


@pytest.mark.parametrize("manifest", ["", "null", "[1]", '{"kind": "P'])
def test_a_manifest_that_is_none_is_an_error(manifest: str) -> None:
    with Answering({"manifest": manifest}) as answering, pytest.raises(SourceUnavailable):
        answering.argocd.resource(SHOP, POD)


def test_the_first_and_last_time_of_an_event_come_from_wherever_they_stand() -> None:
    scheduler = {"reason": "FailedScheduling", "eventTime": "2026-11-23T10:00:00.5Z", "count": None, "series": None}
    series = {"count": 9, "lastObservedTime": "2026-11-23T11:00:00Z"}
    with Answering({"items": [scheduler, {**scheduler, "series": series}]}) as answering:
        once, often = answering.argocd.events(SHOP, POD)
    assert once.first == once.last == often.first
    assert (once.times, often.times) == (1, 9)
    assert often.last is not None
    assert often.last.isoformat() == "2026-11-23T11:00:00+00:00"


def test_an_application_of_a_file_is_decoded() -> None:
    source = {"repoURL": "https://git.test/a/b", "path": "x", "helm": None}
    body = {
        "apiVersion": "argoproj.io/v1alpha1",
        "metadata": {"name": "shop", "labels": None},
        "spec": {"source": source},
    }
    application = decode_application(json.dumps(body).encode())
    assert (application.name, application.sources[0].path) == ("shop", "x")


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (b"", "truncated"),
        (b"[]", "Expected `object`"),
        (b'{"metadata": {"name": 7}}', "Expected `str`"),
        (b'{"metadata": {}, "spec": {}}', "metadata.name"),
        (b'{"metadata": {"name": "shop"}, "spec": {}}', "neither spec.source nor spec.sources"),
    ],
)
def test_a_file_that_holds_no_application_is_refused(document: bytes, found: str) -> None:
    with pytest.raises(ConfigurationError, match=found) as caught:
        decode_application(document)
    assert "no Argo CD Application" in str(caught.value)
