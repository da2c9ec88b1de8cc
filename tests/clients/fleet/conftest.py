from __future__ import annotations

from tests.support.fixtures import charted, estate, tools

__all__ = ["charted", "estate", "tools"]
