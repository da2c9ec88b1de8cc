"""Accounts and the repository."""

from __future__ import annotations

from urllib.parse import quote

from gitops_bot.sandbox.forge.records import ROLES, Account, Protection
from gitops_bot.sandbox.forge.state import State, path_quote, timestamp
from gitops_bot.sandbox.http import Json

_USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def user(state: State, account: Account) -> dict[str, Json]:
    """A simple user."""
    name = quote(account.login)
    url = f"{state.api}/users/{name}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": f"U_{account.id}",
        "avatar_url": f"{state.base_url}/avatars/{name}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{state.base_url}/{name}",
        **{key: url + suffix for key, suffix in _USER_LINKS.items()},
        "type": account.kind,
        "site_admin": False,
    }


def private_user(state: State, account: Account) -> dict[str, Json]:
    """The account that asks, about itself."""
    created = timestamp(state.created_at)
    counts = ("public_repos", "public_gists", "followers", "following", "private_gists", "total_private_repos")
    more = ("owned_private_repos", "disk_usage", "collaborators")
    return {
        **user(state, account),
        **dict.fromkeys(("name", "company", "location", "email", "hireable", "bio")),
        "blog": "",
        **dict.fromkeys((*counts, *more), 0),
        "two_factor_authentication": False,
        "created_at": created,
        "updated_at": created,
    }


def minimal_repository(state: State) -> dict[str, Json]:
    """The repository as other answers carry it."""
    return {
        "id": 1,
        "node_id": "R_1",
        "name": state.name,
        "full_name": state.full_name,
        "private": state.settings.private,
        "owner": user(state, state.owner_account()),
        "html_url": state.html,
        "description": state.settings.description,
        "fork": False,
        "url": state.repository_api,
        **{key: state.repository_api + suffix for key, suffix in _REPOSITORY_LINKS.items()},
    }


def permissions(viewer: Account | None) -> dict[str, Json]:
    """What the account that asks may do, as the repository tells it."""
    held = ROLES.index(viewer.standing) if viewer else ROLES.index("read")
    levels = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage", "pull": "read"}
    return {name: held >= ROLES.index(role) for name, role in levels.items()}


def repository(state: State, viewer: Account | None = None) -> dict[str, Json]:
    """The repository as pull requests carry it."""
    host = state.base_url.partition("://")[2]
    pushed = timestamp(state.pushed_at)
    unmet = sum(issue.state == "open" for issue in state.issues.values())
    return {
        **minimal_repository(state),
        "clone_url": f"{state.html}.git",
        "git_url": f"git://{host}/{state.full_name}.git",
        "ssh_url": f"git@{host}:{state.full_name}.git",
        "svn_url": state.html,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "topics": [],
        "default_branch": state.default_branch,
        "visibility": "private" if state.settings.private else "public",
        "archived": False,
        "disabled": False,
        **dict.fromkeys(("has_issues", "has_projects", "has_downloads"), True),
        **dict.fromkeys(("has_wiki", "has_pages", "has_discussions", "is_template"), False),
        **dict.fromkeys(("forks", "forks_count", "size", "stargazers_count", "watchers", "watchers_count"), 0),
        "open_issues": unmet,
        "open_issues_count": unmet,
        "created_at": timestamp(state.created_at),
        "updated_at": pushed,
        "pushed_at": pushed,
        "permissions": permissions(viewer or state.bot),
        "allow_merge_commit": state.settings.allow_merge_commit,
        "allow_squash_merge": state.settings.allow_squash_merge,
        "allow_rebase_merge": state.settings.allow_rebase_merge,
        "allow_auto_merge": state.settings.allow_auto_merge,
        "delete_branch_on_merge": state.settings.delete_branch_on_merge,
    }


def full_repository(state: State, viewer: Account | None) -> dict[str, Json]:
    """The repository as asked for by itself, by `viewer`."""
    return {
        **repository(state, viewer),
        "network_count": 0,
        "subscribers_count": 0,
        "organization": user(state, state.owner_account()),
    }


def protection_url(state: State, branch: str) -> str:
    """Where a branch's protection stands."""
    return f"{state.repository_api}/branches/{path_quote(branch)}/protection"


def protection(state: State, branch: str, held: Protection) -> dict[str, Json]:
    """A branch's protection."""
    url = protection_url(state, branch)
    shape: dict[str, Json] = {
        "url": url,
        "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": held.enforce_admins},
        **{name: {"enabled": False} for name in ("block_creations", "lock_branch", "allow_fork_syncing")},
        "required_linear_history": {"enabled": held.linear_history},
        "allow_force_pushes": {"enabled": held.allow_force_pushes},
        "allow_deletions": {"enabled": held.allow_deletions},
        "required_conversation_resolution": {"enabled": False},
        "required_signatures": {"url": f"{url}/required_signatures", "enabled": False},
    }
    if held.contexts is not None:
        shape["required_status_checks"] = {
            "url": f"{url}/required_status_checks",
            "strict": held.strict,
            "contexts": held.contexts,
            "contexts_url": f"{url}/required_status_checks/contexts",
            "checks": [{"context": context, "app_id": None} for context in held.contexts],
        }
    if held.approvals is not None:
        shape["required_pull_request_reviews"] = {
            "url": f"{url}/required_pull_request_reviews",
            "dismiss_stale_reviews": held.dismiss_stale,
            "require_code_owner_reviews": held.code_owners,
            "require_last_push_approval": False,
            "required_approving_review_count": held.approvals,
        }
    if held.pushers is not None:
        shape["restrictions"] = _restrictions(state, f"{url}/restrictions", held.pushers)
    return shape


def _restrictions(state: State, url: str, pushers: tuple[str, ...]) -> dict[str, Json]:
    people = [login for login in pushers if not login.endswith("[bot]")]
    bots = [login.removesuffix("[bot]") for login in pushers if login.endswith("[bot]")]
    return {
        "url": url,
        **{f"{kind}_url": f"{url}/{kind}" for kind in ("users", "teams", "apps")},
        "users": [user(state, state.account(login) or Account(login)) for login in people],
        "teams": [],
        "apps": [{"slug": slug, "name": slug} for slug in bots],
    }
