"""Lines of text as people paste them: cleaned, measured, told apart."""
