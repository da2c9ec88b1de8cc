"""One form after the other: what is read of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gitops_bot.model.application import Application, ApplicationSpec, Destination, Metadata
from gitops_bot.model.incident import Estate
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import ContainerFailing, FieldDrifted, ProbeFailing, SyncRefused
from gitops_bot.observe.texts import read_texts
from gitops_bot.observe.texts.lines.quantities import age, series, written_time
from gitops_bot.observe.texts.lines.tables import header, rows
from gitops_bot.observe.texts.sayings.logs import complaints, last_words
from tests.observe.texts.corpus import NOW

POD = "web-7d9f8b6c5d-q2w3e"
WEB = ResourceKey("apps", "Deployment", "shop", "web")
DESCRIBED = f"""Name:             {POD}
Namespace:        shop
Start Time:       Mon, 23 Nov 2026 11:00:00 +0000
Status:           Running
Controlled By:    ReplicaSet/web-7d9f8b6c5d
Containers:
  web:
    Image:          registry.example.com/web:2
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Exit Code:    3
    Ready:          False
    Restart Count:  6
    Limits:
      memory:  64Mi
Events:
  Type     Reason   Age                From     Message
  ----     ------   ----               ----     -------
  Warning  BackOff  1m (x9 over 9m)    kubelet  Back-off restarting failed container web
"""


def read(**texts: str) -> Estate:
    return read_texts(texts, application=None, now=NOW)


def failing(estate: Estate) -> ContainerFailing:
    (signal,) = (signal for signal in estate.signals if isinstance(signal, ContainerFailing))
    return signal


def test_a_description_gives_the_container_its_end_and_its_workload() -> None:
    signal = failing(read(describe=DESCRIBED))
    assert (signal.container, signal.image, signal.exit_code) == ("web", "registry.example.com/web:2", 3)
    assert (signal.reason, signal.last_reason, signal.restarts) == ("CrashLoopBackOff", "Error", 6)
    assert (signal.workload, signal.memory_limit) == (WEB, "64Mi")


@pytest.mark.parametrize(
    "changed",
    [
        DESCRIBED.replace("\n", "\r\n"),
        "".join(f"    {line}\n" for line in DESCRIBED.splitlines()),
        "".join(f"> {line}\n" for line in DESCRIBED.splitlines()),
        f"```text\n{DESCRIBED}```\n",
        DESCRIBED.replace("CrashLoopBackOff", "\x1b[31mCrashLoopBackOff\x1b[0m"),
        f"=== describe ===\n{DESCRIBED}\n=== logs ===\nboom\n",
        f"$ kubectl describe pod {POD} -n shop\n{DESCRIBED}",
    ],
    ids=["carriage-returns", "indented", "quoted", "fenced", "coloured", "banners", "prompt"],
)
def test_how_a_text_was_pasted_does_not_matter(changed: str) -> None:
    assert failing(read(evidence=changed)).workload == WEB
    assert failing(read(evidence=changed)).restarts == 6


def test_a_log_goes_to_its_pod() -> None:
    estate = read_texts(
        {"describe": DESCRIBED, f"kubectl logs {POD} -n shop": "boom\n", "kubectl logs other-1 -n shop": "bang\n"},
        application=None,
        now=NOW,
    )
    assert "boom" in failing(estate).log


def test_generations_are_told_apart_by_the_names_of_pods() -> None:
    table = (
        "NAMESPACE   NAME                   READY   STATUS             RESTARTS      AGE\n"
        "shop        web-5d4c7b9f8c-aaaaa   1/1     Running            0             9d\n"
        "shop        web-5d4c7b9f8c-bbbbb   1/1     Running            0             9d\n"
        "shop        web-7d9f8b6c5d-q2w3e   0/1     CrashLoopBackOff   6 (20s ago)   8m\n"
    )
    (workload,) = read(pods=table).workloads
    assert workload.key == WEB
    assert [(one.name, one.pods, one.healthy_pods) for one in workload.generations] == [
        ("web-7d9f8b6c5d", 1, 0),
        ("web-5d4c7b9f8c", 2, 2),
    ]


def test_events_alone_make_a_pod_and_count_what_a_table_does_not() -> None:
    events = (
        "LAST SEEN   TYPE      REASON      OBJECT                     MESSAGE\n"
        "9m          Normal    Started     pod/web-7d9f8b6c5d-q2w3e   Started container web\n"
        "5s          Warning   Unhealthy   pod/web-7d9f8b6c5d-q2w3e   Readiness probe failed: HTTP probe failed\n"
    )
    (signal,) = read(events=events).signals
    assert isinstance(signal, ProbeFailing)
    assert (signal.probe, signal.workload.name, signal.count) == ("readiness", "web", 3)


def test_a_difference_says_which_side_is_the_cluster() -> None:
    text = "===== apps/Deployment shop/web ======\n8c8\n<   replicas: 7\n---\n>   replicas: 3\n"
    (signal,) = read(diff=text).signals
    assert isinstance(signal, FieldDrifted)
    assert (signal.resource, signal.pointer, signal.live, signal.desired) == (WEB, "/spec/replicas", "7", "3")


def test_an_error_names_the_object_that_is_refused() -> None:
    said = 'The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0\n'
    estate = read_texts({"kubectl apply -n shop": said}, application=None, now=NOW)
    (signal,) = estate.signals
    assert isinstance(signal, SyncRefused)
    assert signal.resource == WEB


def test_the_application_that_is_given_stays_and_lends_its_namespace() -> None:
    spec = ApplicationSpec(destination=Destination(namespace="shop"))
    given = Application(metadata=Metadata(name="shop", namespace="argocd"), spec=spec)
    table = (
        f"NAME                   READY   STATUS         RESTARTS   AGE\n{POD}   0/1     ErrImagePull   0          8m\n"
    )
    estate = read_texts({"pods": table}, application=given, now=NOW)
    assert [one.name for one in estate.applications] == ["shop"]
    assert failing(estate).workload == WEB


def test_old_evidence_is_read_as_of_when_it_was_taken() -> None:
    old = DESCRIBED.replace("Nov 2026", "Nov 2024").replace("Mon, 23", "Sat, 23")
    (application,) = read(describe=old).applications
    (delivered,) = application.history
    assert delivered.deployed_at is not None
    assert delivered.deployed_at.year == 2024


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5m3s", 303), ("6d2h", 525_600), ("0s", 0), ("x", None), ("", None), ("<unknown>", None)],
)
def test_ages(text: str, expected: int | None) -> None:
    assert age(text) == (None if expected is None else timedelta(seconds=expected))


def test_series_and_times() -> None:
    assert series("2m (x4 over 5m)") == (4, timedelta(minutes=5))
    assert series("2m") == (1, None)
    moment = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    for text in ("2026-11-23T10:00:00Z", "Mon, 23 Nov 2026 11:00:00 +0100", "2026-11-23 10:00:00 +0000 UTC"):
        assert written_time(text) == moment
    assert written_time("soon") is None


def test_a_table_has_empty_cells_where_it_shows_none() -> None:
    columns = header("NAME     VOLUME   AGE")
    assert columns
    assert rows(columns, ["data-0            38m"]) == [{"NAME": "data-0", "VOLUME": "", "AGE": "38m"}]
    assert header("Name: x") is None


def test_a_log_that_recovers_has_no_last_words() -> None:
    assert last_words("INFO start\npanic: boom\n") == "INFO start\npanic: boom"
    assert last_words("ERROR fatal: boom\nINFO a\nINFO b\nINFO c\n") == ""
    assert complaints("INFO error_count=0\nINFO errors: none\n") == ""
    assert complaints('{"level":"error","msg":"boom"}\n') == "boom"
