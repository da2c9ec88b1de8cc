"""Texts of manifests."""

from __future__ import annotations


def deployment(name: str, image: str = "app:1", *, extra: str = "", replicas: int = 1) -> str:
    """A Deployment whose container is called `app`; `extra` are further lines of the container."""
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  replicas: {replicas}
  template:
    spec:
      containers:
        - name: app
          image: {image}
{"".join(f"          {line}{chr(10)}" for line in extra.splitlines())}"""


def config_map(name: str, **data: str) -> str:
    lines = "".join(f"  {key}: {value!r}\n" for key, value in data.items())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n{lines}"


def from_config_map(name: str) -> str:
    return f"envFrom:\n  - configMapRef:\n      name: {name}\n"


CHART = "apiVersion: v2\nname: chart\nversion: 1.0.0\n"
# A chart whose one object shows an image, a number of replicas and whatever else is given.
CHART_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas | default 1 }}
  template:
    spec:
      containers:
        - name: app
          image: {{ .Values.image }}
"""
