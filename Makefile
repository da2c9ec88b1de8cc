# What a person types. Each target installs what it needs into .tools/ and .venv/ of this checkout, and nowhere else.
#   PYTHON=3.13       which Python (a version or a path) instead of the first >= 3.11
#   PYTEST_ARGS=...   more arguments for pytest

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench clean runtime development
.NOTPARALLEL:

export PATH := $(CURDIR)/.tools/bin:$(PATH)
export PYTHON
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

python := .venv/bin/python
find_uv = uv=$$(scripts/install-uv.sh "$(CURDIR)/.tools/uv")
workflows = $(wildcard .github/workflows/*.yml docs/examples/*.yml)

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

demo: runtime ## watch incidents become commits and pull requests, on this machine alone
	@$(python) -m gitops_bot demo $(DEMO_ARGS)

test: check ## all checks and all tests
	@$(find_uv) && scripts/install-go-tools.sh "$$uv" .tools kustomize helm act
	@echo '==> Running the tests, on all cores'
	@$(python) -m pytest -n auto $(PYTEST_ARGS)

check: development ## lint, formatting, types and our workflows
	@echo '==> ruff: lint and formatting'
	@$(python) -m ruff check --quiet --output-format concise
	@$(python) -m ruff format --check --quiet
	@echo '==> mypy: strict types'
	@$(python) -m mypy --no-error-summary
	@$(find_uv) && scripts/install-go-tools.sh "$$uv" .tools actionlint
	@echo '==> actionlint and zizmor: our workflows and the action'
	@.tools/bin/actionlint -shellcheck= -pyflakes= $(workflows)
	@.venv/bin/zizmor --quiet --offline --persona auditor .github action.yml $(wildcard docs/examples/*.yml)

format: development ## rewrite our Python files as the checks want them
	@$(python) -m ruff check --quiet --fix
	@$(python) -m ruff format --quiet

bench: development ## print the ratios that issue figures are about
	@$(find_uv) && scripts/install-go-tools.sh "$$uv" .tools kustomize helm
	@set -e; for script in bench/bench_*.py; do echo "==> $$script"; $(python) "$$script"; done

clean: ## remove .venv, .tools and every cache of this checkout
	@chmod -R u+w .tools 2>/dev/null || true
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis

runtime:
	@$(find_uv) && scripts/sync-environment.sh "$$uv" "$(CURDIR)/.venv" runtime

development:
	@$(find_uv) && scripts/sync-environment.sh "$$uv" "$(CURDIR)/.venv" development
