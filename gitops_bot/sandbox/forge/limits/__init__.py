"""Limits that a forge sets, and faults on request."""
