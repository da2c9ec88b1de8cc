"""The part of JSON Schema that both providers accept where they promise to keep to a schema."""

from __future__ import annotations

from gitops_bot.model.json import Json, mapping, sequence

_KNOWN = {
    "type", "enum", "const", "anyOf", "allOf", "$ref", "$defs", "title", "description",
    "properties", "required", "additionalProperties", "items", "format", "minItems", "default",
}  # fmt: skip


class ShapeError(ValueError):
    """A request that the provider would not take; the text is what it would say. `field` is the one at fault."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def check_schema(schema: Json, where: str, *, all_required: bool) -> None:
    """Raise ShapeError for a keyword that is not supported, an open object, or an optional key with `all_required`."""
    given = mapping(schema)
    if not given:
        raise ShapeError(f"{where}: schema must be a non-empty object", where)
    for key in given:
        if key not in _KNOWN:
            raise ShapeError(f"{where}: For '{given.get('type')}' type, property '{key}' is not supported", where)
    if given.get("minItems") not in {None, 0, 1}:
        raise ShapeError(f"{where}: 'minItems' must be 0 or 1", where)
    if given.get("type") == "object":
        _check_object(given, where, all_required=all_required)
    inner = [*mapping(given.get("properties")).items(), *mapping(given.get("$defs")).items()]
    inner += [(key, each) for key in ("anyOf", "allOf") for each in sequence(given.get(key))]
    if "items" in given:
        inner.append(("items", given["items"]))
    for name, each in inner:
        check_schema(each, f"{where}.{name}", all_required=all_required)


def _check_object(schema: dict[str, Json], where: str, *, all_required: bool) -> None:
    if schema.get("additionalProperties") is not False:
        raise ShapeError(f"{where}: 'additionalProperties' must be explicitly set to false", where)
    missing = set(mapping(schema.get("properties"))) - set(map(str, sequence(schema.get("required"))))
    if all_required and missing:
        raise ShapeError(
            f"Invalid schema for {where}: 'required' must include every key in properties. Missing '{min(missing)}'.",
            where,
        )
