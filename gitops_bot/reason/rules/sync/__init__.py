"""Rules about objects that the cluster refuses during a sync."""
