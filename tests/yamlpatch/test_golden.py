"""Files as people write them, before and after several operations at once: fixtures/yamlpatch/CASE/."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.yamlpatch.oracle import patched, read

CASES = sorted((Path(__file__).parents[2] / "fixtures" / "yamlpatch").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_what_was_asked_for_changes(case: Path) -> None:
    operations = json.loads((case / "operations.json").read_text(encoding="utf-8"))
    before = (case / "before.yaml").read_bytes()
    keys_apart = b"\non:" in before  # YAML 1.1 takes a workflow's `on` for a boolean
    after = patched(before, *operations, versions=((1, 2),) if keys_apart else ((1, 1), (1, 2)))
    assert after.decode() == (case / "after.yaml").read_text(encoding="utf-8")
    assert len(read(after)) == len(read(before))


def test_there_are_cases() -> None:
    assert len(CASES) >= 8
