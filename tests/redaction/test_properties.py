"""What holds for every text: twice is once, a cut halves nothing, and the work stays in proportion."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_bot.redaction import Redactor, Wanted, redact, redacted_and_capped
from tests.support.planted import blocks, core, named_texts, planted_secrets, texts_with, tokens

EVERYTHING = Wanted(ip_addresses=True, names=("Jane Doe", "acme"))
# Pieces of which patterns are made: what comes out of them meets many boundaries between patterns.
PIECES = st.sampled_from(
    [
        *tokens().values(),
        *(value[:40] for value in tokens().values()),
        *blocks().values(),
        *(
            "password",
            "token: ",
            "api_key=",
            "secret",
            '"',
            "'",
            "\\",
            '\\"',
            "\\n",
            "\n",
            "\n  ",
            " ",
            ":",
            "=",
            ",",
            ";",
        ),
        *(
            "--",
            "-p",
            "-u a:",
            "://",
            "@",
            "%3D",
            "%22",
            "&sig=",
            "kind: Secret\n",
            "data:\n",
            "{",
            "}",
            "[",
            "]",
            "|\n",
        ),
        *(
            "[redacted:",
            "[redacted:key]",
            "[redacted:token-1]",
            "\u200b",
            "\u202e",
            "Bearer ",
            "Cookie: a=",
            "10.0.0.1",
        ),
        *("::1", "a", "value", "must not", "hunter" + "2"),
        base64.b64encode(b"password: hunter" + b"2 and more").decode(),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=200)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    hidden = redact(text, wanted=EVERYTHING)
    assert redact(hidden, wanted=EVERYTHING) == hidden
    assert redact(redact(text)) == redact(text)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(0, 400))
def test_what_is_cut_is_cut_after_it_was_redacted(text: str, limit: int) -> None:
    hidden = redacted_and_capped(text, limit)
    assert len(hidden) <= limit
    assert hidden.removesuffix("…") == redact(text)[: len(hidden.removesuffix("…"))]


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="abc \n.,", max_size=60),
    st.text(alphabet="xyz \n.,", max_size=60),
    st.sampled_from(sorted(tokens())),
)
def test_a_token_is_hidden_between_any_words(before: str, after: str, kind: str) -> None:
    value = tokens()[kind]
    hidden = redact(f"{before} {value} {after}")
    assert core(kind, value) not in hidden
    assert hidden.startswith(before)


@pytest.mark.parametrize("offset", range(0, 120, 7))
def test_no_cut_leaves_half_of_a_secret(offset: int) -> None:
    secret = tokens()["github-personal-token"]
    hidden = redacted_and_capped(f"{'x ' * 50}{secret}", 60 + offset)
    assert secret[:12] not in hidden
    assert len(hidden) <= 60 + offset


def test_a_secret_across_the_end_of_what_is_read_is_hidden() -> None:
    secret = tokens()["vault-token"]
    limit = 4096
    for place in range(65_536 - len(secret) - 40, 65_536, 13):
        # A key that shrinks to a few characters brings the window's end into what is shown.
        key = blocks()["rsa-private-key"].replace("\n", "\n" + "A" * 64 + "\n", 200)
        text = (f"{key}\n" * 100)[: place - 1] + "\n" + secret * 3
        assert secret[:8] not in redacted_and_capped(text, limit)


def test_equal_secrets_keep_one_number() -> None:
    redactor = Redactor()
    first, second = tokens()["github-personal-token"], tokens()["github-oauth-token"]
    assert redactor.redact(f"{first} {second} {first}") == (
        "[redacted:github-token-1] [redacted:github-token-2] [redacted:github-token-1]"
    )
    assert redactor.redact_json({"log": second}) == {"log": "[redacted:github-token-2]"}
    again = redactor.redact(f"password=abc {first}")
    assert redactor.redact(again) == again == Redactor().redact(again)


UNITS = [
    *(
        "a",
        "-",
        "eyJ",
        "-eyJ",
        "://",
        "://a:",
        "://a@",
        "a@b.",
        "@a.b.c",
        "token:",
        "password=",
        'password="',
        "password: ",
    ),
    *(
        'password:\\"',
        "--a-",
        "=",
        "%25",
        "AKIA",
        "ghp_",
        "sk-",
        "1 ",
        "4111 ",
        "A1B2 ",
        "cookie: ",
        "bearer ",
        "mysql -",
    ),
    *(
        "login a password ",
        "-u a:",
        "kind: Secret\ndata:\n",
        '"data":{"a":',
        "name: password\n",
        "[redacted:",
        "[redacted:a]",
    ),
    *(
        "\\",
        '"',
        '\\"',
        "\n",
        " ",
        ":a@tcp(",
        "?sig=",
        "u+",
        "s.",
        "apikey",
        "secret: |\n  a\n",
        "p\u200bassword=a ",
        "::",
        "1.",
    ),
    *("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "a" * 64 + "\n", "api_key: 'a\n b\n", "İpassword="),
]


@pytest.mark.parametrize("unit", UNITS)
def test_a_line_made_to_be_slow_is_read(unit: str) -> None:
    """A pattern that looks at one place again and again would not come back from this within the suite's patience."""
    text = (unit * (200_000 // len(unit)))[:200_000]
    assert redact(text, wanted=EVERYTHING) is not None


def test_ip_addresses_and_names_go_where_they_are_asked_for() -> None:
    text = "Jane Doe at 10.0.0.12, [fe80::1]:8080 and 192.168.1.7:443; acme at 10:29:00, version 1.2.3"
    assert redact(text) == text
    shown = text.replace("Jane Doe", "[redacted:name]").replace("acme", "[redacted:name]")
    for address in ("10.0.0.12", "fe80::1", "192.168.1.7"):
        shown = shown.replace(address, "[redacted:ip]")
    assert redact(text, wanted=EVERYTHING) == shown


def test_the_forms_are_what_they_say() -> None:
    """A form that lost its secret on the way would prove nothing."""
    for kind, value in planted_secrets().items():
        forms = {**texts_with(value), **named_texts("password", value)}
        encoded = {"Base64", "JSON", "JSON in JSON", "JSON with spaces", "percent-encoded", "YAML", "zero width"}
        plain = [
            text for form, text in forms.items() if form not in encoded and "JSON" not in form and "list" not in form
        ]
        assert all(value in text for text in plain), kind
