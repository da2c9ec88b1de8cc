"""What stands in a kustomization."""
