"""What the rules about drift share: who changed what, and phrases for it."""

from __future__ import annotations

from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import FieldDrifted, ObjectMissing
from gitops_bot.reason.evidence import shown
from gitops_bot.reason.wording import listed, one_line, quoted

_ARGO_CD = ("argocd", "argo-cd")
_CONTROLLERS = ("-controller", "-controller-manager", "-operator", "-cainjector", "-autoscaler", "-updater", "-webhook")
_KNOWN = frozenset({"kube-controller-manager", "cainjector", "keda", "vpa", "istiod", "pilot-discovery", "linkerd"})
# A person with a mouse or a keyboard, and scripts that stand in for one.
_HANDS = ("kubectl", "k9s", "lens", "node-fetch", "dashboard", "mozilla", "headlamp", "rancher", "oc", "curl", "python")


def changed(incident: Incident) -> tuple[FieldDrifted, ...]:
    """Return the fields that differ."""
    return tuple(signal for signal in incident.signals if isinstance(signal, FieldDrifted))


def deleted(incident: Incident) -> tuple[ObjectMissing, ...]:
    """Return the objects that are gone."""
    return tuple(signal for signal in incident.signals if isinstance(signal, ObjectMissing))


def by_argo_cd(signal: FieldDrifted) -> bool:
    """Return whether Argo CD set the live value: then Git has moved since, and nobody's hand did it."""
    return signal.manager.startswith(_ARGO_CD)


def by_controller(signal: FieldDrifted) -> bool:
    """Return whether a controller of the cluster owns the field: by its name, or because of what the field is."""
    manager = signal.manager.lower()
    if manager in _KNOWN or (manager.endswith(_CONTROLLERS) and not by_argo_cd(signal)):
        return True
    if manager.startswith(_HANDS):
        return False
    return "caBundle" in signal.pointer.split("/") or signal.pointer.startswith(("/status", "/metadata/finalizers"))


def what(incident: Incident) -> str:
    """Return what differs: `spec.replicas of Deployment shop/web (live 6, Git 2); Service shop/web is deleted`."""
    fields = [
        f"{quoted(signal.label, 150)} of {one_line(str(signal.resource), 200)} "
        f"(live {shown(signal.live, absent=signal.absent_live)}, Git {shown(signal.desired)})"
        for signal in changed(incident)
    ]
    gone = [f"{one_line(str(signal.resource), 200)} is deleted" for signal in deleted(incident)]
    return "; ".join(part for part in (listed(fields), listed(gone)) if part)


def who(incident: Incident) -> str:
    """Return who changed it, as far as the objects tell: `kubectl-patch`."""
    managers = sorted({one_line(signal.manager, 60) for signal in changed(incident) if signal.manager})
    return listed(quoted(manager) for manager in managers)
