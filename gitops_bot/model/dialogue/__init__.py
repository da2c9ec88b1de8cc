"""The port between reasoning and language models: what is said, and what must be there to say it to."""

from gitops_bot.model.dialogue.bill import Bill, Line, dollars
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
    "Bill",
    "Handed",
    "Heard",
    "LanguageModel",
    "Library",
    "Line",
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
    "dollars",
]
