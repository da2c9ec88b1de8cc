"""Telling people what was done: console, job summary, and the action's outputs."""

from gitops_bot.notify.console import plan_text, receipts_text, run_text
from gitops_bot.notify.files import append_summary, write_outputs
from gitops_bot.notify.outputs import outputs
from gitops_bot.notify.summary import summary

__all__ = ["append_summary", "outputs", "plan_text", "receipts_text", "run_text", "summary", "write_outputs"]
