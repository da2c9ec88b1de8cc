#!/bin/sh
# Prints the path of every CPython here that runs and is at least MINIMUM (and at most MAXIMUM), the best first.
#
#   scripts/pythons.sh MINIMUM [MAXIMUM]        for example: scripts/pythons.sh 3.11
#
# A name on PATH proves nothing: a pyenv shim fails outside its version, and a link may dangle. So each is run once.
# pyenv's own folder is looked into as well, for a shell that was started without pyenv's PATH.
set -eu

minimum=${1:?"usage: $0 MINIMUM [MAXIMUM]"}
maximum=${2:-999.0}
names='python3 python3.14 python3.13 python3.12 python3.11 python3.10 python3.9 python3.8 python'
probe='
import os, platform, sys
minimum, maximum = (tuple(int(part) for part in argument.split(".")) for argument in sys.argv[1:3])
if not minimum <= sys.version_info[:2] <= maximum or platform.python_implementation() != "CPython":
    sys.exit(1)
sys.stdout.write(os.path.realpath(sys.executable) + sys.prefix + "\t" + sys.executable + "\n")
'

candidates() {
    for name in $names; do
        command -v "$name" || true
    done
    for folder in "${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}/versions" /opt/python; do
        for version in 3.14 3.13 3.12 3.11 3.10 3.9 3.8; do
            for path in "$folder/$version".*/bin/python3; do
                [ ! -x "$path" ] || printf '%s\n' "$path"
            done
        done
    done
    for path in /usr/local/bin/python3* /opt/homebrew/bin/python3* /usr/bin/python3; do
        case $path in *-config | *\*) continue ;; esac
        [ ! -x "$path" ] || printf '%s\n' "$path"
    done
}

candidates | awk '!seen[$0]++' | while IFS= read -r candidate; do
    "$candidate" -I -c "$probe" "$minimum" "$maximum" 2>/dev/null </dev/null || true
done | awk -F '\t' '!seen[$1]++ { print $2 }'
