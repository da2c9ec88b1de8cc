"""Which line in Git sets a live field: candidates from the shape, then proof by rendering."""

from __future__ import annotations

from gitops_bot.locate.sites.answer import Answer, Constant, Insertion, Link, Mapping, Site
from gitops_bot.locate.sites.application_files import read_applications, read_files
from gitops_bot.locate.sites.checkout import open_fleet
from gitops_bot.locate.sites.find import find_sites
from gitops_bot.locate.sites.page import answer_json, answer_text
from gitops_bot.locate.sites.places import Place
from gitops_bot.locate.sites.set_field import set_field, ways_to_set

__all__ = [
    "Answer",
    "Constant",
    "Insertion",
    "Link",
    "Mapping",
    "Place",
    "Site",
    "answer_json",
    "answer_text",
    "find_sites",
    "open_fleet",
    "read_applications",
    "read_files",
    "set_field",
    "ways_to_set",
]
