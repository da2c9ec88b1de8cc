"""The generators: from an ApplicationSet's manifest and the repository's files to parameter sets."""
