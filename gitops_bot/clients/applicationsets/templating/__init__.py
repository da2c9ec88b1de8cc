"""Templates filled with parameters, by an evaluator of our own or by helm's engine."""
