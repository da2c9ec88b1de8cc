"""Rules about objects that are not well although their pods and their delivery are."""
