"""The same run as a LangGraph `StateGraph`, for people who embed it. The extra `langgraph`.

with open_session(Path("fleet"), datetime.now(UTC)) as session:
    state = build_graph(session).invoke({"event": {"app": "payments-production"}})
"""

from gitops_bot.graph.building import build_graph
from gitops_bot.graph.state import State

__all__ = ["State", "build_graph"]
