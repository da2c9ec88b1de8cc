"""GitHub's GraphQL API: a small honest executor over plain tables of resolvers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from gitops_bot.sandbox.forge.api import ApiError, Fields
from gitops_bot.sandbox.forge.graphql import mutations
from gitops_bot.sandbox.forge.graphql.connections import Connection, connection_types, listed
from gitops_bot.sandbox.forge.graphql.document import Document, DocumentError, Operation, parse
from gitops_bot.sandbox.forge.graphql.execute import Execution, FieldType, GraphqlError, Schema, Scope, on
from gitops_bot.sandbox.forge.graphql.payloads import COMMENT_EDGE, PAYLOAD
from gitops_bot.sandbox.forge.graphql.pulls import find_node
from gitops_bot.sandbox.forge.graphql.schema import TYPES, type_of
from gitops_bot.sandbox.forge.records import Issue, Token
from gitops_bot.sandbox.forge.rest.search import search
from gitops_bot.sandbox.forge.state import State, timestamp
from gitops_bot.sandbox.http import Json, Request, Response


def _repository(scope: Scope, _: None, arguments: Fields) -> State:
    asked = f"{arguments.text('owner')}/{arguments.text('name')}"
    if asked.lower() != scope.state.full_name.lower():
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a Repository with the name '{asked}'.")
    return scope.state


def _node(scope: Scope, _: None, arguments: Fields) -> Issue:
    return find_node(scope.state, arguments.text("id"))


def _search(scope: Scope, _: None, arguments: Fields) -> Sequence[Issue]:
    return search(scope.state, arguments.text("query"))


def _reset(scope: Scope, _: State, __: Fields) -> Json:
    reset = scope.state.limits.standing(scope.viewer.login, "graphql")["reset"]
    return timestamp(datetime.fromtimestamp(reset, UTC)) if isinstance(reset, int) else None


def _standing(name: str) -> FieldType:
    return on(State, lambda scope, state, _: state.limits.standing(scope.viewer.login, "graphql")[name])


QUERY: dict[str, FieldType] = {
    "repository": on(type(None), _repository, "Repository"),
    "node": on(type(None), _node, "Node"),
    "search": listed(type(None), "SearchResultItem", _search),
    "viewer": on(type(None), lambda scope, _, __: scope.viewer, "Actor"),
    "rateLimit": on(type(None), lambda scope, _, __: scope.state, "RateLimit"),
}
RATE_LIMIT: dict[str, FieldType] = {
    "limit": _standing("limit"),
    "remaining": _standing("remaining"),
    "used": _standing("used"),
    "resetAt": on(State, _reset),
    "cost": on(State, lambda _, __, ___: 1),
}
SEARCH = connection_types("SearchResultItem")["SearchResultItemConnection"]
SCHEMA: Schema = {
    **TYPES,
    "Query": QUERY,
    "Mutation": mutations.ROOT,
    "Payload": PAYLOAD,
    "CommentEdge": COMMENT_EDGE,
    "RateLimit": RATE_LIMIT,
    "SearchResultItemConnection": {**SEARCH, "issueCount": on(Connection, lambda _, page, __: page.total)},
}


def is_mutation(request: Request) -> bool:
    """Whether the request's document holds a mutation; a document that cannot be read holds none."""
    try:
        document = parse(Fields(request.json()).text("query", ""))
    except (ValueError, ApiError, DocumentError):
        return False
    return any(operation.kind == "mutation" for operation in document.operations)


def answer(state: State, request: Request, token: Token | None) -> Response:
    """Answer a GraphQL request: 401 for nobody, 400 for no JSON, else 200 with `data` and `errors`."""
    if token is None:
        return ApiError(401, "This endpoint requires you to be authenticated.").response()
    try:
        given = Fields(request.json())
        document = parse(given.text("query", ""))
        operation = _chosen(document, given.optional_text("operationName"))
    except ValueError:
        return ApiError(400, "Problems parsing JSON").response()
    except ApiError as error:
        return error.response()
    except DocumentError as error:
        return Response.json(200, {"errors": [{"message": str(error)}]})
    variables = given.raw("variables")
    held: Mapping[str, object] = variables if isinstance(variables, dict) else {}
    defaults = {name: definition.default for name, definition in operation.variables.items()}
    execution = Execution(SCHEMA, document, Scope(state, token), {**defaults, **held}, type_of)
    return Response.json(200, execution.run(operation))


def _chosen(document: Document, name: str | None) -> Operation:
    for operation in document.operations:
        if operation.name == name or (not name and len(document.operations) == 1):
            return operation
    raise DocumentError(f'No operation named "{name or ""}"')
