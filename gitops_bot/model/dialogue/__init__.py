"""The port between reasoning and language models: what is said, and what must be there to say it to."""

from gitops_bot.model.dialogue.ports import LanguageModel, Library, Page, Tool
from gitops_bot.model.dialogue.turns import (
    Handed,
    Heard,
    Price,
    Reply,
    Request,
    Said,
    Stop,
    ToolCall,
    ToolDescription,
    ToolResult,
    Turn,
    Usage,
)

__all__ = [
    "Handed",
    "Heard",
    "LanguageModel",
    "Library",
    "Page",
    "Price",
    "Reply",
    "Request",
    "Said",
    "Stop",
    "Tool",
    "ToolCall",
    "ToolDescription",
    "ToolResult",
    "Turn",
    "Usage",
]
