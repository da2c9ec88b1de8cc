"""What models are asked in a run: which incidents, in which order, by whom, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from gitops_bot.errors import ModelUnavailable
from gitops_bot.model.diagnosis import Diagnosis, LeaveAlone
from gitops_bot.model.dialogue import Bill, LanguageModel, Library, Tool
from gitops_bot.model.incident import Incident
from gitops_bot.reason.agent.budget import Account, Limits, dearest_of
from gitops_bot.reason.agent.concluding import conclude
from gitops_bot.reason.agent.evidence import Marks, exhibits
from gitops_bot.reason.agent.loop import Abstain, converse
from gitops_bot.reason.agent.prompt import first_request
from gitops_bot.reason.agent.toolbox import Toolbox
from gitops_bot.reason.agent.triage import Queue, everything, judge, question
from gitops_bot.reason.agent.undecided import undecided
from gitops_bot.reason.agent.verifying import Believed, Refused, verify

RULES_ONLY = "no language model answers: this run rests on rules only"
_TRIAGE, _DIAGNOSIS = "triage", "diagnosis"

Found = TypeVar("Found")


def _no_tools(_: Incident) -> tuple[Tool, ...]:
    return ()


def _nothing_open(_: Diagnosis) -> str:
    return ""


def _as_it_is(confidence: int) -> int:
    return confidence


def _simply(_: Diagnosis, ask: Callable[[], Diagnosis | Abstain]) -> Diagnosis | Abstain:
    return ask()


class Counsel(Struct, frozen=True, kw_only=True):
    """All that models are asked with.

    `small` sorts and `large` diagnoses, each in the order in which they are tried. `clock` gives seconds that only
    grow. `calibrate` maps the confidence that a model gives itself (0 to 100) to what outcomes made of it. `treated`
    names what is open on the forge for an incident already, empty where nothing is: then nobody is asked again, and
    what a model wrote is not taken back because it is not asked now. `about` holds each conversation about an incident:
    it gives back what the function that it is handed returns.
    """

    small: tuple[LanguageModel, ...]
    large: tuple[LanguageModel, ...]
    clock: Callable[[], float]
    marks: Marks
    toolbox_for: Callable[[Incident], tuple[Tool, ...]] = _no_tools
    library: Library | None = None
    limits: Limits = field(default_factory=Limits)
    calibrate: Callable[[int], int] = _as_it_is
    treated: Callable[[Diagnosis], str] = _nothing_open
    about: Callable[[Diagnosis, Callable[[], Diagnosis | Abstain]], Diagnosis | Abstain] = _simply


class Advice(Struct, frozen=True, kw_only=True):
    """What came of it: all diagnoses in their order, those of models in the place of the rules'.

    `abstained` says by the index of a diagnosis why a model did not replace it, `note` what the run must tell people,
    empty where there is nothing.
    """

    diagnoses: tuple[Diagnosis, ...]
    abstained: dict[int, Abstain]
    bill: Bill
    note: str = ""


def advise(diagnoses: Sequence[Diagnosis], counsel: Counsel) -> Advice:
    """Return the rules' diagnoses with those replaced that were open and that a model could decide.

    No call is made where rules decide everything, and none without a large model. Whatever fails, the rules' conclusion
    stands.
    """
    treated = {
        index: where for index, one in enumerate(diagnoses) if undecided(one) and (where := counsel.treated(one))
    }
    whole = tuple(_left(one, treated[index]) if index in treated else one for index, one in enumerate(diagnoses))
    asked = [index for index, one in enumerate(diagnoses) if undecided(one) and index not in treated]
    if not asked:
        return Advice(diagnoses=whole, abstained={}, bill=Bill())
    if not counsel.large:
        nobody = Abstain("no language model is configured")
        return Advice(diagnoses=whole, abstained=dict.fromkeys(asked, nobody), bill=Bill())
    return _Session(counsel).advise(whole, asked)


def _left(diagnosis: Diagnosis, where: str) -> Diagnosis:
    return replace(diagnosis, remedy=LeaveAlone(reason=f"{where} is open for this cause"))


class _Session:
    """One run's conversations: the account, and which models did not answer."""

    def __init__(self, counsel: Counsel) -> None:
        self._counsel = counsel
        self._account = Account(counsel.limits, counsel.clock, dearest_of((*counsel.small, *counsel.large)))
        self._down: dict[int, str] = {}

    def advise(self, diagnoses: Sequence[Diagnosis], asked: list[int]) -> Advice:
        """Return what becomes of the diagnoses of which those at the indexes `asked` are open."""
        queue = self._sorted([diagnoses[index] for index in asked])
        outcomes: dict[int, Diagnosis | Abstain] = {
            asked[place]: Abstain(reason) for place, reason in queue.passed_over.items()
        }
        for group in queue.groups:
            outcomes |= self._of_one_cause([asked[place] for place in group], diagnoses)
        decided = {
            index: replace(one if isinstance(one, Diagnosis) else diagnoses[index], asked=True)
            for index, one in outcomes.items()
            if isinstance(one, Diagnosis) or one.asked
        }
        silent = all(id(model) in self._down for model in self._counsel.large)
        return Advice(
            diagnoses=tuple(decided.get(index, one) for index, one in enumerate(diagnoses)),
            abstained={index: one for index, one in sorted(outcomes.items()) if isinstance(one, Abstain)},
            bill=self._account.bill(),
            note=f"{RULES_ONLY} ({'; '.join(dict.fromkeys(self._down.values()))})" if silent else "",
        )

    def _sorted(self, diagnoses: Sequence[Diagnosis]) -> Queue:
        counsel = self._counsel
        request = question(diagnoses, counsel.limits.patience, counsel.marks)
        toolbox, purse, read = self._toolbox(()), self._account.purse(_TRIAGE), judge(diagnoses)
        found = self._first(counsel.small, lambda model: converse(model, request, toolbox, purse, read))
        return everything(diagnoses) if isinstance(found, Abstain) else found

    def _of_one_cause(self, group: list[int], diagnoses: Sequence[Diagnosis]) -> dict[int, Diagnosis | Abstain]:
        """Ask about the first of a group, and about the others only until one is diagnosed."""
        outcomes: dict[int, Diagnosis | Abstain] = {}
        for place, index in enumerate(group):
            asked = partial(self._diagnosed, diagnoses[index])
            outcomes[index] = outcome = self._counsel.about(diagnoses[index], asked)
            if isinstance(outcome, Diagnosis):
                name = outcome.incident.application.name
                same = Abstain(f"it seems to have the same cause as {name}, which was diagnosed in its place")
                return outcomes | dict.fromkeys(group[place + 1 :], same)
        return outcomes

    def _diagnosed(self, diagnosis: Diagnosis) -> Diagnosis | Abstain:
        counsel = self._counsel
        purse = self._account.purse(_DIAGNOSIS)
        evidence = exhibits(diagnosis.incident, counsel.library, counsel.marks.redact, counsel.limits.evidence)
        tools = counsel.toolbox_for(diagnosis.incident)

        def ask(model: LanguageModel) -> Diagnosis | Abstain:
            toolbox = self._toolbox(tools)

            def read(text: str) -> Believed | Refused:
                shown = {one.identifier: one for one in (*evidence, *toolbox.exhibits)}
                return verify(text, diagnosis.incident, shown, counsel.calibrate)

            request = first_request(diagnosis, evidence, toolbox.descriptions, counsel.limits, counsel.marks)
            found = converse(model, request, toolbox, purse, read)
            return found if isinstance(found, Abstain) else conclude(diagnosis, found, purse, counsel.marks.redact)

        found = self._first(counsel.large, ask)
        return Abstain(found.reason, asked=purse.calls > 0) if isinstance(found, Abstain) else found

    def _toolbox(self, tools: tuple[Tool, ...]) -> Toolbox:
        return Toolbox(tools, self._counsel.limits, self._counsel.marks)

    def _first(
        self, models: Sequence[LanguageModel], ask: Callable[[LanguageModel], Found | Abstain]
    ) -> Found | Abstain:
        """Return what the first model that can be asked says; one that cannot is not asked again in this run."""
        for model in models:
            if id(model) in self._down:
                continue
            try:
                return ask(model)
            except ModelUnavailable as error:
                self._down[id(model)] = f"{model.name}: {error}"
        return Abstain("no language model answers")
