"""Rules about Git that Argo CD cannot render."""
