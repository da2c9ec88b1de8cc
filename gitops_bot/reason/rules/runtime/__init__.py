"""Rules about pods that do not run or are not ready."""
