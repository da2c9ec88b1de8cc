"""Text taken apart: names, abbreviations, endings and meanings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_bot.clients.retrieval import words
from gitops_bot.clients.retrieval.words import alert_name, alert_names, squashed, stem, take_apart, terms


def meanings(text: str) -> set[str]:
    return {meaning for meaning, _, _ in take_apart(text).meanings}


@pytest.mark.parametrize(
    "written",
    [
        "KubePodCrashLooping",
        "kube_pod_crash_looping",
        "kube-pod-crash-looping",
        "Kube pod crash looping",
        "kube.pod/crashlooping",
    ],
)
def test_a_name_reads_the_same_however_it_is_written(written: str) -> None:
    assert take_apart(written).words == take_apart("kubernetes pods crashlooping").words


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("CPUThrottlingHigh", "cpu throttling high"),
        ("etcdHighNumberOfFailedGRPCRequests", "etcd high number of failed grpc requests"),
        ("KubeAPIDown", "kube api down"),
        ("PVCs", "pvc"),
        ("container_memory_working_set_bytes", "container memory working set bytes"),
        ("StatefulSet", "statefulset"),
        ("stateful sets", "statefulset"),
        ("K8s DBs", "kubernetes database"),
    ],
)
def test_a_name_is_its_parts(name: str, parts: str) -> None:
    assert take_apart(name).words == take_apart(parts).words


@pytest.mark.parametrize(
    "forms",
    [
        ("schedule", "schedules", "scheduled", "scheduling"),
        ("throttle", "throttled", "throttling"),
        ("evaluate", "evaluation", "evaluations"),
        ("crash", "crashes", "crashed", "crashing"),
        ("query", "queries"),
        ("drop", "dropped", "dropping", "drops"),
        ("expire", "expires", "expired", "expiration"),
    ],
)
def test_endings_do_not_matter(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize("word", ["status", "process", "need", "dns", "redis", "ready", "ring"])
def test_a_word_that_only_looks_as_if_it_had_an_ending_is_left(word: str) -> None:
    assert stem(word) == word


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("my app keeps dying", "crash"),
        ("OOMKilled", "out-of-memory"),
        ("it ran out of memory", "out-of-memory"),
        ("PVC is full", "volume"),
        ("the HPA cannot scale", "autoscaler"),
        ("PodDisruptionBudget", "disruption"),
        ("a CRD", "custom-resource"),
        ("DNS lookups fail", "name-resolution"),
        ("TLS handshake", "encryption"),
        ("too many open files", "file-descriptors"),
        ("ntp is off", "clock"),
    ],
)
def test_what_people_say_means_what_runbooks_write(said: str, meant: str) -> None:
    assert meant in meanings(said)


def test_every_meaning_that_is_asked_for_can_stand_in_a_page() -> None:
    in_pages = {meaning for found in words._expressions(asked=False).values() for meaning in found}
    asked = {meaning for found in words._expressions(asked=True).values() for meaning in found}
    assert asked == in_pages


def test_what_is_too_vague_for_a_page_means_something_in_a_question() -> None:
    said = "the worker is gone"
    assert "down" in {meaning for meaning, _, _ in take_apart(said, asked=True).meanings}
    assert meanings("left the cluster") == set()


def test_words_that_say_nothing_are_not_looked_up() -> None:
    assert terms("What is the problem with my alert?") == []


def test_names_are_found_as_they_are_written() -> None:
    assert alert_names("see KubePodCrashLooping or a StatefulSet, ETCD, etcdNoLeader") == [
        "KubePodCrashLooping",
        "etcdNoLeader",
    ]
    assert squashed("kube-pod_Crash Looping") == "kubepodcrashlooping"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("KubeNodePressure Node has an active condition", "KubeNodePressure"),
        ("`KubeNodePressure`: a node", "KubeNodePressure"),
        ("the node says KubeNodePressure", ""),
        ("ImagePullBackOff on cart", ""),
        ("Pod is gone", ""),
        ("", ""),
    ],
)
def test_a_query_may_begin_with_an_alerts_name(query: str, name: str) -> None:
    assert alert_name(query) == name


def test_things_that_exclude_each_other_are_terms_of_the_vocabulary() -> None:
    meant = {f"~{meaning}" for found in words._expressions(asked=False).values() for meaning in found}
    assert all(term in meant for line in words.contrasts() for term in line if term.startswith("~"))


@given(st.text())
def test_any_text_can_be_taken_apart(text: str) -> None:
    said = take_apart(text)
    assert all(0 <= start < start + length <= len(said.words) for _, start, length in said.meanings)
    assert all(len(word) <= words.LONGEST_WORD * 2 for word in said.words)
