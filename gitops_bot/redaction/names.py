"""Names after which a secret stands: `DB_PASSWORD`, `apiKey`, `--token`, `client-key-data`."""

from __future__ import annotations

import re

# What makes a key a secret one: nobody hides a `partition key` or a `keyboard`.
_QUALIFIED = re.compile(
    r"(?:api|app|application|access|account|secret|private|signing|signature|encryption|master|shared|storage|routing"
    r"|integration|service|license|licence|auth|deploy|ssh|tls|client|consumer|webhook|session|root|unseal|vault|admin"
    r"|server|sas|jwt|hmac|age|subscription|ingest|write|host|identity|datadog|functions)[-_. ]?\Z"
)
# The end of a name in lower case; what stands before it does not matter. Each way begins with fixed letters: a search
# for them is fast.
_NAME = (
    r"(?:pass(?:word|wd|phrase|code|(?<![a-z]pass)(?![a-z]))|pwd|pw(?<![a-z]pw)(?![a-z])"
    r"|pat(?<![a-z]pat)(?![a-z])|cookie(?<![a-z]cookie)|conn(?:ection)?[-_.]?str(?:ing)?|credentials?"
    r"|key(?:[-_.]?(?:data|secret|id))?|token(?:[-_.]secret)?|jwt(?<![a-z]jwt)(?![a-z])|dsn(?<![a-z]dsn)"
    r"|docker(?:configjson|cfg)|auth(?<![a-z]auth)|otp(?<![a-z]otp)(?![a-z])|id_(?:rsa|ed25519|ecdsa)|secret"
    r"|ssh-privatekey)"
    r"(?:[-_.]?(?:value|b64|base64|plain|plaintext|old|new|current|previous|primary|secondary|\d{1,2}))?"
)
NAME = re.compile(_NAME)
_LAST = re.compile(rf"{_NAME}\Z")
_STEMS = (
    "pass",
    "key",
    "token",
    "secret",
    "auth",
    "cred",
    "pwd",
    "pw",
    "pat",
    "cookie",
    "conn",
    "jwt",
    "dsn",
    "docker",
)
_RARE_STEMS = ("otp", "id_rsa", "id_ed25519", "id_ecdsa")
_KINDS = {
    "pa": "password",
    "pw": "password",
    "co": "connection-string",
    "cr": "credential",
    "au": "credential",
    "ot": "credential",
    "do": "credential",
    "ke": "key",
    "id": "key",
    "ss": "key",
    "to": "token",
    "jw": "token",
    "ds": "connection-string",
    "se": "secret",
}
# Names that end so and hold the name of a thing, a count or a switch.
_HARMLESS = re.compile(
    r"(?:(?:image[-_.]?pull|external|sealed)[-_.]?secret|(?:max|min|num|per|next|continue|page)[-_.]?token"
    r"|(?:require|use|enable|no)[-_.]?auth)\Z"
)
_BEFORE = 48


def may_name(low: str) -> bool:
    """Return whether a text in lower case can have a telling name at all."""
    return any(stem in low for stem in _STEMS) or any(stem in low for stem in _RARE_STEMS)


def kind_of(low: str, found: re.Match[str]) -> str:
    """Return the kind of secret that a match of NAME in `low` tells of; empty where it tells of none."""
    before = low[max(0, found.start() - _BEFORE) : found.start()]
    word = found.group()
    if word.startswith("key") and not _QUALIFIED.search(before):
        return ""
    if word.startswith("key") and "id" in word and not before.endswith(("private", "private_", "private-", "private.")):
        return ""
    if _HARMLESS.search(before + word):
        return ""
    return "cookie" if word.startswith("cookie") else _KINDS[word[:2]]


def secret_name(name: str) -> str:
    """Return the kind of secret that a field, variable or flag of this name holds; empty where it holds none.

    The name must end in the telling word: `db.password` holds one, `passwordPolicy` and `secretName` do not.
    """
    low = name[-80:].lower()
    found = _LAST.search(low) if may_name(low) else None
    return kind_of(low, found) if found else ""
