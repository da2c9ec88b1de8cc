#!/bin/sh
# Makes DIRECTORY a virtual environment of what uv.lock says, with UV (a path); at once when it already is.
#
#   scripts/sync-environment.sh UV DIRECTORY runtime|action|development
#
# runtime: what the program imports, nothing built from source, packages that are there beside it left alone.
# action: the same with Kubernetes' schemas, against which every proof is checked, and tracing.
# development: every extra and the checks' tools as well, and this checkout itself as an editable package.
# PYTHON (a version such as 3.13, or a path) chooses the interpreter; without it the environment's own is kept, else
# the first Python >= 3.11 of this machine is taken, else uv is asked for one.
set -eu

usage="usage: $0 UV DIRECTORY runtime|action|development"
uv=${1:?"$usage"}
directory=${2:?"$usage"}
kind=${3:?"$usage"}
here=$(cd "$(dirname "$0")" && pwd)
project=$(dirname "$here")

case $kind in
    runtime) sync_options='--no-dev --no-install-project --no-build --inexact' export_options='--no-dev' ;;
    action)
        sync_options='--no-dev --no-install-project --no-build --inexact --extra schemas --extra tracing'
        export_options='--no-dev --extra schemas --extra tracing'
        ;;
    development) sync_options='--all-extras' export_options='--all-extras' ;;
    *) echo "$usage" >&2 && exit 2 ;;
esac

# Certificates: pip and go trust what the system trusts, so uv does too. An active environment is not ours to fill.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}" UV_PROJECT_ENVIRONMENT="$directory"
if [ ! -w "${HOME:-/nonexistent}" ] && [ -z "${UV_CACHE_DIR:-}" ]; then
    UV_CACHE_DIR="$(dirname "$directory")/.tools/uv-cache"
    export UV_CACHE_DIR
fi
unset VIRTUAL_ENV CONDA_PREFIX PYTHONPATH PYTHONHOME UV_PYTHON UV_FROZEN UV_LOCKED UV_NO_SYNC UV_PROJECT

# From what PYTHON asks for to an interpreter that is on this machine, where there is one: uv itself does not look into
# pyenv's folder.
choose_python() {
    case $PYTHON in
        '') "$here/pythons.sh" 3.11 ;;
        3.[0-9] | 3.[0-9][0-9]) "$here/pythons.sh" "$PYTHON" "$PYTHON" ;;
    esac | head -n 1
}

fail() {
    {
        echo "gitops-bot: cannot install the locked packages into $directory."
        echo "  found:    $1"
        echo '  expected: CPython 3.11 or newer, and a package index that uv reaches (its own words stand above)'
        echo '  do:       install such a Python (Debian, Ubuntu: apt-get install python3; macOS: brew install python@3.13;'
        echo '            pyenv install 3.13) or name one: make demo PYTHON=/path/to/python3.13'
        echo '            For an index of your own set UV_DEFAULT_INDEX, for a proxy HTTPS_PROXY. Then run again'
    } >&2
    exit 1
}

# An index of the user's own makes `uv sync --locked` reject the lock, whose addresses name another index. The hashes
# are the same whatever the index, so there the locked versions are installed by hash.
sync_from_own_index() {
    requirements=$(mktemp)
    trap 'rm -f "$requirements"' EXIT
    # shellcheck disable=SC2086  # a list of options
    "$uv" export --quiet --frozen --no-emit-project $export_options --output-file "$requirements" || return 1
    [ -d "$directory" ] || "$uv" venv --quiet ${python:+--python "$python"} "$directory" || return 1
    "$uv" pip install --quiet --require-hashes --python "$directory/bin/python" --requirements "$requirements" || return 1
    [ "$kind" != development ] ||
        "$uv" pip install --quiet --no-deps --python "$directory/bin/python" --editable "$project"
}

PYTHON=${PYTHON:-}
python=$PYTHON
if [ -d "$directory" ] && ! "$directory/bin/python" -c '' 2>/dev/null; then
    rm -rf "$directory" # half made, or its Python is gone
fi
if [ -n "$PYTHON" ] || [ ! -d "$directory" ]; then
    python=$(choose_python)
    python=${python:-${PYTHON:-3.13}}
fi
if [ ! -d "$directory" ]; then
    echo "==> Installing the locked $kind packages into ${directory##*/}, with Python $python (5 to 30 s)" >&2
fi

cd "$project"
if [ -n "${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-}}" ]; then
    sync_from_own_index || fail 'a failed install from the index that UV_DEFAULT_INDEX or UV_INDEX_URL names'
else
    # shellcheck disable=SC2086  # a list of options
    "$uv" sync --quiet --locked ${python:+--python "$python"} $sync_options || fail "a failed uv sync (Python: ${python:-as before})"
fi
