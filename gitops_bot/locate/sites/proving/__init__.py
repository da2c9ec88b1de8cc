"""From guesses to answers: which of them rendering bears out, and why where none."""
