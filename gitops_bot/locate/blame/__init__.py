"""Which change in Git the trouble began with, and whether it was one at all."""
