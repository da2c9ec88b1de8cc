"""Writes the JSON schemas in docs/schema/ from the structures that read the documents: `python scripts/schemas.py`."""

from __future__ import annotations

import json
from pathlib import Path

from gitops_bot.configuration import configuration_schema
from gitops_bot.plan_document import plan_schema

FOLDER = Path(__file__).parents[1] / "docs" / "schema"
SCHEMAS = {"plan.json": plan_schema, "configuration.json": configuration_schema}


def main() -> None:
    """Write all schemas."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, schema in SCHEMAS.items():
        (FOLDER / name).write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
