"""The published JSON schemas are those of the code, and hold what the code writes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from gitops_bot.configuration import configuration_schema
from gitops_bot.plan_document import plan_schema
from tests.end_to_end.conftest import Play, play

__all__ = ["play"]

FOLDER = Path(__file__).parents[1] / "docs" / "schema"


@pytest.mark.parametrize(
    ("name", "made"), [("plan.json", plan_schema()), ("configuration.json", configuration_schema())]
)
def test_the_published_schema_is_up_to_date(name: str, made: dict[str, object]) -> None:
    assert json.loads((FOLDER / name).read_text()) == json.loads(json.dumps(made)), "run `python scripts/schemas.py`"


@pytest.mark.parametrize("recording", ["00-healthy@eea9963", "04-drift@01b9168", "05-sync-failures@048ee38"])
def test_a_plan_is_of_its_schema(play: Play, recording: str) -> None:
    plan = play(recording).bot("plan", "--json").document
    jsonschema.validate(plan, json.loads((FOLDER / "plan.json").read_text()))
    remediations = plan["remediations"]
    assert isinstance(remediations, list)
    for remediation in remediations:
        assert set(remediation) >= {
            *("fingerprint", "applications", "action", "remedy", "cause", "confidence", "tier", "checks"),
            *("edits", "rendered_diff", "title", "body"),
        }
        for edit in remediation["edits"]:
            assert set(edit) >= {"path", "diff"}
