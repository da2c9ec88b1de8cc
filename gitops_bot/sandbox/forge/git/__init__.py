"""A bare Git repository, read through one `git cat-file --batch` and written with Git's own plumbing."""

from __future__ import annotations

from gitops_bot.sandbox.forge.git.objects import Commit, Entry, FileChange, Signature
from gitops_bot.sandbox.forge.git.process import GitFailed
from gitops_bot.sandbox.forge.git.repository import ABSENT, Repository

__all__ = ["ABSENT", "Commit", "Entry", "FileChange", "GitFailed", "Repository", "Signature"]
