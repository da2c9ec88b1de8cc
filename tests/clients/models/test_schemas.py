from __future__ import annotations

import pytest

from gitops_bot.clients.models.schemas import is_strict, restricted
from gitops_bot.model.json import Json
from gitops_bot.sandbox.models.keywords import check_schema


@pytest.mark.parametrize(
    ("given", "cut"),
    [
        ({"type": "integer", "minimum": 0}, {"type": "integer", "description": "(minimum: 0)"}),
        (
            {"type": "string", "description": "A path.", "pattern": "^a", "default": "a"},
            {"type": "string", "description": "A path. (pattern: ^a)"},
        ),
        ({"enum": ["a", None]}, {"enum": ["a", None]}),
        (
            {"oneOf": [{"type": "null"}, {"type": "object"}]},
            {
                "anyOf": [
                    {"type": "null"},
                    {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
                ]
            },
        ),
        (
            {"type": "array", "items": {"type": "number", "maximum": 1}, "minItems": 2},
            {
                "type": "array",
                "items": {"type": "number", "description": "(maximum: 1)"},
                "description": "(minItems: 2)",
            },
        ),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}, {"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}),
        (None, {}),
    ],
)
def test_what_no_server_enforces_is_told_in_words(given: Json, cut: Json) -> None:
    assert restricted(given) == cut
    if given:
        check_schema(restricted(given), "schema", all_required=False)


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, True),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, False),
        ({"type": "array", "items": {"type": "object", "properties": {"a": {"type": "null"}}}}, False),
        ({"anyOf": [{"type": "null"}, {"type": "object", "properties": {"a": {}}, "required": []}]}, False),
        ({"allOf": [{"type": "null"}]}, False),
        ({"type": ["string", "null"]}, True),
    ],
)
def test_openai_is_strict_where_all_is_required(schema: Json, strict: bool) -> None:
    assert is_strict(restricted(schema)) is strict
