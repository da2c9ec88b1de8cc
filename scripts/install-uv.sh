#!/bin/sh
# Prints the path of a uv that works: the one on PATH, or a copy of our own in DIRECTORY, installed now if need be.
#
#   scripts/install-uv.sh DIRECTORY
#
# The copy is locked by hash (uv-requirements.txt) and comes through pip, so pip's own configuration says from where.
# Only the path goes to standard output; what is being done goes to standard error.
set -eu

directory=${1:?"usage: $0 DIRECTORY"}
here=$(cd "$(dirname "$0")" && pwd)
minimum_minor=8 # uv 0.8: the oldest that is known to read our lock file

works() {
    version=$("$1" --version 2>/dev/null </dev/null) || return 1
    version=${version#uv }
    major=${version%%.*}
    minor=${version#*.}
    minor=${minor%%.*}
    case $major$minor in '' | *[!0-9]*) return 1 ;; esac
    [ "$major" -gt 0 ] || [ "$minor" -ge "$minimum_minor" ]
}

for candidate in uv "$directory/bin/uv"; do
    if works "$candidate"; then
        command -v "$candidate"
        exit 0
    fi
done

mkdir -p "$(dirname "$directory")"
temporary=$(mktemp -d "$directory.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT TERM

# pip is told to leave alone what would turn it away from --target: a user's defaults, and a demand for a virtualenv.
pip_install() {
    PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
        "$@" install --quiet --no-deps --only-binary :all: --require-hashes \
        --target "$temporary/uv" -r "$here/uv-requirements.txt" >>"$temporary/log" 2>&1 </dev/null
}

# In order: the Python's own pip; the pip that a virtual environment brings; the pip wheel that Debian keeps for venv.
try_python() {
    if "$1" -m pip --version >/dev/null 2>&1; then
        pip_install "$1" -m pip && return 0
    fi
    rm -rf "$temporary/uv"
    if "$1" -m venv "$temporary/bootstrap" >>"$temporary/log" 2>&1; then
        pip_install "$temporary/bootstrap/bin/python" -m pip && return 0
    fi
    rm -rf "$temporary/uv" "$temporary/bootstrap"
    for wheel in /usr/share/python-wheels/pip-*.whl; do
        [ ! -f "$wheel" ] || ! pip_install "$1" "$wheel/pip" || return 0
    done
    rm -rf "$temporary/uv"
    return 1
}

echo '==> Installing uv, which installs all the rest (about 5 s)' >&2
"$here/pythons.sh" 3.8 >"$temporary/pythons"
while IFS= read -r python; do
    printf '%s\n' "--- $python" >>"$temporary/log"
    if try_python "$python" && works "$temporary/uv/bin/uv"; then
        rm -rf "$directory"
        mv "$temporary/uv" "$directory"
        printf '%s\n' "$directory/bin/uv"
        exit 0
    fi
done <"$temporary/pythons"

{
    echo 'gitops-bot: cannot install uv.'
    if [ -s "$temporary/pythons" ]; then
        echo '  found:    these Pythons, none of which could install it with pip:'
        sed 's/^/              /' "$temporary/pythons"
        echo '  pip said:'
        tail -n 12 "$temporary/log" | sed 's/^/              /'
    else
        echo '  found:    no Python 3.8 or newer that runs'
    fi
    echo '  expected: uv 0.8 or newer on PATH, or a Python with pip (or venv) and a package index that it reaches'
    echo '  do:       install uv yourself (pipx install uv, brew install uv), or give Python its pip'
    echo '            (Debian, Ubuntu: apt-get install python3-venv; Fedora: dnf install python3-pip), then run again'
} >&2
exit 1
