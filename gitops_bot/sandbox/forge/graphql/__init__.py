"""GitHub's GraphQL API: a small honest executor over plain tables of resolvers."""

from __future__ import annotations

from collections.abc import Mapping

from gitops_bot.sandbox.forge.api import ApiError, Fields
from gitops_bot.sandbox.forge.graphql import mutations
from gitops_bot.sandbox.forge.graphql.document import Document, DocumentError, Operation, parse
from gitops_bot.sandbox.forge.graphql.execute import Execution, FieldType, GraphqlError, Schema, Scope, on
from gitops_bot.sandbox.forge.graphql.schema import TYPES, type_of
from gitops_bot.sandbox.forge.records import Account, Issue
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.http import Request, Response

REQUESTS_PER_HOUR = 5000


def _repository(scope: Scope, _: None, arguments: Fields) -> State:
    asked = f"{arguments.text('owner')}/{arguments.text('name')}"
    if asked.lower() != scope.state.full_name.lower():
        raise GraphqlError("NOT_FOUND", f"Could not resolve to a Repository with the name '{asked}'.")
    return scope.state


def _node(scope: Scope, _: None, arguments: Fields) -> Issue:
    return mutations.find_node(scope.state, arguments.text("id"))


QUERY: dict[str, FieldType] = {
    "repository": on(type(None), _repository, "Repository"),
    "node": on(type(None), _node, "Node"),
    "viewer": on(type(None), lambda scope, _, __: scope.viewer, "Actor"),
    "rateLimit": on(type(None), lambda scope, _, __: scope.state, "RateLimit"),
}
RATE_LIMIT: dict[str, FieldType] = {
    "limit": on(State, lambda _, state, __: state.rate(REQUESTS_PER_HOUR)["limit"]),
    "remaining": on(State, lambda _, state, __: state.rate(REQUESTS_PER_HOUR)["remaining"]),
    "used": on(State, lambda _, state, __: state.rate(REQUESTS_PER_HOUR)["used"]),
}
SCHEMA: Schema = {
    **TYPES,
    "Query": QUERY,
    "Mutation": mutations.ROOT,
    "Payload": mutations.PAYLOAD,
    "CommentEdge": mutations.COMMENT_EDGE,
    "RateLimit": RATE_LIMIT,
}


def answer(state: State, request: Request, viewer: Account | None) -> Response:
    """Answer a GraphQL request: 401 for nobody, 400 for no JSON, else 200 with `data` and `errors`."""
    if viewer is None:
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
    execution = Execution(SCHEMA, document, Scope(state, viewer), {**defaults, **held}, type_of)
    return Response.json(200, execution.run(operation))


def _chosen(document: Document, name: str | None) -> Operation:
    for operation in document.operations:
        if operation.name == name or (not name and len(document.operations) == 1):
            return operation
    raise DocumentError(f'No operation named "{name or ""}"')
