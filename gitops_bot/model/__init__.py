"""Frozen values that cross stages. Nothing here does input or output, and nothing here imports another package of ours."""
