"""JSON schemas cut down to what constrained decoding takes: what no server enforces is told in words instead."""

from __future__ import annotations

from gitops_bot.model.json import Json, mapping, sequence

# What both Claude and OpenAI enforce; all else of JSON Schema is refused by one of them.
_KEPT = ("type", "enum", "const", "$ref", "title", "description")
_NESTED = ("properties", "$defs")
_LISTS = ("anyOf", "allOf")


def restricted(schema: Json) -> dict[str, Json]:
    """Return the schema without unsupported keywords, which its descriptions tell instead.

    Every object is closed: a map with keys of the model's choosing cannot be asked for, a list of pairs can.
    """
    given = mapping(schema)
    cut: dict[str, Json] = {key: given[key] for key in _KEPT if key in given}
    for key in _NESTED:
        if key in given:
            cut[key] = {name: restricted(inner) for name, inner in mapping(given[key]).items()}
    for key in _LISTS:
        if key in given:
            cut[key] = [restricted(inner) for inner in sequence(given[key])]
    if "oneOf" in given:
        cut["anyOf"] = [restricted(inner) for inner in sequence(given["oneOf"])]
    if "items" in given:
        cut["items"] = restricted(given["items"])
    if "properties" in given or _is_object(given):
        cut.setdefault("properties", {})
        cut["required"] = list(sequence(given.get("required")))
        cut["additionalProperties"] = False
    told = {*cut, "oneOf", "additionalProperties", "default", "examples", "$schema", "$id"}
    words = ", ".join(f"{key}: {value}" for key, value in given.items() if key not in told)
    if words:
        cut["description"] = f"{given.get('description', '')} ({words})".strip()
    return cut


def is_strict(schema: Json) -> bool:
    """Whether every property of a restricted schema is required and nothing is combined, as OpenAI's `strict` wants."""
    given = mapping(schema)
    properties = mapping(given.get("properties"))
    if "allOf" in given or set(properties) != set(map(str, sequence(given.get("required")))):
        return False
    inner = [*properties.values(), *mapping(given.get("$defs")).values(), *sequence(given.get("anyOf"))]
    if "items" in given:
        inner.append(given["items"])
    return all(map(is_strict, inner))


def _is_object(schema: dict[str, Json]) -> bool:
    kind = schema.get("type")
    return kind == "object" or (isinstance(kind, list) and "object" in kind)
