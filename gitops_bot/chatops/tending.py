"""`rebase`, `retry`, `silence` and `undo`: wishes that stay in Git and on the forge, for the next run to see."""

from __future__ import annotations

from datetime import datetime, timedelta

from gitops_bot.act.texts.body import moment
from gitops_bot.act.texts.consequences import REBUILD_WORDS
from gitops_bot.chatops.subject import Answer, Asked, done, note_of, refused
from gitops_bot.clients.forge import AGAIN_LABEL, Refused
from gitops_bot.errors import ConfigurationError
from gitops_bot.marker import REBUILD, marked, tick
from gitops_bot.untrusted import code, fence, one_line, prose

_LIFT = f"`/gitops-bot retry`, reopening it or the label `{AGAIN_LABEL}`"


def rebase(asked: Asked) -> Answer:
    """Have the next run build the branch anew."""
    about = asked.about
    if not about.is_pull:
        return refused("There is no branch here. `/gitops-bot retry` has the next run look at the cause again.")
    if not about.is_open:
        return refused(f"This pull request is {'merged' if about.merged else 'closed'}: there is nothing to rebuild.")
    asked.forge.settle(about.number, lambda body: tick(body, REBUILD, REBUILD_WORDS))
    others = "" if asked.marker.written == about.head else " Commits of others on it will be dropped."
    return done(
        f"The next run rebuilds this branch on {code(about.base)}, if the cause is still there; if not, it says so."
        f"{others}"
    )


def retry(asked: Asked) -> Answer:
    """Lift a silence, or have the next run look at what is open again."""
    about = asked.about
    if about.is_pull and about.is_open:
        return rebase(asked)
    if about.is_open:
        asked.forge.settle(about.number, lambda body: marked(body, words=""))
        return done("The next run looks at the cause again and brings this issue up to date.")
    if about.merged:
        return refused("This is merged. Each run looks whether it helped; should it not have, the bot asks a person.")
    if asked.marker.ended or not (about.is_pull or about.not_planned):
        return refused("This was closed as done, so nothing is silenced: should the trouble be back, so is the bot.")
    if AGAIN_LABEL not in about.labels:
        asked.forge.add_labels(about.number, (AGAIN_LABEL,))
    return done("The silence is lifted: should the trouble still be there, the next run proposes what is to be done.")


def silence(asked: Asked) -> Answer:
    """Close it, and leave its cause alone for some days after the comment."""
    if asked.about.merged:
        return refused("This is merged: there is nothing to silence. `/gitops-bot undo` proposes to take it back.")
    until = asked.comment.at + timedelta(days=int(asked.command.argument))
    _close(asked, until)
    return done(f"Silenced until {moment(until)}. To lift that earlier: {_LIFT}.")


def undo(asked: Asked) -> Answer:
    """Propose to take back what was merged; close what was not."""
    if not asked.about.is_pull:
        return refused("There is nothing to undo: for an issue nothing was changed in Git.")
    if asked.about.merged:
        return _take_back(asked)
    if asked.marker.ended:
        return refused("There is nothing to undo: the bot closed this by itself, and nothing was merged.")
    if asked.about.is_open:
        _close(asked, None)
    return done(
        f"Nothing was merged, so there is nothing to take back; closed, its cause is silenced. To lift: {_LIFT}."
    )


def _close(asked: Asked, until: datetime | None) -> None:
    # The label first: with it, what is closed would not be silenced.
    if AGAIN_LABEL in asked.about.labels:
        asked.forge.remove_label(asked.about.number, AGAIN_LABEL)
    asked.forge.settle(asked.about.number, lambda body: marked(body, until=until, ended=""), closing="not_planned")


def _take_back(asked: Asked) -> Answer:
    about, forge, note = asked.about, asked.forge, note_of(asked.comment)
    stopped = asked.policy().stopped
    if stopped:
        return refused(f"The kill switch is on: {prose(stopped)}. {_by_hand(asked)}")
    number = forge.revert_of(about, note)
    if number is None:
        title = f"Revert #{about.number}: {one_line(about.title, 200)}"
        body = (
            f"Takes #{about.number} back, as {code(asked.comment.login)} asked.\n\n<!-- gitops-bot: note={note} -->\n"
        )
        try:
            number = forge.revert(about, title, body, note)
        except (Refused, ConfigurationError) as error:
            return refused(f"It cannot be taken back by the bot: {prose(error.what)}. {_by_hand(asked)}")
    return done(
        f"#{number} takes it back, once it is merged. Should the trouble come back with that, the bot asks a person "
        "within a day of its first try, instead of writing the same again."
    )


def _by_hand(asked: Asked) -> str:
    """Return how a person takes the merge back in a checkout."""
    about = asked.about
    merge = asked.forge.commit(about.merge_commit)
    parent = "-m 1 " if len(merge.parents) > 1 else ""
    lines = (
        f"git fetch origin && git switch --create undo-{about.number} origin/HEAD",
        f"git revert {parent}{merge.sha}",
        f"git push origin undo-{about.number}",
    )
    return "By hand:\n\n" + fence("\n".join(lines), "sh")
