#!/usr/bin/env bash
# The action's first step: the locked runtime packages into an environment of the action's own, beneath RUNNER_TEMP.
# Holds no credential, builds nothing from source, and leaves the workflow's own Python and uv settings aside.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home="${RUNNER_TEMP:?the action runs in a job of GitHub Actions}/gitops-bot"

# What the workflow set for a Python project of its own would bend ours. What says how to reach an index stays.
for name in $(compgen -e UV_ || true) $(compgen -e PYTHON || true); do
    case $name in
        UV_CACHE_DIR | UV_DEFAULT_INDEX | UV_INDEX_URL | UV_HTTP_TIMEOUT | UV_INSECURE_HOST | UV_SYSTEM_CERTS) ;;
        *) unset "$name" ;;
    esac
done

mkdir -p "$home"
uv=$("$here/install-uv.sh" "$home/uv")
cd "$home" # a uv.toml or pyproject.toml of the workspace is none of ours
"$here/sync-environment.sh" "$uv" "$home/venv" action
