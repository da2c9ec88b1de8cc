"""How programs are run that work on files which we do not trust: bounded, and shut off from all that is not theirs."""
