"""Four nodes around the stages of a session. LangGraph is loaded when a graph is built."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from gitops_bot.errors import ConfigurationError
from gitops_bot.graph.state import State, leading, logs, metrics, written
from gitops_bot.model.change import Receipt
from gitops_bot.model.incident import Estate
from gitops_bot.model.plan import Plan
from gitops_bot.plan_document import decode_plan, encode_plan

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph


class Stages(Protocol):
    """What the nodes call: a `commands.session.Session` is one."""

    def observe(self) -> Estate:
        """Look at the estate."""

    def plan(self, seen: Estate | None = None) -> Plan:
        """Return what should be done about the estate that was `seen`, or as it is now. Writes nothing."""

    def apply(self, plan: Plan) -> tuple[Receipt, ...]:
        """Check a plan and carry it out."""

    def publish(self, plan: Plan, receipts: tuple[Receipt, ...] = ()) -> None:
        """Tell about it where a workflow asked for that."""


def build_graph(
    session: Stages,
    *,
    write: bool = False,
    ask_before_act: bool = False,
    checkpointer: BaseCheckpointSaver[str] | None = None,
) -> CompiledStateGraph[State, None, State, State]:
    """Return the compiled graph observe → reason → act → notify; invoke it with `{"event": {}}`, one at a time.

    Nothing is written unless `write` is set: then `act` writes as policy allows. `ask_before_act` stops before `act`
    until the graph is invoked again with None, and needs a `checkpointer`. Errors of the stages are raised as they are.
    Raises ConfigurationError where the extra is not installed.
    """
    try:
        from langgraph.graph import END, START, StateGraph
    except ImportError:
        raise ConfigurationError(
            "LangGraph is not installed", advice="Install it: pip install 'gitops-bot[langgraph]'"
        ) from None
    nodes = Nodes(session, write=write)
    graph: StateGraph[State, None, State, State] = StateGraph(State)
    graph.add_node("observe", nodes.observe)
    graph.add_node("reason", nodes.reason)
    graph.add_node("act", nodes.act)
    graph.add_node("notify", nodes.notify)
    steps = (START, "observe", "reason", "act", "notify", END)
    for before, after in pairwise(steps):
        graph.add_edge(before, after)
    return graph.compile(checkpointer=checkpointer, interrupt_before=["act"] if ask_before_act else None)


class Nodes:
    """The nodes; each returns what it changes of the state. For one run at a time."""

    def __init__(self, session: Stages, *, write: bool) -> None:
        self._session = session
        self._write = write
        self._estate: Estate | None = None
        self._receipts: tuple[Receipt, ...] = ()

    def observe(self, state: State) -> State:
        """Look at the estate."""
        self._estate = estate = self._session.observe()
        return State(event=state.get("event", {}), metrics=metrics(estate), logs=logs(estate))

    def reason(self, state: State) -> State:
        """Make the plan of what was seen."""
        plan = self._session.plan(self._estate)
        first = leading(plan, state.get("event", {}))
        return State(
            plan=encode_plan(plan).decode(),
            diagnosis=first.cause if first else "",
            action=first.action.value if first else "",
        )

    def act(self, state: State) -> State:
        """Carry the plan out, where it may be."""
        plan = _plan(state)
        self._receipts = self._session.apply(plan) if self._write else ()
        first = leading(plan, state.get("event", {}))
        done = next(written(self._receipts, first.fingerprint if first else ""), None)
        taken = done.summary if done else ""
        return State(action_taken=taken, pr_url=done.change.url if done and done.change else "")

    def notify(self, state: State) -> State:
        """Tell about it."""
        self._session.publish(_plan(state), self._receipts)
        return State()


def _plan(state: State) -> Plan:
    return decode_plan(state["plan"].encode(), "the graph's state")
