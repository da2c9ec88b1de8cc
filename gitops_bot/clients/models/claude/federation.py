"""Access to Claude without a key: the workload's own identity token is exchanged for a short-lived one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from gitops_bot.clients.models.failures import LastingFailure

if TYPE_CHECKING:
    import httpx2
    from anthropic import WorkloadIdentityCredentials

AUDIENCE = "https://api.anthropic.com"


class Federation(Struct, frozen=True, kw_only=True):
    """Who we are to Anthropic's workload identity federation, and where our identity token comes from.

    `rule` and `organization` are always needed. The token is `token`, or what `token_file` holds, or what GitHub gives
    a job with `id-token: write` at `request_url` for `request_token`; the first that is given counts.
    """

    rule: str
    organization: str
    service_account: str = ""
    workspace: str = ""
    token: str = ""
    token_file: str = ""
    request_url: str = ""
    request_token: str = ""
    audience: str = AUDIENCE

    def __repr__(self) -> str:
        return f"Federation(rule={self.rule!r}, organization={self.organization!r})"

    def __bool__(self) -> bool:
        return bool(
            self.rule
            and self.organization
            and (self.token or self.token_file or (self.request_url and self.request_token))
        )


class _Issued(Struct, frozen=True):
    value: str


def credentials(federation: Federation, client: httpx2.Client) -> WorkloadIdentityCredentials:
    """Return what exchanges our identity token for Anthropic's, through `client`, whenever the SDK needs a new one."""
    from anthropic import WorkloadIdentityCredentials

    return WorkloadIdentityCredentials(
        identity_token_provider=lambda: identity_token(federation, client),
        federation_rule_id=federation.rule,
        organization_id=federation.organization,
        service_account_id=federation.service_account or None,
        workspace_id=federation.workspace or None,
        http_client=client,
    )


def identity_token(federation: Federation, client: httpx2.Client) -> str:
    """Return our identity token. Raises LastingFailure where there is none."""
    import httpx2

    if federation.token:
        return federation.token
    if federation.token_file:
        try:
            return Path(federation.token_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise _none("the file of the identity token cannot be read", str(error)) from error
    try:
        answer = client.get(
            httpx2.URL(federation.request_url).copy_merge_params({"audience": federation.audience}),
            headers={"Authorization": f"Bearer {federation.request_token}"},
        )
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=_Issued).value
    except httpx2.HTTPStatusError as error:
        raise _none("GitHub gives no identity token", f"HTTP {error.response.status_code}") from error
    except (httpx2.TransportError, msgspec.DecodeError) as error:
        raise _none("GitHub gives no identity token", str(error)) from error


def _none(what: str, found: str) -> LastingFailure:
    advice = "Give the job the permission `id-token: write`, or set ANTHROPIC_API_KEY."
    return LastingFailure(what, where="workload identity federation", found=found, advice=advice)
