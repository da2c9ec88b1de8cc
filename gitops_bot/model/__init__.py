"""Frozen values that cross stages. Nothing here does input or output or imports another package of ours."""
