"""Texts that a chart makes of several values: each change of the text goes to the values that are meant."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from gitops_bot.locate.sites import set_field
from gitops_bot.locate.sites.guessing.within import occurrence
from gitops_bot.locate.sites.target import find_target
from gitops_bot.model.proposal import Candidate, NotLocated
from gitops_bot.model.resource import ResourceKey
from tests.locate.sites import shapes

CONFIG = ResourceKey("", "ConfigMap", "notify", "notifier")
SECRET = ResourceKey("", "Secret", "notify", "notifier")
Opened = Callable[[str], shapes.Shape]


@pytest.fixture
def texts(shape: Opened) -> shapes.Shape:
    return shape("helm-texts")


def live(texts: shapes.Shape, resource: ResourceKey, pointer: str) -> str:
    application = texts.fleet.applications["notifier-eu"]
    target = find_target(texts.fleet.render(application).manifests, resource, pointer)
    assert target is not None
    return str(target.value)


def written(texts: shapes.Shape, resource: ResourceKey, pointer: str, value: str) -> tuple[list[str], str]:
    """Set a field; return the files that change and what the field is then."""
    made = set_field(texts.fleet, texts.fleet.applications["notifier-eu"], resource, pointer, value)
    assert isinstance(made, Candidate), made
    with texts.fleet.workspace.overlay(made.contents):
        return sorted(made.contents), live(texts, resource, pointer)


@pytest.mark.parametrize(
    ("pointer", "changes", "files"),
    [
        ("/data/settings.yaml", {"attempts: 8": "attempts: 9"}, ["envs/eu.yaml"]),
        ("/data/settings.yaml", {"urgent: phone": "urgent: sms", "attempts: 8": "attempts: 5"}, ["envs/eu.yaml"]),
        ("/data/mail.properties", {"eu.example": "de.example", "=2525": "=587"}, ["chart/values.yaml", "envs/eu.yaml"]),
        ("/data/settings.json", {"phone": "sms"}, ["envs/eu.yaml"]),
        ("/data/store", {"store.example": "store-2.example"}, ["envs/eu.yaml"]),
    ],
)
def test_a_new_text_is_made_by_the_values_that_it_changes(
    texts: shapes.Shape, pointer: str, changes: dict[str, str], files: list[str]
) -> None:
    value = live(texts, CONFIG, pointer)
    for old, new in changes.items():
        assert old in value
        value = value.replace(old, new)
    assert written(texts, CONFIG, pointer, value) == (files, value)


def test_a_secrets_text_is_set_by_its_values(texts: shapes.Shape) -> None:
    value = base64.b64encode(b"[auth]\ntoken = other-token-9\n").decode()
    assert written(texts, SECRET, "/data/settings.ini", value) == (["envs/eu.yaml"], value)


def test_words_that_the_template_itself_writes_are_no_values(texts: shapes.Shape) -> None:
    value = live(texts, CONFIG, "/data/settings.yaml").replace("made by the chart", "made by hand")
    application = texts.fleet.applications["notifier-eu"]
    made = set_field(texts.fleet, application, CONFIG, "/data/settings.yaml", value)
    assert isinstance(made, NotLocated)


@pytest.mark.parametrize(
    ("value", "text", "before"),
    [
        (30, "--timeout=30s", "--timeout="),
        (30, "--timeout=300s", None),
        (2, "1.2.3", None),
        ("eu", "reuse eu now", "reuse "),
        ("first\nsecond\n", "# head\nfirst\nsecond\ntail", "# head\n"),
        (True, "enabled: true", None),
        ("", "anything", None),
    ],
)
def test_a_value_stands_in_a_text_as_a_word_or_number_of_its_own(value: object, text: str, before: str | None) -> None:
    found = occurrence(value, text)  # type: ignore[arg-type]
    assert (None if found is None else found.live_before) == before
