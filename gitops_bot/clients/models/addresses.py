"""Addresses of models' servers: which may be used, and which are our own."""

from __future__ import annotations

import ipaddress

import httpx

from gitops_bot.errors import ConfigurationError

_INSIDE = (".svc", ".cluster.local", ".internal", ".local", ".localhost")


def checked_address(address: str, setting: str) -> httpx.URL:
    """Return the URL of a model's server. Raises ConfigurationError for one that is none, or that is public and not
    encrypted: what is asked tells of incidents, and the key goes with it."""
    expected = "https://HOST/PATH, or http:// inside the cluster or on this machine"
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise ConfigurationError("the address of a model's server is none", where=setting, found=str(error)) from error
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query or url.fragment:
        found = f"{url.scheme or 'no scheme'}://{url.host}"
        what = "the address of a model's server is none that can be used"
        raise ConfigurationError(what, where=setting, found=found, expected=expected)
    if url.scheme == "http" and not is_inside(url.host):
        raise ConfigurationError(
            "a model's server on the internet must be asked over https",
            where=setting,
            found=f"http://{url.host}",
            expected=expected,
        )
    return url


def is_inside(host: str) -> bool:
    """Whether a host is this machine, a private address or a name inside a cluster or an office."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_INSIDE)
    return address.is_private or address.is_loopback
