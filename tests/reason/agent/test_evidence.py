"""What a model sees of an incident."""

from __future__ import annotations

import json
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gitops_bot.errors import SourceUnavailable
from gitops_bot.model.dialogue import Page, Said
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import FieldDrifted
from gitops_bot.reason.agent import Counsel, Marks, advise
from gitops_bot.reason.agent.evidence import Exhibit, exhibits, objects
from gitops_bot.reason.agent.verifying import Believed, Refused, verify
from gitops_bot.redaction import delimited, redact
from tests.reason.agent.examples import MAP, MARKS, SECRET, WEB, answer, drifted, incident, opened, standing_clock
from tests.support.scripted import ScriptedModel, says

TOKEN = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
ROOM = 10_000


class Shelf:
    """A library of these pages, or one that does not answer."""

    def __init__(self, *pages: Page, fails: bool = False) -> None:
        self.pages = pages
        self.fails = fails
        self.queries: list[str] = []

    def search(self, query: str, most: int = 5) -> tuple[Page, ...]:
        """Return the pages."""
        self.queries.append(query)
        if self.fails:
            raise SourceUnavailable("no answer")
        return self.pages[:most]


def shown(about: Incident, library: Shelf | None = None, room: int = ROOM) -> tuple[Exhibit, ...]:
    return exhibits(about, library, MARKS.redact, room)


def test_facts_come_first_then_words_and_all_have_ids_in_order() -> None:
    page = Page(path="runbooks/web.md", heading="Web is down", score=3.0, text="Look at hunter2.")
    shelf = Shelf(page)
    found = shown(incident(log="starting\nfailed: hunter2"), shelf)
    assert [one.identifier for one in found] == [f"E{number}" for number in range(1, len(found) + 1)]
    assert [one.factual for one in found] == [True, True, True, True, False, False]
    assert found[-2].text == "starting\nfailed: [redacted]"
    assert (found[-1].title, found[-1].text) == ("runbook runbooks/web.md", "Look at [redacted].")
    assert "Deployment" in shelf.queries[0]


def test_a_library_that_does_not_answer_is_done_without() -> None:
    assert len(shown(incident(), Shelf(fails=True))) == len(shown(incident()))


@pytest.mark.parametrize("room", [0, 300, 1_000, ROOM])
def test_the_room_bounds_all_of_it(room: int) -> None:
    pages = (Page(path="a.md", heading="A", score=1.0, text="b" * 50_000) for _ in range(2))
    found = shown(incident(log="l" * 90_000), Shelf(*pages), room)
    assert sum(len(one.text) for one in found) <= room


def test_what_a_secret_holds_is_not_shown_even_where_it_drifts() -> None:
    signal = FieldDrifted(
        application="shop", resource=SECRET, pointer="/data/token", label="data.token", desired="b2xk", live="bmV3"
    )
    about = replace(drifted(), signals=(signal,))
    text = str(shown(about))
    assert "b2xk" not in text
    assert "bmV3" not in text
    assert "what a Secret holds is not shown" in text


def test_a_remedy_may_name_the_objects_of_the_application_the_one_at_fault_first() -> None:
    about = incident()
    assert objects(about) == (WEB, about.application.key, MAP, SECRET)


def test_the_real_redaction_and_delimiters_keep_a_token_out_of_every_request() -> None:
    counsel = Counsel(
        small=(ScriptedModel(says("no"), name="small"),),
        large=(model := ScriptedModel(says(answer())),),
        clock=standing_clock,
        marks=Marks(redact=redact, delimit=partial(delimited, redacted=True)),
        library=Shelf(Page(path="a.md", heading=TOKEN, score=1.0, text=f"use {TOKEN}")),
    )
    advise([opened(incident(log=f"GET /?token={TOKEN}\n{TOKEN}"))], counsel)
    first = model.requests[0].turns[0]
    assert isinstance(first, Said)
    assert "E1" in first.text
    assert TOKEN not in str((model.requests, counsel.small))
    assert TOKEN not in first.text


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner), max_leaves=6
)
REMEDY = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(
            ["revert-release", "resync", "set-field", "ignore-difference", "escalate", "leave-alone"]
        )
    },
    optional={
        "resource": st.sampled_from([WEB.path, SECRET.path, "a/b/c/d", "////", ""]) | st.text(max_size=10),
        "resources": st.lists(st.sampled_from([WEB.path, "x"])) | ANYTHING,
        "fields": st.lists(st.text(max_size=10)) | ANYTHING,
        "pointer": st.sampled_from(["/spec/replicas", "/", "", "/spec/~", "/spec/template/spec/containers/0/image"]),
        "pointers": st.lists(st.text(max_size=10)),
        "value": SCALARS,
        "reason": st.text(max_size=10),
    },
)


@settings(max_examples=200, deadline=None)
@given(ANYTHING | REMEDY, st.sampled_from([*answer()]), ANYTHING)
def test_any_answer_is_believed_or_refused(remedy: object, name: str, value: object) -> None:
    about = incident()
    evidence = {one.identifier: one for one in shown(about)}
    for said in (answer(**{name: value}), answer() | {"remedy": remedy}):  # type: ignore[arg-type]
        found = verify(json.dumps(said), about, evidence, lambda confidence: confidence)
        assert isinstance(found, Believed | Refused)


@settings(max_examples=100, deadline=None)
@given(st.text() | st.text().map(lambda text: f"{{{text}}}"))
def test_any_text_is_refused(text: str) -> None:
    assert isinstance(verify(text, incident(), {}, lambda confidence: confidence), Refused)
