#!/usr/bin/env bash
# The action's second step: the program itself, in the configuration repository, with the credentials that the command
# needs and no others. Nothing of the workspace is importable: Python's safe path keeps it off the module path.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
action=$(dirname "$here")
python="${RUNNER_TEMP:?the action runs in a job of GitHub Actions}/gitops-bot/venv/bin/python"
command=${GITOPS_BOT_COMMAND:-run}
plan_file=${GITOPS_BOT_PLAN_FILE:-gitops-bot-plan.json}
directory=${GITOPS_BOT_WORKING_DIRECTORY:-.}

fail() {
    echo "::error title=gitops-bot::$1"
    exit 2
}

case $plan_file in -*) fail 'Input plan-file is no path: it begins with a dash. Name a file, such as gitops-bot-plan.json.' ;; esac
# What only the job that looks may see, and what only the job that writes.
clusters=(ARGOCD_SERVER ARGOCD_AUTH_TOKEN ARGOCD_CA_FILE PROMETHEUS_URL ALERTMANAGER_URL LOKI_URL)
models=(ANTHROPIC_API_KEY ANTHROPIC_BASE_URL ANTHROPIC_FEDERATION_RULE_ID ANTHROPIC_ORGANIZATION_ID
    ANTHROPIC_SERVICE_ACCOUNT_ID ANTHROPIC_WORKSPACE_ID ANTHROPIC_IDENTITY_TOKEN ANTHROPIC_IDENTITY_TOKEN_FILE
    ACTIONS_ID_TOKEN_REQUEST_URL ACTIONS_ID_TOKEN_REQUEST_TOKEN OPENAI_API_KEY OPENAI_BASE_URL)
people=(SLACK_WEBHOOK_URL SLACK_BOT_TOKEN PAGERDUTY_ROUTING_KEY)
case $command in
    run) arguments=(run) ;;
    plan)
        arguments=(plan --output "$plan_file")
        unset "${people[@]}"
        ;;
    apply)
        arguments=(apply "$plan_file")
        unset "${clusters[@]}" "${models[@]}"
        ;;
    chatops)
        arguments=(chatops)
        unset "${clusters[@]}" "${models[@]}" "${people[@]}"
        ;;
    *) fail 'Input command is none of run, plan, apply, chatops. Set one of them, or leave it out for run.' ;;
esac
cd -- "$directory" 2>/dev/null || fail 'Input working-directory names no folder of this job. Check the repository out first, there.'

# An input that was not given is an empty variable here, and for the program the same as none at all.
for name in GITOPS_BOT_ENABLED GITOPS_BOT_PLAN_DIGEST GITOPS_BOT_CACHE AUTO_REMEDIATE_CLASSES GITHUB_TOKEN \
    "${clusters[@]}" "${models[@]}" "${people[@]}" OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_HEADERS \
    GITOPS_BOT_DECISION_LOG; do
    [ -n "${!name:-}" ] || unset "$name"
done
for name in $(compgen -e PYTHON || true); do
    unset "$name"
done
unset GITOPS_BOT_COMMAND GITOPS_BOT_PLAN_FILE GITOPS_BOT_WORKING_DIRECTORY

PYTHONPATH="$action" PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1 exec "$python" -P -m gitops_bot "${arguments[@]}"
