"""Each kind of secret is hidden in each form in which it comes, and what only looks like one stays."""

from __future__ import annotations

import re

import pytest

from gitops_bot.redaction import redact
from tests.support.planted import blocks, core, named, named_texts, planted_secrets, texts_with, tokens

SHA = "9e3cc4dd0c0d6552dfa712c351d66b7b0f5ebb33"
DIGEST = "sha256:" + SHA + SHA[:24]


def test_more_than_forty_kinds_are_planted() -> None:
    assert len(planted_secrets()) >= 60


@pytest.mark.parametrize("kind", [*tokens(), *blocks()])
def test_a_secret_known_by_its_looks_is_hidden_in_every_form(kind: str) -> None:
    value = {**tokens(), **blocks()}[kind]
    for form, text in texts_with(value).items():
        hidden = redact(text)
        assert core(kind, value) not in hidden, form
        assert "[redacted:" in hidden, form
        assert "[redacted:text]" not in hidden, form
        assert redact(hidden) == hidden, form


@pytest.mark.parametrize("kind", named())
def test_a_secret_known_by_its_name_is_hidden_in_every_form(kind: str) -> None:
    name, value = named()[kind]
    for form, text in named_texts(name, value).items():
        hidden = redact(text)
        assert value not in hidden, form
        assert "[redacted:" in hidden, form
        assert redact(hidden) == hidden, form


@pytest.mark.parametrize("kind", [*tokens(), *blocks()])
def test_what_stands_around_a_secret_stays(kind: str) -> None:
    value = {**tokens(), **blocks()}[kind]
    hidden = redact(f"pod checkout-7d9f8b6c5-x2x1z said {value} at 10:29")
    assert hidden.startswith("pod checkout-7d9f8b6c5-x2x1z said ")
    assert hidden.endswith(" at 10:29") or "header" in kind or kind == "cookie"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgres://app:{}@db:5432/orders", "postgres://app:[redacted:url-password]@db:5432/orders"),
        ("redis://:{}@cache/0", "redis://:[redacted:url-password]@cache/0"),
        ("app:{}@tcp(db:3306)/orders", "app:[redacted:url-password]@tcp(db:3306)/orders"),
        ("mysql -uroot -p{} orders", "mysql -uroot -p[redacted:password] orders"),
        ("sshpass -p {} ssh host", "sshpass -p [redacted:password] ssh host"),
        ("curl -u app:{} https://a/", "curl -u app:[redacted:password] https://a/"),
        ("machine a login app password {}", "machine a login app password [redacted:password]"),
        ("CREATE USER app IDENTIFIED BY '{}'", "CREATE USER app IDENTIFIED BY '[redacted:password]'"),
        ('org.apache.PlainLoginModule required username="a" password="{}";', None),
        (
            "helm upgrade x y --set db.password={} --wait",
            "helm upgrade x y --set db.password=[redacted:password] --wait",
        ),
        ("export DB_PASSWORD={} with, all; of&it", "export DB_PASSWORD=[redacted:password]"),
        ('<add name="Password" value="{}" />', '<add name="Password" value="[redacted:password]" />'),
        ("password\\u003d{}\\u0026a=b", "password\\u003d[redacted:password]\\u0026a=b"),
        ("password: '{}\n  and more'\nnext: 1", "password: '[redacted:password]'\nnext: 1"),
    ],
)
def test_a_password_is_hidden_where_programs_take_one(text: str, shown: str | None) -> None:
    secret = "hunter" + "2"
    hidden = redact(text.format(secret))
    assert secret not in hidden
    assert shown is None or hidden == shown


NEAR_MISSES = [
    f"registry.example.com/shop/checkout@{DIGEST}",
    f"{DIGEST} {SHA} {SHA[:7]} {SHA[:12]}",
    "3f2b8c1e-9d4a-4b7c-8e5f-1a2b3c4d5e6f",
    "pod/checkout-7d9f8b6c5-x2x1z ReplicaSet checkout-7d9f8b6c5 event search.17a9f4b2c3d4e5f6",
    "resourceVersion: 123456789 generation: 4 observedGeneration: 4 1732357740123456789",
    "cpu: 100m memory: 1Gi storage: 20Gi replicas: 3 10.5.1-rc.2",
    "https://argocd.example.com/applications/argocd/checkout?view=tree&resource=",
    "git@github.com:acme/fleet.git ssh://git@github.com:22/acme/fleet actions/checkout@v4.1.0 getty@tty1.service",
    "secretKeyRef: {name: db-credentials, key: password}",
    "        valueFrom:\n          secretKeyRef:\n            name: db-credentials\n            key: password\n",
    '{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}',
    "DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
    'apiGroups: ["authentication.k8s.io"] resources: ["tokenreviews"] tokenReviews',
    "password must not be empty",
    "spec.password: Required value",
    'spec.password: Invalid value: "": must not be empty',
    "error: token expired; invalid token: expired",
    'secret "db-credentials" not found',
    'MountVolume.SetUp failed for volume "token" : secret "tls-checkout" not found',
    "couldn't find key password in Secret shop/db-credentials",
    "imagePullSecrets:\n- name: regcred\nautomountServiceAccountToken: false\nserviceAccountName: api",
    "secretName: wildcard-tls\nsecret:\n  secretName: wildcard-tls\n",
    "tokens: 1532 max_tokens=2000 token_count: 12 input_tokens: 5",
    "passwordPolicy: strict passwordSecretRef: db PASSWORD_FILE=/run/secrets/db tokenURL=https://a/b",
    "password=${DB_PASSWORD} password=$(DB_PASSWORD) password: {{ .Values.password }} token=*** secret=<hidden>",
    "password: ENC[AES256_GCM,data:abc=,iv:def=,tag:ghi=,type:str]",
    "bypass: true compass=north keyboard: us author: jane monkey=banana partitionKey: orders publicKey=abc",
    "invalid bearer token; basic authentication is required; Bearer authentication",
    "key-value-store-production sk-learn ghp_short xoxo AKIA1234 eyJ.eyJ glpat-short hvs.short s.short",
    "docker run -u 1000:1000 -p 8080:80 nginx",
    "http://localhost:8080/@scope/package https://host:443/a@b",
    "4111 1111 1111 1112 1234567812345670 DE00 3704 0044 0532 0130 00",
    "aGVsbG8gd29ybGQsIHRoaXMgaXMgYW4gb3JkaW5hcnkgdGV4dA== YXBpVmVyc2lvbjogdjEKa2luZDogQ29uZmlnTWFwCg==",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa\n-----END CERTIFICATE-----",
    "kind: ConfigMap\ndata:\n  mode: fast\n  level: info\n",
    "kind: SecretStore\ndata:\n  mode: fast\n",
    "10.0.0.12 fe80::1 node-1.internal",
    "gitops_bot/act/texts/commit_message.py tests/end_to_end/variations/test_hostile.py",
    "100%25 of%20it /search?q=a%20b%2Cc",
    "Gitops-Bot-Incident: 0123456789ab\nGitops-Bot-Action: rollback",
    "[redacted:password] [redacted:github-token-3]: was refused",
]


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("kind", sorted(set(tokens()) - {"card", "iban", "email"}))
def test_half_a_token_is_no_token(kind: str) -> None:
    """Scanners that cry at a prefix hide what people need to read."""
    value = tokens()[kind]
    start = re.match(r"\W*[A-Za-z0-9]{1,6}[-_.+]?", value)
    assert start is not None
    assert redact(f"see {start.group()} there") == f"see {start.group()} there"


def test_the_manifest_of_a_secret_keeps_its_keys_alone() -> None:
    hidden = "[redacted:secret-data]"
    head = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n"
    text = f"{head}data:\n  user: YXBw\n  note: |\n    one\n    two\ntype: Opaque\n"
    assert redact(text) == f"{head}data:\n  user: {hidden}\n  note: {hidden}\ntype: Opaque\n"
    plain = '{"kind":"Secret","data":{"user":"YXBw"}}'
    assert redact(plain) == plain.replace("YXBw", hidden)
    escaped = '{\\"kind\\":\\"Secret\\",\\"stringData\\":{\\"user\\":\\"app\\"}}'
    assert redact(escaped) == escaped.replace("app", hidden)
