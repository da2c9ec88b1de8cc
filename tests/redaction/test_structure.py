"""Secrets in JSON values: by key, by the name beside them, in Secrets, in JSON inside strings."""

from __future__ import annotations

import json

import pytest

from gitops_bot.model.json import Json
from gitops_bot.redaction import redact_field, redact_json
from tests.support.planted import named, tokens

VALUE = "hunter" + "2"


@pytest.mark.parametrize("kind", named())
def test_what_stands_under_a_telling_key_goes_whatever_it_looks_like(kind: str) -> None:
    name, value = named()[kind]
    hidden = redact_json({"spec": [{name: value, "mode": "fast"}]})
    assert value not in json.dumps(hidden)
    assert '"mode": "fast"' in json.dumps(hidden)
    assert redact_json(hidden) == hidden


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"password": 1234}, {"password": "[redacted:password]"}),
        ({"password": ["a", "b"]}, {"password": ["[redacted:password]", "[redacted:password]"]}),
        ({"name": "DB_PASSWORD", "value": "x"}, {"name": "DB_PASSWORD", "value": "[redacted:password]"}),
        ({"name": "db.password", "value": "x"}, {"name": "db.password", "value": "[redacted:password]"}),
        ({"args": ["--token", "x", "--port", "80"]}, {"args": ["--token", "[redacted:token]", "--port", "80"]}),
        (
            {"kind": "Secret", "data": {"a": "eA=="}, "stringData": {"b": "y"}, "type": "Opaque"},
            {
                "kind": "Secret",
                "data": {"a": "[redacted:secret-data]"},
                "stringData": {"b": "[redacted:secret-data]"},
                "type": "Opaque",
            },
        ),
        ({"DATABASE_URL": "postgres://a:x1@db/b"}, {"DATABASE_URL": "postgres://a:[redacted:url-password]@db/b"}),
    ],
)
def test_a_secret_in_a_structure_is_replaced(value: Json, shown: Json) -> None:
    assert redact_json(value) == shown
    assert redact_json(shown) == shown


@pytest.mark.parametrize(
    "value",
    [
        {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db-password", "key": "password"}}},
        {"volumes": [{"name": "token", "secret": {"secretName": "tls", "items": [{"key": "token", "path": "token"}]}}]},
        {"imagePullSecrets": [{"name": "regcred"}], "automountServiceAccountToken": False},
        {"kind": "ConfigMap", "data": {"mode": "fast"}},
        {"kind": "Secret", "metadata": {"name": "db"}, "data": None},
        {"password": "", "token": None, "secret": {"key": "a", "optional": True}, "maxTokens": 5, "tokens": 7},
        {"args": ["--token", "--port", "80"], "replicas": 3},
        {"password": "${DB_PASSWORD}", "token": "{{ .Values.token }}"},
    ],
)
def test_what_names_a_secret_and_does_not_hold_one_stays(value: Json) -> None:
    assert redact_json(value) == value


def test_json_in_an_annotation_is_read() -> None:
    applied = {"kind": "Secret", "metadata": {"name": "db"}, "data": {"password": "eA=="}}
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(applied)}
    text = json.dumps(redact_json({"metadata": {"annotations": annotations}}))
    assert "eA==" not in text
    assert "[redacted:secret-data]" in text
    assert "db" in text


def test_json_that_has_no_secret_keeps_its_spaces() -> None:
    assert redact_json({"a": '{ "b":  1 }'}) == {"a": '{ "b":  1 }'}


def test_what_is_nested_too_deep_is_withheld() -> None:
    value: Json = {"password": VALUE}
    for _ in range(300):
        value = [value]
    assert VALUE not in json.dumps(redact_json(value))
    deep = "[" * 5_000 + "]" * 5_000
    assert redact_json({"a": deep}) == {"a": deep}


@pytest.mark.parametrize(
    ("label", "hidden"),
    [
        ("spec.template.spec.containers[api].env[DB_PASSWORD].value", True),
        ("data.password", True),
        ("spec.values.auth.adminPassword", True),
        ("spec.template.spec.containers[api].env[MODE].value", False),
        ("spec.template.spec.containers[api].image", False),
        ("spec.tls[a].secretName", False),
    ],
)
def test_a_field_is_judged_by_its_label(label: str, hidden: bool) -> None:
    shown = redact_field(label, VALUE)
    assert (shown != VALUE) is hidden
    assert redact_field(label, shown) == shown


def test_a_key_that_is_a_secret_is_hidden_too() -> None:
    token = tokens()["github-personal-token"]
    assert redact_json({token: 1}) == {"[redacted:github-token]": 1}
