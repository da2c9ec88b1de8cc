"""Whether two spellings of a Git URL name the same repository."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

_SCP = re.compile(r"^(?:[^@/\s]+@)?(?P<host>\[[^\]]+\]|[^:/\s]+):(?!//)(?P<path>.*)$")
_DEFAULT_PORTS = {"http": 80, "https": 443, "ssh": 22, "git": 9418}
_CASELESS_HOSTS = frozenset({"github.com", "gitlab.com", "bitbucket.org", "dev.azure.com"})
_SSH_HOSTS = {
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
    "ssh.dev.azure.com": "dev.azure.com",
}


def same_repository(first: str, second: str) -> bool:
    """Return whether two URLs name one repository.

    User, case of the host, the scheme's default port, a trailing slash and `.git` do not count, and the https, ssh and
    `user@host:path` forms of a repository are the same. A port of ssh's says nothing about https's; two web URLs with
    different ports differ. The path's case does not count on the large public forges. An empty URL is like no other.
    """
    if not first.strip() or not second.strip():
        return False
    one, two = _parse(first.strip()), _parse(second.strip())
    same_port = one.port == two.port or one.web is not two.web
    return one.host == two.host and one.path == two.path and same_port


def repository_path(url: str) -> str:
    """Return the last two parts of a repository's URL, which stay the same under another host name."""
    return "/".join(re.split(r"[/:]", url.rstrip("/").removesuffix(".git"))[-2:]).lower()


class _Location:
    def __init__(self, host: str, port: int | None, path: str, *, web: bool) -> None:
        name = host.lower().removesuffix(".")
        self.host = _SSH_HOSTS.get(name, name)
        self.port = port
        self.web = web
        plain = unquote(path).strip("/").removesuffix(".git").rstrip("/")
        # Azure DevOps and Bitbucket's server put the repository under other paths by ssh than by https.
        plain = re.sub(r"^v3/([^/]+)/([^/]+)/", r"\1/\2/_git/", plain) if name == "ssh.dev.azure.com" else plain
        plain = plain.removeprefix("scm/") if web else plain
        self.path = plain.lower() if self.host in _CASELESS_HOSTS else plain


@lru_cache(maxsize=4096)
def _parse(url: str) -> _Location:
    if "://" not in url:
        if match := _SCP.match(url):
            return _Location(match["host"].strip("[]"), None, match["path"], web=False)
        return _Location("", None, url, web=False)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _Location("", None, url, web=False)
    scheme = parts.scheme.lower().removeprefix("git+")
    web = scheme in {"http", "https"}
    number = None if port == _DEFAULT_PORTS.get(scheme) else port
    return _Location(parts.hostname or "", number, parts.path, web=web)
