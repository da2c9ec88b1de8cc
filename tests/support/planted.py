"""Secrets to plant, one of each kind, and the texts in which they come. Put together when asked for: no scanner of
repositories finds one here, and none has ever opened anything."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import string
from collections.abc import Mapping
from urllib.parse import quote

_LETTERS = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + string.digits


def _drawn(kind: str, count: int, letters: str = _LETTERS) -> str:
    """Characters that are the same in every run; digits and letters of both cases are always among them."""
    seed = hashlib.sha256(kind.encode()).digest()
    source = random.Random(seed)  # noqa: S311
    drawn = [source.choice(letters) for _ in range(count)]
    for place, one in enumerate(letter for letter in "q7Rz4" if letter in letters):
        drawn[place % count] = one
    return "".join(drawn)


def _token(prefix: str, count: int, letters: str = _LETTERS) -> str:
    return prefix + _drawn(prefix, count, letters)


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _json_web_token() -> str:
    claims = {"iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:shop:deployer"}
    return ".".join([_encoded(json.dumps({"alg": "RS256"})), _encoded(json.dumps(claims)), _drawn("jwt", 43)])


def _armoured(label: str) -> str:
    dashes = "-" * 5
    body = "\n".join(_drawn(f"{label}{row}", 64) for row in range(4))
    return f"{dashes}BEGIN {label}{dashes}\n{body}\n{dashes}END {label}{dashes}"


def _putty() -> str:
    rows = "\n".join(_drawn(f"putty{row}", 64) for row in range(2))
    head = "PuTTY-User-Key-" + "File-3: ssh-ed25519\nEncryption: none\nComment: deploy\nPrivate-Lines: 2\n"
    return f"{head}{rows}\nPrivate-" + f"MAC: {_drawn('mac', 64, _HEX)}"


# Telling by themselves, wherever they stand.
def tokens() -> dict[str, str]:
    """Secrets of one line that are known by their looks, by kind."""
    return {
        "aws-access-key": _token("AK" + "IA", 16, _UPPER),
        "aws-temporary-key": _token("AS" + "IA", 16, _UPPER),
        "aws-session-token": _token("IQoJb3Jp" + "Z2lu", 120),
        "google-api-key": _token("AI" + "za", 35),
        "google-oauth-token": _token("ya" + "29.", 60),
        "google-client-secret": _token("GOC" + "SPX-", 28),
        "azure-client-secret": "aB1" + "8Q" + "~" + _drawn("azure", 34),
        "azure-devops-token": _drawn("devops", 76) + "AZ" + "DO" + "a1B2",
        "github-personal-token": _token("gh" + "p_", 36),
        "github-oauth-token": _token("gh" + "o_", 36),
        "github-user-token": _token("gh" + "u_", 36),
        "github-server-token": _token("gh" + "s_", 36),
        "github-refresh-token": _token("gh" + "r_", 36),
        "github-fine-grained-token": _token("github" + "_pat_", 82),
        "gitlab-token": _token("gl" + "pat-", 20),
        "gitlab-runner-token": _token("gl" + "rt-", 20),
        "bitbucket-token": _token("AT" + "BB", 32),
        "atlassian-token": _token("ATATT" + "3xFf", 60),
        "slack-bot-token": "xo" + "xb-" + _drawn("xb", 12, string.digits) + "-" + _drawn("xoxb", 24),
        "slack-app-token": "xa" + "pp-1-A0-" + _drawn("xapp", 40),
        "slack-webhook": "https://hooks.slack" + ".com/services/T" + _drawn("T", 8, _UPPER) + "/B" + _drawn("w", 33),
        "discord-webhook": "https://discord.com/api/web" + "hooks/" + "1" * 18 + "/" + _drawn("discord", 68),
        "discord-token": "M" + _drawn("bot", 23) + "." + _drawn("mid", 6) + "." + _drawn("end", 38),
        "teams-webhook": "https://acme.webhook.office" + ".com/webhookb2/" + _drawn("teams", 36) + "/IncomingWebhook",
        "pagerduty-key": _token("u" + "+", 18),
        "stripe-key": _token("sk_" + "live_", 24),
        "stripe-webhook-secret": _token("wh" + "sec_", 32),
        "twilio-key": _token("S" + "K", 32, _HEX),
        "sendgrid-key": "S" + "G." + _drawn("sg", 22) + "." + _drawn("grid", 43),
        "mailgun-key": _token("ke" + "y-", 32, _HEX),
        "npm-token": _token("np" + "m_", 36),
        "pypi-token": _token("pypi-" + "AgEIcHlwaS5vcmc", 80),
        "docker-hub-token": _token("dckr" + "_pat_", 27),
        "hugging-face-token": _token("h" + "f_", 34),
        "openai-key": _token("sk-" + "proj-", 48),
        "anthropic-key": _token("sk-" + "ant-api03-", 90),
        "databricks-token": _token("da" + "pi", 32, _HEX),
        "new-relic-key": _token("NR" + "AK-", 27, _UPPER),
        "grafana-service-token": "gl" + "sa_" + _drawn("glsa", 32) + "_" + _drawn("crc", 8, _HEX),
        "grafana-cloud-token": _token("gl" + "c_", 60),
        "vault-token": _token("hv" + "s.", 90),
        "terraform-token": _drawn("tf", 14) + ".atlas" + "v1." + _drawn("atlas", 67),
        "age-key": _token("AGE-SECRET-" + "KEY-1", 58, _UPPER),
        "telegram-token": "123456789:A" + "A" + _drawn("telegram", 33),
        "digitalocean-token": _token("dop" + "_v1_", 64, _HEX),
        "shopify-token": _token("shp" + "at_", 32, _HEX),
        "tailscale-key": _token("tskey" + "-auth-", 30),
        "sentry-token": _token("sntr" + "ys_", 60),
        "json-web-token": _json_web_token(),
        "bcrypt-hash": "$2" + "b$12$" + _drawn("bcrypt", 53),
        "ssh-host-key": "ssh-" + "ed25519 " + "AAAA" + _drawn("host", 64),
        "der-private-key": "MII" + "EvQ" + "IBA" + "DANBgkqhkiG9w0BAQEFAASC" + _drawn("der", 200),
        "database-url": f"postgres://app:{_drawn('pg', 16)}@db.shop.svc:5432/orders?sslmode=require",
        "mongodb-url": f"mongodb+srv://app:{_drawn('mongo', 16)}@cluster0.example.net/orders",
        "redis-url": f"redis://:{_drawn('redis', 16)}@cache:6379/0",
        "amqp-url": f"amqp://app:{_drawn('amqp', 16)}@broker:5672/",
        "signed-url": f"https://bucket.s3.example.com/a?X-Amz-Date=1&X-Amz-Signature={_drawn('signature', 64, _HEX)}",
        "shared-access-signature": f"https://a.blob.example.net/c?sv=2024-01-01&sig={_drawn('sas', 43)}%3D",
        "bearer-header": f"Authorization: Bearer {_drawn('bearer', 40)}",
        "basic-header": "Authorization: Basic " + base64.b64encode(f"app:{_drawn('basic', 12)}".encode()).decode(),
        "cookie": f"Cookie: argocd.token={_drawn('cookie', 40)}",
        "email": "jane.doe" + "@" + "corp.example.com",
        "card": "4111 1111 " + "1111 1111",
        "iban": "DE89 3704 0044 " + "0532 0130 00",
    }


def blocks() -> dict[str, str]:
    """Secrets of several lines, by kind."""
    labels = ("RSA", "EC", "DSA", "OPENSSH", "ENCRYPTED", "")
    armoured = {
        f"{label or 'pkcs8'}-private-key".lower(): _armoured(f"{label} PRIVATE KEY".strip()) for label in labels
    }
    return {**armoured, "pgp-private-key": _armoured("PGP PRIVATE KEY BLOCK"), "putty-private-key": _putty()}


def named() -> dict[str, tuple[str, str]]:
    """Secrets that look like nothing, by kind: the name that tells of them, and the value."""
    names = {
        "password": ("DB_PASSWORD", "hunter" + "2"),
        "passphrase": ("passphrase", "correct-horse" + "-9"),
        "api-key": ("apiKey", _drawn("api", 20)),
        "aws-secret-key": ("aws_secret_access_key", _drawn("secret", 40)),
        "azure-storage-key": ("AccountKey", _drawn("storage", 86) + "=="),
        "datadog-key": ("DD_API_KEY", _drawn("dd", 32, _HEX)),
        "twilio-auth-token": ("TWILIO_AUTH_TOKEN", _drawn("twilio", 32, _HEX)),
        "pagerduty-routing-key": ("routing_key", _drawn("pd", 32, _HEX)),
        "argocd-password": ("admin.password", _drawn("argo", 16)),
        "client-secret": ("clientSecret", _drawn("client", 24)),
        "npm-auth-token": ("_authToken", _drawn("npm", 36)),
        "webhook-secret": ("WEBHOOK_SECRET", _drawn("hook", 20)),
        "kubeconfig-key": ("client-key-data", _drawn("kube", 80)),
    }
    return dict(names)


def planted_secrets() -> dict[str, str]:
    """Every kind with the text that must not get out; what is known by its name comes as `NAME=VALUE`."""
    return {**tokens(), **blocks(), **{kind: f"{name}={value}" for kind, (name, value) in named().items()}}


def core(kind: str, value: str) -> str:
    """Return the part of a planted text that must not be left of it: the secret itself, without its address or name."""
    if kind in named():
        return named()[kind][1]
    if kind.endswith("-private-key") and "\n" in value:
        return value.split("\n")[2]
    marks = ("services/", "hooks/", "webhookb2/", "Signature=", "sig=", "Bearer ", "Basic ", "token=", "ed25519 ")
    mark = next((mark for mark in marks if mark in value), "")
    if mark:
        return value.partition(mark)[2][:40]
    return value.split("@", maxsplit=1)[0].rpartition(":")[2] if "://" in value and "@" in value else value


def texts_with(value: str) -> dict[str, str]:
    """Texts of the forms in which a secret comes, each with `value` in it (encoded in the last four)."""
    indented = value.replace("\n", "\n      ")
    return {
        "plain": value,
        "log line": f"2026-11-23T10:29:00Z ERROR orders: could not start: {value} was refused",
        "double quoted": f'the server said "{value}" and closed',
        "single quoted": f"the server said '{value}' and closed",
        "in brackets": f"retrying ({value})",
        "YAML": f"config:\n    note: |\n      {indented}\n    next: 1\n",
        "diff": f"@@ -1,2 +1,2 @@\n-{value}\n+nothing\n",
        "multi-line": f"first line\n{value}\nlast line",
        "JSON": json.dumps({"level": "error", "message": value, "count": 3}),
        "JSON in JSON": json.dumps({"log": json.dumps({"message": f"start\n{value}\nend"})}),
        "percent-encoded": f"https://grafana.example.com/d/1?text={quote(f'x {value} y', safe='')}&from=now",
        "Base64": base64.b64encode(f"note: some text\n{value}\nmore text to come\n".encode()).decode(),
    }


def named_texts(name: str, value: str) -> Mapping[str, str]:
    """Texts of the forms in which a secret comes that only its name tells of."""
    flag = name.replace("_", "-").lower().lstrip("-")
    return {
        "environment": f"PATH=/bin\n{name}={value}\nHOME=/root",
        "YAML": f"config:\n  {name}: {value}\n  next: 1\n",
        "quoted YAML": f"config:\n  {name}: '{value}'\n  next: 1\n",
        "block of YAML": f"config:\n  {name}: |-\n    {value}\n  next: 1\n",
        "flow YAML": f"config: {{{name}: {value}, next: 1}}",
        "JSON": json.dumps({"a": 1, name: value, "z": 2}),
        "JSON with spaces": json.dumps({"a": 1, name: value, "z": 2}, indent=2),
        "JSON in JSON": json.dumps({"log": json.dumps({name: value, "z": 1})}),
        "log line": f'time=10:29 level=error msg="cannot connect" {name}={value} attempt=3',
        "query": f"GET /callback?a=1&{name}={value}&b=2 HTTP/1.1",
        "flag": f"/bin/server --{flag} {value} --port 80",
        "flag with sign": f"/bin/server --{flag}={value} --port 80",
        "list of arguments": json.dumps(["/bin/server", f"--{flag}", value, "--port"]),
        "environment entry": f"env:\n  - name: {name}\n    value: {value}\n  - name: MODE\n    value: fast\n",
        "environment entry of JSON": json.dumps([{"name": name, "value": value}]),
        "kubectl describe": f"    Environment:\n      {name}:  {value}\n      MODE:  fast\n",
        "upper case": f"{name.upper()}={value}",
        "lower case": f"{name.lower()}: {value}",
        "connection string": f"Server=db;User Id=app;{name}={value};Encrypt=true",
        "zero width": f"{name[:3]}\u200b{name[3:]}={value[:4]}\u200d{value[4:]}",
        "diff": f"-  {name}: {value}\n+  {name}: other-{value}\n",
        "Base64": base64.b64encode(f"mode: fast\n{name}: {value}\n".encode()).decode(),
    }
