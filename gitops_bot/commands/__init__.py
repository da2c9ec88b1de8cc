"""The commands: each has `add_arguments(parser)` and `run(arguments)`, and prints what a person wants to know."""
