"""Places in files: pointers with list indexes, documents, and the line of YAML inside YAML."""

from __future__ import annotations

import pytest

from gitops_bot.locate.sites.places import MISSING, Place, documents, follow, join_tokens, line_of, scalars

FILE = b"""\
a:
  - b: 1
  - b: 2
---
values: |   # kept
  image:
    tag: 1.0

  list: [x, {y: z}]
folded: >-
  some
  text
quoted: "p: 1"
patch:
  - path: p
    patch: |-
      - op: add
        value: |
          deep: 1
          deeper: 2
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (Place("f", 0, (), "/a/1/b"), 3),
        (Place("f", 0, (), "/a/1/missing/more"), 3),
        (Place("f", 1, (), "/values"), 5),
        (Place("f", 1, ("/values",), "/image/tag"), 7),
        (Place("f", 1, ("/values",), "/list/1/y"), 9),
        (Place("f", 1, ("/folded",), "/x"), 10),
        (Place("f", 1, ("/quoted",), "/p"), 13),
        (Place("f", 1, ("/patch/0/patch",), "/0/value"), 18),
        (Place("f", 1, ("/patch/0/patch", "/0/value"), "/deeper"), 20),
        (Place("f", 7, (), "/a"), 1),
    ],
)
def test_the_line_is_the_one_in_the_file(place: Place, line: int) -> None:
    assert line_of(FILE, place) == line


def test_a_pointer_is_followed_through_lists_and_escapes() -> None:
    value = {"a/b": [{"c~d": 5}]}
    assert follow(value, "/a~1b/0/c~0d") == (("a/b", 0, "c~d"), 5)
    assert follow(value, "/a~1b/3")[1] is MISSING
    assert follow(value, "/x/y") == (("x", "y"), MISSING)
    assert join_tokens(("a/b", 0, "c~d")) == "/a~1b/0/c~0d"


def test_a_place_is_entered_and_gone_down() -> None:
    place = Place("f").at("patches", 0, "patch")
    assert place.enter().at(1, "value") == Place("f", 0, ("/patches/0/patch",), "/1/value")


def test_what_is_no_yaml_has_no_documents() -> None:
    assert documents(b"a: {{ .Values.x }}\n") == ()
    assert documents(b"\xff\xfe") == ()
    assert len(documents(FILE)) == 2


def test_all_scalars_are_found_with_their_ways() -> None:
    assert list(scalars({"a": [1, {"b": None}], "c": "x"})) == [(("a", 0), 1), (("a", 1, "b"), None), (("c",), "x")]
