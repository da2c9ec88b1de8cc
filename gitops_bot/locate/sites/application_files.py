"""The Applications that a question names, read from files: Argo CD's own, and Flux objects that stand for one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from gitops_bot.errors import ConfigurationError
from gitops_bot.model.application import Application
from gitops_bot.model.flux import KINDS, flux_application, git_sources, is_flux
from gitops_bot.model.json import Json, dig


def read_applications(path: Path) -> tuple[Application, ...]:
    """Return the Applications of a JSON file as an API gives them: one, a list, or an object with `items`.

    They are Argo CD's, or Flux's Kustomizations and HelmReleases; GitRepositories among them say where those take their
    files from, and all other kinds are passed over. ConfigurationError where the file holds something else.
    """
    [found] = read_files([path])
    return found


def read_files(paths: Iterable[Path]) -> list[tuple[Application, ...]]:
    """Return the Applications of each file; a GitRepository in one of them counts for all."""
    objects = [(path, _objects(path)) for path in paths]
    sources = git_sources(body for _, bodies in objects for body in bodies)
    found = []
    for path, bodies in objects:
        try:
            found.append(
                tuple(
                    flux_application(body, sources)
                    if is_flux(body)
                    else msgspec.convert(body, Application, strict=False)
                    for body in bodies
                    if is_flux(body) or dig(body, "kind") in (None, "Application")
                )
            )
        except msgspec.ValidationError as error:
            raise _unreadable(path, error) from None
    return found


def _objects(path: Path) -> list[Json]:
    try:
        found: Json = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise ConfigurationError("The Application cannot be read", where=str(path), found=str(error)) from None
    except msgspec.DecodeError as error:
        raise _unreadable(path, error) from None
    many = found["items"] if isinstance(found, dict) and "items" in found else found
    return many if isinstance(many, list) else [many]


def _unreadable(path: Path, error: msgspec.MsgspecError) -> ConfigurationError:
    return ConfigurationError(
        "The file holds no Application",
        where=str(path),
        found=str(error),
        expected="an Application as `argocd app get NAME --output json` prints it, or a Flux "
        f"{' or '.join(KINDS)} as `kubectl get --output json` does",
    )
