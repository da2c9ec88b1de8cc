"""What names a person or a place in the network: e-mail addresses, card and account numbers, IP addresses, names."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from gitops_bot.redaction.placeholders import PLACEHOLDER, Mask

# The @ comes first and what stands around it is looked at from there: nothing is read twice.
_AT = re.compile(r"@(?=[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6})")
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\Z")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.){1,6}([A-Za-z]{2,24})(?![\w:/@-]|\.[A-Za-z0-9])")
# Users that everybody's address begins with, and endings that are no mail domain's.
_NO_PERSON = ("git", "hg", "org", "ssh")
_NO_DOMAIN = ("service", "socket", "timer", "target", "mount", "svc", "local", "internal", "cluster", "slice", "scope")
_CARD = re.compile(r"[2-6](?:(?<![\w.-].)|(?<=(?m:^)[-+].)|(?<=\\[nrt].))(?:[ -]?\d){12,18}(?![\w-]|\.\d)")
_CARD_STARTS = re.compile(
    r"(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|3[068]\d{12}|35\d{14})"
)
_IBAN = re.compile(
    r"[A-Z](?:(?<![A-Za-z0-9].)|(?<=\\[nrt].))[A-Z]\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)
_V4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)")
_V6 = re.compile(r"(?<![\w.:])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,44}+(?![\w:])")


def without_personal(text: str, mask: Mask) -> str:
    """Return the text without e-mail addresses, and without card and account numbers whose check digits are right."""
    if "@" in text:
        text = _without_addresses(text, mask)
    text = _CARD.sub(lambda found: mask("card", found.group()) if _is_card(found.group()) else found.group(), text)
    return _IBAN.sub(lambda found: mask("iban", found.group()) if _is_iban(found.group()) else found.group(), text)


def _without_addresses(text: str, mask: Mask) -> str:
    parts: list[str] = []
    position = 0
    for at in _AT.finditer(text):
        local = _LOCAL.search(text, max(position, at.start() - 64), at.start())
        domain = _DOMAIN.match(text, at.end())
        if local is None or domain is None:
            continue
        if local.group().lower() in _NO_PERSON or domain.group(1).lower() in _NO_DOMAIN:
            continue
        parts += text[position : local.start()], mask("email", text[local.start() : domain.end()])
        position = domain.end()
    return "".join([*parts, text[position:]])


def _is_card(run: str) -> bool:
    digits = run.replace(" ", "").replace("-", "")
    if not _CARD_STARTS.fullmatch(digits):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def _is_iban(run: str) -> bool:
    bare = run.replace(" ", "")
    if not 15 <= len(bare) <= 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in bare[4:] + bare[:4])) % 97 == 1


def without_ip_addresses(text: str, mask: Mask) -> str:
    """Return the text without IPv4 and IPv6 addresses, private ones too."""

    def hidden(found: re.Match[str]) -> str:
        run = found.group()
        bare = run.rstrip(".")
        try:
            ipaddress.ip_address(bare)
        except ValueError:
            return run
        return mask("ip", bare) + run[len(bare) :]

    return _V6.sub(hidden, _V4.sub(hidden, text))


def without_names(text: str, names: Iterable[str], mask: Mask) -> str:
    """Return the text without the names that the user lists, in any case, as whole words."""
    listed = sorted({name for name in names if name.strip()}, key=len, reverse=True)
    if not listed:
        return text
    either = "|".join(re.escape(name) for name in listed)
    pattern = re.compile(rf"{PLACEHOLDER.pattern}|(?<!\w)({either})(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: mask("name", found.group().lower()) if found.group(1) else found.group(), text)
