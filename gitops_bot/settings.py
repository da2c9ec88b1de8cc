"""All that the environment and `.gitops-bot.yaml` say, read once. No other file reads the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from msgspec import Struct

from gitops_bot.errors import ConfigurationError

_ON = ("true", "1", "yes", "on")
# The words that OpenTelemetry's own instrumentations know: each has contents on spans.
_CONTENTS = ("true", "span_only", "span_and_event")


class Secret:
    """A string that does not show itself in logs, errors or tracebacks."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself, for the one call that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(***)" if self._value else "Secret()"

    __str__ = __repr__


class Forge(Struct, frozen=True, kw_only=True):
    """Where the forge is and who we are there."""

    api_url: str
    graphql_url: str
    server_url: str
    repository: str
    token: Secret


class ModelAccess(Struct, frozen=True, kw_only=True):
    """How language models are reached: keys, or who we are to Anthropic's identity federation."""

    anthropic_key: Secret
    anthropic_base_url: str
    openai_key: Secret
    openai_base_url: str
    federation_rule: str
    organization: str
    service_account: str
    workspace: str
    identity_token: Secret
    identity_token_file: str
    identity_request_url: str
    identity_request_token: Secret
    proxy: str


class Tracing(Struct, frozen=True, kw_only=True):
    """What to record of a run: `endpoint` is used as it is and goes before `base`; `run` names the workflow's run."""

    decision_log: str
    base: str
    endpoint: str
    headers: Secret
    contents: bool
    run: str


class Settings(Struct, frozen=True, kw_only=True):
    """The environment's part; an empty string means: not given."""

    argocd_server: str
    argocd_token: Secret
    argocd_certificate_authority: str
    api_url: str
    graphql_url: str
    server_url: str
    repository: str
    github_token: Secret
    event_name: str
    event_path: str
    step_summary: str
    output: str
    ceiling: tuple[str, ...] | None
    stopped: str
    plan_digest: str
    cache: str
    tools_path: str
    models: ModelAccess
    prometheus_url: str
    loki_url: str
    pgvector_url: Secret
    weaviate_url: str
    weaviate_key: Secret
    tracing: Tracing

    def forge(self) -> Forge | None:
        """Return how to reach the forge, or None where no token was given."""
        if not self.github_token or not self.repository:
            return None
        return Forge(
            api_url=self.api_url,
            graphql_url=self.graphql_url,
            server_url=self.server_url,
            repository=self.repository,
            token=self.github_token,
        )

    def required_forge(self) -> Forge:
        """Return how to reach the forge; ConfigurationError names the variable that is missing."""
        forge = self.forge()
        if forge is None:
            missing = "GITHUB_TOKEN" if not self.github_token else "GITHUB_REPOSITORY"
            raise ConfigurationError(
                f"{missing} is not set",
                where="environment",
                expected="a token that may write contents and pull requests, and OWNER/NAME",
                advice="In a workflow, pass `github-token: ${{ github.token }}` to the action.",
            )
        return forge

    def require_argocd(self) -> None:
        """Raise ConfigurationError where Argo CD's address or token is missing or malformed."""
        if not self.argocd_server:
            raise ConfigurationError(
                "ARGOCD_SERVER is not set",
                where="environment",
                expected="the URL of Argo CD's API, such as https://argocd.example.com",
                advice="Set the action's input `argocd-server`.",
            )
        if not self.argocd_server.startswith(("https://", "http://")):
            raise ConfigurationError(
                "ARGOCD_SERVER is no URL",
                where="environment",
                found=repr(self.argocd_server),
                expected="https://HOST or http://HOST",
                advice="Write the scheme in front of the host.",
            )
        if not self.argocd_token:
            raise ConfigurationError(
                "ARGOCD_AUTH_TOKEN is not set",
                where="environment",
                expected="a token of an Argo CD account with role:readonly",
                advice="Make one with `argocd account generate-token` and pass it as `argocd-auth-token`.",
            )


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings out of `environment` (the process's own where it is None)."""
    given = os.environ if environment is None else environment

    def value(name: str, default: str = "") -> str:
        return given.get(name, "").strip() or default

    server = value("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
    api = value("GITHUB_API_URL", "https://api.github.com").rstrip("/")
    classes = given.get("AUTO_REMEDIATE_CLASSES")
    return Settings(
        argocd_server=value("ARGOCD_SERVER").rstrip("/"),
        argocd_token=Secret(value("ARGOCD_AUTH_TOKEN")),
        argocd_certificate_authority=value("ARGOCD_CA_FILE"),
        api_url=api,
        graphql_url=value("GITHUB_GRAPHQL_URL", _graphql(api)),
        server_url=server,
        repository=value("GITHUB_REPOSITORY"),
        github_token=Secret(value("GITHUB_TOKEN")),
        event_name=value("GITHUB_EVENT_NAME"),
        event_path=value("GITHUB_EVENT_PATH"),
        step_summary=value("GITHUB_STEP_SUMMARY"),
        output=value("GITHUB_OUTPUT"),
        ceiling=None if classes is None or not classes.strip() else tuple(_words(classes)),
        plan_digest=value("GITOPS_BOT_PLAN_DIGEST"),
        cache=value("GITOPS_BOT_CACHE"),
        stopped=_stopped(value("GITOPS_BOT_ENABLED")),
        tools_path=given.get("PATH", ""),
        models=_model_access(value),
        prometheus_url=value("PROMETHEUS_URL").rstrip("/"),
        loki_url=value("LOKI_URL").rstrip("/"),
        pgvector_url=Secret(value("PGVECTOR_URL")),
        weaviate_url=value("WEAVIATE_URL"),
        weaviate_key=Secret(value("WEAVIATE_API_KEY")),
        tracing=_tracing(value),
    )


def _tracing(value: Callable[..., str]) -> Tracing:
    sent = value("OTEL_SDK_DISABLED").lower() != "true"
    return Tracing(
        decision_log=value("GITOPS_BOT_DECISION_LOG"),
        base=value("OTEL_EXPORTER_OTLP_ENDPOINT") if sent else "",
        endpoint=value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") if sent else "",
        headers=Secret(value("OTEL_EXPORTER_OTLP_TRACES_HEADERS", value("OTEL_EXPORTER_OTLP_HEADERS"))),
        contents=value("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT").lower() in _CONTENTS,
        run=value("GITHUB_RUN_ID"),
    )


def _model_access(value: Callable[..., str]) -> ModelAccess:
    return ModelAccess(
        anthropic_key=Secret(value("ANTHROPIC_API_KEY")),
        anthropic_base_url=value("ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
        openai_key=Secret(value("OPENAI_API_KEY")),
        openai_base_url=value("OPENAI_BASE_URL", "https://api.openai.com/v1"),
        federation_rule=value("ANTHROPIC_FEDERATION_RULE_ID"),
        organization=value("ANTHROPIC_ORGANIZATION_ID"),
        service_account=value("ANTHROPIC_SERVICE_ACCOUNT_ID"),
        workspace=value("ANTHROPIC_WORKSPACE_ID"),
        identity_token=Secret(value("ANTHROPIC_IDENTITY_TOKEN")),
        identity_token_file=value("ANTHROPIC_IDENTITY_TOKEN_FILE"),
        identity_request_url=value("ACTIONS_ID_TOKEN_REQUEST_URL"),
        identity_request_token=Secret(value("ACTIONS_ID_TOKEN_REQUEST_TOKEN")),
        proxy=value("HTTPS_PROXY"),
    )


def _stopped(enabled: str) -> str:
    """Return why the variable stops the bot, empty where it does not. A word that is neither stops as well."""
    return f"GITOPS_BOT_ENABLED is {enabled!r}" if enabled and enabled.lower() not in _ON else ""


def _graphql(api: str) -> str:
    # GitHub Enterprise Server: /api/v3 beside /api/graphql.
    return f"{api.removesuffix('/v3')}/graphql"


def _words(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").split() if word]
