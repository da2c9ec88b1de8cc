"""One module for each form that text comes in; each puts what it reads on the board."""
