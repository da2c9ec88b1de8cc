"""Where a field may be set, or inserted: guesses that rendering has yet to bear out."""
