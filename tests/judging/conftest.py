"""Estates in which one bad image was released by several files."""

from tests.support.fixtures import charted, estate, tools

__all__ = ["charted", "estate", "tools"]
