"""Secrets in addresses, request headers and command lines."""

from __future__ import annotations

import base64
import binascii
import re

from gitops_bot.redaction.placeholders import HIDDEN_ALREADY, Mask
from gitops_bot.redaction.values import holds_nothing

_AUTHORITY = re.compile(r"://([^\s\"'`<>|]{1,1024}+)")
_SCHEME_BEFORE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}\Z")
_DRIVER = re.compile(r":(?<!\[redacted:)([^\s:@\"'/]{1,200}+)@(?:tcp|tcp6|udp|unix|cloudsql)\(")
_WEB = ("http", "https", "git", "ws", "wss", "oci")
_QUERY = re.compile(
    r"((?:[?&;]|\\u0026|&amp;)(?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|sig"
    r"|signature|code|key|auth|access_token|token|st|jwt|hmac|pwd|pw|secret)=)([^\s&\"'`<>#\\;]{4,4096}+)",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"((?:proxy-)?authorization\\{0,7}[\"']?[ \t]{0,8}[:=][ \t]{0,8}(?:\\{0,7}[\"']|\[(?!redacted:))*"
    r"(?:(?:bearer|basic|token|digest|apikey|api-key|negotiate|aws4-hmac-sha256|key)[ \t]{1,8})?+)"
    r"(?!\[redacted:)([^\r\n\"'\\\]]{3,8192}+)",
    re.IGNORECASE,
)
_COOKIE = re.compile(
    r"((?:set-)?cookie2?\\{0,7}[\"']?[ \t]{0,8}:[ \t]{0,8}(?:\\{0,7}[\"']|\[(?!redacted:))*)"
    r"(?!\[redacted:)([^\r\n\"'\\\]]{3,8192}+)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"(?<![A-Za-z-])((bearer|basic)[ \t]{1,8})([A-Za-z0-9._~+/=-]{8,8192}+)", re.IGNORECASE)
_USER_FLAG = re.compile(r"((?<!\S)(?:-u|--user|--proxy-user)(?:[ \t]{1,8}|=)[\"']?[^\s:\"']{1,64}:)([^\s\"']{1,200}+)")
_SHORT_FLAG = re.compile(
    r"(\b(?:sshpass|redis-cli|docker|podman|helm|mysql|mysqldump|mysqladmin|mariadb|nerdctl|skopeo|argocd)\b"
    r"[^\n|;&]{0,200}?[ \t](?:-p|-a)[ \t]{0,8}[\"']?)(?![\d.:/-]{1,40}(?:\s|\Z))([^\s\"'-][^\s\"']{1,200}+)"
)
_PROGRAM = re.compile(r"sshpass|redis-cli|mysql|mariadb|login")
_NETRC = re.compile(
    r"(\blogin[ \t]+\S{1,100}[ \t]+password[ \t]+)(\S{1,200}+)|(identified by ')([^'\n]{1,200}+)", re.IGNORECASE
)


def without_address_secrets(text: str, mask: Mask) -> str:
    """Return the text without passwords in URLs, signed queries, authorization headers, cookies and command lines."""
    if "://" in text:
        text = _AUTHORITY.sub(lambda found: _authority(found, mask), text)
    if "@" in text and "(" in text:
        text = _DRIVER.sub(
            lambda found: found.group().replace(found.group(1), mask("url-password", found.group(1)), 1), text
        )
    if "=" in text and ("?" in text or "&" in text):
        text = _hide(_QUERY, "url-secret", text, mask)
    low = text.lower()
    if "authorization" in low:
        text = _hide(_HEADER, "authorization", text, mask)
    if "cookie" in low:
        text = _COOKIE.sub(lambda found: _cookie(found, mask), text)
    if "bearer" in low or "basic" in low:
        text = _SCHEME.sub(lambda found: _scheme(found, mask), text)
    return _commands(text, low, mask)


def _commands(text: str, low: str, mask: Mask) -> str:
    if "-u" in text:
        text = _USER_FLAG.sub(lambda found: _user(found, mask), text)
    if _PROGRAM.search(text):
        text = _hide(_SHORT_FLAG, "password", text, mask)
    if "login" in low or "identified by" in low:
        text = _NETRC.sub(lambda found: _last(found, "password", mask), text)
    return text


def _hide(pattern: re.Pattern[str], kind: str, text: str, mask: Mask) -> str:
    return pattern.sub(lambda found: _last(found, kind, mask), text)


def _last(found: re.Match[str], kind: str, mask: Mask) -> str:
    """Replace what the last group found."""
    secret = found.group(found.lastindex or 0)
    if holds_nothing(secret) or HIDDEN_ALREADY.match(secret):
        return found.group()
    return found.group()[: -len(secret)] + mask(kind, secret)


def _authority(found: re.Match[str], mask: Mask) -> str:
    rest = found.group(1)
    if "@" not in rest:
        return found.group()
    scheme = _SCHEME_BEFORE.search(found.string, max(0, found.start() - 21), found.start())
    web = scheme is None or scheme.group().lower().partition("+")[0] in _WEB
    end = min((place for sign in ("/?#" if web else "?#") if (place := rest.find(sign)) >= 0), default=len(rest))
    user, at, _ = rest[:end].rpartition("@")
    name, colon, password = user.partition(":")
    if not at:
        return found.group()
    if colon and password and not holds_nothing(password):
        return f"://{name}:{mask('url-password', password)}{rest[len(user) :]}"
    if not colon and len(name) >= 20 and any(letter.isdigit() for letter in name) and not holds_nothing(name):
        return f"://{mask('url-password', name)}{rest[len(user) :]}"
    return found.group()


def _cookie(found: re.Match[str], mask: Mask) -> str:
    value = found.group(2)
    named = "=" in value and not HIDDEN_ALREADY.match(value)
    return f"{found.group(1)}{mask('cookie', value)}" if named else found.group()


def _scheme(found: re.Match[str], mask: Mask) -> str:
    value = found.group(3)
    if found.group(2).lower() == "basic":
        return found.group(1) + mask("authorization", value) if _is_pair(value) else found.group()
    telling = len(value) >= 16 and any(letter.isdigit() or letter.isupper() for letter in value[1:])
    return found.group(1) + mask("authorization", value) if telling else found.group()


def _is_pair(value: str) -> bool:
    """Return whether the Base64 is of USER:PASSWORD."""
    try:
        decoded = base64.b64decode(value.encode(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return b":" in decoded and all(byte >= 32 for byte in decoded)


def _user(found: re.Match[str], mask: Mask) -> str:
    value = found.group(2)
    if value.isdecimal() or holds_nothing(value):
        return found.group()
    return found.group(1) + mask("password", value)
