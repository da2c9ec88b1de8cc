"""The Applications that a question names, read from files."""

from __future__ import annotations

from pathlib import Path

import msgspec

from gitops_bot.errors import ConfigurationError
from gitops_bot.model.application import Application


def read_applications(path: Path) -> tuple[Application, ...]:
    """Return the Applications of a JSON file as Argo CD's API gives them: one, a list, or an object with `items`."""
    try:
        found = msgspec.json.decode(path.read_bytes())
        many = found["items"] if isinstance(found, dict) and "items" in found else found
        listed = many if isinstance(many, list) else [many]
        return tuple(msgspec.convert(one, Application, strict=False) for one in listed)
    except OSError as error:
        raise ConfigurationError("The Application cannot be read", where=str(path), found=str(error)) from None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(
            "The file holds no Application",
            where=str(path),
            found=str(error),
            expected="an Application as `argocd app get NAME --output json` prints it",
        ) from None
