"""What administrators set: protections, rulesets, and who may do what."""

from __future__ import annotations

from gitops_bot.sandbox.forge.rest.administration import people, protections, rules

ROUTES = (*protections.ROUTES, *rules.ROUTES, *people.ROUTES)
