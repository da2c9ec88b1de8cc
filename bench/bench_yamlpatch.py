"""How fast yamlpatch edits, and what each parser that it could build on costs.

python -m bench.bench_yamlpatch            figures as text
python -m bench.bench_yamlpatch --json     the same for machines
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator

from gitops_bot.yamlpatch import load_documents, patch

DEPLOYMENT = """\
# Deployment of the checkout service
apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout
  namespace: shop
  labels:
    app.kubernetes.io/name: checkout
    app.kubernetes.io/part-of: shop
  annotations:
    prometheus.io/scrape: "true"
    prometheus.io/port: "8080"
spec:
  replicas: 3 # the HPA manages it
  selector:
    matchLabels:
      app.kubernetes.io/name: checkout
  template:
    metadata:
      labels:
        app.kubernetes.io/name: checkout
    spec:
      serviceAccountName: checkout
      containers:
        - name: checkout
          image: registry.example.com/shop/checkout:v2.3.1
          imagePullPolicy: IfNotPresent
          args: ["--port", "8080", "--verbose"]
          env:
            - name: LOG_LEVEL
              value: info
            # how many workers
            - name: WORKERS
              value: "4"
            - name: PASSWORD
              valueFrom:
                secretKeyRef:
                  name: checkout
                  key: password
          ports:
            - name: http
              containerPort: 8080
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              cpu: 500m
              memory: 256Mi
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
            initialDelaySeconds: 5
            periodSeconds: 10
      volumes:
        - name: config
          configMap: {name: checkout-config}
"""
CONTAINER = "/spec/template/spec/containers/0"
OPERATIONS: dict[str, list[dict[str, object]]] = {
    "replace a scalar": [
        {"op": "replace", "path": f"{CONTAINER}/image", "value": "registry.example.com/shop/checkout:v2.3.0"}
    ],
    "test and replace": [
        {"op": "test", "path": f"{CONTAINER}/resources/limits/memory", "value": "256Mi"},
        {"op": "replace", "path": f"{CONTAINER}/resources/limits/memory", "value": "320Mi"},
    ],
    "add an env entry": [{"op": "add", "path": f"{CONTAINER}/env/-", "value": {"name": "MODE", "value": "on"}}],
    "remove an env entry": [{"op": "remove", "path": f"{CONTAINER}/env/1"}],
}
BIG_LINES = 100_000
BIG_BYTES = 5_000_000


def seconds(action: Callable[[], object], *, at_least: float = 0.5) -> float:
    """The best of three rounds' mean time of one call."""
    action()
    started = time.perf_counter()
    action()
    once = max(time.perf_counter() - started, 1e-7)
    count = max(1, int(at_least / 3 / once))
    rounds = []
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(count):
            action()
        rounds.append((time.perf_counter() - started) / count)
    return min(rounds)


def big_stream() -> tuple[bytes, int]:
    """(a stream of some 100,000 lines and 5 MB, the number of its documents)."""
    lines = DEPLOYMENT.count("\n") + 1
    count = BIG_LINES // lines + 1
    padding = "x" * max(0, BIG_BYTES // count - len(DEPLOYMENT) - 4)
    document = "---\n" + DEPLOYMENT.replace("LOG_LEVEL", f"LOG_LEVEL_{padding}")
    return document.encode() * count, count


def parsers() -> Iterator[tuple[str, Callable[[], object]]]:
    """Each parser that is installed, as one parse of the small document."""
    text = DEPLOYMENT
    ruamel = importlib.import_module("ruamel.yaml")
    yield "ruamel.yaml compose (pure Python)", lambda: ruamel.YAML(pure=True).compose(text)
    yield "ruamel.yaml events (pure Python)", lambda: list(ruamel.YAML(typ="safe", pure=True).parse(text))
    try:
        c_parser = importlib.import_module("yaml.cyaml").CParser
    except ImportError:
        return
    yield "libyaml events (PyYAML)", lambda: list(iter(c_parser(text).get_event, None))
    c_loader = importlib.import_module("yaml").CSafeLoader
    yield "libyaml compose (PyYAML)", lambda: c_loader(text).get_single_node()
    for name in ("tree_sitter", "tree_sitter_yaml"):
        if importlib.util.find_spec(name) is None:
            return
    sitter, grammar = importlib.import_module("tree_sitter"), importlib.import_module("tree_sitter_yaml")
    parser, data = sitter.Parser(sitter.Language(grammar.language())), text.encode()
    yield "tree-sitter-yaml parse and walk", lambda: walk(parser.parse(data).walk())


def walk(cursor: object) -> int:
    """Visit each node of a tree-sitter tree once."""
    count = 0
    while True:
        count += 1
        if cursor.goto_first_child():  # type: ignore[attr-defined]
            continue
        while not cursor.goto_next_sibling():  # type: ignore[attr-defined]
            if not cursor.goto_parent():  # type: ignore[attr-defined]
                return count


def measure() -> dict[str, float]:
    """All figures by name: milliseconds, and edits a second."""
    source = DEPLOYMENT.encode()
    figures = {f"{name} (ms)": seconds(action) * 1e3 for name, action in parsers()}
    for name, operations in OPERATIONS.items():
        figures[f"{name} (edits/s)"] = 1 / seconds(lambda operations=operations: patch(source, 0, operations))  # type: ignore[misc]
    figures["load_documents (ms)"] = seconds(lambda: load_documents(source)) * 1e3
    big, count = big_stream()
    replace = OPERATIONS["replace a scalar"]
    for place, document in (("first", 0), ("middle", count // 2), ("last", count - 1)):
        figures[f"one edit in the {place} document of 5 MB (ms)"] = (
            seconds(lambda document=document: patch(big, document, replace)) * 1e3  # type: ignore[misc]
        )
    return figures


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    as_json = arguments.parse_args().json
    figures = measure()
    if as_json:
        print(json.dumps(figures, indent=2))
        return 0
    big, count = big_stream()
    print(f"Python {platform.python_version()}; small document: {len(DEPLOYMENT)} bytes; ", end="")
    lines = big.count(b"\n")
    print(f"big stream: {len(big):,} bytes, {lines:,} lines, {count:,} documents")
    slowest = figures["ruamel.yaml compose (pure Python) (ms)"]
    for name, value in figures.items():
        is_parser = any(word in name for word in ("compose", "events", "tree-sitter"))
        ratio = f"   {slowest / value:5.1f} times as fast as ruamel.yaml's composer" if is_parser else ""
        print(f"{name:52} {value:10,.3f}{ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
