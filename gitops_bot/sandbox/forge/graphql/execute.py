"""Running a parsed document: first every field is checked against the schema, then resolved. As on GitHub, a
document with an unknown field does nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from gitops_bot.sandbox.forge.api import ApiError, Fields
from gitops_bot.sandbox.forge.graphql.document import Document, Field, Operation, Selection, Spread, Value, Variable
from gitops_bot.sandbox.forge.permissions import check_actions, check_mutation
from gitops_bot.sandbox.forge.records import Account, Issue, Token
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.http import Json

Kind = TypeVar("Kind")
INTERFACES = {"Node", "GitObject", "Actor", "SearchResultItem", "StatusCheckRollupContext"}


class GraphqlError(Exception):
    """An error of one field: `type` as GitHub names it (NOT_FOUND, STALE_DATA, UNPROCESSABLE, FORBIDDEN)."""

    def __init__(self, type_name: str, message: str) -> None:
        self.type = type_name
        self.message = message
        super().__init__(message)


@dataclass(frozen=True)
class Scope:
    """What resolvers may look at: the state, and whose token asks."""

    state: State
    token: Token

    @property
    def viewer(self) -> Account:
        """Who asks."""
        return self.token.account

    def actor(self, *permissions: str, issue: Issue | None = None, talking: bool = False) -> Account:
        """Who writes. Raises ApiError 403 (FORBIDDEN) for a token without all of `permissions`.

        An author may change the own `issue`; with `talking` everybody may who has no read-only token.
        """
        if not (talking and self.viewer.kind == "User"):
            check_mutation(self.token, permissions, issue)
        return self.viewer

    def check_actions(self) -> None:
        """Refuse a workflow's token where the repository lets none open pull requests. Raises ApiError 403."""
        check_actions(self.state, self.token)


Resolver: TypeAlias = Callable[[Scope, object, Fields], object]


@dataclass(frozen=True)
class FieldType:
    """How a field is resolved, and the type of what comes out: empty for a scalar."""

    resolve: Resolver
    type: str = ""


Schema: TypeAlias = Mapping[str, Mapping[str, FieldType]]


def on(kind: type[Kind], read: Callable[[Scope, Kind, Fields], object], type_name: str = "") -> FieldType:
    """A field of objects that are held as `kind`, read by `read`."""

    def resolve(scope: Scope, value: object, arguments: Fields) -> object:
        if not isinstance(value, kind):
            raise TypeError(f"a {type(value).__name__} where a {kind.__name__} belongs")
        return read(scope, value, arguments)

    return FieldType(resolve, type_name)


class Execution:
    """One run of one operation. `type_of` names the concrete type of a held object."""

    def __init__(
        self,
        schema: Schema,
        document: Document,
        scope: Scope,
        variables: Mapping[str, object],
        type_of: Callable[[object, str], str],
    ) -> None:
        self.schema = schema
        self.document = document
        self.scope = scope
        self.variables = variables
        self.type_of = type_of
        self.errors: list[Json] = []

    def run(self, operation: Operation) -> dict[str, Json]:
        """The answer: `data` and, where something went wrong, `errors`."""
        root = "Mutation" if operation.kind == "mutation" else "Query"
        problems = [
            *self._variable_problems(operation),
            *self._problems(root, operation.selections, (operation.kind,)),
        ]
        if problems:
            return {"errors": problems}
        data = self._object(root, None, operation.selections, ())
        return {"data": data, "errors": self.errors} if self.errors else {"data": data}

    # -- checking

    def _variable_problems(self, operation: Operation) -> Iterator[Json]:
        for name, definition in operation.variables.items():
            if definition.required and self.variables.get(name) is None:
                message = f"Variable ${name} of type {definition.type} was provided invalid value"
                yield {
                    "message": message,
                    "extensions": {
                        "value": None,
                        "problems": [{"path": [], "explanation": "Expected value to not be null"}],
                    },
                }

    def _problems(self, type_name: str, selections: Sequence[Selection], path: tuple[str, ...]) -> Iterator[Json]:
        for selection in selections:
            if isinstance(selection, Spread):
                yield from self._spread_problems(type_name, selection, path)
                continue
            here = (*path, selection.key)
            known = self.schema[type_name].get(selection.name)
            if selection.name == "__typename":
                continue
            if known is None:
                message = f"Field '{selection.name}' doesn't exist on type '{type_name}'"
                code = {"code": "undefinedField", "typeName": type_name, "fieldName": selection.name}
                yield _located(selection, here, message, extensions=code)
            elif bool(known.type) != bool(selection.selections):
                yield _located(
                    selection, here, _shape_message(selection, known), extensions={"code": "selectionMismatch"}
                )
            elif known.type:
                yield from self._problems(known.type, selection.selections, here)

    def _spread_problems(self, type_name: str, spread: Spread, path: tuple[str, ...]) -> Iterator[Json]:
        fragment = self._fragment(spread)
        if fragment is None:
            yield {"message": f"Fragment {spread.fragment} was used, but not defined", "path": path}
        elif fragment.on and fragment.on not in self.schema:
            yield {"message": f"No such type {fragment.on}, so it can't be a fragment condition", "path": path}
        elif len(path) > len(self.document.fragments) + 50:
            yield {"message": f"Fragment {spread.fragment} contains an infinite loop", "path": path}
        else:
            step = (*path, f"... on {fragment.on}") if fragment.on else path
            yield from self._problems(fragment.on or type_name, fragment.selections, step)

    def _fragment(self, spread: Spread) -> Spread | None:
        return self.document.fragments.get(spread.fragment) if spread.fragment else spread

    # -- resolving

    def _object(
        self, type_name: str, value: object, selections: Sequence[Selection], path: tuple[str | int, ...]
    ) -> dict[str, Json]:
        result: dict[str, Json] = {}
        for selection in self._fields(type_name, selections):
            if selection.name == "__typename":
                result[selection.key] = type_name
            else:
                result[selection.key] = self._field(type_name, value, selection, (*path, selection.key))
        return result

    def _fields(self, type_name: str, selections: Sequence[Selection]) -> Iterator[Field]:
        for selection in selections:
            if not self._included(selection):
                continue
            if isinstance(selection, Field):
                yield selection
                continue
            fragment = self._fragment(selection)
            if fragment and (not fragment.on or fragment.on == type_name or fragment.on in INTERFACES):
                yield from self._fields(type_name, fragment.selections)

    def _included(self, selection: Selection) -> bool:
        for name, arguments in selection.directives.items():
            condition = bool(self._value(arguments.get("if")))
            if (name == "skip" and condition) or (name == "include" and not condition):
                return False
        return True

    def _field(self, type_name: str, value: object, asked: Field, path: tuple[str | int, ...]) -> Json:
        known = self.schema[type_name][asked.name]
        try:
            arguments = Fields({name: self._value(each) for name, each in asked.arguments.items()})
            found = known.resolve(self.scope, value, arguments)
        except GraphqlError as error:
            self.errors.append(_located(asked, path, error.message, type=error.type))
            return None
        except ApiError as error:
            self.errors.append(_located(asked, path, _worded(error), type=_type_of_status(error.status)))
            return None
        return self._completed(known.type, found, asked, path)

    def _completed(self, type_name: str, found: object, asked: Field, path: tuple[str | int, ...]) -> Json:
        if isinstance(found, list | tuple):
            return [self._completed(type_name, item, asked, (*path, index)) for index, item in enumerate(found)]
        if found is None or isinstance(found, bool | int | float | str):
            return found
        return self._object(self.type_of(found, type_name), found, asked.selections, path)

    def _value(self, value: Value) -> object:
        if isinstance(value, Variable):
            return self.variables.get(value.name)
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, dict):
            return {name: self._value(item) for name, item in value.items()}
        return value


def _located(asked: Field, path: Sequence[str | int], message: str, **more: Json) -> dict[str, Json]:
    return {**more, "path": path, "locations": [{"line": asked.line, "column": asked.column}], "message": message}


def _shape_message(asked: Field, known: FieldType) -> str:
    if known.type:
        return f"Field must have selections (field '{asked.name}' returns {known.type} but has no selections.)"
    return f"Selections can't be made on scalars (field '{asked.name}' returns a scalar but has selections)"


def _worded(error: ApiError) -> str:
    """The words of a REST error: those of its first detail where it has one."""
    for detail in error.errors:
        if isinstance(detail, Mapping) and detail.get("message"):
            return str(detail["message"])
        if isinstance(detail, Mapping) and detail.get("field"):
            return f"{detail['resource']} {detail['field']} is {detail['code']}"
        if isinstance(detail, str):
            return detail
    return error.message


def _type_of_status(status: int) -> str:
    return {403: "FORBIDDEN", 404: "NOT_FOUND"}.get(status, "UNPROCESSABLE")
