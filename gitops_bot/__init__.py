"""gitops-bot."""
