"""The pages of the repository: its front, lists, pull requests, issues and commits."""

from __future__ import annotations

from collections.abc import Sequence

from gitops_bot.sandbox.forge.git import Commit
from gitops_bot.sandbox.forge.protection import check_verdicts, merge_state, unmet
from gitops_bot.sandbox.forge.pulls import commits_of
from gitops_bot.sandbox.forge.records import Issue, Pull
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.forge.web.diffs import files_changed
from gitops_bot.sandbox.forge.web.layout import html_page, root_path
from gitops_bot.sandbox.forge.web.markup import Markup, joined, markup, moment, plural
from gitops_bot.sandbox.forge.web.prose import render_markdown
from gitops_bot.sandbox.http import Response

MARKS = {"success": "✓", "failure": "✕", "pending": "●"}
RECENT = 20
STANDING = {
    "clean": ("success", "This branch has no conflicts with the base branch and can be merged."),
    "unstable": ("pending", "This branch can be merged, but not every check has passed."),
    "behind": ("pending", "This branch is out of date with the base branch."),
    "dirty": ("failure", "This branch has conflicts that must be resolved."),
    "draft": ("pending", "This pull request is still a draft."),
}


def _state_word(issue: Issue) -> str:
    if issue.pull and issue.pull.merged_at:
        return "merged"
    return "draft" if issue.state == "open" and issue.pull and issue.pull.draft else issue.state


def _labels(issue: Issue) -> Markup:
    return joined(markup('<span class="label">{name}</span>', name=name) for name in issue.labels)


def _title(issue: Issue, line: Markup) -> Markup:
    return markup(
        '<h1>{title} <span class="quiet">#{number}</span></h1>'
        '<p><span class="badge {word}">{badge}</span>{line}</p><p>{labels}</p>',
        title=issue.title,
        number=issue.number,
        word=_state_word(issue),
        badge=_state_word(issue).capitalize(),
        line=line,
        labels=_labels(issue),
    )


def _conversation(state: State, issue: Issue) -> Markup:
    said = [(issue.user.login, issue.created_at, issue.body or "")]
    said += [(each.user.login, each.created_at, each.body) for each in state.comments_of(issue.number)]
    return joined(
        markup(
            '<section class="box"><div class="head"><b>{who}</b> <span class="quiet">{when}</span></div>'
            '<div class="prose">{text}</div></section>',
            who=who,
            when=moment(when),
            text=render_markdown(text) if text.strip() else Markup('<p class="quiet">No description.</p>'),
        )
        for who, when, text in said
    )


def _check_row(verdict: str, name: str, text: str) -> Markup:
    return markup(
        '<div class="row"><span class="mark {verdict}">{mark}</span>'
        '<span class="text"><b>{name}</b> <span class="quiet">{text}</span></span></div>',
        verdict=verdict,
        mark=MARKS[verdict],
        name=name,
        text=text,
    )


def _details(state: State, sha: str) -> dict[str, str]:
    words = {each.context: each.description or "" for each in state.statuses if each.sha == sha}
    words.update({run.name: run.title or "" for run in state.check_runs.values() if run.sha == sha})
    return words


def checks(state: State, issue: Issue, pull: Pull) -> Markup:
    """The box of statuses and check runs, and whether the request can be merged."""
    words = _details(state, pull.head_sha)
    rows = [
        _check_row(verdict, name, words.get(name) or verdict)
        for name, verdict in check_verdicts(state, pull.head_sha).items()
    ]
    if not rows:
        rows.append(Markup('<div class="row quiet">No checks have reported on this commit.</div>'))
    standing = merge_state(state, issue, pull)
    if standing == "blocked":
        rows.append(_check_row("failure", "Merging is blocked", unmet(state, pull)))
    elif standing in STANDING:
        verdict, sentence = STANDING[standing]
        rows.append(_check_row(verdict, sentence, ""))
    if pull.auto_merge:
        rows.append(_check_row("pending", "Auto-merge is on", "it is merged when its requirements are met"))
    rows += [_check_row(*_review(each.state), f"by {each.user.login}") for each in pull.reviews]
    return markup('<h2>Checks</h2><section class="box">{rows}</section>', rows=joined(rows))


def _review(word: str) -> tuple[str, str]:
    known = {"APPROVED": ("success", "Approved"), "CHANGES_REQUESTED": ("failure", "Changes requested")}
    return known.get(word, ("pending", "Reviewed"))


def _commit_rows(state: State, commits: Sequence[Commit]) -> Markup:
    row = (
        '<div class="row"><a class="grow" href="{root}/commit/{sha}">{title}</a>'
        '<span class="quiet small">{who} · {when} · <code>{short}</code></span></div>'
    )
    return markup(
        '<section class="box">{rows}</section>',
        rows=joined(
            markup(
                row,
                root=root_path(state),
                sha=each.sha,
                title=each.headline or "(no message)",
                who=each.author.name,
                when=moment(each.committer.when),
                short=each.sha[:7],
            )
            for each in commits
        ),
    )


def pull_page(state: State, issue: Issue, pull: Pull) -> Response:
    """A pull request: what it says, what it changes, and what its checks found."""
    commits = commits_of(state, pull)
    base = state.git.merge_base(pull.base_sha, pull.head_sha)
    verb = "merged" if pull.merged_at else "wants to merge"
    line = markup(
        '<b>{who}</b> {verb} {count} into <span class="branch">{base}</span> from <span class="branch">{head}</span> '
        '<span class="quiet">· {when}</span>',
        who=pull.merged_by.login if pull.merged_by else issue.user.login,
        verb=verb,
        count=plural(len(commits), "commit"),
        base=pull.base,
        head=pull.head,
        when=moment(pull.merged_at or issue.created_at),
    )
    content = joined(
        [
            _title(issue, line),
            _conversation(state, issue),
            checks(state, issue, pull),
            markup("<h2>{count}</h2>", count=plural(len(commits), "commit")),
            _commit_rows(state, commits),
            files_changed(state.git.changes(base, pull.head_sha)),
        ]
    )
    return html_page(state, f"{issue.title} · Pull request #{issue.number}", content)


def issue_page(state: State, issue: Issue) -> Response:
    """An issue with its conversation."""
    line = markup("<b>{who}</b> opened this issue {when}", who=issue.user.login, when=moment(issue.created_at))
    return html_page(
        state, f"{issue.title} · Issue #{issue.number}", joined([_title(issue, line), _conversation(state, issue)])
    )


def commit_page(state: State, commit: Commit) -> Response:
    """A commit: its message and its difference to its first parent."""
    parents = joined(
        markup(' <a href="{root}/commit/{sha}"><code>{short}</code></a>', root=root_path(state), sha=sha, short=sha[:7])
        for sha in commit.parents
    )
    verified = Markup(' <span class="label success">Verified</span>') if commit.sha in state.verified else Markup("")
    head = markup(
        '<h1>{title}</h1><p><b>{who}</b> <span class="quiet">committed {when} · <code>{sha}</code> · parents:{parents}'
        "</span>{verified}</p>",
        title=commit.headline or "(no message)",
        who=commit.author.name,
        when=moment(commit.committer.when),
        sha=commit.sha,
        parents=parents or " none",
        verified=verified,
    )
    body = markup('<pre class="message">{text}</pre>', text=commit.body) if commit.body else Markup("")
    changes = state.git.changes(commit.parents[0] if commit.parents else None, commit.sha)
    return html_page(state, commit.headline, joined([head, body, files_changed(changes)]))


def issue_rows(state: State, issues: Sequence[Issue], nothing: str) -> Markup:
    """A box with one row for each issue or pull request."""
    if not issues:
        return markup('<section class="box"><div class="row quiet">{nothing}</div></section>', nothing=nothing)
    row = (
        '<div class="row"><span class="badge {word}">{badge}</span>'
        '<a class="grow" href="{root}/{kind}/{number}">{title}</a>'
        '{labels}<span class="quiet small">#{number} · {who} · {when}</span></div>'
    )
    rows = (
        markup(
            row,
            word=_state_word(each),
            badge=_state_word(each).capitalize(),
            root=root_path(state),
            kind="pull" if each.pull else "issues",
            number=each.number,
            title=each.title,
            labels=_labels(each),
            who=each.user.login,
            when=moment(each.created_at),
        )
        for each in issues
    )
    return markup('<section class="box">{rows}</section>', rows=joined(rows))


def list_page(state: State, *, pulls: bool) -> Response:
    """All pull requests, or all issues: the open ones first, newest first."""
    found = [each for each in state.issues.values() if (each.pull is not None) == pulls]
    found.sort(key=lambda each: (each.state != "open", -each.number))
    name = "Pull requests" if pulls else "Issues"
    content = joined([markup("<h1>{name}</h1>", name=name), issue_rows(state, found, "There are none.")])
    return html_page(state, name, content)


def front_page(state: State) -> Response:
    """The repository: how to clone it, what waits, and its latest commits."""
    head = state.git.branch(state.default_branch)
    commits = state.git.commits(state.git.revisions(f"--max-count={RECENT}", head)) if head else []
    waiting = [each for each in state.issues.values() if each.pull and each.state == "open"]
    content = joined(
        [
            markup("<h1>{name}</h1><pre>git clone {url}.git</pre>", name=state.full_name, url=state.html),
            Markup("<h2>Open pull requests</h2>"),
            issue_rows(state, waiting[::-1], "Nothing waits for a review."),
            markup("<h2>Latest commits on {branch}</h2>", branch=state.default_branch),
            _commit_rows(state, commits) if commits else Markup('<p class="quiet">The repository is empty.</p>'),
        ]
    )
    return html_page(state, "Repository", content)
