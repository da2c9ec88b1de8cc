"""The one place that builds adapters: from settings to what planning reads and the forge that is written to."""

from gitops_bot.wiring.adapters import Wiring, focus, local_configuration, policy_of

__all__ = ["Wiring", "focus", "local_configuration", "policy_of"]
