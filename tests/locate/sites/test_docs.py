"""The table in docs/locate.md says of each shape what its fixture shows."""

from __future__ import annotations

import re

import pytest

from tests.locate.sites import shapes

ROW = re.compile(
    r"^\|(?P<shape>[^|]+)\|[^|]+\| (?P<state>works|inserts|read-only|refused) \| (?P<question>[^|]+) \|$", re.MULTILINE
)
ROWS = [found.groups() for found in ROW.finditer((shapes.ROOT / "docs" / "locate.md").read_text(encoding="utf-8"))]


def state(question: shapes.Question) -> str:
    if question.sites:
        return "inserts" if question.sites[0].get("exists") is False else "works"
    return "read-only" if question.read_only else "refused"


@pytest.mark.parametrize(("shape", "said", "asked"), ROWS)
def test_a_row_of_the_table_says_what_the_fixture_shows(shape: str, said: str, asked: str) -> None:
    folder, application, pointer = asked.split(" ")
    found = [one for one in shapes.questions(folder) if (one.application, one.pointer) == (application, pointer)]
    assert found, f"{shape.strip()}: nobody asks {asked}"
    assert said in {state(one) for one in found}


def test_the_table_has_a_row_for_each_state_and_fixture() -> None:
    assert {row[1] for row in ROWS} == {"works", "inserts", "read-only", "refused"}
    assert {row[2].partition(" ")[0] for row in ROWS} == set(shapes.NAMES)
