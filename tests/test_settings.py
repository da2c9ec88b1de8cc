"""The environment: what is read, what is missing, and that secrets do not show."""

from __future__ import annotations

import pytest

from gitops_bot.errors import ConfigurationError
from gitops_bot.settings import Secret, read_settings

FULL = {
    "ARGOCD_SERVER": "https://argocd.example.com/",
    "ARGOCD_AUTH_TOKEN": "argocd-secret",
    "GITHUB_TOKEN": "forge-secret",
    "GITHUB_REPOSITORY": "acme/fleet",
}


def test_defaults_are_github_com() -> None:
    settings = read_settings({})
    assert settings.api_url == "https://api.github.com"
    assert settings.graphql_url == "https://api.github.com/graphql"
    assert settings.server_url == "https://github.com"
    assert settings.forge() is None
    assert settings.ceiling is None


def test_an_enterprise_server_has_its_graphql_beside_v3() -> None:
    assert (
        read_settings({"GITHUB_API_URL": "https://git.acme.io/api/v3"}).graphql_url == "https://git.acme.io/api/graphql"
    )


def test_secrets_do_not_show() -> None:
    settings = read_settings(FULL)
    shown = f"{settings!r} {settings.argocd_token} {settings.github_token!r} {settings.forge()!r}"
    assert "secret" not in shown.replace("Secret", "")
    assert settings.github_token.reveal() == "forge-secret"
    assert not Secret("")


def test_the_ceiling_is_a_list_of_words() -> None:
    assert read_settings({"AUTO_REMEDIATE_CLASSES": "canary-rollback, drift-resync"}).ceiling == (
        "canary-rollback",
        "drift-resync",
    )
    assert read_settings({"AUTO_REMEDIATE_CLASSES": "  "}).ceiling is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ARGOCD_SERVER": ""}, "ARGOCD_SERVER is not set"),
        ({"ARGOCD_SERVER": "argocd.example.com"}, "no URL"),
        ({"ARGOCD_AUTH_TOKEN": ""}, "ARGOCD_AUTH_TOKEN is not set"),
    ],
)
def test_what_argocd_needs_is_asked_for_by_name(change: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        read_settings({**FULL, **change}).require_argocd()


@pytest.mark.parametrize("missing", ["GITHUB_TOKEN", "GITHUB_REPOSITORY"])
def test_what_the_forge_needs_is_asked_for_by_name(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{missing} is not set"):
        read_settings({**FULL, missing: ""}).required_forge()
    assert read_settings(FULL).required_forge().repository == "acme/fleet"
