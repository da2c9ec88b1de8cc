"""Texts from clusters are open-ended: nothing in them raises, breaks a line or grows without bound."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_bot.model.application import Application, Metadata
from gitops_bot.model.diagnosis import Diagnosis, Escalate, LeaveAlone
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import (
    ContainerFailing,
    FieldDrifted,
    PodBlocked,
    PodUnschedulable,
    ProbeFailing,
    RenderFailing,
    Signal,
    SyncRefused,
    WorkloadUnhealthy,
)
from gitops_bot.reason import diagnose
from gitops_bot.reason.reading.refusal import faults, pointer, suspects
from gitops_bot.reason.reading.rendering import essence, kind, not_there
from gitops_bot.reason.rules.runtime.missing_configuration import wanted

APPLICATION = Application(metadata=Metadata(name="shop", namespace="argocd"))
DEPLOYMENT = ResourceKey("apps", "Deployment", "shop", "web")
POD = ResourceKey("", "Pod", "shop", "web-1")
HPA = ResourceKey("autoscaling", "HorizontalPodAutoscaler", "shop", "web")
ROLLOUT = ResourceKey("argoproj.io", "Rollout", "shop", "web")
# Words that lead into the branches of the rules, glued together at random.
WORDS = st.sampled_from(
    [
        "Invalid value: ", "spec.rules[0].host: ", "spec.", "[", "]", "metadata.annotations[a/b]", '"', "`", "'", "\n",
        "\x1b[31m", "\u202e", "is invalid: ", "field is immutable", "denied the request", "could not find ",
        "no such file or directory", "accumulating resources from '", "chart ", "not found", "manifest unknown",
        "couldn't find key ", " in ConfigMap ", 'secret "', "Insufficient cpu", "unbound immediate", "timeout",
        "ValidationError(", "Go struct field ", " of type ", "unknown field ", "yaml: line 3",
        "<path to cached source>/",
        "metrics.k8s.io", "InvalidSpec", "RolloutAborted", "::set-output name=x::", "<!-- x -->", "@everyone",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.one_of(WORDS, st.text(max_size=5)), max_size=30).map("".join))
REASONS = st.one_of(
    TEXTS, st.sampled_from(["CrashLoopBackOff", "ImagePullBackOff", "OOMKilled", "CreateContainerConfigError", "Error"])
)


def container(text: str, reason: str, code: int | None = 1) -> Signal:
    return ContainerFailing(
        application="shop", resource=POD, workload=DEPLOYMENT, container=text, image=text, reason=reason, message=text,
        last_reason=reason, last_message=text, exit_code=code, restarts=3, log=text,
    )  # fmt: skip


def signals(text: str, reason: str, code: int | None = 1) -> list[tuple[Trouble, Signal]]:
    drifted = FieldDrifted(
        application="shop", resource=DEPLOYMENT, pointer=f"/{text}", label=text, desired=text, live={text: [text]},
        manager=reason,
    )  # fmt: skip
    return [
        (Trouble.RUNTIME, container(text, reason, code)),
        (Trouble.RUNTIME, PodUnschedulable(application="shop", resource=POD, workload=DEPLOYMENT, message=text)),
        (
            Trouble.RUNTIME,
            PodBlocked(application="shop", resource=POD, workload=DEPLOYMENT, reason=reason, message=text),
        ),
        (
            Trouble.RUNTIME,
            ProbeFailing(
                application="shop", resource=POD, workload=DEPLOYMENT, container=text, probe=text, message=text, count=9
            ),
        ),
        (Trouble.SYNC, SyncRefused(application="shop", resource=DEPLOYMENT, message=text)),
        (Trouble.RENDER, RenderFailing(application="shop", resource=APPLICATION.key, message=text, condition=reason)),
        (Trouble.DRIFT, drifted),
        *(
            (
                Trouble.HEALTH,
                WorkloadUnhealthy(application="shop", resource=key, health=text, message=text, reason=reason),
            )
            for key in (HPA, ROLLOUT, DEPLOYMENT)
        ),
    ]


def check(diagnosis: Diagnosis) -> None:
    told = [diagnosis.cause, *(part for row in diagnosis.evidence for part in (row.signal, row.value, row.where))]
    if isinstance(diagnosis.remedy, LeaveAlone | Escalate):
        told.append(diagnosis.remedy.reason)
    assert all(len(text) <= 1200 for text in told)
    assert all(text == " ".join(text.split()) and text.isprintable() for text in told)
    assert 0 <= diagnosis.confidence <= 100


@settings(deadline=None)
@given(TEXTS, REASONS, st.one_of(st.none(), st.integers(0, 255)))
def test_any_text_gives_a_diagnosis_of_bounded_single_lines(text: str, reason: str, code: int | None) -> None:
    for trouble, signal in signals(text, reason, code):
        check(diagnose(Incident(application=APPLICATION, trouble=trouble, resource=signal.resource, signals=(signal,))))


@pytest.mark.parametrize(
    "piece",
    [
        "a", "[", "]", ".", "/", '"', "'", " ", "\n", "spec.a", "spec[", "spec.a: Invalid value: ", '"a" not found ',
        "Insufficient cpu ", "accumulating resources from '", "chart ", "updates to a ", 'unknown field "spec.',
        "ValidationError(A.", "couldn't find key ", "<path to ", "rpc error: code = Unknown desc = ", "`", "\u202e",
    ],
)  # fmt: skip
def test_a_very_long_text_is_read_in_its_beginning_only(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    for trouble, signal in signals(text, "CrashLoopBackOff"):
        check(diagnose(Incident(application=APPLICATION, trouble=trouble, resource=signal.resource, signals=(signal,))))


def test_many_signals_make_few_rows() -> None:
    many = tuple(container(str(number), "CrashLoopBackOff") for number in range(500))
    found = diagnose(Incident(application=APPLICATION, trouble=Trouble.RUNTIME, resource=DEPLOYMENT, signals=many))
    assert len(found.evidence) <= 14
    assert "488 further signals" in {row.value for row in found.evidence}


@settings(deadline=None)
@given(TEXTS)
def test_the_readers_of_messages_never_raise(text: str) -> None:
    for field in (*suspects(text), *(fault.pointer for fault in faults(text)), pointer(text)):
        assert field == "" or field.startswith("/")
    assert isinstance(not_there(text) + essence(text) + kind(text) + wanted(text), str)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("spec.rules[0].host", "/spec/rules/0/host"),
        ("metadata.annotations[example.com/zone]", "/metadata/annotations/example.com~1zone"),
        ("data[a~b]", "/data/a~0b"),
        ('spec.template.spec.containers[name="api"].image', "/spec/template/spec/containers"),
        ("spec", "/spec"),
        ("", ""),
    ],
)
def test_a_path_of_the_api_server_becomes_a_pointer(path: str, expected: str) -> None:
    assert pointer(path) == expected
