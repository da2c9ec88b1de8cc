"""The rules: one file a rule, in the folder of the trouble that it explains; `reason/registry.py` has their order."""
