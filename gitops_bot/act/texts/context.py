"""Where a change will stand: what its texts link to."""

from __future__ import annotations

from urllib.parse import quote

from msgspec import Struct

_LONGEST_PATH = 500


class Context(Struct, frozen=True, kw_only=True):
    """The forge's page URL, OWNER/NAME, the branch that Argo CD reads, and its commit; and Argo CD's page URL.

    Nothing links to a commit or to an Argo CD that is empty. `trace` is the id under which a collector has the run.
    """

    server_url: str
    repository: str
    branch: str
    commit: str = ""
    argocd: str = ""
    trace: str = ""

    @property
    def page(self) -> str:
        """The repository's own page."""
        return f"{self.server_url}/{self.repository}"

    def line(self, path: str, number: int) -> str:
        """Return the URL of a line (from 1; 0: the whole file) of a file as the commit has it, empty for none."""
        name = quote(path, errors="replace")
        if not self.commit or len(name) > _LONGEST_PATH:
            return ""
        return f"{self.page}/blob/{self.commit}/{name}{f'#L{number}' if number else ''}"

    def application(self, name: str) -> str:
        """Return the URL of an Application's page in Argo CD, empty for none."""
        return f"{self.argocd.rstrip('/')}/applications/{quote(name, safe='', errors='replace')}" if self.argocd else ""
