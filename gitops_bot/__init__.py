"""gitops-bot watches a GitOps estate and repairs it through Git alone, with proof."""

__version__ = "0.1.0"
