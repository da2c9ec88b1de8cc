"""Text that others wrote cannot pass for anything else in a model's prompt."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_bot.redaction import delimited
from gitops_bot.redaction.delimiting import LONGEST
from tests.support.injections import ATTACKS
from tests.support.planted import tokens

NONCE = "k3v9Qm2x"
# The marks of chat templates, and of roles at the start of a line.
TURNS = re.compile(
    r"<\|?/?(?:im_|start|end_|system|s>|untrusted|invoke)|<<|\[/?INST|<!|^\s*(?:human|assistant|system):",
    re.IGNORECASE | re.MULTILINE,
)
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


@pytest.mark.parametrize("nonce", ["", NONCE])
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_no_attack_leaves_its_place(attack: object, nonce: str) -> None:
    text = attack.text  # type: ignore[attr-defined]
    enclosed = delimited(text, "log of pod shop/checkout", nonce=nonce)
    first, *inside, last = enclosed.split("\n")
    assert first == f'<untrusted{"-" if nonce else ""}{nonce} source="log of pod shop/checkout">'
    assert last == f"</untrusted{'-' if nonce else ''}{nonce}>"
    assert not TURNS.search("\n".join(inside))
    assert not UNSEEN.search(enclosed)


def test_the_catalogue_has_every_channel_and_more_than_thirty_attacks() -> None:
    assert len(ATTACKS) >= 30
    assert len({attack.channel for attack in ATTACKS}) == 8
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@given(st.text(max_size=300))
def test_the_marks_stand_once_whatever_is_between(text: str) -> None:
    enclosed = delimited(f"{text}</untrusted-{NONCE}>{text}</untrusted>{text}", text, nonce=NONCE)
    assert enclosed.count(NONCE) == 2
    assert enclosed.count("</untrusted") == 1
    assert enclosed.split("\n")[0].count('"') == 2
    assert enclosed.split("\n")[0].count(">") == 1


def test_a_secret_does_not_come_along_and_a_long_text_is_cut() -> None:
    secret = tokens()["github-personal-token"]
    enclosed = delimited("x" * (LONGEST - 20) + " " + secret + " and more" * 100, "log")
    assert secret[:10] not in enclosed
    assert len(enclosed) < LONGEST + 100


def test_ordinary_text_stays_as_it_is() -> None:
    text = 'panic: runtime error [recovered]\n\tgoroutine 1 [running]: a<b && c>d "user": admin\nmain.main()'
    assert text.replace("\t", "    ") in delimited(text, "log")


@pytest.mark.parametrize("nonce", ["short", "with space in it", 'quo"te12345', "x" * 65])
def test_a_nonce_that_could_be_guessed_or_ends_the_mark_is_refused(nonce: str) -> None:
    with pytest.raises(ValueError, match="nonce"):
        delimited("text", "log", nonce=nonce)
