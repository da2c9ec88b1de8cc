"""One proposal for one bad image, however many files name it, as far as policy treats those alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from gitops_bot.configuration import Limits
from gitops_bot.guard import Policy, judge, production
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.plan import TIERS, Tier
from gitops_bot.model.proposal import ImageRelease, Proposal, Verdict
from gitops_bot.proposing import fingerprint
from gitops_bot.prove import joined

Together = Callable[[tuple[Proposal, ...]], Proposal | None]
_UNLIMITED = Limits(open=10**6, hourly=10**6)
_MISSING_IMAGE = "image-not-found"
# Beyond, each proposal goes alone.
_MOST_GROUPS = 20


class Root(Struct, frozen=True):
    """What makes one cause of several proposals: the image, whether it is there at all, and what is at stake."""

    image: ImageRelease
    missing: bool
    production: bool

    def name(self, number: int) -> str:
        """Return the fingerprint of a group, by its number: whichever version and applications it has now."""
        group = (f"group {number}",) if number else ()
        stake = "production" if self.production else "elsewhere"
        reason = _MISSING_IMAGE if self.missing else "release"
        return fingerprint((self.image.repository,), "image", (stake, *group), reason)

    def names(self, place: int) -> list[str]:
        """Return all fingerprints that it may use; of several bad versions at once each has a place of its own."""
        return [self.name(place * _MOST_GROUPS + number) for number in range(_MOST_GROUPS)]


class Sharing:
    """Joins proposals under a policy, with what was written before, at a moment (UTC).

    `together` proves several as one, or gives None where they are not simply their sum.
    """

    def __init__(self, policy: Policy, changes: tuple[Change, ...], now: datetime, together: Together) -> None:
        # Limits count what is written, so they are asked of the whole.
        self._policy = replace(policy, configuration=replace(policy.configuration, limits=_UNLIMITED))
        self._changes = changes
        self._now = now
        self._together = together

    def of(self, proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
        """Return the proposals, those of one root as few as policy lets them be, each where its first one stood."""
        shared: dict[Root | int, list[Proposal]] = {}
        for number, proposal in enumerate(proposals):
            shared.setdefault(self._root(proposal) or number, []).append(proposal)
        names = self._named({root: parts for root, parts in shared.items() if isinstance(root, Root)})
        found: list[Proposal] = []
        for root, parts in shared.items():
            found += self._one(names[root], parts) if isinstance(root, Root) else parts
        return tuple(found)

    def _named(self, shared: dict[Root, list[Proposal]]) -> dict[Root, list[str]]:
        """Return the names of each cause: those of what is open for it, else the first that no other version has."""
        found: dict[Root, list[str]] = {}
        taken: set[str] = set()
        ordered = sorted(shared, key=lambda root: (root.image.bad, root.image.good))
        for opened in (True, False):
            for root in (root for root in ordered if root not in found):
                for names in (root.names(place) for place in range(len(shared))):
                    earlier = tuple(one for one in self._changes if one.fingerprint in names)
                    if names[0] not in taken and (not opened or any(_covered(part, earlier) for part in shared[root])):
                        found[root] = names
                        taken.add(names[0])
                        break
        return found

    def _root(self, proposal: Proposal) -> Root | None:
        image = proposal.image
        missing = {case.cause_class == _MISSING_IMAGE for case in proposal.cases}
        if image is None or len(missing) != 1:
            return None
        return Root(image, missing.pop(), bool(production(proposal, self._policy)))

    def _one(self, names: list[str], parts: list[Proposal]) -> list[Proposal]:
        earlier = tuple(one for one in self._changes if one.fingerprint in names)
        others = tuple(one for one in self._changes if one.fingerprint not in names)
        tiers: dict[Tier, list[Proposal]] = {}
        alone = []
        for part in sorted(parts, key=lambda one: (not _covered(one, earlier), one.applications)):
            verdict = judge(part, self._policy, others, self._now)
            if _free(verdict, part, earlier):
                tiers.setdefault(verdict.tier, []).append(part)
            else:
                alone.append(part)
        groups: list[tuple[Proposal, ...]] = []
        for tier in sorted(tiers, key=TIERS.index, reverse=True):
            groups += self._groups(tier, tiers[tier], others, earlier)
        for number, group in enumerate(groups[:_MOST_GROUPS]):
            # The same state must give the same text, whatever was open before.
            whole = self._together(tuple(sorted(group, key=lambda one: one.applications)))
            if whole is None:
                whole, *rest = group
                alone += rest
            groups[number] = (replace(whole, fingerprint=names[number]),)
        return [*(one for group in groups for one in group), *alone]

    def _groups(
        self, tier: Tier, parts: list[Proposal], others: tuple[Change, ...], earlier: tuple[Change, ...]
    ) -> list[tuple[Proposal, ...]]:
        """Return as few groups as possible that are judged, each as a whole, like each of its parts."""
        groups: list[tuple[Proposal, ...]] = []
        for part in parts:
            for number, group in enumerate(groups):
                whole = joined((*group, part))
                verdict = judge(whole, self._policy, others, self._now) if whole else None
                if whole and verdict and verdict.tier is tier and _free(verdict, whole, earlier):
                    groups[number] = (*group, part)
                    break
            else:
                groups.append((part,))
        return groups


def _free(verdict: Verdict, proposal: Proposal, earlier: tuple[Change, ...]) -> bool:
    """Whether it may go out now, or is out already: then what is open is kept up to date, whatever the moment."""
    return verdict.tier is not Tier.ESCALATE and (not verdict.waiting or _covered(proposal, earlier))


def _covered(proposal: Proposal, earlier: tuple[Change, ...]) -> bool:
    opened = (set(one.applications) for one in earlier if one.state is ChangeState.OPEN)
    return any(names & set(proposal.applications) for names in opened)
