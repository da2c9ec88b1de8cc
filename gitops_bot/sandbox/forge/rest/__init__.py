"""GitHub's REST operations, one file a family; the table says which of them there are."""

from __future__ import annotations

from gitops_bot.sandbox.forge.rest import (
    administration,
    checks,
    comments,
    commits,
    contents,
    git_data,
    issues,
    labels,
    pulls,
    repository,
    reviews,
    search,
)

# The first match serves: what ends in a fixed word stands before what takes the rest of a path.
ROUTES = (
    *administration.ROUTES,
    *repository.ROUTES,
    *git_data.ROUTES,
    *checks.ROUTES,
    *commits.ROUTES,
    *contents.ROUTES,
    *pulls.ROUTES,
    *reviews.ROUTES,
    *comments.ROUTES,
    *labels.ROUTES,
    *issues.ROUTES,
    *search.ROUTES,
)
