"""What went wrong between us and a model's server, worded for the person who has to mend it."""

from __future__ import annotations

import msgspec

from gitops_bot.errors import ModelUnavailable
from gitops_bot.model.json import Json, dig, text
from gitops_bot.untrusted import one_line

_LONGEST_QUOTE = 300
_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "billing_error", "credit balance is too low")
_PASSING_STATUS = frozenset({408, 409, 429})


class LastingFailure(ModelUnavailable):
    """Access, credit, address or the model's name is wrong: to ask it again in this run is of no use."""


class Failures:
    """Words the failures of one model: its name, its server's address and the settings that lead there.

    `secret` is the credential, which no message may show.
    """

    def __init__(
        self, model: str, address: str, *, address_setting: str, credential_setting: str, secret: str = ""
    ) -> None:
        self.model = model
        self._address = address
        self._address_setting = address_setting
        self._credential_setting = credential_setting
        self._secret = secret

    def of_status(self, status: int, body: bytes) -> ModelUnavailable:
        """The failure for an answer with an error's status."""
        said = (
            ""
            if status in {401, 403}
            else self.quote(error_text(body) or body[:_LONGEST_QUOTE].decode("utf-8", "replace"))
        )
        found = f"HTTP {status}{f': {said}' if said else ''}"
        what, advice, lasting = self._status_words(status, body)
        return self._failure(what, found, advice, lasting=lasting)

    def _status_words(self, status: int, body: bytes) -> tuple[str, str, bool]:
        model, setting = self.model, self._credential_setting
        if status == 402 or any(word in body.decode("utf-8", "replace") for word in _NO_CREDIT):
            return f"no credit is left for {model}", f"Look at the account of {setting}.", True
        if status == 401:
            advice = f"Check {setting}." if self._secret else f"Set {setting}."
            return f"the server of {model} does not accept the credential", advice, True
        if status == 403:
            return f"{model} may not be used with this credential", f"Check what the account of {setting} may do.", True
        if status == 404:
            return f"there is no {model} at this address", f"Check the model's name and {self._address_setting}.", True
        if status == 413:
            return f"the request is too large for {model}", "Narrow what is sent.", False
        if status == 429:
            return f"{model} is asked too often", "Run less often, or raise the account's limit.", False
        if status == 529 or status >= 500:
            return f"the server of {model} is overloaded or failed", "A later run tries again.", False
        if 300 <= status < 400:
            advice = f"If that is its server, set {self._address_setting} to it; the credential is sent nowhere else."
            return f"the server of {model} sends us elsewhere", advice, True
        return f"{model} does not take the request", f"Check that {self._address_setting} leads to its API.", False

    def too_late(self, patience: float) -> ModelUnavailable:
        """The failure for an answer that did not come in time."""
        return self._failure(f"{self.model} did not answer in time", f"no answer within {patience:g} s", "")

    def too_large(self, limit: int) -> ModelUnavailable:
        """The failure for an answer of more than `limit` bytes."""
        return self._failure(f"{self.model} gave more than can be read", f"more than {limit} bytes", "")

    def unreachable(self, error: Exception) -> ModelUnavailable:
        """The failure for an exchange that broke off or never began."""
        advice = f"Check {self._address_setting}, and whether a firewall or a proxy stands between."
        found = self.quote(f"{type(error).__name__}: {error.__cause__ or error}")
        return self._failure(f"the server of {self.model} cannot be reached", found, advice)

    def unauthorized(self, error: Exception) -> ModelUnavailable:
        """The failure for a credential that could not be had in exchange for our identity."""
        advice = f"Check {self._credential_setting}, and that the job has `id-token: write`."
        found = self.quote(str(error))
        return self._failure(f"no access to {self.model} for our identity", found, advice, lasting=True)

    def undecodable(self, body: bytes, content_type: str) -> ModelUnavailable:
        """The failure for an answer that is not what the API promises."""
        start = body[:40].decode("utf-8", "replace")
        found = self.quote(f"{content_type or 'no content type'}, {len(body)} bytes that begin with {start!r}")
        advice = f"A proxy or a login page may stand before it: {self._address_setting} must lead to its API."
        return self._failure(
            f"{self.model} gave no answer that can be read", found, advice, lasting="html" in content_type
        )

    def quote(self, said: str) -> str:
        """A server's words on one line, short, and never with our own credential in them."""
        return one_line(said.replace(self._secret, "[credential]") if self._secret else said, _LONGEST_QUOTE)

    def _failure(self, what: str, found: str, advice: str, *, lasting: bool = False) -> ModelUnavailable:
        kind = LastingFailure if lasting else ModelUnavailable
        return kind(what, where=self._address, found=found, advice=advice)


def is_passing(status: int) -> bool:
    """Whether another try may end otherwise."""
    return status in _PASSING_STATUS or status >= 500


def error_text(body: bytes) -> str:
    """Return what an error's JSON says, in any of the shapes that servers use; empty where it says nothing."""
    try:
        value: Json = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return ""
    return text(dig(value, "error", "message")) or text(dig(value, "message")) or text(dig(value, "error"))
