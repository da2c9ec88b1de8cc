"""What signals mean: the words and states that several rules read."""
