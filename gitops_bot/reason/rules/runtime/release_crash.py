"""release-crash: containers end with an error again and again."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import ContainerFailing
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.containers import Failure, failing
from gitops_bot.reason.reading.pods import of_a_release, others, revert, subject
from gitops_bot.reason.reading.standing import Blame, standing
from gitops_bot.reason.reading.words import Meaning, last_lines, meaning
from gitops_bot.reason.wording import count, one_line, quoted

_EXIT_CODES = {
    0: "exit code 0: it ends although it should go on running",
    126: "exit code 126: its command cannot be executed",
    127: "exit code 127: its command is not found",
    128: "exit code 128: its command cannot be started",
    132: "exit code 132: illegal instruction, built for another processor",
    134: "exit code 134: it aborted itself",
    139: "exit code 139: segmentation fault",
    143: "exit code 143: ended from outside by SIGTERM",
}
_ENDED_FROM_OUTSIDE = 143


def release_crash(incident: Incident) -> Diagnosis | None:
    """Decide where containers crash repeatedly; a single restart proves nothing."""
    containers = failing(incident, Failure.CRASH)
    if not containers or not of_a_release(incident):
        return None
    compared = standing(incident)
    worst = max(containers, key=lambda item: (item.restarts, item.resource))
    where = f" in init container {quoted(worst.container, 63)}" if worst.initial else ""
    cause = (
        f"{subject(incident, compared, (item.image for item in containers))} crash{where}"
        f"{_last_words(worst)} ({_ending(worst)}, {count(worst.restarts, 'restart')}){others(incident, compared)}"
    )
    surely = compared.certainty - (0 if worst.restarts > 1 else 15)  # a first restart may pass
    if (
        worst.log
        and compared.blame in {Blame.ONLY_RELEASE, Blame.UNKNOWN}
        and meaning(last_lines(worst))[0] is Meaning.OWN
    ):
        surely += 10  # the log names a fault of the program or of its configuration, not of anything around it
    if all(item.exit_code == _ENDED_FROM_OUTSIDE for item in containers):
        surely -= 25  # who ended them is not known: an eviction, a node that drains, a script
    return diagnosis(
        incident,
        Conclusion(rule="release-crash", cause=cause, confidence=surely, remedy=revert(incident), standing=compared),
    )


def _last_words(container: ContainerFailing) -> str:
    """Return what the container said at its end: its termination message, else the last line of its log."""
    lines = [line for line in container.log[-8000:].splitlines() if line.strip()]
    said = container.last_message or (lines[-1] if lines else "")
    if not said and container.exit_code is None:
        said = container.message
    return f": {quoted(said)}" if said else ""


def _ending(container: ContainerFailing) -> str:
    if container.exit_code is None:
        return one_line(container.last_reason or container.reason or "exit code unknown", 60)
    return _EXIT_CODES.get(container.exit_code, f"exit code {container.exit_code}")
